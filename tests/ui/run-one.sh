#!/usr/bin/env bash
# One UI test: tests/ui/run-one.sh FILE.c
#
#   FEARLESS   the command to test            SRC   the root of the source tree
#   BLESS=LOG  write FILE.stderr instead of comparing with it, and say so in LOG
#   UI_ONLY    only files whose path matches this
#   CC         compiler that must accept the program, too (default cc): a UI test is real C
#
# The file's marks (see match-marks.awk) say where findings must be; FILE.stderr beside it is the whole
# output. A file without marks must be accepted in silence. Lines that steer:
#
#   //@ flags: -DX -std=c17     compiler flags after `--`
#   //@ options: ...            options of the checker
#   //@ known-bug: why          what the marks ask for is right, and today's checker does not do it;
#                               the test fails as soon as it does, so that the line is taken out
set -u

file=$1
: "${FEARLESS:?}" "${SRC:?}"
[[ $file == */* ]] || file=./$file
dir=$(cd "${file%/*}" && pwd)
file=$dir/${file##*/}
[[ $file =~ ${UI_ONLY:-.} ]] || exit 0
expected=${file%.c}.stderr
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# What steers, and how many errors there must be: read once, as each process costs more than all of it.
declare -A directives=()
errors=0
while IFS= read -r line || [ -n "$line" ]; do
    if [[ $line =~ ^//@\ (flags|options|known-bug|run|timeout|exit)(:|\ |$)\ *(.*)$ ]]; then
        directives[${BASH_REMATCH[1]}]+="${BASH_REMATCH[3]} "
    elif [[ $line == //@* ]]; then
        echo "unknown directive: $line"
        exit 1
    fi
    [[ ! $line =~ //~[v^|]*\ *ERROR ]] || errors=$((errors + 1)) # warnings alone are no failure
done <"$file"
directive() { printf '%s' "${directives[$1]-}"; }

read -ra flags <<<"$(directive flags)"
read -ra options <<<"$(directive options)"

if ! ${CC:-cc} -fsyntax-only -w -std=gnu11 -fexceptions -I "$SRC/include" "${flags[@]}" "$file" \
    >"$work/cc" 2>&1; then
    echo "the compiler does not accept this program:"
    cat "$work/cc"
    exit 1
fi

(cd "$dir" && exec timeout 60 "$FEARLESS" check "${options[@]}" "$file" -- -I "$SRC/include" "${flags[@]}") \
    >"$work/raw" 2>&1 </dev/null
status=$?
if [ $status -gt 1 ]; then
    echo "the checker ended with status $status:"
    head -50 "$work/raw"
    exit 1
fi

awk -v file="$file" -f "$SRC/tests/ui/match-marks.awk" "$file" "$work/raw" >"$work/differences"
if [ "$errors" -eq 0 ] && [ $status -ne 0 ]; then
    echo "exit status $status of a program that must be accepted" >>"$work/differences"
elif [ "$errors" -gt 0 ] && [ $status -ne 1 ]; then
    echo "exit status $status of a program that must be rejected" >>"$work/differences"
fi

# Paths differ from machine to machine; everything else is compared letter by letter.
sed -e "s|$dir/|\$DIR/|g" -e "s|$SRC/|\$SRC/|g" "$work/raw" >"$work/stderr"

if [ -n "${BLESS:-}" ]; then
    if [ -s "$work/stderr" ]; then
        cmp -s "$work/stderr" "$expected" || { cp "$work/stderr" "$expected"; echo "wrote $expected" >>"$BLESS"; }
    elif [ -e "$expected" ]; then
        rm "$expected"
        echo "removed $expected" >>"$BLESS"
    fi
fi

if [ -n "${directives[known-bug]+yes}" ]; then
    # Only the marks count: the output of a checker that is wrong is not worth pinning.
    if [ -s "$work/differences" ]; then
        echo "known bug: $(directive known-bug)"
        exit 0
    fi
    echo "this known bug is fixed: take the line //@ known-bug out"
    exit 1
fi

touch "$work/nothing"
against=$expected
[ -e "$against" ] || against=$work/nothing
if ! diff -u --label "$expected" --label "what the checker says" "$against" "$work/stderr" >"$work/diff"; then
    echo "the output is not the one in ${expected##*/} (./dev ui --bless rewrites it):" >>"$work/differences"
    cat "$work/diff" >>"$work/differences"
fi

if [ -s "$work/differences" ]; then
    cat "$work/differences"
    exit 1
fi

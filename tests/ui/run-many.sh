#!/usr/bin/env bash
# Several UI tests in one go: tests/ui/run-many.sh FILE.c..., all of one folder. Environment: as for run-one.sh.
#
# One run of the compiler and one of the checker for all of them, whose output is taken apart by file (split-output.awk)
# and compared with each FILE.stderr and its marks, as run-one.sh does. That is only the quick way to a pass: a file whose
# output is not what it should be here, or that needs a run of its own (directives, --bless), is run-one.sh's, and what
# that says counts. A failing file is named on a line of its own. UI_ONLY=REGEX: only the files with such a path.
set -u
: "${FEARLESS:?}" "${SRC:?}"
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

[ $# -gt 0 ] || { echo "run-many.sh: no file"; exit 1; }
dir=$(cd "$(dirname "$1")" && pwd)
together=() apart=()
for file in "$@"; do
    file=$dir/${file##*/}
    [[ $file =~ ${UI_ONLY:-.} ]] || continue
    if [ -n "${BLESS:-}" ] || grep -q '^//@' "$file"; then apart+=("$file"); else together+=("$file"); fi
done

# What is not certain to be right is looked at by itself.
agrees() { # NUMBER FILE
    local expected=${2%.c}.stderr made=$work/$1
    [ -e "$made" ] || : >"$made"
    [ -e "$expected" ] || expected=/dev/null
    cmp -s "$expected" "$made" || return 1
    [ -z "$(awk -v file="$2" -f "$here/match-marks.awk" "$2" "$work/raw.$1")" ]
}

total=$((${#together[@]} + ${#apart[@]}))
if [ ${#together[@]} -gt 0 ]; then
    ok=yes
    ${CC:-cc} -fsyntax-only -w -std=gnu11 -fexceptions -I "$SRC/include" "${together[@]}" >/dev/null 2>&1 || ok=no
    [ $ok = no ] || (cd "$dir" && exec timeout 80 "$FEARLESS" check -j1 "${together[@]}" -- -I "$SRC/include") \
        >"$work/all" 2>&1 </dev/null || [ $? -eq 1 ] || ok=no
    if [ $ok = yes ]; then
        printf '%s\n' "${together[@]}" >"$work/files"
        awk -v work="$work" -v dir="$dir/" -v src="$SRC/" -f "$here/split-output.awk" "$work/files" "$work/all" || ok=no
    fi
    number=0
    for file in "${together[@]}"; do
        number=$((number + 1))
        touch "$work/raw.$number"
        if [ $ok = no ] || ! agrees $number "$file"; then apart+=("$file"); fi
    done
fi

failed=0
for file in ${apart[@]+"${apart[@]}"}; do
    if ! bash "$here/run-one.sh" "$file" >"$work/out" 2>&1; then
        echo "FAILED ${file#"$SRC"/}"
        failed=$((failed + 1))
    fi
    cat "$work/out"
done
echo "$((total - failed)) of $total files passed (${#apart[@]} of them in a run of their own)"
[ $failed -eq 0 ]

#!/usr/bin/env bash
# Pairs of small programs of the same shape, in Rust and in C: does rustc say what the checker says?
#
#   tests/rustc/run.sh [REGEX]      (./dev rustc)
#
# pairs/*.txt: `=== name`, `--- rust` and a program, `--- c` and a program (text.h stands before it), and where the two must not
# agree, `--- differs` and the reason. Writes docs/rustc.md when all pairs were run; fails where one differs without a reason.
set -euo pipefail

: "${FEARLESS:?}" "${SRC:?}"
regex=${1:-.}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

codes() { # the codes that a log tells, each once; `accepted`; `not compiled`
    local found
    found=$(grep -oE '^([^ ]*: )?error\[[A-Z][0-9]+\]' "$2" | grep -oE '[A-Z][0-9]{4}' | LC_ALL=C sort -u | paste -sd' ' || true)
    if [ -n "$found" ]; then
        echo "$found"
    elif [ "$1" -ne 0 ]; then
        echo "not compiled"
    else
        echo accepted
    fi
}

awk -v into="$work" -v order="$work/order" '
    /^=== / { name = $2; print name >order; file = ""; next }
    /^--- rust$/ { file = into "/" name ".rs"; print "#![allow(warnings)]" >file; next }
    /^--- c$/ { file = into "/" name ".c"; print "#include \"text.h\"" >file; next }
    /^--- differs$/ { file = into "/" name ".why"; next }
    file { print >file }' "$here"/pairs/*.txt

wrong=0 agree=0 explained=0
: >"$work/table"
while read -r name; do
    [[ $name =~ $regex ]] || continue
    status=0
    (cd "$work" && rustc --edition 2021 --crate-type bin --emit=metadata --error-format=short -o "$work/made" "$name.rs") \
        >"$work/rustc.log" 2>&1 </dev/null || status=$?
    theirs=$(codes $status "$work/rustc.log")
    status=0
    "$FEARLESS" check --color never "$work/$name.c" -- -w -I"$SRC/include" -I"$here" >"$work/ours.log" 2>&1 </dev/null || status=$?
    ours=$(codes $status "$work/ours.log")
    if [ "$theirs" = "$ours" ]; then
        said=yes
        agree=$((agree + 1))
        # A reason that is no longer needed is taken out.
        if [ -e "$work/$name.why" ]; then
            said='yes, in spite of the reason against it'
            wrong=$((wrong + 1))
        fi
    elif [ -e "$work/$name.why" ] && [ "$theirs" != 'not compiled' ] && [ "$ours" != 'not compiled' ]; then
        said=$(paste -sd' ' "$work/$name.why")
        explained=$((explained + 1))
    else
        said='**no**'
        wrong=$((wrong + 1))
        echo "--- $name: rustc $theirs, fearless $ours"
        cat "$work/$name.c"
        grep -E 'error' "$work/rustc.log" | head -5 || true
        head -30 "$work/ours.log"
    fi
    echo "| $name | $theirs | $ours | $said |" >>"$work/table"
done <"$work/order"

echo "$((agree + explained + wrong)) pairs: $agree agree, $explained differ for a reason, $wrong are wrong"
if [ "$regex" = . ]; then
    {
        echo '# The checker and rustc on the same programs'
        echo
        echo "Written by \`./dev rustc\` with $(rustc --version | cut -d' ' -f1-2); do not edit. Each row is a program of a few lines, in Rust and in C"
        echo '([tests/rustc/pairs](../tests/rustc/pairs)); the codes are all that each of the two reports.'
        echo "Of $((agree + explained + wrong)) pairs $agree agree and $explained differ for the reason that is given."
        echo
        echo '| program | rustc | fearless | agree |'
        echo '|---|---|---|---|'
        cat "$work/table"
    } >"$SRC/docs/rustc.md"
fi
[ "$wrong" -eq 0 ] && [ $((agree + explained)) -gt 0 ]

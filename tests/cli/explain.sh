#!/usr/bin/env bash
# --explain knows every code, has a page for each that is reported, and says so of the others.
source "${SRC:?}/tests/cli/expect.bash" || exit 1

codes=$SRC/src/check/diag/codes.def
n=0
while read -r code emitted; do
    n=$((n + 1))
    page=$SRC/docs/errors/$code.md
    run 0 "$FEARLESS" --explain "$code"
    if [ "$emitted" = 1 ]; then
        [ -e "$page" ] && cmp -s "$page" "$log/out" || fail "does not print docs/errors/$code.md"
    else
        prints "$code: " 'does not report it yet'
        [ ! -e "$page" ] || fail "there is a page for a code that is never reported"
    fi
done < <(sed -nE 's/^CODE\(([EF][0-9]{4}), ([01]), ".*"\)$/\1 \2/p' "$codes")
[ "$n" -ge 46 ] || fail "only $n codes in codes.def"

run 0 "$FEARLESS" --explain e0382
prints '# E0382'
run 0 "$FEARLESS" --explain=E0382
prints '# E0382'
run 2 "$FEARLESS" --explain E9999
says 'E9999 is not a valid error code'
run 2 "$FEARLESS" --explain ''
says 'is not a valid error code'

finish

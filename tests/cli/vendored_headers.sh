#!/usr/bin/env bash
# The library's headers may be another copy than the checker's own: vendored, or installed elsewhere and given with
# -I. Clang then has them as the user's files, and what their inline functions do must still be no finding.
set -u
: "${FEARLESS:?}" "${SRC:?}"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -R "$SRC/include" "$work/include"
failed=0

for program in "$SRC"/examples/listings/*.c; do
    case $program in *_rejected.c) continue ;; esac
    if ! output=$("$FEARLESS" check "$program" -- -std=gnu11 "-I$work/include" 2>&1); then
        printf '%s, accepted with the checker'\''s own headers, is rejected with a copy of them:\n%s\n' \
            "$(basename "$program")" "$output"
        failed=1
    fi
done

# ... and what is wrong in the user's file is found all the same, once.
output=$("$FEARLESS" check "$SRC/examples/listings/09_use_after_send_rejected.c" -- -std=gnu11 "-I$work/include" 2>&1)
if [ "$(grep -c '^error\[' <<<"$output")" -ne 1 ] || ! grep -q '^error\[E0382\]' <<<"$output"; then
    printf 'listing 09 must give E0382 and nothing else:\n%s\n' "$output"
    failed=1
fi
exit $failed

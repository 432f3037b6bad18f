#!/usr/bin/env bash
# A share of `./dev fuzz mutate`, always the same; and that it would notice a checker that crashes.
set -euo pipefail
: "${FEARLESS:?}" "${SRC:?}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export TMPDIR=$work

bash "$SRC/bench/fuzz/mutate.sh" 20 1

cat >"$work/crashes" <<'END'
#!/bin/sh
echo 'error: couldn'"'"'t check `x.c`: the checker crashed: Segmentation fault'
exit 2
END
chmod +x "$work/crashes"
if FEARLESS=$work/crashes bash "$SRC/bench/fuzz/mutate.sh" 20 1 >"$work/said"; then
    echo 'a checker that crashes passed:'
    cat "$work/said"
    exit 1
fi

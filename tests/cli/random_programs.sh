#!/usr/bin/env bash
# A share of `./dev fuzz programs`, always the same; and that it would notice a checker that is silent, and one that errs.
set -euo pipefail
: "${FEARLESS:?}" "${SRC:?}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

bash "$SRC/bench/fuzz/programs.sh" 300 20260

export TMPDIR=$work
printf '#!/bin/sh\nexit 0\n' >"$work/silent"
cat >"$work/errs" <<END
#!/bin/sh
"$FEARLESS" "\$@" 2>&1 | sed 's/E0382/E0381/'
exit 1
END
chmod +x "$work/silent" "$work/errs"
for checker in silent errs; do
    if FEARLESS=$work/$checker bash "$SRC/bench/fuzz/programs.sh" 100 20260 >"$work/said"; then
        echo "a checker that $checker passed:"
        cat "$work/said"
        exit 1
    fi
done

#!/usr/bin/env bash
# All UI tests in one run of the command, for builds with sanitizers: what it says of each file is the business of
# run-one.sh, here it must only end well. Files that need flags or options of their own get a run each.
set -u
: "${FEARLESS:?}" "${SRC:?}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
failed=0

check() { # OPTION... FILE... [-- FLAG...]
    "$FEARLESS" check --format=gcc "$@" >"$log" 2>&1 </dev/null
    local status=$?
    if [ $status -gt 1 ]; then
        echo "status $status: fearless check $*"
        grep -vE ': (error|warning|note): .*' "$log" | tail -60
        failed=1
    fi
}

steered=$(grep -lE '^//@ (flags|options):' -r "$SRC/tests/ui" --include='*.c')
mapfile -t plain < <(find "$SRC/tests/ui" -name '*.c' | sort | grep -vxF "${steered:-none}")
[ ${#plain[@]} -gt 100 ] || { echo "only ${#plain[@]} files were found"; exit 1; }
check "${plain[@]}" -- -I "$SRC/include"
for file in $steered; do
    read -ra flags <<<"$(sed -n 's|^//@ flags:||p' "$file")"
    read -ra options <<<"$(sed -n 's|^//@ options:||p' "$file")"
    check "${options[@]}" "$file" -- -I "$SRC/include" "${flags[@]}"
done
exit $failed

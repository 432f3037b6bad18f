#!/usr/bin/env bash
# Csmith's random programs through the checker. They are well defined and have no threads: no crash, no hang, no finding.
#
#   ./dev fuzz csmith [COUNT [SEED]]       COUNT programs (default 1,000) from SEED on (default: the time)
#
# Prints what the checker had to say, keeps those programs, and fails. Needs csmith (apt-get install csmith libcsmith-dev).
set -euo pipefail

count=${1:-1000} seed=${2:-$(date +%s)} each=20
: "${FEARLESS:?}"
for name in csmith timeout; do
    command -v "$name" >/dev/null || { echo "fuzz csmith: there is no $name (apt-get install csmith libcsmith-dev)" >&2; exit 3; }
done
headers=${CSMITH_HEADERS:-/usr/include/csmith}
[ -f "$headers/csmith.h" ] || { echo "fuzz csmith: there is no $headers/csmith.h (apt-get install libcsmith-dev)" >&2; exit 3; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Programs of several shapes, in turn.
kinds=("" "--inline-function --builtins" "--max-funcs 30 --max-block-depth 7" "--max-expr-complexity 20 --max-array-dim 5"
    "--float --no-packed-struct" "--max-pointer-depth 5 --max-struct-fields 20" "--no-safe-math --const-pointers")
wrong=0 made=0 functions=0
while [ "$made" -lt "$count" ]; do
    files=()
    while [ ${#files[@]} -lt "$each" ] && [ "$made" -lt "$count" ]; do
        number=$((seed + made)) made=$((made + 1))
        read -ra options <<<"${kinds[number % ${#kinds[@]}]}"
        # Csmith itself does not always come to an end.
        (cd "$work" && exec timeout 60 csmith --seed "$number" "${options[@]}") >"$work/csmith-$number.c" 2>/dev/null || continue
        files+=("$work/csmith-$number.c")
    done
    [ ${#files[@]} -gt 0 ] || continue
    functions=$((functions + $(cat "${files[@]}" | grep -cE '^(static|inline).*\)$' || true)))
    status=0
    "$FEARLESS" check --color never --timeout 60 "${files[@]}" -- -w -I"$headers" >"$work/out" 2>&1 || status=$?
    if [ "$status" -ne 0 ] || [ -s "$work/out" ]; then
        for file in "${files[@]}"; do
            grep -qF "$(basename "$file")" "$work/out" || continue
            wrong=$((wrong + 1))
            cp "$file" "${TMPDIR:-/tmp}"
            echo "${TMPDIR:-/tmp}/$(basename "$file")"
        done
        cat "$work/out"
        wrong=$((wrong > 0 ? wrong : 1))
    fi
    rm -f "${files[@]}"
done
echo "$made programs of Csmith ($functions functions) from seed $seed on: $wrong with a crash, a hang or a finding"
[ "$wrong" -eq 0 ]

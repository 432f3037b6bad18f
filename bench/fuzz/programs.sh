#!/usr/bin/env bash
# Random functions of known verdict, through the checker: what each must be told is known from how it was made (programs.c).
#
#   ./dev fuzz programs [COUNT [SEED]]     COUNT functions (default 10,000) from SEED on (default: the time)
#
# Prints what does not agree, keeps those files, and fails.
set -euo pipefail

count=${1:-10000} seed=${2:-$(date +%s)} each=100
: "${FEARLESS:?}" "${SRC:?}"
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# What is generated is real C, too: a compiler looks at the first file.
${CC:-cc} -O1 -o "$work/programs" "$here/programs.c"
files=$(((count + each - 1) / each)) wrong=0 findings=0
for ((i = 0; i < files; i++)); do
    file=$work/programs-$((seed + i)).c
    "$work/programs" $((seed + i)) "$each" >"$file"
    [ "$i" -gt 0 ] || ${CC:-cc} -fsyntax-only -w -std=gnu11 -fexceptions -I"$SRC/include" "$file"
    status=0
    "$FEARLESS" check --color never "$file" -- -I"$SRC/include" >"$work/out" 2>&1 || status=$?
    awk -v file="$file" -f "$SRC/tests/ui/match-marks.awk" "$file" "$work/out" >"$work/wrong"
    findings=$((findings + $(grep -cE '^(error|warning)\[' "$work/out" || true)))
    if [ "$status" -gt 1 ] || [ -s "$work/wrong" ]; then
        wrong=$((wrong + 1))
        kept=${TMPDIR:-/tmp}/$(basename "$file")
        cp "$file" "$kept"
        echo "$kept (seed $((seed + i))): exit status $status"
        cat "$work/wrong"
    fi
    rm -f "$file"
done
echo "$((files * each)) functions from seed $seed on: $findings findings, $wrong files of $files do not agree with their marks"
[ "$wrong" -eq 0 ] && [ "$findings" -gt 0 ]

#!/usr/bin/env bash
# The UI tests and examples with a few small mistakes each (mutate.c), through the checker: whatever it is given, it ends, with
# 0, 1 or 2, in time.
#
#   ./dev fuzz mutate [COUNT [SEED]]       COUNT files (default 2,000) from SEED on (default: the time)
#
# Prints what crashed or hung, keeps those files, and fails. A checker built with sanitizers and assertions sees more:
#
#   FEARLESS=build/asan-ubsan/bin/fearless SRC=$PWD bash bench/fuzz/mutate.sh
set -euo pipefail

count=${1:-2000} seed=${2:-$(date +%s)} each=20
: "${FEARLESS:?}" "${SRC:?}"
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

${CC:-cc} -O1 -o "$work/mutate" "$here/mutate.c"
# No leaks are looked for: a process of the checker has one file to check, and leaves what it has to the system.
export ASAN_OPTIONS="detect_leaks=0:abort_on_error=1:${ASAN_OPTIONS:-}" UBSAN_OPTIONS=halt_on_error=1:abort_on_error=1:print_stacktrace=1
mapfile -t sources < <(find "$SRC/tests/ui" "$SRC/examples" -name '*.c' | LC_ALL=C sort)
wrong=0 made=0 checked=0 findings=0
while [ "$made" -lt "$count" ]; do
    source=${sources[(seed + made * 7) % ${#sources[@]}]}
    files=()
    for ((i = 0; i < each && made < count; i++, made++)); do
        files+=("$work/$(basename "$source" .c)-$((seed + made)).c")
        "$work/mutate" $((seed + made)) "$source" >"${files[i]}"
    done
    read -ra flags <<<"$(sed -n 's|^//@ flags:* *||p' "$source" | tr '\n' ' ')"
    status=0
    # Where C has to be read it fails soon; here it is told on 2 lines, not on 20.
    "$FEARLESS" check --color never --timeout 60 "${files[@]}" -- -w -ferror-limit=1 -fmacro-backtrace-limit=1 -I"$SRC/include" \
        -iquote "$(dirname "$source")" -I"$SRC/examples/net" "${flags[@]}" >"$work/out" 2>&1 || status=$?
    findings=$((findings + $(grep -cE '^(error|warning)\[' "$work/out" || true)))
    # What is no C is told by clang, and its name stands in front.
    broken=$(grep -oE "^$work/[^:]*\.c:[0-9]+:[0-9]+: (fatal )?error" "$work/out" | cut -d: -f1 | sort -u | wc -l || true)
    checked=$((checked + ${#files[@]} - broken))
    if [ "$status" -gt 2 ] || grep -qE 'the checker (crashed|ended)|it took more than|Sanitizer|runtime error|Assertion' "$work/out"; then
        for file in "${files[@]}"; do
            grep -qF "couldn't check \`$file\`" "$work/out" || continue
            cp "$file" "${TMPDIR:-/tmp}"
            echo "${TMPDIR:-/tmp}/$(basename "$file") (of $source):"
        done
        wrong=$((wrong + 1))
        grep -E 'the checker|it took|Sanitizer|runtime error|Assertion|^ *#[0-7] ' "$work/out" | head -40
    fi
    rm -f "${files[@]}"
done
echo "$made files from seed $seed on: $checked were C, $findings findings, $wrong batches with a crash or a hang"
[ "$wrong" -eq 0 ] && [ "$checked" -gt 0 ]

#!/usr/bin/env bash
# libFuzzer, which keeps what reaches new code, on two parts of the checker (covered/): `lower`, the whole way of one file
# from C to what is printed, with the changes of mutate.c, and `render`, the printing of any finding in any text.
#
#   ./dev fuzz covered [SECONDS [lower|render]]      default: 600 seconds of each
#
# Needs a clang with its fuzzer; builds the checker for it under build/fuzz. What was kept stays in build/fuzz/corpus-NAME,
# and is where the next run goes on. Prints the input of a crash or a hang, keeps it, and fails.
set -euo pipefail

seconds=${1:-600} names=(${2:-lower render})
: "${SRC:?}"
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=${FUZZ_BUILD:-$SRC/build/fuzz}
for clang in clang-22 clang-21 clang-20 clang-19 clang-18 clang-17 clang-16 clang-14 clang; do
    command -v "$clang" >/dev/null && break
done
command -v "$clang" >/dev/null || { echo "fuzz covered: there is no clang (apt-get install clang)" >&2; exit 3; }
mkdir -p "$build"
cmake -S "$SRC" -B "$build" -G Ninja -DCMAKE_C_COMPILER="$clang" -DCMAKE_BUILD_TYPE=Debug -DFEARLESS_SANITIZE=address,undefined \
    "-DCMAKE_C_FLAGS_DEBUG=-g1 -O1 -fsanitize=fuzzer-no-link" >"$build/log" 2>&1 || { cat "$build/log"; exit 1; }
targets=("${names[@]/#/fuzz_}")
cmake --build "$build" --target "${targets[@]}" >"$build/log" 2>&1 || { cat "$build/log"; exit 1; }

export INCLUDE=$SRC/include ASAN_OPTIONS="detect_leaks=0:${ASAN_OPTIONS:-}" UBSAN_OPTIONS=print_stacktrace=1
failed=0
for name in "${names[@]}"; do
    corpus=$build/corpus-$name
    mkdir -p "$corpus" "$build/found"
    if [ "$name" = lower ]; then
        # Small ones: a run takes a tenth of a second, most of it for the headers.
        find "$SRC/tests/ui" "$SRC/tests/ir/programs" "$SRC/examples" -name '*.c' -size -6k -exec cp -t "$corpus" {} +
    else
        find "$SRC/tests/ui" -name '*.c' -size -2k -exec cp -t "$corpus" {} +
    fi
    status=0
    "$build/tests/fuzz/$name" -max_total_time="$seconds" -timeout=60 -rss_limit_mb=4000 -max_len=20000 -print_final_stats=1 \
        -artifact_prefix="$build/found/$name-" -close_fd_mask=0 "$corpus" >"$build/$name.log" 2>&1 || status=$?
    grep -E 'cov: [0-9]+' "$build/$name.log" | tail -1 || true
    grep -E 'number_of_executed_units' "$build/$name.log" || true
    if [ $status -ne 0 ]; then
        failed=1
        echo "$name: ended with $status"
        grep -E 'ERROR|runtime error|^ *#[0-9]+ |Test unit written|ALARM' "$build/$name.log" | head -30
    fi
done
[ $failed -eq 0 ]

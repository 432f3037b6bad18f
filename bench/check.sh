#!/usr/bin/env bash
# The checker beside clang: wall time of `fearless check FILE` and of `clang -fsyntax-only FILE` with the same
# flags, run in turn (ours, clang, ours, ...), and the ratio of each pair. The goal is 1.5 at most.
#
#   bench/check.sh [-n RUNS] [FILE... [-- FLAGS]]     without files: this project's own sources and a generated one; then
#                                                     the other analysers, and growth (check_growth.bash)
#   bench/check.sh [-n RUNS] -p BUILD_DIR [REGEX]     the files of a compile_commands.json (needs jq)
#
# The clang is the one whose libclang the checker uses, where it is installed.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
fearless=${FEARLESS:-$root/build/bin/fearless}
runs=7 files=() flags=() database='' work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

major=$("$fearless" --version | sed -n 's/.*clang \([0-9]*\)\..*/\1/p' | head -1)
clang=$(command -v "clang-$major" || command -v clang || true)
[ -n "$clang" ] || { echo "bench check: no clang to measure against (apt install clang-$major)" >&2; exit 3; }

# shellcheck source=bench/check_growth.bash
. "$root/bench/check_growth.bash"

now() { printf '%s' "${EPOCHREALTIME/[.,]/}"; } # microseconds

once() { # runs a command, its output away; prints microseconds
    local start end
    start=$(now)
    "$@" >/dev/null 2>&1 || true
    end=$(now)
    echo $((end - start))
}

median() { sort -n | awk '{ a[NR] = $1 } END { print a[int((NR + 1) / 2)] }'; }

compare() { # DIRECTORY FILE FLAGS...
    local directory=$1 file=$2 ours theirs
    shift 2
    : >"$work/ours"; : >"$work/theirs"; : >"$work/ratios"
    for ((i = 0; i <= runs; i++)); do
        ours=$(cd "$directory" && once "$fearless" check --no-cache "$file" -- "$@")
        theirs=$(cd "$directory" && once "$clang" -fsyntax-only "$@" "$file")
        [ "$i" -gt 0 ] || continue # the first pair warms the caches up
        echo "$ours" >>"$work/ours"
        echo "$theirs" >>"$work/theirs"
        awk -v a="$ours" -v b="$theirs" 'BEGIN { printf "%.2f\n", a / b }' >>"$work/ratios"
    done
    awk -v name="$(basename "$file")" -v lines="$(cd "$directory" && wc -l <"$file")" \
        -v a="$(median <"$work/ours")" -v b="$(median <"$work/theirs")" -v r="$(median <"$work/ratios")" \
        -v low="$(sort -n "$work/ratios" | head -1)" -v high="$(sort -n "$work/ratios" | tail -1)" \
        'BEGIN { printf "%-28s %7d %9.1f %9.1f %8.2f   %.2f-%.2f\n", name, lines, a / 1000, b / 1000, r, low, high }'
}

generate() { # a file of many functions with the library's types: what new code looks like
    cat <<'TXT'
#include <fearless.h>
#include <stdlib.h>
typedef struct { char *s; } text;
static void text_drop(text *t) { free(t->s); }
#define FL_OWNED text, text_drop
#include <fearless/owned.h>
TXT
    for ((i = 0; i < $1; i++)); do
        cat <<TXT
int work_$i(fl_sender(text) tx, int n)
{
    int sum = 0;
    text t = { malloc(8) };
    for (int i = 0; i < n; i++) {
        if (i % 3 == 0)
            sum += i;
        else if (i > 100)
            break;
    }
    if (sum > $i)
        return fl_send(tx, fl_move(t)) == FL_OK ? sum : -1;
    fl_drop(t);
    return sum;
}
TXT
    done
}

while [ $# -gt 0 ]; do
    case $1 in
    -n) runs=$2; shift 2 ;;
    -p) database=$2; shift 2 ;;
    --) shift; flags=("$@"); break ;;
    *) files+=("$1"); shift ;;
    esac
done

echo "$("$fearless" --version | head -1); $("$clang" --version | head -1); $runs pairs; $(nproc) cores, $(uname -m)"
printf '%-28s %7s %9s %9s %8s   %s\n' file lines 'ours ms' 'clang ms' ratio spread
if [ -n "$database" ]; then
    [ -d "$database" ] && database=$database/compile_commands.json
    jq -r --arg re "${files[0]:-.}" '.[] | select(.file | test($re)) | [.directory, .file] + (.arguments // (.command | split(" ")))
        | @tsv' "$database" | while IFS=$'\t' read -r -a entry; do
        arguments=()
        for ((k = 3; k < ${#entry[@]}; k++)); do
            case ${entry[k]} in
            -c | "${entry[1]}") ;;
            -o) k=$((k + 1)) ;;
            *.c) ;;
            *) arguments+=("${entry[k]}") ;;
            esac
        done
        compare "${entry[0]}" "${entry[1]}" "${arguments[@]}"
    done
    exit 0
fi
whole=
if [ ${#files[@]} -eq 0 ]; then
    whole=1
    generate 400 >"$work/generated.c"
    files=("$work/generated.c" "$root/examples/listings/15_arc.c" "$root/src/check/diag/snippet.c" "$root/src/rt/thread.c")
    read -ra flags <<<"-std=gnu11 -fexceptions -D_GNU_SOURCE -I$root/include -I$root/src/check -I$root/src/rt $(pkg-config --cflags glib-2.0)"
fi
for file in "${files[@]}"; do
    compare "$PWD" "$(realpath "$file")" "${flags[@]}"
done
if [ -n "$whole" ]; then
    others "${files[@]}"
    growth
fi

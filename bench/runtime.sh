#!/usr/bin/env bash
# The runtime beside its peers, all in one run: what each row does is in runtime/README.md.
#
#   ./dev bench runtime [--rounds N] [--rows REGEX] [--quick] [--write FOLDER] [--no-write] [--facts-only] [--ours-only]
#
# Without --rows, --quick and --ours-only it writes docs/performance.md and docs/performance.svg (--write: elsewhere,
# always). Peers' toolchains are installed as for every ./dev command; those that cannot be had are named.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
here=$root/bench/runtime
build=${BUILD:-$root/build}
out=$build/bench
library=$build/lib/libfearless.a
CC=${CC:-cc}

write=$root/docs folder='' facts=1 rows=1 peers=1 options=()
command="./dev bench runtime${*:+ $*}"
while [ $# -gt 0 ]; do
    case $1 in
    --rounds) options+=(--rounds "$2"); shift ;;
    --rows) options+=(--rows "$2"); write='' facts=''; shift ;;
    --quick) options+=(--quick); write='' facts='' ;;
    --no-write) write='' ;;
    --write) folder=$2; shift ;;
    --ours-only) peers='' write='' facts='' ;;
    --facts-only) rows='' write='' ;;
    *) echo "bench runtime: unknown option $1" >&2; exit 1 ;;
    esac
    shift
done
mkdir -p "$out"

flags=(-std=gnu11 -O2 -fexceptions -pthread -Wall -Wextra)

# Functions cannot be asked for by the preprocessor, as macros can.
has_function() {
    printf '#include <fearless.h>\nvoid f(void) { %s; }\n' "$1" |
        "$CC" -std=gnu11 -fexceptions -Werror=implicit-function-declaration -I"$root/include" -fsyntax-only -x c - 2>/dev/null
}
ours=("-I$root/include")
has_function 'fl_park()' && ours+=(-DHAVE_PARK=1)
revision=$(git -C "$root" rev-parse --short HEAD 2>/dev/null || echo unknown)
[ -z "$(git -C "$root" status --porcelain -- src include 2>/dev/null)" ] || revision+=" with changes"
for name in fearless fearless_facts; do
    "$CC" "${flags[@]}" "${ours[@]}" "-DFEARLESS_REVISION=\"$revision\"" "$here/$name.c" "$library" -o "$out/$name"
done
"$CC" "${flags[@]}" "$here"/driver/*.c -o "$out/driver"

programs=("fearless=Fearless=$out/fearless") not_here=()
if [ -n "$peers" ]; then
    # shellcheck source=../cmake/dev/setup.sh
    . "$root/cmake/dev/setup.sh"
    want bench
    # shellcheck source=runtime/peers.sh
    . "$here/peers.sh"
fi

# Memory and idleness, ours beside Rust's: one Markdown table.
if [ -n "$facts" ]; then
    "$out/fearless_facts" >"$out/facts.ours"
    if [ -x "$out/std_facts" ]; then "$out/std_facts" >"$out/facts.std"; else : >"$out/facts.std"; fi
    {
        echo "Bytes where nothing else is said; the heap as malloc counts it. (To ask for the CPU time of 10,000 threads"
        echo "takes a millisecond or two by itself.)"
        echo
        awk -F'\t' 'BEGIN { print "| | ours | Rust std |\n|---|---|---|" }
            FILENAME ~ /std$/ { std[$1] = $2; next }
            { printf "| %s | %s | %s |\n", $1, $2, $1 in std ? std[$1] : "" }' "$out/facts.std" "$out/facts.ours"
    } >"$out/facts.md"
    cat "$out/facts.md"
    options+=(--facts "$out/facts.md")
fi
[ -n "$rows" ] || exit 0

write=${folder:-$write}
[ -z "$write" ] || options+=(--write "$write")
exec "$out/driver" "${options[@]}" --command "$command" --notes "$here/notes.txt" \
    --missing "$(IFS=';'; echo "${not_here[*]}")" "${programs[@]}"

#!/usr/bin/env bash
# A C++ program with a C half, on the library: tests/cxx/run-one.sh C++-COMPILER FILE.cpp
#
# calls.c is compiled with CC, FILE.cpp with the compiler given, as C++17, without one warning; the program must say "ok".
# SRC is the root of the source tree, BUILD that of the build; FLAGS what the library was built with (sanitizers).
set -euo pipefail

cxx=$1
file=$2
: "${SRC:?}" "${BUILD:?}" "${CC:?}"
# shellcheck disable=SC2206
flags=(-Wall -Wextra -Werror -g -O2 -fexceptions -pthread -I "$SRC/include" ${FLAGS:-})
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$CC" -std=gnu11 "${flags[@]}" -c "$(dirname "$file")/calls.c" -o "$work/calls.o"
"$cxx" -std=gnu++17 "${flags[@]}" "$file" "$work/calls.o" "$BUILD/lib/libfearless.a" -o "$work/program"
[ "$("$work/program")" = ok ]

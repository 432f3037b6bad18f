#!/usr/bin/env bash
# A public header must compile on its own, without one warning: tests/headers/run-one.sh COMPILER HEADER
#
# As C11, C17 and C23 (GNU dialects), under the warnings that a careful project turns on. HEADER is
# relative to include/; SRC is the root of the source tree.
set -u

compiler=$1
header=$2
: "${SRC:?}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Declared in the middle of a file as users do it; an empty translation unit is a pedantic warning.
printf '#include <%s>\nextern int nothing;\n' "$header" >"$work/user.c"
failed=0
for dialect in gnu11 gnu17 gnu2x; do
    # -I and not -isystem: in a system header the compiler would keep its warnings to itself.
    if ! $compiler -std=$dialect -Wall -Wextra -Wpedantic -Wshadow -Wcast-qual -Werror -fexceptions \
        -I "$SRC/include" -fsyntax-only "$work/user.c" >"$work/out" 2>&1; then
        echo "$compiler -std=$dialect does not take <$header>:"
        head -40 "$work/out"
        failed=1
    fi
done
exit $failed

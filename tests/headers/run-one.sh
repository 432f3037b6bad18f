#!/usr/bin/env bash
# A public header must compile on its own, without one warning: tests/headers/run-one.sh COMPILER HEADER
#
# As C11, C17 and C23 (GNU dialects), as the checker reads it, and as C++, under the warnings that a careful
# project turns on. HEADER is relative to include/; SRC is the root of the source tree.
set -u

compiler=$1
header=$2
: "${SRC:?}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The one header that is written to be included after a definition of its own.
before=''
if [ "$header" = fearless/owned.h ]; then
    before='typedef struct { char *s; } text;
static inline void text_drop(text *t) { t->s = 0; }
#define FL_OWNED text, text_drop'
fi
# A declaration, because an empty translation unit is a pedantic warning.
printf '%s\n#include <%s>\nextern int nothing;\n' "$before" "$header" >"$work/user.c"
failed=0
for dialect in gnu11 gnu17 gnu2x "gnu11 -D__FEARLESS_CHECK__=1" "gnu++17 -x c++"; do
    # What the checker sees is parsed by libclang; gcc never sees it. And gcc may come without C++.
    [[ $dialect == *\ * && $compiler != *clang* ]] && continue
    # FL_OWNED is _Generic, which C++ does not have.
    [[ $dialect == *c++* && $header == *owned.h ]] && continue
    # Of C++ only that it compiles is asked: -Wpedantic there means another language.
    warnings="-Wpedantic -Wshadow -Wcast-qual"
    [[ $dialect == *c++* ]] && warnings=''
    # shellcheck disable=SC2086
    # -I and not -isystem: in a system header the compiler would keep its warnings to itself.
    if ! $compiler -std=$dialect -Wall -Wextra $warnings -Werror -fexceptions \
        -I "$SRC/include" -fsyntax-only "$work/user.c" >"$work/out" 2>&1; then
        echo "$compiler -std=$dialect does not take <$header>:"
        head -40 "$work/out"
        failed=1
    fi
done
exit $failed

#!/usr/bin/env bash
# Every public name of the headers stands in the NAME section of exactly one page of man/: tests/man/names.sh
#
# And the other way round: the pages name nothing that is not in the headers, and what is in NAME is in SYNOPSIS, too.
# SRC is the root of the source tree, CC a compiler.
set -euo pipefail
: "${SRC:?}"
export LC_ALL=C
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

preprocessed() { # OPTION...
    printf '#include <fearless.h>\n' | ${CC:-cc} -std=gnu11 -fexceptions -I "$SRC/include" "$@" -E -xc -
}

# Macros; functions and constants; types. What ends in _ is private, and so are pieces that macros put together.
preprocessed -P | tr '\n' ' ' >"$work/declarations"
{
    preprocessed -dM | sed -n 's/^#define \([fF][lL]_[A-Za-z0-9_]*\).*/\1/p'
    grep -oE '\bfl_[a-z0-9_]+ *\(|\bFL_[A-Z0-9_]+\b' "$work/declarations" | tr -d ' ('
    grep -oE '\b(struct|enum|union) fl_[a-z0-9_]+ \{|typedef [^;{}]* fl_[a-z0-9_]+;' "$work/declarations" |
        grep -oE '\bfl_[a-z0-9_]+( \{|;)' | tr -d ' ;{'
    echo FL_OWNED    # the macro that the user defines
} | grep -vE '_$|^FL_(FN|HANDLE)_' | sort -u >"$work/public"

awk -f "$SRC/tests/man/names.awk" "$work/public" "$SRC"/man/*.[37]

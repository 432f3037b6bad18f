#!/usr/bin/env bash
# The page of the command has the options that `fearless check --help` has, and no other: tests/man/command.sh PAGE
set -euo pipefail
page=$1
: "${FEARLESS:?}"
export LC_ALL=C
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$FEARLESS" check --help | grep -oE -- '--[a-z][a-z-]*' | sed 's/^--//' | sort -u >"$work/has"
sed -n '/^\.Ss Options of check/,/^\.Ss Findings/p' "$page" | grep '^\.It Fl' | grep -oE 'Fl Fl [a-z][a-z-]*' | sed 's/^Fl Fl //' |
    sort -u >"$work/says"
diff "$work/has" "$work/says" || { echo "${page##*/}: < the command has, > the page says"; exit 1; }

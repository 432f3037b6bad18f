#!/usr/bin/env bash
# One test of a compile error that a person can read: tests/errors/run-one.sh COMPILER FILE.c
#
# The program must not compile, and what the compiler says must be short and start at the user's line:
#
#   //~ max-lines 12            at most so many lines in all
#   //~ first-line-has TEXT     the first error names this file and contains TEXT
#   code(...);  //~ here        the first error names this line (optional)
#   #include .. //~ in here     the first error is in what this line includes (in place of the line above)
#
# SRC is the root of the source tree.
set -u

compiler=$1
file=$2
[[ $file == /* ]] || file=$PWD/$file
: "${SRC:?}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
complain() { echo "$*"; failed=1; }

# In the shell itself: there are hundreds of these tests, and a process costs more than reading the file.
limit='' text='' line='' within='' number=0
while IFS= read -r read || [ -n "$read" ]; do
    number=$((number + 1))
    [[ ! $read =~ ^//~\ max-lines\ *([0-9]+)\ *$ ]] || limit=${BASH_REMATCH[1]}
    [[ ! $read =~ ^//~\ first-line-has\ *(.*)$ ]] || text=${BASH_REMATCH[1]}
    [[ $read != *'//~ here'* ]] || line=${line:-$number}
    [[ $read != *'//~ in here'* ]] || within=${within:-$number}
done <"$file"
if [ -z "$limit" ] || [ -z "$text" ]; then
    echo "the file needs //~ max-lines N and //~ first-line-has TEXT"
    exit 1
fi

export LC_ALL=C
if $compiler -std=gnu11 -Wall -Wextra -fexceptions -pthread -I "$SRC/include" -c "$file" \
    -o "$work/object" >"$work/out" 2>&1 </dev/null; then
    complain "it compiles, and must not"
fi

# The first line that is an error; "In file included from" and "In function" lines lead up to it.
first='' included='' count=0
while IFS= read -r said || [ -n "$said" ]; do
    count=$((count + 1))
    [[ ! $said =~ :\ (fatal\ )?error:\  ]] || first=${first:-$said}
    [[ $said != 'In file included from '* ]] || included=${included:-${said#In file included from }}
done <"$work/out"
place=$first
[ -z "$within" ] || place=$included
case $place in
"$file:${within:-${line:-}}"*) ;;
*) complain "the first error is not at the user's line${line:+ ($line)}: $first" ;;
esac
case $first in
*"$text"*) ;;
*) complain "the first error does not contain: $text" ;;
esac
[ "$count" -le "$limit" ] || complain "$count lines, at most $limit are readable"

if [ $failed -ne 0 ]; then
    echo "$compiler says:"
    head -60 "$work/out"
fi
exit $failed

#!/usr/bin/env bash
# What is stored of a file's IR comes back as it was: --dump=stored-ir dumps what was read back, and fails where that is
# another dump, or is stored as other bytes. A share of the UI tests, each with its turn, and the runtime's sources.
set -u
: "${SRC:?}" "${FEARLESS:?}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# made_of.c has a struct that a macro writes twice
files=("$SRC"/src/rt/*.c "$SRC/tests/ui/traits/made_of.c")
n=0
for file in "$SRC"/tests/ui/*/*.c; do
    [ $((n++ % 6)) -eq 0 ] && files+=("$file")
done
"$FEARLESS" check --dump=stored-ir "${files[@]}" -- -I "$SRC/include" -I "$SRC/src" -fexceptions \
    >"$work/dump" 2>"$work/messages"
failures=0
if grep -n "what is stored of it" "$work/messages"; then
    failures=1
fi
functions=$(grep -c '^fn ' "$work/dump")
if [ "$functions" -lt 1000 ]; then
    echo "only $functions functions were dumped"
    head -20 "$work/messages"
    failures=1
fi
exit $failures

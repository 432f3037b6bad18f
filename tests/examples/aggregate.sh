#!/usr/bin/env bash
# tests/examples/aggregate.sh PROGRAM: the same as coreutils, with any number of threads.
# shellcheck source=tests/examples/common.sh
. "$(dirname "$0")/common.sh"
export LC_ALL=C
aggregate=$1

reference() { # of standard input, one word a line
    tr -cs 'A-Za-z\200-\377' '\n' | tr A-Z a-z | grep . | sort | uniq -c | sed 's/^ *//' | sort -k1,1nr -k2,2
}

texts=("$SRC"/README.md "$SRC"/docs/*.md "$SRC"/docs/errors/*.md)
for t in "${texts[@]}"; do cat "$t"; echo; done | reference >"$work/wanted"
[ "$(wc -l <"$work/wanted")" -gt 500 ] || complain "the texts have too few words for a test"
for threads in 1 2 3 16 200; do
    "$aggregate" -j $threads -n 1000000 "${texts[@]}" >"$work/got" || complain "$threads threads: status $?"
    cmp "$work/wanted" "$work/got" || complain "$threads threads count otherwise"
done
"$aggregate" "${texts[@]}" | cmp - <(head -10 "$work/wanted") || complain "the first ten"

# Words at the edges of parts and buffers: one word, no word, words of one letter, a word of 200,000 letters, bytes beyond ASCII.
awk 'BEGIN { for (i = 0; i < 30000; i++) printf "%c ", 97 + i * i % 26 }' >"$work/letters"
head -c 200000 /dev/zero | tr '\0' Q >"$work/long"
printf 'na\303\257ve Na\303\257ve\nend' >"$work/utf8"
: >"$work/empty"
echo '1 2, 3.' >"$work/none"
for text in letters long utf8 empty none; do
    reference <"$work/$text" >"$work/wanted"
    for threads in 1 2 50; do
        "$aggregate" -j $threads -n 1000000 <"$work/$text" | cmp "$work/wanted" - || complain "$text, $threads threads"
    done
done

# A file that cannot be read is named, and the others are counted.
"$aggregate" "$work/utf8" "$work/missing" >"$work/got" 2>"$work/said"
[ $? -eq 1 ] && grep -q "^aggregate: $work/missing: No such file" "$work/said" || complain "missing: $(cat "$work/said")"
reference <"$work/utf8" | cmp - "$work/got" || complain "beside a missing file"
"$aggregate" "$work/utf8" >/dev/full 2>/dev/null && complain "a full disk is no success"
usage "$aggregate" -j 0
usage "$aggregate" -j 5000
usage "$aggregate" -n many
usage "$aggregate" -x
exit $failures

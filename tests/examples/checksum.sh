#!/usr/bin/env bash
# tests/examples/checksum.sh PROGRAM: what cksum(1) says, in the same order, with any number of workers.
# shellcheck source=tests/examples/common.sh
. "$(dirname "$0")/common.sh"
checksum=$1

: >"$work/empty"
printf x >"$work/one byte"
head -c 1000000 /dev/urandom >"$work/random"
head -c 65536 /dev/zero >"$work/zeros"
files=("$work/random" "$work/empty" "$work/one byte" "$work/zeros" "$SRC"/include/fearless/*.h "$SRC"/src/rt/*.c "$work/random")
cksum "${files[@]}" >"$work/wanted"
for workers in 1 2 5 64; do
    "$checksum" -j $workers "${files[@]}" >"$work/got" || complain "$workers workers: status $?"
    diff "$work/wanted" "$work/got" || complain "$workers workers"
done
"$checksum" "${files[@]}" | diff "$work/wanted" - || complain "as many workers as CPUs"

"$checksum" "$work/empty" "$work/missing" "$work" "$work/zeros" >"$work/got" 2>"$work/said"
[ $? -eq 1 ] || complain "a file is missing, and the status is 0"
cksum "$work/empty" "$work/zeros" | diff - "$work/got" || complain "beside a missing file"
grep -q "^checksum: $work/missing: No such file" "$work/said" && grep -q "^checksum: $work: Is a dir" "$work/said" ||
    complain "missing: $(cat "$work/said")"
"$checksum" "$work/empty" >/dev/full 2>/dev/null && complain "a full disk is no success"
usage "$checksum"
usage "$checksum" -j 0 x
usage "$checksum" -j 2x x
usage "$checksum" -q x
exit $failures

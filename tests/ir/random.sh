#!/usr/bin/env bash
# Random programs by csmith, printed back from the IR and compared, as run-one.sh does it.
#
#   random.sh PRINT_C FIRST_SEED COUNT        programs that differ are kept in ./random-SEED.c
#
# Needs csmith and libcsmith-dev. Not part of the test suite: it is meant to run for as long as one likes.
set -u
print_c=$1 first=$2 count=$3
here=$(cd "$(dirname "$0")" && pwd)
command -v csmith >/dev/null || { echo "csmith is not installed (apt install csmith libcsmith-dev)" >&2; exit 3; }
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cp /usr/include/csmith/*.h "$work" || exit 1
failed=0
for ((seed = first; seed < first + count; seed++)); do
    # The IR does not keep how a struct is packed.
    csmith --seed "$seed" --no-packed-struct --output "$work/random-$seed.c" >/dev/null
    "$here/run-one.sh" "$print_c" "$work/random-$seed.c"
    status=$?
    if [ $status != 0 ] && [ $status != 4 ]; then # 4: csmith's programs need not end
        failed=$((failed + 1))
        cp "$work/random-$seed.c" .
    fi
    rm -f "$work/random-$seed.c"
done
echo "$count programs, $failed failed"
[ $failed = 0 ]

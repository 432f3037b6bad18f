#!/usr/bin/env bash
# One program of tests/ir/programs: printed back from the IR, it must do what it did.
#
#   run-one.sh PRINT_C PROGRAM
#
# A program with a line `//@ unprintable: WHAT` uses what C cannot be made of; print_c must say so. Its lowering is
# shown in PROGRAM.ir instead, which `BLESS=1` rewrites.
set -u
print_c=$1 program=$2
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
flags=(-std=gnu11 -w -O1 -fno-strict-aliasing -fwrapv -fexceptions -I"$(dirname "$program")")

fail()
{
    printf '%s: %s\n' "$program" "$1" >&2
    exit 1
}

expected=$(sed -n 's|^//@ unprintable: ||p' "$program")
"$print_c" "$program" >"$work/printed.c" 2>"$work/messages"
status=$?
if [ -n "$expected" ]; then
    [ $status = 77 ] || fail "print_c exited with $status, it should not be able to print $expected"
    grep -qF "cannot print $expected" "$work/messages" || fail "$(cat "$work/messages")"
    golden=${program%.c}.ir
    "$print_c" --dump "$program" >"$work/dump" || fail "no dump"
    if [ -n "${BLESS:-}" ]; then
        cp "$work/dump" "$golden"
    else
        diff -u "$golden" "$work/dump" || fail "lowered otherwise than $golden shows"
    fi
    exit 0
fi
[ $status = 0 ] || fail "print_c exited with $status: $(cat "$work/messages")"
"${CC:-cc}" "${flags[@]}" "$program" -o "$work/original" -lm -lpthread || fail "does not compile"
"${CC:-cc}" "${flags[@]}" "$work/printed.c" -o "$work/again" -lm -lpthread || fail "printed back it does not compile"
timeout 20 "$work/original" >"$work/original.out" 2>&1
original=$?
[ $original != 124 ] || { echo "$program: runs too long to be compared" >&2; exit 4; }
timeout 60 "$work/again" >"$work/again.out" 2>&1
again=$?
diff -u "$work/original.out" "$work/again.out" || fail "printed back it says something else"
[ $original = $again ] || fail "exits with $original, printed back with $again"
[ -s "$work/original.out" ] || fail "says nothing, so that nothing was compared"

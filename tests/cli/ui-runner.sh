#!/usr/bin/env bash
# The runner of the UI tests must itself be able to fail. A stand-in for the checker prints what a file
# says, and the runner's verdict on marks and expected output of every kind is compared.
set -u
: "${SRC:?}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
failures=0

cat >checker <<'SH'
#!/usr/bin/env bash
# check FILE -- ...: prints OUTPUT and ends with STATUS, both from the environment
printf '%s' "$OUTPUT"
exit "$STATUS"
SH
chmod +x checker

program='int f(int v);
int f(int v)
{
    return v; MARK
}'
finding="error[E0382]: use of moved value: \`v\`
 --> $work/t.c:4:12
  |
4 |     return v; //~ ERROR E0382 only in the source
  |            ^ value used here after move
  |
  = note: a note

error: aborting due to 1 previous error
"

# verdict WANTED NAME MARK STATUS OUTPUT [STDERR-FILE]: runs the runner on the program with that mark
verdict() {
    local wanted=$1 name=$2 got=pass
    printf '%s\n' "${program/MARK/$3}" >t.c
    rm -f t.stderr
    [ $# -lt 6 ] || printf '%s' "$6" >t.stderr
    STATUS=$4 OUTPUT=$5 FEARLESS=$work/checker bash "$SRC/tests/ui/run-one.sh" t.c >out 2>&1 || got=fail
    if [ $got != "$wanted" ]; then
        echo "$name: the runner says $got, and must say $wanted"
        sed 's/^/    /' out
        failures=$((failures + 1))
    fi
}

shown=${finding//$work\//\$DIR/}
verdict pass "accepted in silence" "" 0 ""
verdict fail "a finding without a mark" "" 1 "$finding" "$shown"
verdict fail "an output of a program that must be silent" "" 0 "hello"
verdict fail "rejected in silence" "" 1 ""
verdict pass "a mark that fits" "//~ ERROR E0382 use of moved value" 1 "$finding" "$shown"
verdict pass "a mark that quotes a label" "//~ ERROR E0382 used here after" 1 "$finding" "$shown"
verdict pass "a mark that quotes a note" "//~ ERROR E0382 a note" 1 "$finding" "$shown"
verdict fail "a mark without a finding" "//~ ERROR E0382 use of moved value" 0 ""
verdict fail "another code" "//~ ERROR E0381 use of moved value" 1 "$finding" "$shown"
verdict fail "another text" "//~ ERROR E0382 borrowed" 1 "$finding" "$shown"
verdict fail "a text that is only in the source line shown" "//~ ERROR E0382 only in the source" 1 "$finding" "$shown"
verdict fail "another severity" "//~ WARNING E0382 use of moved value" 1 "$finding" "$shown"
verdict fail "another line" "//~^ ERROR E0382 use of moved value" 1 "$finding" "$shown"
verdict fail "two marks and one finding" "//~ ERROR E0382 use
    //~| ERROR E0382 use" 1 "$finding" "$shown"
verdict pass "two marks and two findings" "//~ ERROR E0382 use of moved
    //~| ERROR E0382 use" 1 "$finding$finding" "$shown$shown"
verdict fail "two findings and one mark" "//~ ERROR E0382 use of moved" 1 "$finding$finding" "$shown$shown"
verdict pass "a mark from the line below" "
    //~^ ERROR E0382 use of moved" 1 "$finding" "$shown"
verdict fail "a finding in another file" "//~ ERROR E0382 use of moved" 1 "${finding/t.c:4/u.c:4}" "${shown/t.c:4/u.c:4}"
verdict fail "the right findings with the wrong exit status" "//~ ERROR E0382 use of moved" 0 "$finding" "$shown"
verdict fail "could not check" "//~ ERROR E0382 use of moved" 2 "$finding" "$shown"
verdict fail "a crash" "//~ ERROR E0382 use of moved" 139 "$finding" "$shown"
verdict fail "no expected output" "//~ ERROR E0382 use of moved" 1 "$finding"
verdict fail "other expected output" "//~ ERROR E0382 use of moved" 1 "$finding" "${shown/a note/an old note}"
verdict fail "a mark that cannot be read" "//~ EROR E0382 use of moved" 0 ""
verdict fail "an unknown directive" "
//@ flgas: -DX" 0 ""
verdict fail "a program that the compiler rejects" "undeclared++;" 0 ""
verdict pass "a known bug that is still there" "//~ ERROR E0382 use
//@ known-bug: not seen yet" 0 ""
verdict fail "a known bug that is fixed" "//~ ERROR E0382 use
//@ known-bug: not seen yet" 1 "$finding" "$shown"
verdict fail "a known bug that crashes" "//~ ERROR E0382 use
//@ known-bug: not seen yet" 134 "$finding" "$shown"

# --bless writes what is missing, removes what is stale, and does not bless a wrong mark.
bless() {
    STATUS=$1 OUTPUT=$2 FEARLESS=$work/checker BLESS=$work/log bash "$SRC/tests/ui/run-one.sh" t.c >out 2>&1
}
printf '%s\n' "${program/MARK/"//~ ERROR E0382 use of moved"}" >t.c
rm -f t.stderr
bless 1 "$finding" || { echo "--bless fails where the marks agree"; failures=$((failures + 1)); }
[ "$(cat t.stderr)" = "$(printf '%s' "$shown")" ] || { echo "--bless wrote something else"; failures=$((failures + 1)); }
printf '%s\n' "${program/MARK/"//~ ERROR E0381 use of moved"}" >t.c
if bless 1 "$finding"; then echo "--bless hides a wrong mark"; failures=$((failures + 1)); fi
printf '%s\n' "${program/MARK/}" >t.c
bless 0 "" && [ ! -e t.stderr ] || { echo "--bless leaves a stale file"; failures=$((failures + 1)); }

# Batches, with a checker that says of each file what stands in FILE.says: each file's output must be found again, and a
# file that fails must be named, and that alone.
cat >checker <<'SH'
#!/usr/bin/env bash
status=0
for file; do
    [ -s "$file.says" ] || continue
    status=1
    cat "$file.says"
done
[ $status -eq 0 ] || printf 'error: aborting due to 7 previous errors\n\nFor more information, see elsewhere\n'
exit $status
SH
mkdir -p batch
cd batch || exit 1
for name in a b c; do
    printf '%s\n' "${program/MARK/"//~ ERROR E0382 use of moved"}" >$name.c
    printf '%s\n' "${finding%error: aborting*}" | sed "s|$work/t.c|$work/batch/$name.c|; \$d" >$name.c.says
    { sed "s|$work/batch/|\$DIR/|" $name.c.says
        printf 'error: aborting due to 1 previous error\n\n'
        echo 'For more information about this error, try `fearless --explain E0382`.'; } >$name.stderr
done
batch() { # WANTED NAME TEXT-IN-OUTPUT
    local got=pass
    FEARLESS=$work/checker bash "$SRC/tests/ui/run-many.sh" "$work/batch/a.c" "$work/batch/b.c" "$work/batch/c.c" >out 2>&1 || got=fail
    if [ $got != "$1" ] || ! grep -qF "$3" out; then
        echo "batch: $2: the runner says $got, and must say $1 and \"$3\""
        sed 's/^/    /' out
        failures=$((failures + 1))
    fi
}
batch pass "three files that are as they should be" "3 of 3 files passed (0 of them"
sed -i 's/a note/an old note/' b.stderr
batch fail "one with another output" "FAILED $work/batch/b.c"
batch fail "one with another output" "$(printf 'files passed (1 of them')"
sed -i 's/an old note/a note/' b.stderr
sed -i 's/E0382 use of/E0382 something else/' c.c
batch fail "one whose mark says something else" "FAILED $work/batch/c.c"
rm a.c.says
batch fail "one in whose place nothing is said" "FAILED $work/batch/a.c"

[ $failures -eq 0 ]

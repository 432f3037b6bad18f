#!/usr/bin/env bash
# The runners for compile errors, examples and man pages must themselves be able to fail.
set -u
: "${SRC:?}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failures=0

check() { # WANTED NAME COMMAND...
    local wanted=$1 name=$2 got=pass
    shift 2
    "$@" >out 2>&1 || got=fail
    if [ $got != "$wanted" ]; then
        echo "$name: the runner says $got, and must say $wanted"
        sed 's/^/    /' out
        failures=1
    fi
}

# --- errors/run-one.sh, with a real compiler
compile_error() { # WANTED NAME, program on stdin
    cat >t.c
    check "$1" "compile error: $2" bash "$SRC/tests/errors/run-one.sh" "${CC:-cc}" t.c
}
wanted='//~ max-lines 12
//~ first-line-has incompatible'
compile_error pass "as it should be" <<TXT
$wanted
#pragma GCC diagnostic error "-Wincompatible-pointer-types"
int *f(char *p);
int *f(char *p)
{
    return p; //~ here
}
TXT
compile_error fail "on another line" <<TXT
$wanted
#pragma GCC diagnostic error "-Wincompatible-pointer-types"
int *f(char *p); //~ here
int *f(char *p)
{
    return p;
}
TXT
compile_error fail "another text" <<TXT
$wanted
#error something else
TXT
compile_error fail "that compiles" <<TXT
$wanted
int incompatible_pointer;
TXT
compile_error fail "too long" <<TXT
//~ max-lines 2
//~ first-line-has one
#error one
#error two
TXT
compile_error fail "without a limit" <<TXT
//~ first-line-has one
#error one
TXT
echo '#error one' >header.h
compile_error fail "in a header" <<TXT
//~ max-lines 12
//~ first-line-has one
#include "header.h"
TXT

# --- examples/run-one.sh, with scripts as programs
example() { # WANTED NAME EXPECTED PROGRAM [DIRECTIVE]
    printf '%s\n' "${5:-}" >t.c
    printf '%s\n' "$3" >t.out
    printf '#!/usr/bin/env bash\n%s\n' "$4" >program
    chmod +x program
    check "$1" "example: $2" bash "$SRC/tests/examples/run-one.sh" ./program t.c
}
two=$'--- one\na1\na2\n--- two\nb1\nb2'
example pass "same output" $'a\nb' 'echo a; echo b'
example fail "other order" $'a\nb' 'echo b; echo a'
example fail "missing line" $'a\nb' 'echo a'
example fail "additional line" $'a\nb' 'echo a; echo b; echo c'
example fail "exit status" 'a' 'echo a; exit 1'
example pass "expected exit status" 'a' 'echo a; exit 101' '//@ exit: 101'
example fail "too slow" 'a' 'echo a; sleep 5' '//@ timeout: 1'
example pass "arguments" 'a x y' 'echo a $*' '//@ run: x y'
example pass "interleaved" "$two" 'echo b1; echo a1; echo a2; echo b2'
example fail "interleaved out of order" "$two" 'echo b1; echo a2; echo a1; echo b2'
example fail "interleaved and incomplete" "$two" 'echo b1; echo a1; echo a2'
example pass "cut short" "${two/--- two/--- cut}" 'echo a1; echo b1; echo a2'
example fail "the other group cut short" "${two/--- two/--- cut}" 'echo a1; echo b1; echo b2'

# --- man/page.sh, man/names.sh and man/example.awk, with a tree whose pages are spoiled one way after the other
mkdir -p tree
ln -s "$SRC/include" "$SRC/src" "$SRC/tests" tree
manual() { # WANTED NAME SED-SCRIPT COMMAND...: with fl_mutex.3 as the script leaves it
    local wanted=$1 name=$2
    rm -rf tree/man
    cp -r "$SRC/man" tree/man
    sed -i "$3" tree/man/fl_mutex.3
    shift 3
    check "$wanted" "man page: $name" env SRC="$work/tree" "$@"
}
page=(bash "$SRC/tests/man/page.sh" tree/man/fl_mutex.3)
names=(bash "$SRC/tests/man/names.sh")
example=(awk -v to="$work/extracted" -f "$SRC/tests/man/example.awk" tree/man/fl_mutex.3)
manual pass "as it is" '' "${page[@]}"
manual fail "a section too few" '/^.Sh OWNERSHIP/d' "${page[@]}"
manual fail "a panic that nobody says" 's/^.It Li "this/.It Li "not this/' "${page[@]}"
manual fail "another title" 's/^.Dt .*/.Dt FL_OTHER 3/' "${page[@]}"
manual fail "another first name" 's/^.Nm fl_mutex/.Nm fl_guard/' "${page[@]}"
manual pass "all names" '' "${names[@]}"
manual fail "a name without a page" '/^.Nm fl_try_guard/d' "${names[@]}"
manual fail "a name twice" 's/^.Nm fl_guard ,/&\n&/' "${names[@]}"
manual fail "a prototype of nothing" 's/^.Fn fl_guard name/.Fn fl_gard name/' "${names[@]}"
manual fail "a reference to nothing" 's/^.Xr fl_condvar/.Xr fl_kondvar/' "${names[@]}"
manual pass "a reference to a page named after its subject" 's/^.Xr fl_condvar/.Xr fl_time/' "${names[@]}"
manual fail "a prototype of a subject" 's/^.Fn fl_guard name/.Fn fl_time name/' "${names[@]}"
manual fail "a name without a prototype" '/^.Fn fl_try_guard name/d' "${names[@]}"
manual pass "its example" '' "${example[@]}"
manual fail "an example that prints nothing" '/^It prints/,/^.Ed/d' "${example[@]}"
manual fail "a lone backslash" 's/\\en/\\n/' "${example[@]}"
manual fail "a request in an example" 's/^#include <stdio.h>/.Pp/' "${example[@]}"

exit $failures

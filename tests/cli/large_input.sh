#!/usr/bin/env bash
# Code as generators write it: deep, long, wide. A result, or a clear message; never a crash or a hang.
source "${SRC:?}/tests/cli/expect.bash" || exit 1

repeat() { head -c "$2" /dev/zero | tr '\0' "$1"; }

{ printf 'int f(int x)\n{\n    return '; repeat '(' 10000; printf x; repeat ')' 10000; printf ';\n}\n'; } >parentheses.c
run 0 "$FEARLESS" check parentheses.c
silent

{ echo 'int f(int x)'; repeat '{' 5000; echo ' x++; '; repeat '}' 5000; echo; } >blocks.c
run 0 "$FEARLESS" check blocks.c

{
    echo 'int f(int x)'; echo '{'
    for ((i = 0; i < 50000; i++)); do echo "    x = x * 3 + $i;"; done
    echo '    return x;'; echo '}'
} >long.c
run 0 "$FEARLESS" check long.c
silent

# The same with a branch in every other line, and a mistake at the very end: it must be found.
{
    echo 'int f(int x)'; echo '{'; echo '    int wrong;'
    for ((i = 0; i < 25000; i++)); do echo "    if (x == $i)"; echo "        x = x * 3 + $i;"; done
    echo '    return x + wrong;'; echo '}'
} >branches.c
run 1 "$FEARLESS" check branches.c
says 'error[E0381]' 'branches.c:50004:16'

{ printf 'int f(int x)\n{\n    return x'; for ((i = 0; i < 20000; i++)); do printf ' + %d' $i; done; printf ';\n}\n'; } >sum.c
run 0 "$FEARLESS" check sum.c
silent

{
    echo 'int f(int x)'; echo '{'
    for ((i = 0; i < 5000; i++)); do echo "    if (x == $i) return $i; else"; done
    echo '    return 0;'; echo '}'
} >else_if.c
run 0 "$FEARLESS" check else_if.c

{ printf 'int a[] = {'; for ((i = 0; i < 100000; i++)); do printf '%d,' $i; done; echo '};'; } >table.c
run 0 "$FEARLESS" check table.c

# One line of a megabyte, with a mistake in it: what is shown of it must stay readable.
{ printf 'int f(int x) { int wrong; '; for ((i = 0; i < 60000; i++)); do printf 'x = x + %d; ' $i; done; echo 'return x + wrong; }'; } >line.c
run 1 "$FEARLESS" check line.c
says 'error[E0381]'
[ "$(wc -c <"$log/err")" -lt 4000 ] || fail "prints $(wc -c <"$log/err") bytes for one finding"

finish

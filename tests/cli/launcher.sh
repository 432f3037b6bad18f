#!/usr/bin/env bash
# `fearless COMPILER ARGS...`: checks, then is the compiler.
source "${SRC:?}/tests/cli/expect.bash" || exit 1
CC=${CC:-cc}
wrong_file wrong.c
printf 'int main(void)\n{\n    return 0;\n}\n' >main.c
printf 'int f(void)\n{\n    return undeclared;\n}\n' >broken.c

# A compiler that says how it was called.
cat >spy <<'TXT'
#!/usr/bin/env bash
printf '%s\n' "$@" >spied
exit "${SPY_STATUS:-0}"
TXT
chmod +x spy
spied() { # exactly these arguments reached the compiler
    printf '%s\n' "$@" | cmp -s - spied || { fail "the compiler was called with: $(tr '\n' ' ' <spied 2>&1)"; }
    rm -f spied
}
not_spied() {
    [ ! -e spied ] || { fail "the compiler must not run"; rm -f spied; }
}

run 0 "$FEARLESS" ./spy -c main.c -o 'a b.o' '' '-DX="y z"'
silent
spied -c main.c -o 'a b.o' '' '-DX="y z"'
run 1 "$FEARLESS" ./spy -c wrong.c -o wrong.o
says 'error[E0381]' '--> wrong.c:4:12' 'fearless --explain E0381'
not_spied
run 1 "$FEARLESS" ./spy main.c wrong.c -o both
not_spied

# The compiler's own exit status is kept.
for status in 0 1 3 77; do
    SPY_STATUS=$status run $status "$FEARLESS" ./spy -c main.c
    SPY_STATUS=$status run $status "$FEARLESS" ./spy main.o -o main
done
rm -f spied

# What compiles no C is none of our business: it passes through, even with a wrong file in sight.
cp wrong.c wrong.cpp
cp wrong.c start.S
for args in '-E wrong.c' '-M wrong.c' '-MM wrong.c' 'wrong.o -o wrong' '-c wrong.cpp' '-c start.S' '--version' \
    '-dumpmachine' '-print-search-dirs' '-x c++ -c wrong.c' '-v' '-### -c wrong.c' ''; do
    # shellcheck disable=SC2086
    run 0 "$FEARLESS" ./spy $args
    silent
    [ -e spied ] || fail "did not pass through"
    rm -f spied
done
cp spy g++
run 0 "$FEARLESS" ./g++ -c wrong.c
[ -e spied ] || fail "did not pass through"
rm -f spied

# Language by option, flags that change the code, files of arguments.
cp wrong.c odd.txt
run 1 "$FEARLESS" ./spy -x c -c odd.txt
not_spied
printf '#ifdef WRONG\n#include "wrong.c"\n#endif\n' >maybe.c
run 0 "$FEARLESS" ./spy -c maybe.c
rm -f spied
run 1 "$FEARLESS" ./spy -DWRONG -c maybe.c
run 1 "$FEARLESS" ./spy -D WRONG -c maybe.c
echo '-DWRONG -c maybe.c' >arguments
run 1 "$FEARLESS" ./spy @arguments
not_spied
run 0 "$FEARLESS" ./spy @no_such_file main.o
spied @no_such_file main.o

# With a real compiler: what is right is compiled, what is wrong is not, what does not compile is told once, by it.
run 0 "$FEARLESS" "$CC" main.c -o main
silent
./main || fail "the program does not run"
run 1 "$FEARLESS" "$CC" -c wrong.c -o wrong.o
[ ! -e wrong.o ] || fail "a finding must keep the file from being compiled"
run 1 "$FEARLESS" "$CC" -c broken.c
[ "$(grep -c 'error:' "$log/err")" -eq 1 ] || { fail "the error must be shown once"; show; }
run 1 "$FEARLESS" "$CC" -c missing.c
says 'missing.c'
cat >Makefile <<'TXT'
program: main.o right.o
	$(CC) $^ -o $@
TXT
right_file right.c
run 0 make -s program CC="$FEARLESS $CC"
./program || fail "the program does not run"

# Code that only the compiler understands is compiled, and that it was not checked is said.
cp broken.c odd_dialect.c
run 0 "$FEARLESS" ./spy -c odd_dialect.c
says 'odd_dialect.c:3:12: error:' 'warning: `./spy` accepts this code, but it could not be checked'
rm -f spied

run 2 "$FEARLESS" no_such_compiler -c main.c
says 'couldn'"'"'t run `no_such_compiler`' 'fearless check FILE'
run 2 "$FEARLESS" wrong.c
says 'couldn'"'"'t run `wrong.c`' 'fearless check FILE'

finish

#!/usr/bin/env bash
# Whatever it is given instead of C, the command says what is wrong with it, and goes on with the rest.
source "${SRC:?}/tests/cli/expect.bash" || exit 1

run 2 "$FEARLESS" check missing.c
says 'error: couldn'"'"'t read `missing.c`: No such file or directory'

mkdir folder
run 2 "$FEARLESS" check folder
says 'couldn'"'"'t read `folder`: it is a directory' 'fearless check -p folder'

: >empty.c
run 0 "$FEARLESS" check empty.c
silent

printf '/* nothing but words, and no newline */' >comment.c
run 0 "$FEARLESS" check comment.c
silent

cp "$(type -P true)" program.c
run 2 "$FEARLESS" check program.c
says '`program.c`: it is a binary file, not C'
head -c 20000 /dev/urandom >noise.c
run 2 "$FEARLESS" check noise.c
says 'noise.c'
# What is binary only after a page of text reaches the parser, which must live through it.
{ for i in $(seq 300); do echo "int variable_number_$i;"; done; head -c 5000 /dev/urandom; } >late.c
run 2 "$FEARLESS" check late.c
says 'late.c'

mkfifo pipe.c
run 2 "$FEARLESS" check pipe.c
says '`pipe.c`: it is not a regular file'
run 2 "$FEARLESS" check /dev/zero
says 'not a regular file'

# Paths that not even root can read.
run 2 "$FEARLESS" check empty.c/x.c
says 'couldn'"'"'t read `empty.c/x.c`: Not a directory'
ln -s loop.c loop.c
run 2 "$FEARLESS" check loop.c
says '`loop.c`: Too many levels of symbolic links'
right_file secret.c
chmod 000 secret.c
if [ "$(id -u)" -ne 0 ]; then
    run 2 "$FEARLESS" check secret.c
    says '`secret.c`: Permission denied'
elif command -v setpriv >/dev/null && cp "$FEARLESS" "$work/fearless-copy" && chmod 755 "$work" "$work"/src &&
    setpriv --reuid=65534 --regid=65534 --clear-groups "$work/fearless-copy" --version >/dev/null 2>&1; then
    run 2 setpriv --reuid=65534 --regid=65534 --clear-groups "$work/fearless-copy" check secret.c
    says '`secret.c`: Permission denied'
fi

printf 'int f(void)\n{\n    return undeclared;\n}\n' >broken.c
run 2 "$FEARLESS" check broken.c
says 'broken.c:3:12: error:' 'undeclared' 'return undeclared;'
printf 'int f(void) {\n' >unfinished.c
run 2 "$FEARLESS" check unfinished.c
says 'unfinished.c:1:' 'error:'
printf '#include "no_such_header.h"\n' >header.c
run 2 "$FEARLESS" check header.c
says "header.c:1:10: fatal error: 'no_such_header.h' file not found"
printf '#include "self.c"\n' >self.c
run 2 "$FEARLESS" check self.c
says 'self.c'
printf '#define A(x) x x x x x x x x\n#error "stop here"\n' >stop.c
run 2 "$FEARLESS" check stop.c
says 'stop here'

printf 'int main() { return 0; }\n' >plus.cpp
run 2 "$FEARLESS" check plus.cpp
says '`plus.cpp` is not C'

# One bad file does not keep the others from being checked.
wrong_file wrong.c
right_file right.c
run 2 "$FEARLESS" check missing.c wrong.c broken.c folder right.c
says '`missing.c`' '`folder`' 'error[E0381]' '--> wrong.c:4:12' 'broken.c:3:12: error:' '1 previous error'

# Names and texts of any kind.
for name in 'with space.c' 'ünï.c' $'new\nline.c' "quote'\".c" '-dash.c' '%s%n.c'; do
    wrong_file "./$name"
    run 1 "$FEARLESS" check "./$name"
    says 'error[E0381]'
done
printf '/* \xff\xfe\x80 */ int wrong(void) { int x; /* \xe9 */ return x; } /* \x1b[31m */\n' >latin1.c
run 1 "$FEARLESS" check latin1.c
says 'error[E0381]' '--> latin1.c:1:'
grep -q $'\x1b' "$log/err" && fail "an escape sequence of the source reaches the terminal"
printf 'int wrong(void)\r\n{\r\n\tint x;\r\n\treturn x;\r\n}\r\n' >dos.c
run 1 "$FEARLESS" check dos.c
says '--> dos.c:4:9' '4 |     return x;'
grep -q $'\r' "$log/err" && fail "carriage returns reach the terminal"
printf '\xef\xbb\xbfint wrong(void) { int x; return x; }' >bom.c
run 1 "$FEARLESS" check bom.c
says 'error[E0381]'

# The same file twice is told once.
run 1 "$FEARLESS" check wrong.c wrong.c
says '1 previous error'

finish

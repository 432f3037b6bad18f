#!/usr/bin/env bash
# Options, their mistakes, help, version, colours.
source "${SRC:?}/tests/cli/expect.bash" || exit 1
wrong_file wrong.c

run 2 "$FEARLESS"
says 'error: nothing to do' 'fearless check FILE...'
run 0 "$FEARLESS" --help
prints 'fearless check -p DIR' 'fearless --explain CODE' 'Exit status: 0 nothing found, 1 findings, 2'
run 0 "$FEARLESS" check --help
prints '--build' '--jobs' '--timeout' '--color' '--dump' '--stats' 'COMPILER FLAGS'
run 0 "$FEARLESS" --version
grep -qE '^fearless [0-9]+\.[0-9]+\.[0-9]+ \(libclang [0-9]+\.[0-9]+\.[0-9]+\)$' "$log/out" ||
    fail "--version prints: $(cat "$log/out")"

run 2 "$FEARLESS" --frobnicate
says 'unknown option `--frobnicate`' 'fearless --help'
run 2 "$FEARLESS" check --frobnicate wrong.c
says 'unknown option `--frobnicate`' 'fearless check --help'
run 2 "$FEARLESS" check -Iinclude wrong.c
says 'unknown option `-I' 'flags for the compiler go behind `--`'
run 2 "$FEARLESS" check
says 'there is nothing to check'
run 2 "$FEARLESS" check --
says 'there is nothing to check'
run 2 "$FEARLESS" check -j 0 wrong.c
says '-j must be at least 1'
run 2 "$FEARLESS" check -j many wrong.c
says '-j must be at least 1, not `many`' 'check -j 2 FILE'
run 2 "$FEARLESS" check -j2x wrong.c
says '-j must be at least 1, not `2x`'
run 1 "$FEARLESS" check -j2 wrong.c
run 1 "$FEARLESS" check wrong.c -j 2
run 1 "$FEARLESS" check --jobs=2 wrong.c
run 2 "$FEARLESS" check -p
says '-p'
run 2 "$FEARLESS" check --timeout=-1 wrong.c
says '--timeout must not be negative'
run 2 "$FEARLESS" check --timeout=soon wrong.c
says '--timeout' '`soon`'
run 2 "$FEARLESS" check --dump=dreams wrong.c
says 'no stage `dreams`'
run 2 "$FEARLESS" check --color=sometimes wrong.c
says '--color is auto, always or never, not `sometimes`'
run 2 "$FEARLESS" --explain
says '--explain takes one code'

# What stands behind "--" reaches the compiler, and only there.
printf 'int f(void) { return VALUE; }\n' >needs_flag.c
run 2 "$FEARLESS" check needs_flag.c
says 'VALUE'
run 0 "$FEARLESS" check needs_flag.c -- -DVALUE=1
silent
mkdir inc && echo '#define VALUE 2' >inc/value.h
printf '#include "value.h"\nint f(void) { return VALUE; }\n' >needs_header.c
run 0 "$FEARLESS" check needs_header.c -- -I inc
run 0 "$FEARLESS" check needs_flag.c needs_header.c -- -Iinc -DVALUE=3 -Wall -Werror -O2 -fno-such-flag

# The library's headers are found without a flag.
printf '#include <fearless.h>\nint f(void) { return FL_OK; }\n' >library.c
run 0 "$FEARLESS" check library.c

run 0 "$FEARLESS" check --dump=ir needs_flag.c -- -DVALUE=1
prints 'f'
run 1 "$FEARLESS" check --stats wrong.c
prints 'files checked      1 of 1' 'functions          1' 'opaque operations  0'

# Colours: only where asked for, or on a terminal that NO_COLOR does not forbid.
escape=$'\x1b['
run 1 "$FEARLESS" check wrong.c
says_not "$escape"
run 1 "$FEARLESS" check --color=always wrong.c
says "${escape}91merror[E0381]"
run 1 "$FEARLESS" check --color=never wrong.c
says_not "$escape"
if command -v script >/dev/null; then
    on_terminal() { TERM=xterm script -qec "$*" /dev/null </dev/null >"$log/err" 2>&1; last="on a terminal: $*"; }
    on_terminal "'$FEARLESS' check wrong.c"
    says "${escape}91merror[E0381]"
    on_terminal "NO_COLOR=1 '$FEARLESS' check wrong.c"
    says_not "$escape"
    says 'error[E0381]'
    on_terminal "TERM=dumb '$FEARLESS' check wrong.c"
    says_not "$escape"
    on_terminal "'$FEARLESS' check --color=never wrong.c"
    says_not "$escape"
fi

finish

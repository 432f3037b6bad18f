#!/usr/bin/env bash
# Checking a project through its compile_commands.json, and every way in which that can be broken.
source "${SRC:?}/tests/cli/expect.bash" || exit 1
mkdir -p build lib
wrong_file lib/wrong.c
right_file lib/right.c
printf '#include "config.h"\nint f(void) { return VALUE NAME; }\n' >lib/flags.c
mkdir lib/inc && echo '#define VALUE 1' >lib/inc/config.h
database() { cat >build/compile_commands.json; }

# Both forms, relative and absolute paths, quoting, what belongs to linking and output, a launcher before the compiler.
database <<TXT
[
  { "directory": "$PWD/lib", "file": "wrong.c", "command": "gcc -c -o wrong.o -MD -MF x.d wrong.c" },
  { "directory": "$PWD/lib", "file": "$PWD/lib/flags.c",
    "arguments": ["ccache", "cc", "-Iinc", "-DNAME=+ 1", "-Wl,--gc-sections", "-c", "flags.c", "-o", "flags.o"] },
  { "directory": "../lib", "file": "right.c", "command": "gcc -c 'right.c' \"-DTEXT=\\\\\"a b\\\\\"\"" },
  { "directory": "$PWD/lib", "file": "plus.cpp", "command": "g++ -c plus.cpp" },
  { "directory": "$PWD/lib", "file": "start.S", "command": "gcc -c start.S" }
]
TXT
run 1 "$FEARLESS" check -p build
says 'error[E0381]' '--> lib/wrong.c:4:12' '1 previous error'
says_not flags.c right.c plus.cpp
run 1 "$FEARLESS" check -p build/compile_commands.json -j 1
says '--> lib/wrong.c:4:12'
(cd lib && "$FEARLESS" check -p ../build >"$log/out" 2>"$log/err")
last="from another folder"
says '--> wrong.c:4:12'
run 1 "$FEARLESS" check -p build --stats
prints 'files checked      3 of 3'

# Only some of its files, with their flags.
run 0 "$FEARLESS" check -p build lib/flags.c
silent
run 1 "$FEARLESS" check -p build lib/flags.c lib/wrong.c
run 2 "$FEARLESS" check -p build lib/other.c
says '`lib/other.c` is not in the compilation database'

# A file that two entries compile is told about once; errors of its code have its path from here.
database <<TXT
[
  { "directory": "$PWD/lib", "file": "wrong.c", "command": "gcc -c wrong.c" },
  { "directory": "$PWD/lib", "file": "wrong.c", "command": "gcc -DX -c wrong.c" },
  { "directory": "$PWD/lib", "file": "flags.c", "command": "gcc -DNAME= -c flags.c" }
]
TXT
run 2 "$FEARLESS" check -p build
says '1 previous error' 'lib/flags.c:1:10: fatal error:'

# An entry whose file is gone does not keep the others from being checked.
database <<TXT
[
  { "directory": "$PWD/lib", "file": "gone.c", "command": "gcc -c gone.c" },
  { "directory": "/no/such/folder", "file": "x.c", "command": "gcc -c x.c" },
  { "directory": "$PWD/lib", "file": "wrong.c", "command": "gcc -c wrong.c" }
]
TXT
run 2 "$FEARLESS" check -p build
says 'couldn'"'"'t read `lib/gone.c`: No such file or directory' 'entry 1 of build/compile_commands.json' \
    '/no/such/folder/x.c' 'error[E0381]'

# Broken in its syntax: with the place.
printf '[\n  { "directory": "/", "file": "a.c"\n    "command": "gcc -c a.c" }\n]\n' | database
run 2 "$FEARLESS" check -p build
says '`build/compile_commands.json` is not valid JSON' 'build/compile_commands.json:2:'
printf '[ { "file": "a.c"' | database
run 2 "$FEARLESS" check -p build
says 'not valid JSON'
printf '\xff\xfe\x00\x01' | database
run 2 "$FEARLESS" check -p build
says 'compile_commands.json'
: | database
run 2 "$FEARLESS" check -p build
says 'compile_commands.json'

# Valid JSON of the wrong shape.
shape() { # JSON WORDS...
    printf '%s' "$1" | database
    shift
    run 2 "$FEARLESS" check -p build
    says 'compile_commands.json' "$@"
}
shape '{ "file": "a.c" }' 'not a compilation database' 'not an array'
shape '7' 'not a compilation database'
shape 'null' 'not a compilation database'
shape '[ 7 ]' 'entry 1 is not an object'
shape '[ { "directory": "/", "command": "gcc -c a.c" } ]' 'entry 1 has no "file"'
shape '[ { "directory": "/", "file": "a.c" } ]' 'entry 1 has neither "command" nor "arguments"'
shape '[ { "directory": "/", "file": 7, "command": "gcc" } ]' 'entry 1 has no "file"'
shape '[ { "directory": "/", "file": "a.c", "command": ["gcc"] } ]' 'entry 1 has neither'
shape '[ { "directory": "/", "file": "a.c", "arguments": ["gcc", 7] } ]' 'entry 1 has "arguments" that are not all strings'
shape '[ { "directory": "/", "file": "a.c", "command": "gcc \"-c a.c" } ]' 'cannot be split into words'
shape '[]' 'names no C file'
shape '[ { "directory": "/", "file": "a.cpp", "command": "g++ -c a.cpp" } ]' 'names no C file'
shape '[ { "directory": "/", "file": "a.c", "arguments": [] } ]' '`/a.c`'

# No database at all.
run 2 "$FEARLESS" check -p lib
says 'there is no compile_commands.json in `lib`' 'bear -- make' '-DCMAKE_EXPORT_COMPILE_COMMANDS=ON'
run 2 "$FEARLESS" check -p nowhere
says 'couldn'"'"'t read `nowhere`: No such file or directory'

# A cross compiler: what its flags say about another processor is left out. Of flags that stay wrong the message tells.
database <<TXT
[ { "directory": "$PWD/lib", "file": "wrong.c", "command": "arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -march=armv7e-m -c wrong.c" } ]
TXT
run 1 "$FEARLESS" check -p build
says 'error[E0381]' '--> lib/wrong.c:4:12'
run 2 "$FEARLESS" check lib/right.c -- -march=armv7-a --target=no-such-machine-at-all
says 'couldn'"'"'t check `lib/right.c`: clang does not take the flags that it is compiled with: -march=armv7-a --target=no-such-machine-at-all'

# Response files, from the directory of the entry and behind "--".
printf -- '-Iinc "-DNAME=+ 1"\n' >lib/flags.rsp
: >lib/empty.rsp
database <<TXT
[ { "directory": "$PWD/lib", "file": "flags.c", "command": "gcc @flags.rsp @empty.rsp -c flags.c" } ]
TXT
run 0 "$FEARLESS" check -p build
silent
run 0 "$FEARLESS" check lib/flags.c -- -Ilib/inc @lib/flags.rsp
run 2 "$FEARLESS" check lib/right.c -- @lib/none.rsp
says 'couldn'"'"'t read the compiler'"'"'s flags from `lib/none.rsp`' 'No such file or directory'
finish

# Sourced by ./dev demo, after the build.
# shellcheck shell=bash

listing() { # the one file of that number: 03 is 03_*.c and not 03b_*.c
    local found
    found=$(compgen -G "examples/listings/$1_*.c" | head -1)
    [ -n "$found" ] || die "examples/listings/$1_*.c is not there"
    echo "$found"
}

rejected() {
    local file status=0
    file=$(listing "$1")
    printf '\n== %s\n\n$ fearless check %s\n' "$2" "$file"
    build/bin/fearless check "$file" -- -Iinclude || status=$?
    [ $status -eq 1 ] || die "exit status $status; this program must be rejected (1)"
}

accepted() {
    local file name
    file=$(listing "$1")
    name=$(basename "$file" .c)
    printf '\n== %s\n\n$ fearless check %s\n' "$2" "$file"
    build/bin/fearless check "$file" -- -Iinclude || die "this program must be accepted"
    printf '$ %s\n' "$name"
    "build/listings/$name" || die "this program must run"
}

say "Three programs that compile, and that Fearless rejects:"
rejected 03 "A thread is given a pointer to a local variable that it may outlive"
rejected 09 "A value is used after it was sent through a channel"
rejected 14 "A reference count that is not atomic is shared by threads"
printf '\nThe last one with an atomic reference count:\n'
accepted 15 "Ten threads count in one mutex"
printf '\nThe programs are in examples/listings; `build/bin/fearless --help` says how to check your own.\n'

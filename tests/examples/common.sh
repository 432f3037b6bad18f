# Sourced by the tests of the larger examples.
# shellcheck shell=bash
set -u
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null; rm -rf "$work"' EXIT
failures=0
complain() { echo "$*"; failures=1; }
die() { echo "$*"; exit 1; }

# start PROGRAM ARGUMENTS...: runs it; sets server (its process) and port, which it says in its first line. What it
# prints after that is read from descriptor 3, a line at a time.
start() {
    rm -f "$work/out"
    mkfifo "$work/out"
    "$@" >"$work/out" 2>"$work/err" &
    server=$!
    exec 3<"$work/out"
    IFS= read -r -t 60 -u 3 line || die "$1 says nothing: $(cat "$work/err")"
    [[ $line =~ ([0-9]+)/?$ ]] || die "no port in: $line"
    port=${BASH_REMATCH[1]}
}

# until_said TEXT: reads the server's lines until one has it.
until_said() {
    while IFS= read -r -t 60 -u 3 line; do
        [[ $line != *"$1"* ]] || return 0
    done
    die "the server did not say: $1"
}

# ended STATUS: the server must end, with that status and nothing on stderr.
ended() {
    cat <&3 >"$work/rest"
    wait "$server"
    local status=$?
    exec 3<&-
    [ $status -eq "$1" ] || complain "the server ended with status $status"
    [ ! -s "$work/err" ] || complain "the server said: $(cat "$work/err")"
}

stop() { kill "-${1:-TERM}" "$server" && ended 0; }

# fails STATUS TEXT PROGRAM ARGUMENTS...: must end with that status and say something with TEXT in it.
fails() {
    timeout 60 "${@:3}" >"$work/refused" 2>&1 </dev/null
    local status=$?
    [ $status -eq "$1" ] && grep -q -- "$2" "$work/refused" ||
        complain "${*:3}: status $status, $(cat "$work/refused")"
}
usage() { fails 2 '^usage: ' "$@"; }
refused() { fails 1 "^${1##*/}: " "$@"; }

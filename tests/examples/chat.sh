#!/usr/bin/env bash
# tests/examples/chat.sh SERVER CLIENT DRIVER (chat_room.c)
# shellcheck source=tests/examples/common.sh
. "$(dirname "$0")/common.sh"
chat_server=$1 chat_client=$2 driver=$3

start "$chat_server" -p 0
for size in "3 200" "20 50" "8 100"; do
    # shellcheck disable=SC2086
    timeout 100 "$driver" room "$port" $size || complain "a room of $size"
done
timeout 100 "$driver" names "$port" || complain "names"
timeout 100 "$driver" deaf "$port" || complain "deaf"
refused "$chat_server" -p "$port"
grep -q 'Address already in use' "$work/refused" || complain "a port that is taken: $(cat "$work/refused")"
stop TERM

# Stopped while clients are there, and one that has not said its name. Started again at once, on the same port.
start "$chat_server" -p "$port"
exec 4<>"/dev/tcp/127.0.0.1/$port"
mkfifo "$work/ready"
timeout 100 "$driver" until-stop "$port" 20 20 >"$work/ready" &
room=$!
IFS= read -r -t 90 line <"$work/ready" && [ "$line" = ready ] || complain "the room is not ready"
stop INT
wait $room || complain "not everybody was told that the room is closing"
exec 4>&-
refused "$chat_client" -p "$port" ada
grep -q 'Connection refused' "$work/refused" || complain "no server: $(cat "$work/refused")"

# The client: what is typed comes out at the others, its end leaves, and the server's end ends it.
start "$chat_server" -p 0
mkfifo "$work/ada.in" "$work/ada.out" "$work/bob.in" "$work/bob.out"
"$chat_client" -p "$port" ada <"$work/ada.in" >"$work/ada.out" &
ada=$!
exec 5>"$work/ada.in" 6<"$work/ada.out"
hears() { # FD LINE
    IFS= read -r -t 60 -u "$1" line && [ "$line" = "$2" ] || complain "heard: $line, expected: $2"
}
hears 6 "* welcome, ada"
"$chat_client" -p "$port" bob <"$work/bob.in" >"$work/bob.out" 2>"$work/bob.err" 5>&- & # else ada never sees the end
bob=$!
exec 7>"$work/bob.in" 8<"$work/bob.out"
hears 8 "* welcome, bob"
hears 6 "* bob joined"
echo "hello, bob" >&5
hears 8 "ada: hello, bob"
printf 'hello,\tada\n' >&7
hears 6 "bob: hello,?ada"
printf 'and\nmore\nthan one' >&5
exec 5>&-
wait $ada || complain "a client that leaves: status $?"
hears 8 "ada: and"
hears 8 "ada: more"
hears 8 "* ada left"
stop TERM
hears 8 "* the room is closing"
wait $bob && complain "a client whose server has gone must say so"
grep -q 'the server has closed' "$work/bob.err" || complain "bob: $(cat "$work/bob.err")"

usage "$chat_server" what
usage "$chat_server" -x
usage "$chat_client"
usage "$chat_client" two names
refused "$chat_server" -p 99999
refused "$chat_server" -p 80x
refused "$chat_server" -a 192.0.2.1 -p 0 # an address for documentation, and nobody's
exit $failures

#!/usr/bin/env bash
# tests/examples/web_server.sh SERVER
# shellcheck source=tests/examples/common.sh
. "$(dirname "$0")/common.sh"
web_server=$1

get() { curl -s --no-progress-meter --max-time 100 "$@"; }

# code WANTED CURL-ARGUMENTS...
code() {
    local got
    got=$(get -o /dev/null -w '%{http_code}' "${@:2}")
    [ "$got" = "$1" ] || complain "curl ${*:2}: $got, expected $1"
}

# raw WANTED BYTES: what printf makes of BYTES is sent as it is, and then the client says no more.
raw() {
    local line=
    exec 4<>"/dev/tcp/127.0.0.1/$port"
    # shellcheck disable=SC2059
    printf "$2" >&4
    IFS= read -r -t 60 -u 4 line
    exec 4>&-
    [[ $line == "HTTP/1.1 $1 "* ]] || complain "answer to ${2:0:60}: $line, expected $1"
}

# --- one request at a time
start "$web_server" -p 0 -s 50
base=http://127.0.0.1:$port
get "$base/" >"$work/hello" || complain "curl / fails"
grep -q '<h1>Hello!</h1>' "$work/hello" || complain "/: $(cat "$work/hello")"
code 200 "$base/?a=b"
code 200 -I "$base/"
[ -z "$(get -I "$base/" | sed '1,/^\r*$/d')" ] || complain "HEAD has a body"
get -D "$work/head" "$base/nowhere" >"$work/nowhere"
grep -q '^HTTP/1.1 404 ' "$work/head" && grep -q '<h1>Oops!</h1>' "$work/nowhere" || complain "404: $(cat "$work/head")"
grep -qi "^content-length: $(wc -c <"$work/nowhere")" "$work/head" || complain "length: $(cat "$work/head")"
code 405 -d text "$base/"
code 405 -X DELETE "$base/"
code 200 --http1.0 "$base/"
code 431 -H "Long: $(printf '%09000d' 0)" "$base/"
code 414 "$base/$(printf '%09000d' 0)"
head -c 100000 /dev/zero >"$work/large"
code 405 -H Expect: --data-binary "@$work/large" "$base/" # of which nobody reads the body

raw 400 'nonsense\r\n'
raw 400 'GET\r\n\r\n'
raw 400 'GET /\r\n\r\n'
raw 400 'GET  / HTTP/1.1\r\n\r\n'
raw 400 'GET / HTTP/1.1 more\r\n\r\n'
raw 400 'GET / HTTP/x.1\r\n\r\n'
raw 400 'GET / HTTP/1.10\r\n\r\n'
raw 400 'GET nowhere HTTP/1.1\r\n\r\n'
raw 400 'GET /\001 HTTP/1.1\r\n\r\n'
raw 400 'G@T / HTTP/1.1\r\n\r\n'
raw 400 'GET / HTTP/1.1\r\nno field\r\n\r\n'
raw 400 'GET / HTTP/1.1\r\n: no name\r\n\r\n'
raw 400 'GET / HTTP/1.1\r\nHost: a\0b\r\n\r\n'
raw 400 'GET / HTTP/1.1\0\r\n\r\n'
raw 405 'PUT / HTTP/1.1\r\nContent-Length: 2\r\n\r\n\0\n' # a body may have anything in it
raw 505 'GET / HTTP/2.0\r\n\r\n'
raw 200 'GET / HTTP/1.0\n\n'
raw 200 '\r\nGET http://example.org/ HTTP/1.1\r\nHost: example.org\r\n\r\n'
raw 404 'GET http://example.org/x HTTP/1.1\r\n\r\n'
raw 405 'OPTIONS * HTTP/1.1\r\n\r\n'

# Clients that are gone before they have said anything, in the middle of a line, and before they are answered.
for bytes in '' 'GET /sl' 'GET /sleep HTTP/1.1\r\n\r\n'; do
    for _ in 1 2 3 4; do
        exec 4<>"/dev/tcp/127.0.0.1/$port"
        # shellcheck disable=SC2059
        printf "$bytes" >&4
        exec 4>&-
    done
done
code 200 "$base/"

# --- fifty at once, each gets the whole page
get -Z --parallel-immediate --parallel-max 50 -o "$work/page#1" "$base/?[1-50]" || complain "fifty at once: curl $?"
for i in {1..50}; do
    cmp -s "$work/hello" "$work/page$i" || complain "page $i is not the page"
done
refused "$web_server" -p "$port"
stop TERM

# --- who sleeps holds up nobody. Should the others not be done before it wakes, the machine may only have been slow:
# then it is tried again with a longer sleep, and a server that makes them wait fails with each.
for nap in 1000 5000 25000; do
    start "$web_server" -p 0 -w 2 -s $nap
    base=http://127.0.0.1:$port
    get "$base/sleep" >"$work/slept" &
    sleeper=$!
    until_said "GET /sleep"
    get -Z -o "$work/page#1" "$base/?[1-20]" || complain "twenty beside a sleep: curl $?"
    kill -TERM "$server" # while it sleeps: it is answered all the same
    wait $sleeper || complain "the sleeper was cut off: curl $?"
    cmp -s "$work/hello" "$work/slept" || complain "the sleeper got: $(cat "$work/slept")"
    get "$base/" >"$work/late" && complain "a server that stops takes new requests"
    ended 0
    order=$(awk '/GET \/sleep: 200/ { print "woke" } /GET \/: 200/ { n++ } n == 20 && !said++ { print "twenty" }
                 /finishing what/ { print "stopping" } /: done$/ { print "done" }' "$work/rest" | paste -sd' ')
    [ "$order" != "twenty stopping woke done" ] || break
done
[ "$order" = "twenty stopping woke done" ] || complain "in the order: $order"

# --- the one worker sleeps and a request waits in the queue when it is time to stop: both are answered
start "$web_server" -p 0 -w 1 -s 200
base=http://127.0.0.1:$port
get "$base/sleep" >"$work/slept" &
sleeper=$!
until_said "GET /sleep"
exec 4<>"/dev/tcp/127.0.0.1/$port"
printf 'GET / HTTP/1.0\r\n\r\n' >&4
IFS= read -r -t 60 -u 4 line
[[ $line == "HTTP/1.1 200 "* ]] || complain "who waited behind a sleep: $line"
exec 4>&-
wait $sleeper
stop INT

# --- who has begun a request may finish it, who is silent is not waited for. (Connections are taken in order, so after
# the third is answered the server has the other two.)
start "$web_server" -p 0 -w 3
exec 4<>"/dev/tcp/127.0.0.1/$port" 5<>"/dev/tcp/127.0.0.1/$port"
printf 'GET / HT' >&4
code 200 "http://127.0.0.1:$port/"
kill -TERM "$server"
until_said "finishing what has been begun"
[ -z "$(timeout 60 cat <&5)" ] || complain "an answer to nothing"
printf 'TP/1.1\r\n\r\n' >&4
IFS= read -r -t 60 -u 4 line
[[ $line == "HTTP/1.1 200 "* ]] || complain "who had begun: $line"
exec 4>&- 5>&-
ended 0

# --- stopped under load: nobody gets half of a page
start "$web_server" -p 0 -w 4
get -Z --parallel-max 20 -o "$work/load#1" -w '%{exitcode} %{http_code} %{size_download}\n' \
    "http://127.0.0.1:$port/?[1-400]" >"$work/outcomes" &
load=$!
for _ in {1..100}; do until_said ": 200"; done
kill -TERM "$server"
wait $load
ended 0
whole=$(grep -c "^0 200 $(wc -c <"$work/hello")\$" "$work/outcomes")
refused=$(grep -cE '^(7|52|56) 000 0$' "$work/outcomes")
[ $((whole + refused)) -eq 400 ] && [ "$whole" -ge 100 ] ||
    complain "under load: $(sort "$work/outcomes" | uniq -c)"

usage "$web_server" what
usage "$web_server" -w 0
usage "$web_server" -w 2x
usage "$web_server" -s -1
usage "$web_server" -y
refused "$web_server" -p 65536
exit $failures

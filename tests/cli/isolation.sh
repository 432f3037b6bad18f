#!/usr/bin/env bash
# A checker that crashes or hangs on one file says so, exits with 2, and has checked the others.
source "${SRC:?}/tests/cli/expect.bash" || exit 1
wrong_file wrong.c

# A file that takes its time: each level doubles the tokens to be read.
{
    echo '#define A0 x = x + 1;'
    for i in $(seq 30); do echo "#define A$i A$((i - 1)) A$((i - 1))"; done
    echo 'int f(int x) { A24 return x; }'
} >slow.c

started=$SECONDS
run 2 "$FEARLESS" check --timeout 2 slow.c wrong.c
says 'error: couldn'"'"'t check `slow.c`: it took more than 2 seconds' 'error[E0381]'
[ $((SECONDS - started)) -lt 30 ] || fail "took $((SECONDS - started)) seconds"

# Killed from outside, as a crash would kill it.
last='a crash'
"$FEARLESS" check slow.c wrong.c >"$log/out" 2>"$log/err" &
checker=$!
child=
for ((i = 0; i < 100; i++)); do
    sleep 0.1
    child=$(pgrep -P $checker | head -1)
    # The fast one may still be there: the slow one has burnt half a second.
    [ -n "$child" ] && [ $i -gt 15 ] && break
done
if [ -z "$child" ]; then
    fail "there is no process for the file"
else
    kill -SEGV "$child"
    wait $checker
    status=$?
    [ $status -eq 2 ] || fail "exit status $status, and must be 2"
    says 'error: couldn'"'"'t check `slow.c`: the checker crashed: Segmentation fault' 'error[E0381]'
fi

# Whoever stops the checker stops its processes.
last='stopped'
"$FEARLESS" check slow.c >"$log/out" 2>"$log/err" &
checker=$!
sleep 1
child=$(pgrep -P $checker | head -1)
kill -KILL $checker
wait $checker 2>/dev/null
for ((i = 0; i < 50; i++)); do
    kill -0 "$child" 2>/dev/null || break
    sleep 0.1
done
! kill -0 "$child" 2>/dev/null || fail "its process goes on"

# Any number at once gives the same text in the same order.
for i in $(seq 20); do wrong_file "w$i.c"; done
run 1 "$FEARLESS" check -j 1 w[0-9]*.c
cp "$log/err" one
run 1 "$FEARLESS" check -j 7 w[0-9]*.c
cmp -s one "$log/err" || fail "the output depends on -j"
says '20 previous errors'

finish

# The benchmark of the runtime runs: every row of ours once, for a moment, and what is written from it is whole.
. "$SRC/tests/cli/expect.bash"

run 0 env BUILD="$BUILD" bash "$SRC/bench/runtime.sh" --ours-only --quick --write "$work"
for row in spawn lock counter unbounded ping-pong 'Arc clone' 'senders to 1: 64'; do
    prints "$row"
done
grep -q '^## Growth' "$work/performance.md" || fail "no section Growth in performance.md"
grep -q '</svg>' "$work/performance.svg" || fail "performance.svg does not end"
run 1 bash "$SRC/bench/runtime.sh" --no-such-option
says "unknown option"
finish

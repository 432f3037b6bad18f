#!/usr/bin/env bash
# Runs an example and compares what it prints: tests/examples/run-one.sh PROGRAM SOURCE.c
#
# SOURCE.out holds the expected output. Threads may interleave, so it may consist of groups, separated
# by lines that start with `---`: the program's lines must be an interleaving of the groups, each
# group's lines in their order. A group under `--- cut` may be cut short at any point (a thread that is
# stopped when main ends). One group is an exact comparison.
#
#   //@ exit: 101        the exit status expected (default 0)
#   //@ timeout: 30      seconds (default 20)
#   //@ run ARGS         arguments of the program
set -u

program=$1
source=$2
expected=${source%.c}.out
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

directive() { sed -n "s|^//@ $1:* *||p" "$source" | head -1; }
exit_wanted=$(directive exit)
seconds=$(directive timeout)
read -ra arguments <<<"$(directive run)"

timeout "${seconds:-20}" "$program" "${arguments[@]}" >"$work/out" 2>"$work/err" </dev/null
status=$?
failed=0
if [ $status -ne "${exit_wanted:-0}" ]; then
    echo "exit status $status, expected ${exit_wanted:-0}"
    failed=1
fi
awk '
    FNR == NR && /^---/ { groups++; cut[groups] = /^--- cut/; next }
    FNR == NR { if (!groups) groups = 1; wanted[groups, ++size[groups]] = $0; next }
    {
        for (g = 1; g <= groups; g++)
            if (at[g] < size[g] && wanted[g, at[g] + 1] == $0) { at[g]++; next }
        printf "unexpected line %d: %s\n", FNR, $0
        bad = 1
    }
    END {
        for (g = 1; g <= groups; g++)
            if (!cut[g] && at[g] < size[g]) { printf "missing: %s\n", wanted[g, at[g] + 1]; bad = 1 }
        exit bad
    }' "$expected" "$work/out" || failed=1

if [ $failed -ne 0 ]; then
    echo "--- what it printed"
    cat "$work/out"
    echo "--- on stderr"
    cat "$work/err"
fi
exit $failed

#!/usr/bin/env bash
# run.sh [RE]: the programs beside this one are right and get no finding; each mutant of one is wrong, and gets one in the
# function that was changed. RE chooses by "program:kind:line". FEW=1: the fixed share that runs in ctest.
#
#     pair     a lock call and its unlock are gone        early   an unlock comes one statement sooner
#     unlock   an unlock is gone                          swap    two lock calls that follow each other change places
#     join     a join is gone                             if      a wait stands behind `if` instead of `while`
#
# survivors.txt names mutants that are no mistakes, or that are not found, each with its reason.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
fearless=${FEARLESS:?} want=${1:-.}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# All mutants of a program: writes each to WORK/NAME:KIND:LINE.c and prints that name with the lines of its function.
mutants() {
    awk -v name="$(basename "$1" .c)" -v work="$work" '
        { line[NR] = $0 }
        /^\{/ { begin = NR } /^\}/ { for (i = begin; i <= NR; i++) { from[i] = begin - 2; to[i] = NR } }
        function lock_of(text) { sub(/.*lock\(/, "", text); sub(/\);.*/, "", text); return text }
        function out(kind, at, file, i) {
            file = work "/" name ":" kind ":" at ".c"
            for (i = 1; i <= NR; i++) print (i in changed ? changed[i] : line[i]) > file
            close(file); split("", changed)
            print name ":" kind ":" at, from[at], to[at]
        }
        END {
            for (n = 1; n <= NR; n++) {
                takes = line[n] ~ /_(rd|wr)?lock\(&/; lets = line[n] ~ /_unlock\(&/
                if (takes && !lets) {
                    mine = lock_of(line[n])
                    match(line[n], /^ */); depth = RLENGTH
                    for (k = n + 1; k <= to[n]; k++)
                        if (line[k] ~ /_unlock\(&/ && lock_of(line[k]) == mine) changed[k] = "        ;"
                    changed[n] = ";"; out("pair", n)
                    if (line[n + 1] ~ /_(rd|wr)?lock\(&/ && line[n + 1] !~ /_unlock/) {
                        changed[n] = line[n + 1]; changed[n + 1] = line[n]; out("swap", n)
                    }
                }
                if (lets) {
                    changed[n] = ";"; out("unlock", n)
                    if (line[n - 1] ~ /;$/ && line[n - 1] !~ /lock\(|return|pthread_cond/) {
                        changed[n] = line[n - 1]; changed[n - 1] = line[n]; out("early", n)
                    }
                }
                if (line[n] ~ /pthread_join\(/) { changed[n] = ";"; out("join", n) }
                if (line[n] ~ /^ *while/ && line[n + 1] ~ /pthread_cond_wait/) {
                    changed[n] = line[n]; sub(/while/, "if", changed[n]); out("if", n)
                }
            }
        }' "$1"
}

# The lines that a finding shows: in the gutter.
shows() { grep -oE '^ *[0-9]+ \|' "$1" | tr -dc '0-9\n' | awk -v a="$2" -v b="$3" '$1 >= a && $1 <= b { found = 1 } END { exit !found }'; }

bad=0 all=0 number=0
for source in "$here"/*.c; do
    if ! "$fearless" check "$source" -- -pthread >"$work/out" 2>&1; then
        cat "$work/out"
        echo "mutate: $(basename "$source") is right, and has a finding"
        bad=$((bad + 1))
    fi
    while read -r mutant from to; do
        [[ $mutant =~ $want ]] || continue
        grep -q "^$mutant " "$here/survivors.txt" && continue
        number=$((number + 1))
        [ -z "${FEW:-}" ] || [ $((number % 6)) = 1 ] || continue
        all=$((all + 1))
        "$fearless" check "$work/$mutant.c" -- -pthread >"$work/out" 2>&1
        if [ $? != 1 ] || ! shows "$work/out" "$from" "$to"; then
            echo "mutate: nothing is found in lines $from to $to of $mutant"
            bad=$((bad + 1))
        fi
    done < <(mutants "$source")
done
echo "mutate: $all mutants, $bad wrong"
[ "$bad" = 0 ]

#!/usr/bin/env bash
# The checker on real programs, a row for each: what docs/real-programs.md is made from (the judgement is a person's).
#
#   bench/real/run.sh [NAME...]      those of programs.txt that are there, or the named ones
#
# A program is a folder FEARLESS_REAL/NAME with its sources at that commit and a compile_commands.json; FEARLESS_REAL is
# ../real beside this repository by default. What is found is kept in FEARLESS_REAL/NAME.findings.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
fearless=${FEARLESS:-$root/build/bin/fearless}
real=${FEARLESS_REAL:-$root/../real}
limit=${FEARLESS_REAL_LIMIT:-1800} # seconds for one program
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
[ -d "$real" ] || { echo "real: there is no $real; FEARLESS_REAL says where the programs are" >&2; exit 3; }

lines_of() { # the lines of the C files that are compiled, each file once
    sed -nE 's/^[^"]*"file": *"(.*)",?$/\1/p' "$1/compile_commands.json" | sort -u |
        while read -r file; do cat "$1/$file" 2>/dev/null || cat "$file" 2>/dev/null || true; done | wc -l
}

row() { # NAME COMMIT
    local dir=$real/$1 at status=0 seconds memory errors warnings
    [ -f "$dir/compile_commands.json" ] || { echo "| $1 | $2 | not here | | | | |"; return; }
    at=$(git -C "$dir" rev-parse --short=10 HEAD 2>/dev/null || echo '?')
    (cd "$dir" && /usr/bin/time -f '%e %M' -o "$work/time" timeout "$limit" \
        "$fearless" check --no-config -p . --stats >"$work/stats" 2>"$real/$1.findings") || status=$?
    read -r seconds memory < <(tail -1 "$work/time")
    errors=$(grep -c '^error\[' "$real/$1.findings" || true)
    warnings=$(grep -c '^warning\[' "$real/$1.findings" || true)
    [ "$status" -lt 2 ] || at="$at (status $status)"
    echo "| $1 | $at | $(lines_of "$dir") | $(sed -n 's/^files checked *//p' "$work/stats") | $seconds | $((memory / 1024)) | $errors + $warnings |"
}

echo '| program | commit | lines | files checked | seconds | MiB | errors + warnings |'
echo '|---|---|---|---|---|---|---|'
while read -r name _ commit; do
    case $name in '' | '#'*) continue ;; esac
    [ $# -eq 0 ] || [[ " $* " == *" $name "* ]] || continue
    row "$name" "$commit"
done <"$root/bench/real/programs.txt"

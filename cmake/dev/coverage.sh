# Sourced by ./dev coverage, after the tests: lines run per file, worst first, from gcov's own counts.
# shellcheck shell=bash

report=build/coverage/lines.txt
find "$ROOT/build/coverage" -name '*.gcda' -path '*/src/*' -print0 |
    (cd build/coverage && xargs -0 -r -n 20 gcov -n -r -s "$ROOT") 2>/dev/null |
    awk -v q="'" '
        /^File / { split($0, part, q); file = part[2]; next }
        /^Lines executed:/ && file ~ /^src\// {
            split($0, n, /[:% ]+/); lines = n[length(n)] ? n[length(n)] : 0
            percent = $0; sub(/^Lines executed:/, "", percent); sub(/%.*/, "", percent)
            count = $0; sub(/.* of /, "", count)
            printf "%6.2f %% of %5d  %s\n", percent, count, file
            all += count; run += count * percent / 100; file = ""
        }
        END { if (all) printf "%6.2f %% of %5d  all\n", 100 * run / all, all }' |
    sort -n >"$report"
cat "$report"

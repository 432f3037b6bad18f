# Sourced by ./dev coverage, after the tests: lines run per file, worst first, from gcov's own counts.
# shellcheck shell=bash

report=build/coverage/lines.txt
# What is compiled a second time (the library with delays) would be counted twice; a header is counted
# once, where it did best.
find "$ROOT/build/coverage" -name '*.gcda' -path '*/src/*' ! -path '*delayed*' -print0 |
    (cd build/coverage && xargs -0 -r -n 20 gcov -n -r -s "$ROOT") 2>/dev/null |
    awk -v q="'" '
        /^File / { split($0, part, q); file = part[2]; next }
        /^Lines executed:/ && file ~ /^src\// {
            percent = $0; sub(/^Lines executed:/, "", percent); sub(/%.*/, "", percent)
            count = $0; sub(/.* of /, "", count)
            if (!(file in best) || percent + 0 > best[file]) { best[file] = percent + 0; lines[file] = count }
            file = ""
        }
        END {
            for (file in best) {
                printf "%6.2f %% of %5d  %s\n", best[file], lines[file], file
                all += lines[file]; run += lines[file] * best[file] / 100
            }
            if (all) printf "%6.2f %% of %5d  all\n", 100 * run / all, all
        }' |
    sort -n >"$report"
cat "$report"

#!/usr/bin/env bash
# Every program on the pages of --explain does what the page says: "```c fails CODE" is rejected with that code and
# no other ("```c warns CODE": is accepted with that warning), "```c passes" is accepted, and both are C that a compiler
# takes without a warning. (Of a program that fails, clang may know the same mistake: that one warning is no objection.)
#
# All that pass are checked in one run, and all that do not in another: what a file costs is for the most part starting.
source "${SRC:?}/tests/cli/expect.bash" || exit 1
flags=(-std=gnu11 -fexceptions -I "$SRC/include")

same_mistake() { # the compilers' own warnings for what a code is about
    case $1 in
    E0515) echo -Wno-return-local-addr ;;
    E0381) echo -Wno-uninitialized -Wno-sometimes-uninitialized ;;
    F0601) echo -Wno-unused-result ;;
    esac
}

for page in "$SRC"/docs/errors/[EF]*.md; do
    awk -v code="$(basename "$page" .md)" '
        /^```c / { n++; file = code "_" n ".c"; print file, $2, $3 > "programs"; inside = 1; if ($2 == "passes") right = 1
                   if (($2 == "fails" || $2 == "warns") && $3 == code) wrong = 1; next }
        /^```/ { inside = 0 }
        inside { print > file }
        END { exit right && wrong ? 0 : 1 }' "$page" ||
        { last=$page; fail "needs a program that fails with its code and one that passes"; }
    cat programs
    rm -f programs
done >"$log/programs"

declare -A verdict code
right=() wrong=() compiled=()
while read -r file is of; do
    verdict[$file]=$is code[$file]=${of:-}
    case $is in
    passes) right+=("$file") ;;
    fails | warns) wrong+=("$file") ;;
    *) last=$file; fail "what is \`$is\`?" ;;
    esac
    but=$([ "$is" = passes ] || same_mistake "${of:-}")
    if [ -n "$but" ]; then
        read -ra but <<<"$but"
        run 0 "${CC:-cc}" -Wall -Wextra -Werror "${but[@]}" "${flags[@]}" -fsyntax-only "$file"
    else
        compiled+=("$file")
    fi
done <"$log/programs"
run 0 "${CC:-cc}" -Wall -Wextra -Werror "${flags[@]}" -fsyntax-only "${compiled[@]}"

run 0 "$FEARLESS" check "${right[@]}" -- "${flags[@]}"
silent

# One line for each finding: FILE SEVERITY CODE
run 1 "$FEARLESS" check --format=gcc "${wrong[@]}" -- "${flags[@]}"
sed -nE 's/^([A-Za-z0-9_]+\.c):[0-9]+:[0-9]+: (error|warning): .*\[([A-Z][0-9]+)\]$/\1 \2 \3/p' "$log/out" "$log/err" | sort -u >"$log/told"
for file in "${wrong[@]}"; do
    last=$file
    severity=error
    [ "${verdict[$file]}" = fails ] || severity=warning
    grep -qxF "$file $severity ${code[$file]}" "$log/told" || fail "is not told $severity[${code[$file]}]"
    # Of one that fails, only errors: a warning may stand beside it.
    others=$(awk -v file="$file" -v code="${code[$file]}" -v severity="$severity" \
        '$1 == file && $3 != code && (severity == "warning" || $2 == "error") { printf "%s ", $3 }' "$log/told")
    [ -z "$others" ] || fail "is also told: $others"
    [ $severity = error ] || ! grep -q "^$file error" "$log/told" || fail "is rejected, and must be accepted with a warning"
done
finish

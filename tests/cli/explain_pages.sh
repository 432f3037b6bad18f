#!/usr/bin/env bash
# Every program on the pages of --explain does what the page says: "```c fails CODE" is rejected with that code and
# no other ("```c warns CODE": is accepted with that warning), "```c passes" is accepted, and both are C that a compiler takes without a warning. (Of a program that
# fails, clang may know the same mistake: that one warning is no objection.)
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
    code=$(basename "$page" .md)
    rm -f ./*.c ./*.wanted
    awk -v code="$code" '
        /^```c / { n++; file = code "_" n ".c"; print $2, $3 > (code "_" n ".wanted"); inside = 1; next }
        /^```/ { inside = 0 }
        inside { print > file }' "$page"
    fails=$(cat ./*.wanted | grep -cE "^(fails|warns) $code\$")
    passes=$(cat ./*.wanted | grep -c '^passes')
    last=$page
    [ "$fails" -ge 1 ] && [ "$passes" -ge 1 ] || fail "needs a program that fails with $code and one that passes"
    for wanted in ./*.wanted; do
        program=${wanted%.wanted}.c
        read -r verdict wanted_code <"$wanted"
        but=()
        [ "$verdict" = passes ] || read -ra but <<<"$(same_mistake "$wanted_code")"
        run 0 "${CC:-cc}" -Wall -Wextra -Werror "${but[@]}" "${flags[@]}" -fsyntax-only "$program"
        case $verdict in
        fails)
            run 1 "$FEARLESS" check "$program" -- "${flags[@]}"
            says "error[$wanted_code]"
            others=$(grep -oE '^error\[[A-Z0-9]+\]' "$log/err" | grep -vF "[$wanted_code]" | sort -u | tr '\n' ' ')
            [ -z "$others" ] || { fail "is also told: $others"; show; }
            ;;
        warns)
            run 0 "$FEARLESS" check "$program" -- "${flags[@]}"
            says "warning[$wanted_code]"
            others=$(grep -oE '^(error|warning)\[[A-Z0-9]+\]' "$log/err" | grep -vF "[$wanted_code]" | sort -u | tr '\n' ' ')
            [ -z "$others" ] || { fail "is also told: $others"; show; }
            ;;
        passes)
            run 0 "$FEARLESS" check "$program" -- "${flags[@]}"
            silent
            ;;
        *) fail "what is \`$verdict\`?" ;;
        esac
    done
done
finish

#!/usr/bin/env bash
# What README.md shows is true: its program is rejected with that message, its fix is accepted, compiles
# and runs, and the links lead somewhere. BLESS=LOG (./dev ui --bless) writes the message into it.
set -u
: "${SRC:?}" "${FEARLESS:?}" "${BUILD:?}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
readme=$SRC/README.md
failures=0
complain() { echo "$*"; failures=1; }

block() { # LANGUAGE N: the Nth fenced block of that language
    awk -v fence="\`\`\`$1" -v n="$2" '
        $0 == fence { inside = ++count == n; next }
        $0 == "```" { inside = 0 }
        inside' "$readme"
}

block c 1 >greet.c
{ sed '/^int main/,$d' greet.c; block c 2; } >fixed.c
grep -q fl_spawn greet.c && grep -q fl_spawn fixed.c || complain "the programs are not found"

"$FEARLESS" check greet.c >said 2>&1
status=$?
[ $status -eq 1 ] || complain "exit status $status of the program that must be rejected"
{ echo '$ fearless check greet.c'; cat said; } | sed -e :a -e '/^\n*$/{$d;N;ba' -e '}' >message
if [ -n "${BLESS:-}" ] && ! cmp -s message <(block text 1); then
    awk -v message="$work/message" '
        $0 == "```text" && !done { print; while ((getline line < message) > 0) print line; skip = done = 1; next }
        $0 == "```" { skip = 0 }
        !skip' "$readme" >new && cat new >"$readme"
    echo "wrote $readme" >>"$BLESS"
fi
diff -u --label README.md --label "what the checker says" <(block text 1) message ||
    complain "README.md shows another message (./dev ui --bless rewrites it)"

"$FEARLESS" check fixed.c || complain "the fixed program is rejected"
${CC:-cc} -std=gnu11 -Wall -Wextra -Werror -fexceptions -pthread -I "$SRC/include" fixed.c \
    "$BUILD/lib/libfearless.a" -o fixed && [ "$(./fixed)" = $'greeting Ada\nhello, Ada' ] ||
    complain "the fixed program does not run as it says"
# The other one is C, too: that is the point.
${CC:-cc} -std=gnu11 -Wall -Wextra -Werror -fexceptions -pthread -I "$SRC/include" -c greet.c -o greet.o ||
    complain "a compiler must accept the first program"

for file in README.md CONTRIBUTING.md CHANGELOG.md; do
    while read -r link; do
        [ -e "$SRC/$link" ] || complain "$file links to $link, which is not there"
    done < <(grep -oE '\]\([^)#:]+\)' "$SRC/$file" | sed -E 's/^\]\((.*)\)$/\1/')
done
exit $failures

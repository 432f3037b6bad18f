#!/usr/bin/env bash
# A man page has its sections, is named after the first name in it, and promises only what there is: tests/man/page.sh PAGE
#
# SRC is the root of the source tree. In ERRORS, `.It Li "text"` is what a panic says: the sources must say it, too.
set -u

page=$1
: "${SRC:?}"
export LC_ALL=C
failed=0
complain() { echo "${page##*/}: $*"; failed=1; }

case $page in
*.3) wanted='NAME|LIBRARY|SYNOPSIS|DESCRIPTION|OWNERSHIP|BLOCKING AND PROGRESS|SIGNALS AND FORK|RETURN VALUES|EXAMPLES|ERRORS|SEE ALSO' ;;
*) wanted='NAME|DESCRIPTION|EXAMPLES|SEE ALSO' ;;
esac
sections=$(sed -n 's/^\.Sh //p' "$page" | grep -xE "$wanted" | paste -sd'|' -)
[ "$sections" = "$wanted" ] || complain "its sections are $sections, and should be $wanted"

first=$(sed -n 's/^\.Nm \([^ ]*\).*/\1/p' "$page" | head -1)
file=${page##*/}
[ "$first" = "${file%.*}" ] || complain "the first name is $first, not that of the file"
grep -qx "\\.Dt ${first^^} ${file##*.}" "$page" || complain "it needs the line .Dt ${first^^} ${file##*.}"

# What string literals say, each broken one in one piece.
said=$(cat "$SRC"/src/rt/*.[ch] "$SRC"/include/fearless/*.h | sed 's/ *\\$//' | tr '\n' ' ' | sed 's/" *"//g')
while IFS= read -r text; do
    grep -qF -- "$text" <<<"$said" || complain "no panic says: $text"
done < <(sed -n '/^\.Sh ERRORS/,/^\.Sh SEE/s/^\.It Li "\(.*\)"$/\1/p' "$page")

exit $failed

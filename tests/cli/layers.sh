#!/usr/bin/env bash
# The checker is a pipeline: a folder includes only what stands before it, and only front/ knows libclang.
set -u
: "${SRC:?}"
cd "$SRC/src/check" || exit 1
failures=0

may_include() { # the folders that a folder may include headers of, besides itself
    case $1 in
    base) echo "" ;;
    ir | diag) echo "base" ;;
    front | flow | link) echo "base ir" ;;
    analysis) echo "base ir flow diag" ;;
    driver) echo "base ir link front flow analysis diag" ;;
    *) echo "unknown" ;;
    esac
}

for folder in */; do
    folder=${folder%/}
    allowed=" $folder $(may_include "$folder") "
    if [[ $allowed == *" unknown "* ]]; then
        echo "src/check/$folder: give it a place in the pipeline here"
        failures=1
        continue
    fi
    while IFS=: read -r file line include; do
        from=${include#*\"}
        from=${from#../}
        from=${from%%/*}
        if [[ $allowed != *" $from "* ]]; then
            echo "src/check/$file:$line: $folder/ must not use $from/: $include"
            failures=1
        fi
    done < <(grep -nE '^ *# *include +"(\.\./)?[a-z_]+/' -r "$folder" --include='*.[ch]')
    if [ "$folder" != front ] && grep -nE 'include +[<"]clang-c/' -r "$folder"; then
        echo "src/check/$folder: only front/ may know libclang"
        failures=1
    fi
done
exit $failures

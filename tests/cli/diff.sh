#!/usr/bin/env bash
# --diff REV: findings on lines that changed, as git tells them.
source "${SRC:?}/tests/cli/expect.bash" || exit 1
command -v git >/dev/null || { echo 'git is not installed'; exit 77; }
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE
export GIT_CEILING_DIRECTORIES=$work # the tests' folder may be in a repository
wrong_file old.c
run 2 "$FEARLESS" check --diff=HEAD old.c
says '--diff asks git what changed' 'is in no repository of it' '--baseline'

git init -q -b main .
run 2 "$FEARLESS" check --diff=HEAD old.c
says '--diff: git knows no commit `HEAD`'
git config diff.noprefix true
git config diff.mnemonicPrefix true
git config color.ui always
git add -A && git commit -qm one
run 2 "$FEARLESS" check --diff=nowhere old.c
says '--diff: git knows no commit `nowhere`' '--diff=main'
run 2 "$FEARLESS" check --diff=--output=x old.c
[ ! -e x ] || fail 'an option must not reach git'

run 0 "$FEARLESS" check --diff=HEAD old.c
says '1 finding on unchanged lines not shown'
run 1 "$FEARLESS" check old.c

# An added line with a finding; what is old stays out. Lines that look like headers of a diff are none.
printf 'int more(void)\n{\n    int y;\n    return y;\n}\n/*\n++ b/old.c\n*/\n' >>old.c
run 1 "$FEARLESS" check --diff=HEAD old.c
says '`y` isn' '1 previous error' '1 finding on unchanged lines not shown'
says_not '`x` isn'
git commit -qam two
run 0 "$FEARLESS" check --diff=HEAD old.c
run 1 "$FEARLESS" check --diff=HEAD~1 old.c

# The place where it goes wrong is old, and what led there is new.
printf 'int f(void)\n{\n    int x = 1;\n    return x;\n}\n' >decl.c
git add -A && git commit -qm decl
sed -i 's/ = 1//' decl.c
run 1 "$FEARLESS" check --diff=HEAD decl.c
says '`x` isn'
# Lines that were taken out: those beside the gap count.
git checkout -q decl.c
printf 'int f(int n)\n{\n    int x;\n    x = n;\n    return x;\n}\n' >gap.c
git add -A && git commit -qm gap
sed -i '/x = n/d' gap.c
run 1 "$FEARLESS" check --diff=HEAD gap.c
git checkout -q gap.c

# A file that is not added yet is new as a whole; a renamed one is not; odd names; from a folder below.
mkdir -p 'sub dir'
wrong_file 'sub dir/w"ü.c'
run 1 "$FEARLESS" check --diff=HEAD 'sub dir/w"ü.c'
git add -A && git commit -qm odd
run 0 "$FEARLESS" check --diff=HEAD 'sub dir/w"ü.c'
echo 'int g(void) { int q; return q; }' >>'sub dir/w"ü.c'
run 1 "$FEARLESS" check --diff=HEAD 'sub dir/w"ü.c'
says '`q` isn' '1 previous error'
cd 'sub dir' || exit 1
run 1 "$FEARLESS" check --diff=HEAD 'w"ü.c'
says '`q` isn' '1 previous error'
cd ..
git checkout -q .
git mv old.c moved.c
run 0 "$FEARLESS" check --diff=HEAD moved.c
git commit -qm moved

# A branch that main went on from: what main did meanwhile is none of ours.
git checkout -qb ours
printf 'int h(void) { int k; return k; }\n' >ours.c
git add -A && git commit -qm ours
git checkout -q main
sed -i 's/return x/return  x/' moved.c
git commit -qam main
git checkout -q ours
run 1 "$FEARLESS" check --diff=main moved.c ours.c
says '`k` isn' '1 previous error'

# With a baseline, and through a symbolic link.
ln -s "$PWD" "$work/link"
cd "$work/link" || exit 1
run 1 "$FEARLESS" check --diff=main ours.c
run 0 "$FEARLESS" check --write-baseline="$work/known" ours.c moved.c
run 0 "$FEARLESS" check --diff=main --baseline="$work/known" ours.c moved.c
run 2 "$FEARLESS" check --diff=main --write-baseline="$work/known" ours.c
says 'choose one'
finish

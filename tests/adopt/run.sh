#!/usr/bin/env bash
# docs/adopting.md, done: a project with CMake or a Makefile, from the first check to a build that a new finding breaks.
#   tests/adopt/run.sh cmake | make | docs
source "${SRC:?}/tests/cli/expect.bash" || exit 1
way=$1
export GIT_CONFIG_GLOBAL=/dev/null GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE
cp -r "$SRC/tests/adopt/project/." .

works() { # the program that was built
    [ "$(timeout 20 "$1")" = 5050 ] || fail "$1 does not run"
}
forget_unlock() { # a way out of queue_pop() on which the lock stays held
    sed -i '/count == 0) {/,/}/{/unlock/d}' src/queue.c
}
take_twice() {
    sed -i 's/^    q->closed = true;/    pthread_mutex_lock(\&q->lock);\n&/' src/queue.c
}

# What both ways have in common, when $DATABASE has the commands and $work/build builds everything anew through the launcher.
adopt() {
    run 0 "$work/build"
    works "$program"
    run 0 "$FEARLESS" check -p "$database"
    silent

    forget_unlock
    run 1 "$FEARLESS" check -p "$database"
    says 'error[F0103]' 'src/queue.c:' '1 previous error'
    run 2 "$work/build"
    grep -qF 'error[F0103]' "$log/out" "$log/err" || fail 'the build does not show the finding'

    # It is known: the build goes on, until there is another one.
    run 0 "$FEARLESS" check -p "$database" --write-baseline=known-findings
    printf '[check]\nbaseline = known-findings\n' >.fearless
    run 0 "$work/build" # and what it builds waits for ever, as the finding said
    run 0 "$FEARLESS" check -p "$database"
    says '1 finding of the baseline not shown'
    take_twice
    run 1 "$FEARLESS" check -p "$database"
    says 'error[F0104]' 'of the baseline not shown'
    says_not 'error[F0103]'
    run 2 "$work/build"

    # What this branch adds; a log for the code host.
    if command -v git >/dev/null; then
        printf 'build\n*.o\n*.a\n' >.gitignore
        git init -q . && git add -A && git commit -qm adopted
        run 0 "$FEARLESS" check -p "$database" --diff=HEAD
        sed -i 's/^    q->items\[/    pthread_mutex_lock(\&q->lock);\n&/' src/queue.c
        run 1 "$FEARLESS" check -p "$database" --diff=HEAD --format=sarif
        prints '"ruleId" : "F0104"' '"partialFingerprints"'
        [ "$(grep -c '"ruleId"' "$log/out")" = 1 ] || fail 'only what is new belongs into the log'
    fi
}

# The command that builds; make and ninja each have a status of their own for a failure.
build_with() { printf '#!/bin/sh\n%s || exit 2\n' "$1" >"$work/build" && chmod +x "$work/build"; }

case $way in
cmake)
    program=build/sums database=build
    build_with 'cmake --build build --clean-first'
    run 0 cmake -S . -B build -DCMAKE_C_COMPILER="${CC:-cc}" -DCMAKE_C_COMPILER_LAUNCHER="$FEARLESS"
    ;;
make)
    program=./sums database=compile_commands.json
    build_with "make -B CC='$FEARLESS ${CC:-cc}'"
    # The list of commands that a Makefile does not have. Two at once must not lose any; a second time changes nothing.
    run 0 make -s -j2 CC="$FEARLESS --record $PWD/compile_commands.json ${CC:-cc}"
    silent
    works ./sums
    [ "$(grep -c '"file"' compile_commands.json)" = 2 ] || fail "records: $(cat compile_commands.json)"
    sort compile_commands.json >once
    run 0 make -s -B CC="$FEARLESS --record $PWD/compile_commands.json ${CC:-cc}"
    sed 's/,$//' compile_commands.json | sort >twice
    sed 's/,$//' once | sort | cmp -s - twice || fail "records differently: $(cat compile_commands.json)"
    run 0 make -s -B CFLAGS=-DX='\"a\ b\"' CC="$FEARLESS --record $PWD/compile_commands.json ${CC:-cc}"
    [ "$(grep -c '"-DX=\\"a b\\""' compile_commands.json)" = 2 ] || fail "records: $(cat compile_commands.json)"
    echo '{"not": "ours"}' >other.json
    run 2 "$FEARLESS" --record other.json "${CC:-cc}" -c src/queue.c
    says 'something else wrote it'
    [ ! -e queue.o.new ] && grep -q ours other.json || fail 'the file of somebody else was changed'
    run 2 "$FEARLESS" --record no/such/folder/x.json "${CC:-cc}" -c src/queue.c
    says "couldn't record the command"
    run 2 "$FEARLESS" --record x.json
    says '--record takes a file and a compiler'
    ;;
docs) # every option that the documents use exists
    "$FEARLESS" check --help >help
    "$FEARLESS" --help >>help
    grep -hE 'fearless (check|--)' "$SRC/docs/adopting.md" "$SRC"/examples/ci/* | grep -oE -- '--[a-z][a-z-]+' | sort -u >used
    [ "$(wc -l <used)" -ge 6 ] || fail "the documents use: $(cat used)"
    while read -r option; do
        grep -qF -- "$option" help || fail "there is no $option"
    done <used
    finish
    ;;
esac
adopt
finish

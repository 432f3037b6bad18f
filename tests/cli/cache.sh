#!/usr/bin/env bash
# What a run keeps for the next: never seen in what is reported, and never believed when anything has changed.
source "${SRC:?}/tests/cli/expect.bash" || exit 1
export XDG_CACHE_HOME=$work/home

# An entry that holds is read and not written; a fresh one takes its place, as another inode.
kept() { find "$cache" -type f -name '????????????????' -printf '%f %i\n' | sort; }
before() { kept >"$log/before"; }
made() { # COUNT: how many entries are new since `before`
    local new
    new=$(kept | comm -13 "$log/before" - | wc -l)
    [ "$new" -eq "$1" ] || fail "$new entries were made, and must be $1"
}
# A run prints what one without a cache prints.
same() { # STATUS ARGS...
    run "$1" "$FEARLESS" check "${@:2}"
    cp "$log/err" "$log/with.err"
    cp "$log/out" "$log/with.out"
    run "$1" "$FEARLESS" check --no-cache "${@:2}"
    cmp -s "$log/with.err" "$log/err" && cmp -s "$log/with.out" "$log/out" || fail "prints other bytes with the cache"
}
good() { cmp -s "$log/err" "$log/good" || { fail "other findings: $1"; show; }; }

# Two programs, whose files share a header.
mkdir project && cd project || exit 1
ring shared.h a.c
echo 'int extra(int);' >>shared.h
printf 'int extra(int);\nint main(void) { return extra(1); }\n' >b.c
printf '#include "shared.h"\nint extra(int n) { return n; }\n' >extra.c
database '' a.c forwards.c backwards.c b.c extra.c
cache=.fearless-cache

# ---- the first run, and one in which nothing has changed
run 1 "$FEARLESS" check -p .
says 'error[F0106]' 'forwards.c' 'backwards.c'
cp "$log/err" "$log/good"
[ "$(kept | wc -l)" -eq 7 ] || fail "five files and two programs make $(kept | wc -l) entries"
[ -f $cache/.gitignore ] && [ -f $cache/CACHEDIR.TAG ] || fail "the folder is not marked as a cache"
before
run 1 "$FEARLESS" check -p .
good "when nothing has changed"
same 1 -p .
same 1 -p . -j 1
same 1 -p . -j 5
same 1 -p . --format=sarif
same 1 -p . --stats
run 1 "$FEARLESS" check -p compile_commands.json # the same place
made 0

# ---- one changed file: it is parsed and its program is analysed, and nothing else
before
echo 'int more(void) { return 1; }' >>extra.c
run 1 "$FEARLESS" check -p .
made 2
same 1 -p .
before
touch forwards.c # written again with what it had
run 1 "$FEARLESS" check -p .
made 0
echo '/* behind the code */' >>b.c # what is stored of it is what it was
run 1 "$FEARLESS" check -p .
made 1

# ---- a changed header: whoever includes it
before
printf 'static inline int wrong(int f) { int n; if (f) n = 1; return n; }\n' >>shared.h
run 1 "$FEARLESS" check -p .
says 'E0381' 'F0106'
made 6 # all but b.c, which includes nothing
same 1 -p .
sed -i '$d' shared.h
run 1 "$FEARLESS" check -p .
good "when a header is as it was"
# Changed back and forth, with one size and one time of modification.
touch -d '1 hour ago' "$work/time"
sed -i 's/extra(int)/extrb(int)/' shared.h && touch -r "$work/time" shared.h
run 1 "$FEARLESS" check -p .
before
sed -i 's/extrb(int)/extra(int)/' shared.h && touch -r "$work/time" shared.h
run 1 "$FEARLESS" check -p .
made 4 # files; nothing that the programs have says `extrb`

# ---- a header that appears in front of the one that was found, and one that __has_include missed
mkdir first second
echo '#define WRONG 0' >second/w.h
cat >has.c <<'E'
#include <w.h>
#if __has_include("late.h")
#include "late.h"
#endif
int has(int f)
{
    int n = 0;
#if WRONG
    int x;
    n = x;
#endif
    return n + f;
}
E
printf 'int has(int);\nint main(void) { return has(1); }\n' >m.c
database '-Ifirst -Isecond' has.c m.c
run 0 "$FEARLESS" check -p .
echo '#define WRONG 1' >first/w.h
run 1 "$FEARLESS" check -p .
says 'E0381'
rm first/w.h
run 0 "$FEARLESS" check -p .
printf '#undef WRONG\n#define WRONG 1\n' >late.h
run 1 "$FEARLESS" check -p .
says 'E0381'
rm late.h
run 0 "$FEARLESS" check -p .

# ---- changed flags, models, environment
cat >flag.c <<'E'
int flag(int f)
{
    int n;
    if (f || FLAG)
        n = 1;
    return n;
}
int main(void) { return flag(1); }
E
printf 'int nothing;\n' >n.c
database '-DFLAG=1' flag.c n.c
run 0 "$FEARLESS" check -p .
database '-DFLAG=0' flag.c n.c
run 1 "$FEARLESS" check -p .
says 'E0381'
database '-DFLAG=1' flag.c n.c
run 0 "$FEARLESS" check -p .
run 1 "$FEARLESS" check -p . -- -UFLAG -DFLAG=0
run 0 "$FEARLESS" check -p .
cat >lock.c <<'E'
struct lock;
void ours_lock(struct lock *);
void ours_unlock(struct lock *);
extern struct lock one;
int main(void)
{
    ours_lock(&one);
    ours_lock(&one);
    ours_unlock(&one);
    return 0;
}
E
cat >ours.h <<'E'
NOTE("acquires") void MODEL(ours_lock)(NOTE("lent") void *lock);
NOTE("releases") void MODEL(ours_unlock)(NOTE("lent") void *lock);
E
database '' lock.c n.c
run 0 "$FEARLESS" check -p .
run 1 "$FEARLESS" check -p . --model ours.h
says 'F0104'
run 0 "$FEARLESS" check -p .
mkdir env && printf 'static int wrong(void) { int n; return n; }\n' >env/env.h
cat >env.c <<'E'
#if __has_include(<env.h>)
#include <env.h>
int main(void) { return wrong(); }
#else
int main(void) { return 0; }
#endif
E
database '' env.c n.c
run 0 "$FEARLESS" check -p .
run 1 env CPATH="$PWD/env" "$FEARLESS" check -p .
run 0 "$FEARLESS" check -p .

# ---- entries that are none any more
database '' a.c forwards.c backwards.c b.c extra.c
rm -r $cache
run 1 "$FEARLESS" check -p .
good "in an empty cache"
damaged() { # COMMAND...: does it to each entry
    local entry
    for entry in $cache/????????????????; do
        "$@" "$entry"
    done
    run 1 "$FEARLESS" check -p .
    good "after $*"
    before
    run 1 "$FEARLESS" check -p .
    made 0
}
scratch() { dd conv=notrunc bs=1 seek=$(($(stat -c %s "$1") / 2)) if=/dev/urandom count=9 of="$1" status=none; }
lengthen() { echo more >>"$1"; }
damaged truncate -s 0
damaged truncate -s 20
damaged truncate -s -1
damaged lengthen
damaged scratch
for entry in $cache/????????????????; do
    rm "$entry"
    mkdir "$entry"
done
run 1 "$FEARLESS" check -p .
good "with folders in the place of entries"
rm -r $cache

# ---- another build of the checker: what is kept is of no use to it
mkdir -p "$work/other/bin"
cp "$(readlink -f "$FEARLESS")" "$work/other/bin/fearless"
ln -s "$(readlink -f "$SRC/include")" "$work/other/include"
printf 'another build' >>"$work/other/bin/fearless"
run 1 "$FEARLESS" check -p .
before
run 1 "$work/other/bin/fearless" check -p .
good "of another build"
made 7
run 1 "$FEARLESS" check -p .
good "after another build"

# ---- several at once
rm -r $cache
pids=()
for i in 1 2 3; do
    "$FEARLESS" check -p . >"$log/at_once.$i" 2>&1 </dev/null &
    pids+=($!)
done
for pid in "${pids[@]}"; do wait "$pid"; done
for i in 1 2 3; do
    cmp -s "$log/at_once.$i" "$log/good" || fail "other findings in run $i of three at once"
done
[ "$(kept | wc -l)" -eq 7 ] || fail "$(kept | wc -l) entries after three at once"
[ -z "$(find $cache -name '*.new-*')" ] || fail "temporary files are left"

# ---- nothing kept: --no-cache, and where nothing can be
rm -r $cache
run 1 "$FEARLESS" check -p . --no-cache
good "with --no-cache"
[ ! -e $cache ] || fail "--no-cache keeps something"
: >$cache # a file, and no folder
run 1 "$FEARLESS" check -p .
good "where a file is in the way"
[ ! -s $cache ] || fail "what was in the way has been written to"
rm $cache
ln -s /proc/self $cache # a file system that takes nothing, not even from root
run 1 "$FEARLESS" check -p .
good "where nothing can be written"
rm $cache
chmod a-w . # says nothing to root
run 1 "$FEARLESS" check -p .
good "in a folder that may not be written"
chmod u+w .

# ---- files that come and go, and one that does not compile
run 1 "$FEARLESS" check -p .
mv backwards.c away.c
run 2 "$FEARLESS" check -p .
says 'backwards.c'
says_not 'F0106'
mv away.c backwards.c
run 1 "$FEARLESS" check -p .
good "when a file is back"
cp extra.c kept.c
echo 'int extra(int n) { return nowhere; }' >extra.c
run 2 "$FEARLESS" check -p .
says 'nowhere' 'F0106'
run 2 "$FEARLESS" check -p .
says 'nowhere' 'F0106'
cp kept.c extra.c

# ---- seen from another folder: paths are as they would be
cd ..
same 1 -p project
says 'project/forwards.c'
cd project || exit 1

# ---- without -p: in the user's own cache
cache=$XDG_CACHE_HOME/fearless
printf 'int f(void)\n{\n    int x;\n    return x;\n}\n' >alone.c
run 1 "$FEARLESS" check alone.c
[ "$(stat -c %a "$XDG_CACHE_HOME")" = 700 ] || fail "the user's cache is open to others"
before
same 1 alone.c
made 0
run 1 "$FEARLESS" check --strict alone.c
made 1
sed -i 's/int x/int x = 1/' alone.c
run 0 "$FEARLESS" check alone.c
silent
same 1 a.c forwards.c backwards.c
says 'F0106'
run 0 env XDG_CACHE_HOME=/dev/null/none "$FEARLESS" check alone.c
silent

# ---- a program so large that its races are looked for beside the rest: the same for any number of jobs
mkdir ../large && cd ../large || exit 1
{
    printf '#include <pthread.h>\nint count, many(int);\nstatic pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;\n'
    printf 'static void *add(void *p) { count++; return p; }\n'
    printf 'void twice(void) { pthread_mutex_lock(&m); pthread_mutex_lock(&m); pthread_mutex_unlock(&m); }\n'
    printf 'int wrong(int f) { int n; if (f) n = 1; return n; }\n'
    printf 'int main(void)\n{\n    pthread_t t;\n    if (pthread_create(&t, NULL, add, NULL))\n        return 1;\n'
    printf '    count = many(2);\n    twice();\n    pthread_join(t, NULL);\n    return wrong(count);\n}\n'
} >main.c
for i in $(seq 700); do
    printf 'int many%d(int n) { if (n > %d) n--; if (n & 1) n++; while (n > 90) n /= 2; return n; }\n' "$i" "$i"
done >many.c
echo 'int many(int n) { return many1(n); }' >>many.c
database '' main.c many.c
cache=.fearless-cache
same 1 -p . -j 1
says 'F0201' 'F0104' 'E0381'
cp "$log/err" "$log/good"
rm -r $cache
run 1 "$FEARLESS" check -p . -j 2
good "with two jobs"
cd ../project || exit 1
cache=$XDG_CACHE_HOME/fearless

# ---- what nobody used for a month goes, which is looked at once a day
touch -d '40 days ago' "$cache"/????????????????
run 0 "$FEARLESS" check alone.c
[ "$(kept | wc -l)" -gt 1 ] || fail "entries are taken out more than once a day"
touch -d '2 days ago' "$cache/.trimmed"
run 0 "$FEARLESS" check alone.c
[ "$(kept | wc -l)" -eq 1 ] || fail "$(kept | wc -l) entries are left, of which one was used"

finish

#!/usr/bin/env bash
# .fearless: where it is found, what its keys do, and what is said of what it cannot mean.
source "${SRC:?}/tests/cli/expect.bash" || exit 1
mkdir -p p/src p/third_party build
wrong_file p/src/wrong.c
wrong_file p/third_party/old.c
printf 'int f(void) { return 0; } // fearless: allow(E0381) left over\n' >p/src/warns.c
config() { printf '%s\n' "$@" >p/.fearless; }

run 1 "$FEARLESS" check p/src/wrong.c
config '# what we decided' '[codes]' 'E0381 = allow'
run 0 "$FEARLESS" check p/src/wrong.c
silent
run 1 "$FEARLESS" check --no-config p/src/wrong.c
mv p/.fearless elsewhere
run 1 "$FEARLESS" check p/src/wrong.c
run 0 "$FEARLESS" check --config=elsewhere p/src/wrong.c

# Levels. What a code is by itself is its default.
config '[codes]' 'E0381 = warn' 'F0903=deny'
run 0 "$FEARLESS" check p/src/wrong.c
says 'warning[E0381]'
run 1 "$FEARLESS" check p/src/warns.c
says 'error[F0903]'
config '[codes]' 'e0381 = default'
run 1 "$FEARLESS" check p/src/wrong.c

# The nearest one counts; it is searched for upwards from the file, wherever we are.
config '[codes]' 'E0381 = allow'
printf '[codes]\nE0381 = deny\n' >p/src/.fearless
run 1 "$FEARLESS" check p/src/wrong.c
rm p/src/.fearless
mkdir p/src/.fearless # a folder of that name is none
cd p/src || exit 1
run 0 "$FEARLESS" check wrong.c
cd ../..

# With -p: above the build folder, or else above the first file.
printf '[ { "directory": "%s/p", "file": "src/wrong.c", "command": "cc -c src/wrong.c" } ]\n' "$PWD" >build/compile_commands.json
run 0 "$FEARLESS" check -p build
printf '[codes]\nE0381 = deny\n' >.fearless
run 1 "$FEARLESS" check -p build
rm .fearless

# Excluded files: nothing is told of them, not even that they cannot be checked. Paths are from the file's folder.
config '[check]' 'exclude = third_party/*; *.gen.c'
run 0 "$FEARLESS" check p/third_party/old.c
run 1 "$FEARLESS" check p/third_party/old.c p/src/wrong.c
says '1 previous error' 'p/src/wrong.c'
echo 'int x = ;' >p/src/deep.gen.c
run 0 "$FEARLESS" check p/src/deep.gen.c
silent
run 2 "$FEARLESS" check --no-config p/src/deep.gen.c
config '[check]' 'exclude = third_party'
run 1 "$FEARLESS" check p/third_party/old.c

# A baseline that belongs to the project.
config '[check]' 'baseline = known'
run 2 "$FEARLESS" check p/src/wrong.c
says "couldn't read the baseline" '--write-baseline='
run 0 "$FEARLESS" check --write-baseline=p/known p/src/wrong.c
run 0 "$FEARLESS" check p/src/wrong.c
wrong_file p/src/new.c
run 1 "$FEARLESS" check p/src/new.c p/src/wrong.c
says '1 previous error' 'p/src/new.c'
# So does the launcher, without a word about what is known.
run 0 "$FEARLESS" "${CC:-cc}" -c p/src/wrong.c
silent
run 1 "$FEARLESS" "${CC:-cc}" -c p/src/new.c

# Models: what a function without a body does.
mkdir p/models
cat >p/models/ours.h <<'END'
NOTE("acquires") void MODEL(ours_lock)(NOTE("lent") void *lock);
NOTE("releases") void MODEL(ours_unlock)(NOTE("lent") void *lock);
END
cat >p/src/locks.c <<'END'
struct ours;
void ours_lock(struct ours *lock);
void ours_unlock(struct ours *lock);
int twice(struct ours *lock, int n)
{
    ours_lock(lock);
    if (n)
        ours_lock(lock);
    ours_unlock(lock);
    return n;
}
END
rm p/.fearless
run 0 "$FEARLESS" check p/src/locks.c
config '[check]' 'models = models/ours.h' 'jobs = 2' 'timeout = 60' 'strict = false'
run 1 "$FEARLESS" check p/src/locks.c
says 'F0104'
run 1 "$FEARLESS" "${CC:-cc}" -c p/src/locks.c
printf '/* ours */\nint MODEL(broken)(no_such_type x);\n' >p/models/ours.h
run 2 "$FEARLESS" check p/src/locks.c
says "$PWD/p/models/ours.h:2:19: error: unknown type name"

# Mistakes have their line.
wrong_config() { # WORDS LINE...
    local words=$1
    shift
    config "$@"
    run 2 "$FEARLESS" check p/src/wrong.c
    says "$words"
    run 2 "$FEARLESS" "${CC:-cc}" -c p/src/wrong.c
    says "$words"
}
wrong_config '.fearless:3: there is no key `strickt` in [check]' '# x' '[check]' 'strickt = true'
says 'its keys are baseline, exclude, jobs, models, strict and timeout'
wrong_config '.fearless:2: `strict` is true or false' '[check]' 'strict = perhaps'
wrong_config '.fearless:4: `jobs` is a number from 1 on, not `0`' '[check]' '' 'timeout=0' 'jobs = 0'
wrong_config ".fearless:2: couldn't read the model \`none.h\`" '[check]' 'models = none.h'
wrong_config '.fearless:3: there is no group [rules]' '[check]' 'jobs = 1' '[rules]'
wrong_config '.fearless:2: there is no code `F9999`' '[codes]' 'F9999 = allow'
wrong_config '.fearless:3: a code is allow, warn, deny or default, not `off`' '[codes]' 'F0107 = warn' 'E0381 = off'
wrong_config '.fearless:2: this is neither `[group]` nor `key = value`' '[check]' 'strict'
wrong_config '.fearless:1: this is neither `[group]` nor `key = value`' 'strict = true' '[check]'
run 2 "$FEARLESS" check --config=none_such p/src/wrong.c
says "couldn't read the configuration \`none_such\`"
finish

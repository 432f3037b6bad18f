# For tests of the command: run it in a folder of its own, and say what must come out.
#
#   run STATUS COMMAND...   runs it (at most 120 s, no input); STATUS is what it must exit with
#   says TEXT...            each TEXT must be in what the last run printed to stderr
#   prints TEXT...          ... to stdout
#   silent                  it must have printed nothing at all
#   says_not TEXT...        must not be in stderr
#   fail WORDS              the test fails, and why
#
#   database FLAGS FILE...  writes a compile_commands.json for them
#   ring HEADER MAIN        a program in three files: two locks, taken in two orders, each in a file of its own (F0106)
#
# End a test with `finish`.
set -u
: "${FEARLESS:?}" "${SRC:?}"
work=$(mktemp -d)
trap 'chmod -R u+rwx "$work"; rm -rf "$work"' EXIT
cd "$work" || exit 1
mkdir logs src
cd src || exit 1
log=$work/logs
failures=0
last=

fail() {
    echo "$last: $*"
    failures=$((failures + 1))
}

show() { sed 's/^/    /' "$log/err" | cut -c 1-200 | head -40; }

run() {
    local wanted=$1 got
    shift
    last=$*
    timeout -k 5 120 "$@" >"$log/out" 2>"$log/err" </dev/null
    got=$?
    if [ "$got" -ne "$wanted" ]; then
        fail "exit status $got, and must be $wanted"
        show
    fi
}

says() {
    local text
    for text; do
        grep -qF -- "$text" "$log/err" || { fail "does not say: $text"; show; }
    done
}

says_not() {
    local text
    for text; do
        ! grep -qF -- "$text" "$log/err" || { fail "must not say: $text"; show; }
    done
}

prints() {
    local text
    for text; do
        grep -qF -- "$text" "$log/out" || { fail "does not print: $text"; sed 's/^/    /' "$log/out" | head -40; }
    done
}

silent() {
    [ ! -s "$log/out" ] && [ ! -s "$log/err" ] || { fail "must be silent"; show; }
}

# A file that has a finding (E0381), and one that has none.
wrong_file() { printf 'int wrong(void)\n{\n    int x;\n    return x;\n}\n' >"$1"; }
right_file() { printf 'int right(void)\n{\n    return 0;\n}\n' >"$1"; }

database() {
    local flags=$1 file separator=
    shift
    echo '[' >compile_commands.json
    for file; do
        echo "$separator{\"directory\": \"$PWD\", \"file\": \"$file\", \"command\": \"cc $flags -c $file\"}"
        separator=,
    done >>compile_commands.json
    echo ']' >>compile_commands.json
}

ring() {
    local header=$1 main=$2
    cat >"$header" <<'E'
#include <pthread.h>
extern pthread_mutex_t front, back;
void forwards(void);
void backwards(void);
E
    { echo "#include \"$header\""; cat; } >"$main" <<'E'
pthread_mutex_t front = PTHREAD_MUTEX_INITIALIZER, back = PTHREAD_MUTEX_INITIALIZER;
static void *one(void *p) { forwards(); return p; }
static void *two(void *p) { backwards(); return p; }
int main(void)
{
    pthread_t a, b;
    if (pthread_create(&a, NULL, one, NULL))
        return 1;
    if (pthread_create(&b, NULL, two, NULL)) {
        pthread_join(a, NULL);
        return 1;
    }
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    return 0;
}
E
    { echo "#include \"$header\""; cat; } >forwards.c <<'E'
void forwards(void)
{
    pthread_mutex_lock(&front);
    pthread_mutex_lock(&back);
    pthread_mutex_unlock(&back);
    pthread_mutex_unlock(&front);
}
E
    sed 's/forwards/backwards/; s/front/other/; s/back)/front)/; s/other/back/' forwards.c >backwards.c
}

finish() {
    [ "$failures" -eq 0 ] || exit 1
    exit 0
}

#!/usr/bin/env bash
# --format: what goes where, what stands in it when nothing was found, and odd names. (tests/check/test_formats.c
# reads the documents.)
source "${SRC:?}/tests/cli/expect.bash" || exit 1
wrong_file wrong.c
right_file right.c

run 1 "$FEARLESS" check --format=text wrong.c
says 'error[E0381]' ' --> wrong.c:4:12' 'aborting due to 1 previous error'
run 1 "$FEARLESS" check --format gcc wrong.c
says "wrong.c:4:12: error: used binding \`x\` isn't initialized [E0381]" 'wrong.c:3:9: note: binding declared here'
says_not 'aborting' '-->'
[ ! -s "$log/out" ] || fail 'gcc prints to stdout'
run 1 "$FEARLESS" check --format=json wrong.c
prints '"code" : "E0381"' '"line" : 4' '"column" : 12' '"safe" : false' '"replacement" : " = 0"'
[ ! -s "$log/err" ] || fail 'json says something on stderr'
run 1 "$FEARLESS" check --format=sarif wrong.c
prints '"version" : "2.1.0"' '"ruleId" : "E0381"' '"uri" : "wrong.c"' '"executionSuccessful" : true'

# Nothing found: a document all the same.
run 0 "$FEARLESS" check --format=json right.c
[ "$(tr -d ' \n' <"$log/out")" = '[]' ] || fail "prints $(cat "$log/out")"
run 0 "$FEARLESS" check --format=sarif right.c
prints '"results" : []' '"rules" : []'
run 0 "$FEARLESS" check --format=gcc right.c
silent

# What could not be checked is said to people, and the log says that it is not complete.
echo 'int x = ;' >broken.c
run 2 "$FEARLESS" check --format=sarif broken.c wrong.c
prints '"executionSuccessful" : false' '"ruleId" : "E0381"'
says 'broken.c:1:9'

# Paths are URIs there, whatever they are made of.
mkdir 'a b' && wrong_file 'a b/w#1%.c'
run 1 "$FEARLESS" check --format=sarif 'a b/w#1%.c'
prints '"uri" : "a%20b/w%231%25.c"'
run 1 "$FEARLESS" check --format=sarif "$PWD/wrong.c"
prints "\"uri\" : \"file://$PWD/wrong.c\""

# Two places have a story: both chains of a deadlock, in the order in which they happen.
cat >chains.c <<'TXT'
#include <pthread.h>
static pthread_mutex_t a = PTHREAD_MUTEX_INITIALIZER, b = PTHREAD_MUTEX_INITIALIZER;
static void *one(void *p) { pthread_mutex_lock(&a); pthread_mutex_lock(&b); pthread_mutex_unlock(&b); pthread_mutex_unlock(&a); return p; }
int main(void)
{
    pthread_t t;
    if (pthread_create(&t, NULL, one, NULL))
        return 1;
    pthread_mutex_lock(&b);
    pthread_mutex_lock(&a);
    pthread_mutex_unlock(&a);
    pthread_mutex_unlock(&b);
    return pthread_join(t, NULL);
}
TXT
run 1 "$FEARLESS" check --format=sarif chains.c
prints '"ruleId" : "F0106"' '"codeFlows"' '"executionOrder" : 4'

run 2 "$FEARLESS" check --format=xml wrong.c
says '--format is text, gcc, json or sarif, not `xml`'
finish

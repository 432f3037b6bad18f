#!/usr/bin/env bash
# --write-baseline and --baseline: what is known survives moved lines and renamed folders, and what is new fails.
source "${SRC:?}/tests/cli/expect.bash" || exit 1
mkdir -p a build
cat >a/queue.c <<'END'
static int first(int n)
{
    int x;
    return x + n;
}
int second(int n)
{
    int x;
    return x + n;
}
int third(int n)
{
    int x, y;
    if (n)
        return x + n;
    return y + n;
}
int all(int n) { return first(n) + second(n) + third(n); }
END
run 1 "$FEARLESS" check a/queue.c
says '4 previous errors'
run 0 "$FEARLESS" check --write-baseline=known a/queue.c
says 'note: the baseline `known` has 4 findings'
says_not 'E0381'
[ "$(grep -cE '^[0-9a-f]{16} E0381 queue.c (first|second|third)$' known)" = 4 ] || fail "the baseline is: $(cat known)"
[ "$(grep -v '^#' known | sort -u | wc -l)" = 4 ] || fail "two findings have one fingerprint: $(cat known)"
run 0 "$FEARLESS" check --baseline=known a/queue.c
says '4 findings of the baseline not shown'
run 0 "$FEARLESS" check --format=json --baseline=known a/queue.c
[ "$(tr -d ' \n' <"$log/out")" = '[]' ] || fail "prints $(cat "$log/out")"
[ ! -s "$log/err" ] || fail 'json says something'

# Lines above, other functions between, another layout, another folder: all still known.
mkdir b
{
    printf '/* a function "{" that */\n#define OPEN {\n#ifdef A\nint zero(int a) {\n#else\nint zero(void) {\n#endif\n    return 0; }\n\n'
    sed -e 's/^int second/int one(int n) { return n; }\n\n__attribute__((noinline))\n&/' -e 's/    return x + n;/\treturn  x + n;  /' a/queue.c
} >b/queue.c
run 0 "$FEARLESS" check --baseline=known b/queue.c
says '4 findings of the baseline not shown'

# A new one, in a function that has known ones, fails; so does a known text in another function.
sed -e '1i int rand(void);' -e 's/    return y + n;/    int z;\n    if (rand())\n        return z;\n&/' -e 's/^int second/int other(int n)\n{\n    int x;\n    return x + n;\n}\n&/' a/queue.c >b/queue.c
run 1 "$FEARLESS" check --baseline=known b/queue.c
says '`z` isn' '2 previous errors' '4 findings of the baseline not shown'
run 1 "$FEARLESS" check --format=sarif --baseline=known b/queue.c
prints '"partialFingerprints"' '"fearless/v1"'
[ "$(grep -c '"ruleId"' "$log/out")" = 2 ] || fail 'the log must have the two new ones'

# Another of the same text in the same function is a new one: it is counted.
one='    {\n        int x;\n        r += x;\n    }\n'
printf "int f(int r)\n{\n$one    return r;\n}\n" >twice.c
run 0 "$FEARLESS" check --write-baseline=one twice.c
printf "int f(int r)\n{\n$one$one    return r;\n}\n" >twice.c
run 1 "$FEARLESS" check --baseline=one twice.c
says '1 previous error' '1 finding of the baseline not shown'

# What is gone is said when the whole project was checked, and only then.
cat >build/compile_commands.json <<END
[ { "directory": "$PWD/a", "file": "queue.c", "command": "cc -c queue.c" },
  { "directory": "$PWD", "file": "twice.c", "command": "cc -c twice.c" } ]
END
run 0 "$FEARLESS" check -p build --write-baseline=all
printf 'int f(int n)\n{\n    return n;\n}\n' >twice.c
run 0 "$FEARLESS" check -p build --baseline=all
says '2 findings of the baseline not found any more' '4 findings of the baseline not shown'
run 0 "$FEARLESS" check --baseline=all a/queue.c
says_not 'any more'

# Lines may be taken out by hand; the order and the comments do not matter.
{ echo '# ours'; grep -v '^#' known | sort -r | grep -v third; } >fewer
run 1 "$FEARLESS" check --baseline=fewer a/queue.c
says '2 previous errors'

run 2 "$FEARLESS" check --baseline=none_such a/queue.c
says "couldn't read the baseline \`none_such\`" '--write-baseline=none_such'
printf '# x\n<<<<<<< HEAD\n' >conflict
run 2 "$FEARLESS" check --baseline=conflict a/queue.c
says '`conflict` is not a baseline: line 2'
run 2 "$FEARLESS" check --write-baseline=no/such/folder a/queue.c
says "couldn't write the baseline \`no/such/folder\`"
run 2 "$FEARLESS" check --write-baseline=x --baseline=known a/queue.c
says 'choose one'
echo 'int x = ;' >broken.c
run 2 "$FEARLESS" check --write-baseline=partial broken.c a/queue.c
[ "$(grep -c E0381 partial)" = 4 ] || fail 'what could be checked is written'
finish

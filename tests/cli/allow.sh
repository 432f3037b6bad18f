#!/usr/bin/env bash
# Comments that allow findings, over several files; --list-unsafe.
source "${SRC:?}/tests/cli/expect.bash" || exit 1

# One header, two files: its comment is used if it is in either. (The macro is a finding in one of them.)
cat >shared.h <<'END'
static inline int value(void)
{
    int x;
#ifdef SET
    x = 1;
#endif
    return x; // fearless: allow(E0381) whoever does not define SET does not care
}
END
printf '#define SET\n#include "shared.h"\nint a(void) { return value(); }\n' >set.c
printf '#include "shared.h"\nint b(void) { return value(); }\n' >unset.c
run 0 "$FEARLESS" check unset.c set.c
silent
run 0 "$FEARLESS" check -j2 set.c unset.c
silent
run 0 "$FEARLESS" check set.c
says 'warning[F0903]: `E0381` is allowed, and there is none' 'shared.h:7' '1 warning emitted'
says_not 'error['

# As a launcher one file is seen, which says nothing about a header; and a warning lets the compiler run.
run 0 "$FEARLESS" "${CC:-cc}" -c set.c
silent
[ -e set.o ] || fail 'did not compile'
printf 'int f(void) { return 0; } // fearless: allow(E0381) left over\n' >left.c
run 0 "$FEARLESS" "${CC:-cc}" -c left.c
says 'warning[F0903]'
[ -e left.o ] || fail 'did not compile'

# Without a reason it allows nothing.
printf 'int f(void)\n{\n    int x;\n    return x; // fearless: allow(E0381)\n}\n' >why.c
run 1 "$FEARLESS" check why.c
says 'error[E0381]' 'warning[F0903]: `E0381` is allowed without a reason' 'aborting due to 1 previous error; 1 warning emitted'

# Code that is skipped, and apostrophes in it, do not hide a comment.
printf "#if 0\ndon't /\n#endif\nint f(void)\n{\n    int x;\n    return x + 1'0; // fearless: allow(E0381) fine\n}\n" | sed "s/1'0/10/" >skip.c
run 0 "$FEARLESS" check skip.c
silent

cat >unsafe.c <<'END'
#include <fearless.h>
struct account {
    struct fl_lock lock;
    long balance FL_GUARDED_BY(lock);
};
void audit(struct account *a);
void log_number(long n);
void set(struct account *a)
{
    fl_unsafe { a->balance = 1; }
    audit(a);
    audit(a);
    log_number(3);
}
struct FL_SEND FL_NOT_SYNC job {
    void *env;
};
int run(struct job *j)
{
    return j->env != 0;
}
END
run 0 "$FEARLESS" check --list-unsafe unsafe.c -- -fexceptions
prints 'unsafe.c:10:5: `fl_unsafe` in `set`' 'unsafe.c:11:5: `audit` is trusted with a `struct account *`: its body is not seen here' \
    'unsafe.c:15:28: `struct job` is marked `FL_SEND` by hand' 'unsafe.c:15:28: `struct job` is marked `FL_NOT_SYNC` by hand'
[ "$(wc -l <"$log/out")" = 4 ] || fail "lists $(cat "$log/out")"
[ ! -s "$log/err" ] || fail "says $(cat "$log/err")"

# --strict: what is taken on trust is reported, where nobody vouches for it, once for each function.
run 0 "$FEARLESS" check unsafe.c -- -fexceptions
silent
run 1 "$FEARLESS" check --strict unsafe.c -- -fexceptions
says 'error[F0902]: `audit` is trusted with a `struct account *`: its body is not seen here' '--> unsafe.c:11:5' '1 previous error'
says_not 'log_number' 'struct job'
sed -i -e 's/^    audit(a);$/    fl_unsafe { audit(a); }/' unsafe.c
run 0 "$FEARLESS" check --strict unsafe.c -- -fexceptions
printf '[check]\nstrict = true\n' >.fearless
sed -i -e 's/^    fl_unsafe { audit(a); }$/    audit(a); \/\/ fearless: allow(F0902) it only reads, see audit.c/' unsafe.c
run 0 "$FEARLESS" check unsafe.c -- -fexceptions
says "allowed, and there is none"
rm .fearless
run 2 "$FEARLESS" check --list-unsafe --format=json unsafe.c
says '--list-unsafe'
finish

#!/usr/bin/env bash
# --fix: what is safe is applied, what comes out compiles and is accepted, and nothing else in the file changes.
source "${SRC:?}/tests/cli/expect.bash" || exit 1
cat >text.h <<'END'
#include <fearless.h>
#include <stdlib.h>
typedef struct text { char *bytes; } text;
static inline void text_free(text *t) { free(t->bytes); }
#define FL_OWNED text, text_free
#include <fearless/owned.h>
text text_of(const char *bytes);
void text_print(const text *t);
static inline void swallow(text t)
{
    fl_auto(t);
    text_print(&t);
}
END
flags=(-std=gnu11 -fexceptions -I "$SRC/include")

# becomes FILE LINE...: after --fix each line is in the file; it compiles and is accepted.
becomes() {
    local file=$1 line
    shift
    run 1 "$FEARLESS" check "$file" -- "${flags[@]}"
    run 0 "$FEARLESS" check --fix "$file" -- "${flags[@]}"
    says "fixed: $file:"
    for line; do
        grep -qxF -- "$line" "$file" || { fail "does not become: $line"; cat "$file"; }
    done
    run 0 "${CC:-cc}" -Wall -Wextra -Werror "${flags[@]}" -fsyntax-only "$file"
    run 0 "$FEARLESS" check --fix "$file" -- "${flags[@]}"
    silent
}

# fl_move(t): a return from a variable that its scope drops, a value that nobody reads again.
cat >move.c <<'END'
#include "text.h"
text returned(void)
{
    text t = text_of("a");
    fl_auto(t);
    return t;
}
void given_away(void)
{
    text t = text_of("b");
    swallow(t);
}
END
becomes move.c '    return fl_move(t);' '    swallow(fl_move(t));'

# fl_clone(h): a handle that is used again.
cat >clone.c <<'END'
#include "text.h"
int twice(fl_arc(int) shared)
{
    fl_arc(int) mine = fl_clone(shared);
    fl_auto(mine);
    fl_arc(int) other = mine;
    fl_auto(other);
    return *fl_get(mine);
}
END
becomes clone.c '    fl_arc(int) other = fl_clone(mine);'

# fl_auto(t); once, though two paths leak it; below the declaration, or behind it.
cat >auto.c <<'END'
#include "text.h"
void leaked(int n)
{
    text t = text_of("c");
    if (n)
        return;
    text_print(&t);
    if (n > 3)
        swallow(fl_move(t));
}
void on_one_line(void) { text t = text_of("d"); text_print(&t); }
END
chmod 640 auto.c
becomes auto.c '    fl_auto(t);' 'void on_one_line(void) { text t = text_of("d"); fl_auto(t); text_print(&t); }'
[ "$(grep -c fl_auto auto.c)" = 2 ] || fail "$(cat auto.c)"
[ "$(stat -c %a auto.c)" = 640 ] || fail 'the permissions changed'

# What a person must decide is left: the value is used again, returned without a move on some path, or set later.
cat >left.c <<'END'
#include "text.h"
void used_again(void)
{
    text t = text_of("a");
    swallow(t);
    text_print(&t);
}
text returned_sometimes(int n)
{
    text t = text_of("e");
    if (n > 2)
        return text_of("f");
    return t;
}
void set_later(int n)
{
    text t;
    if (n) {
        t = text_of("g");
        text_print(&t);
    }
}
END
cp left.c before.c
run 1 "$FEARLESS" check --fix left.c -- "${flags[@]}"
says_not 'fixed:'
cmp -s left.c before.c || fail 'what is not safe was applied'

# A link stays one; a file that cannot be written is left whole, and says so.
cat >target.c <<'END'
#include "text.h"
void leaked(void)
{
    text t = text_of("c");
    text_print(&t);
}
END
ln -s target.c link.c
run 0 "$FEARLESS" check --fix link.c -- "${flags[@]}"
[ -L link.c ] && grep -q fl_auto target.c || fail 'the link is gone'
if [ "$(id -u)" != 0 ]; then
    sed -i '/fl_auto/d' target.c
    chmod 444 target.c
    run 2 "$FEARLESS" check --fix target.c -- "${flags[@]}"
    says "couldn't write \`target.c\`" 'error[F0301]'
fi
finish

#!/usr/bin/env bash
# Block literals (clang -fblocks; gcc has none): their bodies are checked, and what they capture is read.
source "${SRC:?}/tests/cli/expect.bash" || exit 1

# Each of the marked lines is reported, and no other line.
cat >blocks.c <<'C'
#include "words.h"
void call(void (^b)(void));

void used_after_move(fl_sender(text) tx)
{
    text t = text_of("a");
    fl_auto(t);
    fl_unwrap(fl_send(tx, fl_move(t)));
    call(^{
        text_print(&t); // E0382
    });
}

void read_by_nested(fl_sender(text) tx)
{
    text t = text_of("a");
    fl_auto(t);
    fl_unwrap(fl_send(tx, fl_move(t)));
    call(^{
        call(^{ text_print(&t); }); // E0382
    });
}

void unset(void)
{
    int x;
    call(^{
        (void)(x + 1); // E0381
    });
}

void inside(fl_sender(text) tx)
{
    call(^{
        text t = text_of("a");
        fl_auto(t);
        fl_unwrap(fl_send(tx, fl_move(t)));
        text_print(&t); // E0382
    });
}

void unset_inside(int c)
{
    int (^f)(int) = ^(int a) {
        int x;
        for (; a;)
            x = a--;
        return c + x; // E0381
    };
    (void)f;
}

void all_right(fl_sender(text) tx)
{
    text t = text_of("a");
    fl_auto(t);
    __block int count = 0;
    int (^next)(int) = ^(int by) {
        count += by;
        return count;
    };
    call(^{
        text_print(&t);
        next(1);
    });
    fl_unwrap(fl_send(tx, fl_move(t)));
}
C
cp "$SRC/tests/ui/moves/words.h" .
run 1 "$FEARLESS" check --stats blocks.c -- -fblocks
grep -nE '// E0[0-9]+$' blocks.c | sed -E 's/^([0-9]+):.*(E[0-9]+)$/\2 \1/' | sort >wanted
awk '/^error\[E/ { code = substr($1, 7, 5) } / *--> / && code { split($2, at, ":"); print code, at[2]; code = "" }' \
    "$log/err" | sort >found
diff -u wanted found || fail "other findings"
# Its own name in the dump, the captures first: a shared variable by address.
run 0 "$FEARLESS" check --dump=ir blocks.c -- -fblocks
prints 'all_right.block1(int * count, int by) -> int' 'read_by_nested.block1.block1(const text * t)'
finish

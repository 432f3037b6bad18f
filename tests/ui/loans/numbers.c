/* Addresses as numbers: still addresses, tagged or not, until they are scrambled. */
#include <fearless.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
typedef struct { char *s; } text;
static void text_drop(text *t) { free(t->s); }
#define FL_OWNED text, text_drop
#include <fearless/owned.h>

FL_THREAD_FN(void, show, text, t)
{
    fl_auto(t);
    puts(t.s);
}

void a_hash(void)
{
    text t = { strdup("x") };
    size_t hash = ((uintptr_t)t.s >> 4) % 64;
    fl_detach(fl_spawn(show, fl_move(t)));
    printf("%zu\n", hash);
}

void kept(void)
{
    text t = { strdup("x") };
    uintptr_t at = (uintptr_t)t.s;
    fl_detach(fl_spawn(show, fl_move(t))); //~ ERROR E0505 cannot move out of `t`
    puts((char *)at);
}

void tagged(void)
{
    text t = { strdup("x") };
    uintptr_t at = (uintptr_t)t.s | 1;
    fl_detach(fl_spawn(show, fl_move(t))); //~ ERROR E0505 cannot move out of `t`
    puts((char *)(at & ~(uintptr_t)1));
}

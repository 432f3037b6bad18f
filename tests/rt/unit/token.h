/* A value that counts its drops, and may panic in them. All zero is empty. For the unit tests of channels. */
#ifndef FL_TEST_TOKEN_H
#define FL_TEST_TOKEN_H

#include <fearless/panic.h>

typedef struct {
    int *counter;
    int number; /* 666: its drop panics */
} token;
static void token_drop(token *t)
{
    if (!t->counter)
        return;
    *t->counter += 1;
    if (t->number == 666)
        fl_panic("dropped");
}
#define FL_OWNED token, token_drop
#include <fearless/owned.h>

#endif

/*
 * Two owned types for the listings: a vector of ints and a text. An owned type is a struct and the
 * function that frees what it holds; from then on Fearless knows when it is moved and when it dies.
 */
#ifndef LISTINGS_VALUES_H
#define LISTINGS_VALUES_H

#include <fearless.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    int *data;
    size_t len;
} int_vec;

static inline int_vec int_vec_of(size_t len, const int *values)
{
    int_vec v = { malloc(len * sizeof *values), len };

    if (!v.data)
        abort();
    memcpy(v.data, values, len * sizeof *values);
    return v;
}

static inline void int_vec_drop(int_vec *v)
{
    free(v->data);
}
#define FL_OWNED int_vec, int_vec_drop
#include <fearless/owned.h>

static inline void int_vec_print(const char *label, const int_vec *v)
{
    printf("%s: [", label);
    for (size_t i = 0; i < v->len; i++)
        printf("%s%d", i ? ", " : "", v->data[i]);
    puts("]");
}

typedef struct {
    char *s;
} text;

static inline text text_of(const char *s)
{
    text t = { strdup(s) };

    if (!t.s)
        abort();
    return t;
}

static inline void text_drop(text *t)
{
    free(t->s);
}
#define FL_OWNED text, text_drop
#include <fearless/owned.h>

#endif

/* What a parameter points to: nobody here knows how long it lives, and nobody in view passes anything. */
#include <fearless.h>

#include <stdio.h>

struct hidden;
struct opaque {
    struct hidden *inside;
};
struct names {
    const char *names[4];
    int count;
};
FL_THREAD_FN(void, with_opaque, struct opaque, o)
{
    (void)o;
}
FL_THREAD_FN(void, with_names, struct names, n)
{
    puts(n.names[0]);
}
FL_THREAD_FN(void, with_bytes, const char *, s)
{
    puts(s);
}

void incomplete_type(struct opaque o)
{
    fl_detach(fl_spawn(with_opaque, o)); //~ ERROR E0277 `struct hidden *` cannot be sent
}

void array_in_a_struct(const char *s)
{
    struct names n = { { s }, 1 };
    fl_detach(fl_spawn(with_names, n)); //~ ERROR E0277 `const char *` cannot be sent
}

void literals_in_a_struct(void)
{
    struct names n = { { "a", "b" }, 2 };
    fl_detach(fl_spawn(with_names, n));
}

void pointer_itself(const char *s)
{
    fl_detach(fl_spawn(with_bytes, s)); //~ ERROR E0277 `const char *` cannot be sent
}

/* Its callers are in view: they know. */
static void start(const char *s)
{
    fl_detach(fl_spawn(with_bytes, s));
}

void callers(void)
{
    start("literal");
}

/* ... but not those that call it through a pointer. */
static void started_from_anywhere(const char *s)
{
    fl_detach(fl_spawn(with_bytes, s)); //~ ERROR E0277 `const char *` cannot be sent
}
void (*const hook)(const char *) = started_from_anywhere;

/* A stream locks itself. */
FL_THREAD_FN(void, with_stream, FILE *, out)
{
    fputs("x", out);
}

void streams(FILE *given)
{
    FILE *opened = fopen("/dev/null", "w");
    fl_detach(fl_spawn(with_stream, stdout));
    fl_detach(fl_spawn(with_stream, given));
    if (opened)
        fl_detach(fl_spawn(with_stream, opened));
}

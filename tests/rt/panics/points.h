/* A thread killed by a panic, at every point where one can happen.
 *
 * A panic starts in the user's code: in a thread's function between two calls of the library, and in the functions that
 * the library calls (drop, clone, init, the condition of a wait, a job ...). Such a place says point("what it is"). A
 * *protocol* is a function that lets threads play one with the library and checks what must hold afterwards, whoever
 * died; it lists its points, and this table is what ../unit/test_panics_*.c go through: each point, with the panic on its
 * first pass, then on its second ... until the protocol ends without having come to that pass. After each run
 *
 *   - all threads have ended (the protocol joins them; a watchdog says which run hangs);
 *   - there was one panic, if the point was struck, and no other but those that pass it on or tell of poison;
 *   - every piece (below) was dropped exactly once, and none is alive.
 *
 * A point that is not in the list is a failure, and so is one in the list that nobody comes to, unless its name begins
 * with "maybe": then it depends on who is faster. What ../stress/stress_panics.c
 * does is the same with more threads, at random, and in the delayed build, too.
 *
 * While a thread unwinds, points do nothing: a second panic of one thread aborts the program, as documented. */
#ifndef FL_TEST_PANICS_POINTS_H
#define FL_TEST_PANICS_POINTS_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <fearless.h>

#include "../unit/asleep.h"
#include "atomic.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { POINTS_MOST = 12 };

struct protocol {
    const char *name;
    void (*run)(void);
    const char *points[POINTS_MOST];
};

/* How many threads in each role, and how often each does what it does. */
static unsigned panics_width = 2, panics_rounds = 3;

/* ---- the one panic of a run ---- */

static const struct protocol *playing;
static const char *armed_point; /* NULL: none */
static long armed_pass;
static FL_ATOMIC(long) passes; /* of the armed point */
static FL_ATOMIC(int) struck;  /* it has panicked */

#define panics_must(condition)                                                                     \
    do {                                                                                           \
        if (!(condition))                                                                          \
            panics_fail(__FILE__, __LINE__, #condition);                                           \
    } while (0)

static void panics_fail(const char *file, int line, const char *what)
{
    fprintf(stderr, "%s:%d: not true: %s\n    in: %s; the panic: %s, pass %ld\n", file, line, what, playing->name,
            armed_point ? armed_point : "none", armed_pass);
    abort();
}

static void point(const char *name)
{
    int index = 0;

    if (fl_panicking())
        return;
    while (index < POINTS_MOST && playing->points[index] && strcmp(playing->points[index], name) != 0)
        index++;
    if (index == POINTS_MOST || !playing->points[index])
        panics_fail(name, 0, "the point is in the protocol's list");
    if (armed_point && strcmp(armed_point, name) == 0 && fl_add_relaxed(&passes, 1) == armed_pass) {
        fl_store_relaxed(&struck, 1);
        fl_panic("struck: %s", name);
    }
}

static bool was_struck(void)
{
    return fl_load_relaxed(&struck);
}

/* The run's panic was at the point of that name. */
FL_UNUSED_ static bool was_struck_at(const char *name)
{
    return was_struck() && strcmp(armed_point, name) == 0;
}

/* ---- panics are counted ---- */

static FL_ATOMIC(int) deaths;

static void count_panic(const struct fl_panic_info *info)
{
    if (strncmp(info->message, "struck: ", 8) == 0)
        fl_add_relaxed(&deaths, 1);
    else if (!strstr(info->message, "poisoned") && !strstr(info->message, "struck: ")) /* a scope's goes on so */
        panics_fail(info->file, info->line, info->message);
}

/* Of a thread that was joined, or of fl_catch: true, it lives; false, it was struck. */
static bool lived(fl_status status)
{
    if (status == FL_OK)
        return true;
    panics_must(status == FL_PANICKED);
    panics_must(strstr(fl_panic_message(), "struck: "));
    return false;
}

/* A panic that was caught goes on, to the end of its thread. */
FL_UNUSED_ static FL_NORETURN_ void die_again(void)
{
    char message[512];

    strncpy(message, fl_panic_message(), sizeof message - 1);
    message[sizeof message - 1] = '\0';
    fl_panic("again: %s", message);
}

/* ---- pieces: values of which each is dropped exactly once ---- */

enum { PIECES_MOST = 1 << 16 };
static FL_ATOMIC(int) piece_drops[PIECES_MOST];
static FL_ATOMIC(uint32_t) pieces_made;
static FL_ATOMIC(long) pieces_alive;

/* Where this thread's drops happen; NULL: where a panic is not tried. */
static _Thread_local const char *drop_point;

typedef struct {
    uint32_t *number; /* on the heap: what is lost or dropped twice is so for the sanitizers, too */
} piece;

FL_UNUSED_ static piece piece_new(void)
{
    piece p = { malloc(sizeof *p.number) };

    panics_must(p.number);
    *p.number = fl_add_relaxed(&pieces_made, 1);
    panics_must(*p.number < PIECES_MOST);
    fl_add_relaxed(&pieces_alive, 1);
    return p;
}

static void piece_drop(piece *p)
{
    if (!p->number)
        return;
    panics_must(fl_add_acq_rel(&piece_drops[*p->number], 1) == 0);
    free(p->number);
    fl_sub_acq_rel(&pieces_alive, 1);
    if (drop_point)
        point(drop_point);
}
#define FL_OWNED piece, piece_drop
#include <fearless/owned.h>

/* drops_at("what drops them") statement: a piece that the statement drops, in this thread, comes to that point. */
static void drop_point_end(const char **before)
{
    drop_point = *before;
}
static const char *drop_point_begin(const char *name)
{
    const char *before = drop_point;

    drop_point = name;
    return before;
}
#define drops_at(name)                                                                             \
    for (__attribute__((cleanup(drop_point_end))) const char *before_ = drop_point_begin(name), *once_ = ""; once_; \
         once_ = NULL)

/* ---- a run ---- */

static void hangs(int signal)
{
    (void)signal;
    panics_fail(__FILE__, __LINE__, "it ends");
}

/* With a panic at that pass of that point (NULL: none). True: it was struck. */
static bool play(const struct protocol *protocol, const char *name, long pass)
{
    playing = protocol;
    armed_point = name;
    armed_pass = pass;
    fl_store_relaxed(&passes, 0);
    fl_store_relaxed(&struck, 0);
    fl_store_relaxed(&deaths, 0);
    for (uint32_t i = fl_swap_relaxed(&pieces_made, 0); i-- > 0;)
        fl_store_relaxed(&piece_drops[i], 0);
    signal(SIGALRM, hangs);
    alarm(120);
    protocol->run();
    alarm(0);
    panics_must(fl_load_relaxed(&pieces_alive) == 0);
    for (uint32_t i = fl_load_relaxed(&pieces_made); i-- > 0;)
        panics_must(fl_load_relaxed(&piece_drops[i]) == 1);
    panics_must(fl_load_relaxed(&deaths) == fl_load_relaxed(&struck));
    panics_must(!fl_panicking());
    return was_struck();
}

FL_UNUSED_ static void play_all(const struct protocol *protocols, size_t count)
{
    long runs = 0;

    fl_set_panic_hook(count_panic);
    for (size_t i = 0; i < count; i++) {
        printf("%s\n", protocols[i].name);
        panics_must(!play(&protocols[i], NULL, 0));
        for (int n = 0; n < POINTS_MOST && protocols[i].points[n]; n++) {
            long pass = 0;

            while (play(&protocols[i], protocols[i].points[n], pass))
                pass++;
            printf("    %-45s %4ld\n", protocols[i].points[n], pass);
            panics_must(pass > 0 || strncmp(protocols[i].points[n], "maybe", 5) == 0);
            runs += pass;
        }
    }
    printf("%ld panics\n", runs);
}

#endif

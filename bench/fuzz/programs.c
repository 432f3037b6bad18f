/*
 * Writes random functions of known verdict: programs SEED COUNT
 *
 * A right function comes from a walk that knows what every variable holds and writes only statements that are right
 * there. A wrong one is a right one in which, at one point of the walk, one statement is wrong in one known way: the
 * state says that it is, and the mark `//~ ERROR CODE` says which finding must come, on which line. So the verdict
 * rests on the walk, and not on what some checker thinks.
 *
 * Each function is on its own; COUNT of them, about half of them wrong, make one file.
 */
#include "chance.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VARIABLES = 4, DEPTH_MOST = 3, STATEMENTS_MOST = 5 };

enum holds { NOTHING, A_VALUE, PERHAPS };

struct state {
    enum holds text[VARIABLES];
    int borrowed;          /* the variable that `p` leads into; -1: none */
};

struct writer {
    struct state now;
    unsigned depth, loops, locks, plain; /* around what is written now; plain: pthread_mutex_lock */
    bool wants_mistake, has_mistake;
    unsigned until_mistake; /* statements */
    unsigned names;
};

/* A variable that holds this; -1: none does. */
static int any_that(const struct writer *w, enum holds what)
{
    unsigned first = below(VARIABLES);
    for (unsigned i = 0; i < VARIABLES; i++)
        if (w->now.text[(first + i) % VARIABLES] == what)
            return (int)((first + i) % VARIABLES);
    return -1;
}

/* ---- lines ---- */

static void indent(const struct writer *w)
{
    for (unsigned i = 0; i <= w->depth; i++)
        fputs("    ", stdout);
}

#define LINE(w, ...) (indent(w), printf(__VA_ARGS__), putchar('\n'))

/* ---- what is right ---- */

/* The value goes; nothing may be used of it afterwards. */
static void leaves(struct writer *w, int v)
{
    w->now.text[v] = NOTHING;
    if (w->now.borrowed == v)
        w->now.borrowed = -1; /* nobody will use `p` before it is set again */
}

static void move_on(struct writer *w, int v)
{
    switch (below(4)) {
    case 0:
        LINE(w, "keep(fl_move(v%d));", v);
        break;
    case 1:
        LINE(w, "fl_unwrap(fl_send(tx, fl_move(v%d)));", v);
        break;
    case 2:
        LINE(w, "fl_detach(fl_spawn(print_text, fl_move(v%d)));", v);
        break;
    default:
        LINE(w, "fl_drop(v%d);", v);
        break;
    }
    leaves(w, v);
}

static void use(struct writer *w, int v)
{
    switch (below(3)) {
    case 0:
        LINE(w, "text_print(&v%d);", v);
        break;
    case 1:
        LINE(w, "puts(v%d.s);", v);
        break;
    default:
        LINE(w, "text_append(&v%d, \"more\");", v);
        if (w->now.borrowed == v)
            w->now.borrowed = -1; /* what it was given room for may have moved */
        break;
    }
}

static void statements(struct writer *w);

static void block(struct writer *w, const char *head)
{
    LINE(w, "%s {", head);
    w->depth++;
    statements(w);
    w->depth--;
}

static void merge(struct state *into, const struct state *other)
{
    for (unsigned i = 0; i < VARIABLES; i++)
        if (into->text[i] != other->text[i])
            into->text[i] = PERHAPS;
    if (into->borrowed != other->borrowed)
        into->borrowed = -1;
}

static void branch(struct writer *w)
{
    struct state before = w->now, one;
    block(w, "if (ready())");
    one = w->now;
    w->now = before;
    if (below(2)) {
        indent(w);
        fputs("} else {\n", stdout);
        w->depth++;
        statements(w);
        w->depth--;
    }
    LINE(w, "}");
    merge(&w->now, &one);
}

/* Three ways that meet again. */
static void choice(struct writer *w)
{
    struct state before = w->now, after;
    LINE(w, "switch (ready()) {");
    for (int i = 0; i < 3; i++) {
        if (i < 2)
            LINE(w, "case %d:", i);
        else
            LINE(w, "default:");
        w->now = before;
        w->depth++;
        statements(w);
        LINE(w, "break;");
        w->depth--;
        if (i == 0)
            after = w->now;
        else
            merge(&after, &w->now);
    }
    LINE(w, "}");
    w->now = after;
}

/* At its end everything is as it was at its start, so that each pass finds the same. */
static void loop(struct writer *w)
{
    static const char *const heads[] = { "while (ready())", "for (int i = 0; i < 3; i++)" };
    struct state before = w->now;
    before.borrowed = w->now.borrowed = -1;
    w->loops++;
    block(w, heads[below(2)]);
    w->depth++;
    for (int v = 0; v < VARIABLES; v++) {
        if (before.text[v] == A_VALUE && w->now.text[v] == PERHAPS)
            LINE(w, "fl_drop(v%d);", v);
        if (before.text[v] == A_VALUE && w->now.text[v] != A_VALUE)
            LINE(w, "v%d = text_of(\"again\");", v);
        if (before.text[v] != A_VALUE && w->now.text[v] != before.text[v])
            LINE(w, "fl_drop(v%d);", v);
        if (before.text[v] == PERHAPS)
            w->now.text[v] = PERHAPS;
    }
    w->depth--;
    LINE(w, "}");
    w->loops--;
    w->now = before;
}

static void guarded(struct writer *w)
{
    if (w->locks > 0 || below(2)) { /* a lock is not taken again by who has it */
        LINE(w, "fl_with (n, &counter)");
        LINE(w, "    *n += 1;");
    } else {
        LINE(w, "{");
        w->depth++;
        LINE(w, "fl_lock_guard(held%u, &a->lock);", w->names++);
        LINE(w, "a->balance++;");
        w->locks++;
        statements(w);
        w->locks--;
        w->depth--;
        LINE(w, "}");
    }
}

/* The same with a lock of POSIX, which nothing but the calls tells of. */
static void plainly_locked(struct writer *w)
{
    if (w->plain > 0) {
        LINE(w, "%s++;", below(2) ? "numbers[0]" : "shared.total");
        return;
    }
    if (w->locks > 0)
        return; /* one order: this lock first */
    LINE(w, "pthread_mutex_lock(&shared.lock);");
    w->plain++;
    statements(w);
    w->plain--;
    LINE(w, "pthread_mutex_unlock(&shared.lock);");
}

static void right_statement(struct writer *w)
{
    int full = any_that(w, A_VALUE), empty = any_that(w, NOTHING);
    switch (below(11)) {
    case 9:
        if (w->depth < DEPTH_MOST)
            choice(w);
        break;
    case 10:
        plainly_locked(w);
        break;
    case 0:
    case 1:
        if (full >= 0)
            use(w, full);
        break;
    case 2:
        if (full >= 0)
            move_on(w, full);
        break;
    case 3:
        if (empty >= 0) {
            LINE(w, "v%d = text_of(\"new\");", empty);
            w->now.text[empty] = A_VALUE;
        }
        break;
    case 4:
        if (full >= 0) {
            LINE(w, "p = v%d.s;", full);
            w->now.borrowed = full;
        }
        break;
    case 5:
        if (w->now.borrowed >= 0)
            LINE(w, "puts(p);");
        break;
    case 6:
        if (w->depth < DEPTH_MOST)
            branch(w);
        break;
    case 7:
        if (w->depth < DEPTH_MOST)
            loop(w);
        break;
    default:
        if (w->depth < DEPTH_MOST)
            guarded(w);
        else if (below(4) == 0 && w->loops == 0 && w->plain == 0)
            LINE(w, "if (ready())\n            return;");
        break;
    }
}

/* ---- what is wrong ---- */

/* Each writes one mistake that the state at hand allows, and leaves a state that is right behind it; false: not here. */

static bool used_after_move(struct writer *w)
{
    int v = any_that(w, NOTHING);
    if (v < 0)
        return false;
    LINE(w, below(2) ? "text_print(&v%d); //~ ERROR E0382" : "puts(v%d.s); //~ ERROR E0382", v);
    return true;
}

static bool moved_again(struct writer *w)
{
    int v = any_that(w, NOTHING);
    if (v < 0)
        return false;
    LINE(w, below(2) ? "keep(fl_move(v%d)); //~ ERROR E0382" : "fl_unwrap(fl_send(tx, fl_move(v%d))); //~ ERROR E0382", v);
    return true;
}

static bool moved_on_one_path(struct writer *w)
{
    int v = any_that(w, A_VALUE);
    if (v < 0)
        return false;
    LINE(w, "if (ready())");
    LINE(w, "    keep(fl_move(v%d));", v);
    LINE(w, "text_print(&v%d); //~ ERROR E0382", v);
    leaves(w, v);
    w->now.text[v] = PERHAPS;
    return true;
}

static bool moved_in_each_pass(struct writer *w)
{
    int v = any_that(w, A_VALUE);
    if (v < 0)
        return false;
    LINE(w, "while (ready())");
    LINE(w, "    keep(fl_move(v%d)); //~ ERROR E0382", v);
    leaves(w, v);
    w->now.text[v] = PERHAPS;
    return true;
}

static bool never_dropped(struct writer *w)
{
    LINE(w, "{");
    LINE(w, "    text lost = text_of(\"lost\");");
    LINE(w, "    text_print(&lost);");
    LINE(w, "} //~ ERROR F0301");
    return true;
}

static bool overwritten(struct writer *w)
{
    int v = any_that(w, A_VALUE);
    if (v < 0)
        return false;
    LINE(w, "v%d = text_of(\"other\"); //~ ERROR F0303", v);
    if (w->now.borrowed == v)
        w->now.borrowed = -1;
    return true;
}

static bool borrowed_across_move(struct writer *w)
{
    int v = any_that(w, A_VALUE);
    if (v < 0)
        return false;
    LINE(w, "p = v%d.s;", v);
    LINE(w, below(2) ? "keep(fl_move(v%d)); //~ ERROR E0505" : "fl_drop(v%d); //~ ERROR E0505", v);
    LINE(w, "puts(p);");
    leaves(w, v);
    return true;
}

static bool unlocked(struct writer *w)
{
    LINE(w, "b->balance++; //~ ERROR %s", w->locks > 0 ? "F0102" : "F0101");
    return true;
}

static bool locked_twice(struct writer *w)
{
    LINE(w, "{");
    if (w->locks == 0)
        LINE(w, "    fl_lock_guard(outer, &a->lock);");
    LINE(w, "    fl_lock_guard(inner, &a->lock); //~ ERROR F0104");
    LINE(w, "    a->balance++;");
    LINE(w, "}");
    return true;
}

static bool kept_locked_on_one_path(struct writer *w)
{
    if (w->locks > 0 || w->plain > 0)
        return false; /* that would be a mistake in the order of locks, too */
    LINE(w, "fl_lock_acquire(&b->lock);");
    LINE(w, "if (ready())");
    LINE(w, "    return; //~ ERROR F0103");
    LINE(w, "b->balance++;");
    LINE(w, "fl_lock_release(&b->lock);");
    return true;
}

static bool kept_past_its_guard(struct writer *w)
{
    LINE(w, "{");
    LINE(w, "    int *q;");
    LINE(w, "    {");
    LINE(w, "        fl_guard(n, &counter);");
    LINE(w, "        q = n; //~ ERROR E0597");
    LINE(w, "    }");
    LINE(w, "    *q += 1;");
    LINE(w, "}");
    return true;
}

static bool local_to_a_thread(struct writer *w)
{
    LINE(w, "{");
    LINE(w, "    int x = 1;");
    LINE(w, "    fl_detach(fl_spawn(with_int, &x)); //~ ERROR E0373");
    LINE(w, "}");
    return true;
}

static bool not_send(struct writer *w)
{
    LINE(w, "fl_detach(fl_spawn(with_rc, fl_rc_new(int, 1))); //~ ERROR E0277");
    return true;
}

static bool shorter_lived(struct writer *w)
{
    LINE(w, "{");
    LINE(w, "    const int *q = NULL;");
    LINE(w, "    if (ready()) {");
    LINE(w, "        int x = 2;");
    LINE(w, "        q = &x; //~ ERROR E0597");
    LINE(w, "    }");
    LINE(w, "    if (q)");
    LINE(w, "        printf(\"%%d\\n\", *q);");
    LINE(w, "}");
    return true;
}

static bool status_ignored(struct writer *w)
{
    int v = any_that(w, A_VALUE);
    if (v < 0)
        return false;
    LINE(w, "fl_send(tx, fl_move(v%d)); //~ ERROR F0601", v);
    leaves(w, v);
    return true;
}

static bool plainly_locked_twice(struct writer *w)
{
    if (w->locks > 0)
        return false; /* that would be a mistake in the order of locks, too */
    if (w->plain == 0)
        LINE(w, "pthread_mutex_lock(&shared.lock);");
    LINE(w, "pthread_mutex_lock(&shared.lock); //~ ERROR F0104");
    LINE(w, "shared.total++;");
    LINE(w, "pthread_mutex_unlock(&shared.lock);");
    if (w->plain == 0)
        LINE(w, "pthread_mutex_unlock(&shared.lock);");
    return true;
}

static bool plainly_unlocked_past_a_return(struct writer *w)
{
    if (w->locks > 0 || w->plain > 0)
        return false;
    LINE(w, "pthread_mutex_lock(&shared.lock);");
    LINE(w, "numbers[1]++;");
    LINE(w, "if (ready())");
    LINE(w, "    return; //~ ERROR F0103");
    LINE(w, "pthread_mutex_unlock(&shared.lock);");
    return true;
}

static bool plainly_unlocked_twice(struct writer *w)
{
    if (w->locks > 0 || w->plain > 0)
        return false;
    LINE(w, "pthread_mutex_lock(&shared.lock);");
    LINE(w, "shared.total++;");
    LINE(w, "pthread_mutex_unlock(&shared.lock);");
    LINE(w, "pthread_mutex_unlock(&shared.lock); //~ ERROR F0105");
    return true;
}

static bool (*const mistakes[])(struct writer *) = {
    used_after_move, moved_again, moved_on_one_path, moved_in_each_pass, never_dropped, overwritten,
    borrowed_across_move, unlocked, locked_twice, kept_locked_on_one_path, kept_past_its_guard, local_to_a_thread,
    not_send, shorter_lived, status_ignored, plainly_locked_twice, plainly_unlocked_past_a_return,
    plainly_unlocked_twice,
};

static void perhaps_a_mistake(struct writer *w)
{
    if (!w->wants_mistake || w->has_mistake)
        return;
    if (w->until_mistake > 0)
        w->until_mistake--;
    else
        w->has_mistake = mistakes[below(sizeof mistakes / sizeof mistakes[0])](w);
}

static void statements(struct writer *w)
{
    unsigned count = 1 + below(STATEMENTS_MOST);
    for (unsigned i = 0; i < count; i++) {
        right_statement(w);
        perhaps_a_mistake(w);
    }
}

/* ---- the file ---- */

static const char head[] =
    "#include <fearless.h>\n"
    "#include <pthread.h>\n"
    "#include <stdio.h>\n"
    "#include <stdlib.h>\n"
    "typedef struct { char *s; size_t len; } text;\n"
    "static inline void text_drop(text *t) { free(t->s); }\n"
    "#define FL_OWNED text, text_drop\n"
    "#include <fearless/owned.h>\n"
    "text text_of(const char *s);\n"
    "void text_print(const text *t);\n"
    "void text_append(text *t, const char *more);\n"
    "static inline void keep(text t) { fl_auto(t); puts(t.s); }\n"
    "int ready(void);\n"
    "struct account { struct fl_lock lock; int balance FL_GUARDED_BY(lock); };\n"
    "static struct { pthread_mutex_t lock; long total; } shared = { PTHREAD_MUTEX_INITIALIZER, 0 };\n"
    "static int numbers[2];\n"
    "static fl_mutex(int) counter = FL_MUTEX(0);\n"
    "FL_THREAD_FN(void, print_text, text, t) { fl_auto(t); text_print(&t); }\n"
    "FL_THREAD_FN(void, with_int, int *, n) { printf(\"%d\\n\", *n); }\n"
    "FL_THREAD_FN(void, with_rc, fl_rc(int), r) { fl_auto(r); }\n";

static void function(unsigned number, bool wrong)
{
    struct writer w = { .now.borrowed = -1, .wants_mistake = wrong, .until_mistake = below(6) };

    printf("\nvoid f%u(fl_sender(text) tx, struct account *a, struct account *b)\n{\n", number);
    LINE(&w, "const char *p = NULL;");
    for (int v = 0; v < VARIABLES; v++) {
        bool full = below(3) != 0;
        LINE(&w, "text v%d = %s;", v, full ? "text_of(\"first\")" : "{ 0 }");
        LINE(&w, "fl_auto(v%d);", v);
        w.now.text[v] = full ? A_VALUE : PERHAPS; /* an empty value may be used, too; it is simply not */
    }
    LINE(&w, "(void)tx, (void)a, (void)b, (void)p;");
    do
        statements(&w);
    while (wrong && !w.has_mistake);
    puts("}");
}

int main(int argc, char **argv)
{
    char *end = NULL;
    unsigned long seed = argc == 3 ? strtoul(argv[1], &end, 10) : 0;
    unsigned long count = argc == 3 && *end == '\0' ? strtoul(argv[2], &end, 10) : 0;

    if (argc != 3 || *end || count == 0) {
        fputs("usage: programs SEED COUNT\n", stderr);
        return 2;
    }
    chance = (seed + 1) * 0x9e3779b97f4a7c15u;
    fputs(head, stdout);
    for (unsigned i = 0; i < count; i++)
        function(i, below(2));
    return 0;
}

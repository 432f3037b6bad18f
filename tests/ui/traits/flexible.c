// A struct that ends in [] does not fit into an argument, an element, a move: its array stays behind.
#include <fearless.h>
#include <stdlib.h>
#include <string.h>

struct message {
    size_t length;
    char body[];
};
struct envelope {
    int to;
    struct message message;
};

FL_THREAD_FN(void, take, struct message, m)
{
    (void)m.length;
}
void to_a_thread(struct message *m)
{
    fl_detach(fl_spawn(take, *m)); //~ ERROR F0304 `struct message` is copied without the array at its end
}
void to_a_channel(fl_sender(struct message) tx, struct message *m)
{
    fl_ignore(fl_send(tx, *m)); //~ ERROR F0304
}
fl_arc(struct message) to_an_arc(struct message *m)
{
    return fl_arc_new(struct message, *m); //~ ERROR F0304
}
struct message moved(struct message *m)
{
    return fl_move(*m); //~ ERROR F0304
}
void at_the_end_of_another(fl_sender(struct envelope) tx, struct envelope *e)
{
    fl_ignore(fl_send(tx, *e)); //~ ERROR F0304
}

// A plain copy of the header is C as usual.
size_t header(const struct message *m)
{
    struct message copy = *m;
    return copy.length;
}

typedef struct {
    struct message *message;
} letter;
static void letter_drop(letter *l)
{
    free(l->message);
}
#define FL_OWNED letter, letter_drop
#include <fearless/owned.h>
FL_THREAD_FN(void, take_letter, letter, l)
{
    fl_auto(l);
}
void by_its_owner(size_t length)
{
    letter l = { calloc(1, sizeof *l.message + length) };
    fl_detach(fl_spawn(take_letter, fl_move(l)));
}
struct fixed {
    size_t length;
    char body[16];
};
void with_a_length(fl_sender(struct fixed) tx, struct fixed *f)
{
    fl_ignore(fl_send(tx, *f));
}

/* Each case has its own end. */
#include "words.h"

enum kind { SEND, SPAWN, PRINT };

void each(fl_sender(text) tx, enum kind kind)
{
    text t = text_of("a");
    fl_auto(t);
    switch (kind) {
    case SEND:
        fl_unwrap(fl_send(tx, fl_move(t)));
        break;
    case SPAWN:
        fl_detach(fl_spawn(print_text, fl_move(t)));
        break;
    case PRINT:
        text_print(&t);
        break;
    }
}

/* Every enumerator moves, so nothing is left to drop. */
void all(fl_sender(text) tx, enum kind kind)
{
    text t = text_of("a");
    switch (kind) {
    case SEND:
    case PRINT:
        fl_unwrap(fl_send(tx, fl_move(t)));
        break;
    case SPAWN:
        fl_detach(fl_spawn(print_text, fl_move(t)));
        break;
    }
}

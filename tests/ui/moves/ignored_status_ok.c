#include "words.h"

int sends(fl_sender(text) tx)
{
    fl_unwrap(fl_send(tx, text_of("a")));
    fl_ignore(fl_send(tx, text_of("b")));
    fl_status s = fl_send(tx, text_of("c"));
    if (s != FL_OK)
        return -1;
    return fl_send(tx, text_of("d")) == FL_OK ? 0 : -1;
}

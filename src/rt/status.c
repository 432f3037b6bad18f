#include <fearless/status.h>
#include <fearless/panic.h>


const char *fl_status_text(fl_status s)
{
    switch (s) {
#define TEXT_OF(name, text) case name: return text;
        FL_STATUS_LIST_(TEXT_OF)
#undef TEXT_OF
    }
    return "unknown status";
}

static const char *name_of(fl_status s)
{
    switch (s) {
#define NAME_OF(name, text) case name: return #name;
        FL_STATUS_LIST_(NAME_OF)
#undef NAME_OF
    }
    return "no fl_status";
}

/* In the words of whoever calls: of a thread's panic, its message tells more than "the thread panicked". */
static void panic_for(fl_status s, const char *what, const char *file, int line)
{
    if (s == FL_PANICKED)
        fl_panic_(file, line, "%s: the thread panicked: %s", what, fl_panic_message());
    fl_panic_(file, line, "%s: %s (%s)", what, fl_status_text(s), name_of(s));
}

void fl_unwrap_(fl_status s, const char *expression, const char *file, int line)
{
    if (s != FL_OK)
        panic_for(s, expression, file, line);
}

void fl_expect_(fl_status s, const char *what, const char *file, int line)
{
    if (s != FL_OK)
        panic_for(s, what, file, line);
}

/* What every command needs before it does its own: colours, and where the library's headers are. */
#ifndef FEARLESS_CHECK_DRIVER_SETUP_H
#define FEARLESS_CHECK_DRIVER_SETUP_H

#include <stdbool.h>

/* "auto" (also NULL), "always", "never"; false for anything else. */
bool set_colour(const char *when);

/* How wide the terminal is that messages go to; 0: they go to none. */
unsigned terminal_columns(void);

/*
 * The folder of <fearless.h>, beside the command or where it was installed; NULL when it is in
 * neither. To be freed.
 */
char *find_include_dir(void);

#endif

/* `fearless --record FILE COMPILER ARGS...`: notes the command in a compile_commands.json, then is the compiler. */
#ifndef FEARLESS_CHECK_DRIVER_RECORD_H
#define FEARLESS_CHECK_DRIVER_RECORD_H

/* argv is the compiler and its arguments. Returns only when the compiler could not be run, or FILE not be written. */
int record(const char *path, char **argv);

#endif

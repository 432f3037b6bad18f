/*
 * Reading a C compiler's command line: what it compiles, and the flags that say what the code
 * means. Used for the launcher and for compile_commands.json.
 */
#ifndef FEARLESS_CHECK_DRIVER_COMMAND_H
#define FEARLESS_CHECK_DRIVER_COMMAND_H

#include <glib.h>
#include <stdbool.h>

struct command {
    GPtrArray *sources; /* of char *: the C files among the inputs */
    GPtrArray *flags;   /* of char *: what is left of the arguments for each of them */
    bool compiles;      /* it runs the compiler proper: not -E, -M, --version and the like */
};

/*
 * Arguments without the compiler itself; "@file" is read as gcc does, from the directory in which the compiler runs (NULL:
 * here). is_cxx is what the compiler's name says ("g++": not C). The caller clears it.
 */
void command_parse(struct command *command, const char *const *args, size_t count, bool is_cxx,
                   const char *directory);
void command_clear(struct command *command);

/* The words of a response file, to be freed with g_strfreev; NULL and an error when it cannot be read. */
char **response_file_words(const char *path, const char *directory, GError **error);

/* Does a compiler of this name compile .c files as C++? */
bool compiler_is_cxx(const char *compiler);

/* ".c", or ".i": what compilers take for C by its name. */
bool is_c_source(const char *path);

/* ".cc", ".cpp" and the like. */
bool is_cxx_source(const char *path);

#endif

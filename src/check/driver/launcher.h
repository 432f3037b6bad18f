/*
 * `fearless gcc -c x.c`: checks what the compiler is about to compile, then becomes the compiler.
 */
#ifndef FEARLESS_CHECK_DRIVER_LAUNCHER_H
#define FEARLESS_CHECK_DRIVER_LAUNCHER_H

/* argv[0] is the compiler; ends in NULL. The exit status is returned, if this does return. */
int launch(char **argv);

/* Only the second half: runs it in place of this process. Returns an exit status, with a message, if that fails. */
int become(char **argv);

#endif

/* `fearless check`: its options, and the files they name. */
#ifndef FEARLESS_CHECK_DRIVER_CHECK_COMMAND_H
#define FEARLESS_CHECK_DRIVER_CHECK_COMMAND_H

/* The arguments behind "check". The exit status is returned. */
int check_command(int argc, char **argv);

#endif

/*
 * What the C library does with its arguments, in the annotations of docs/design/check-mode.md.
 *
 * MODEL(name) stands for the function `name`, NOTE(text) for the annotation `fl.text`. Types are kept simple:
 * only the annotations, and the place of a parameter, are read.
 */

/* ---- does not return ---- */

NOTE("noreturn") void MODEL(abort)(void);
NOTE("noreturn") void MODEL(exit)(int status);
NOTE("noreturn") void MODEL(_exit)(int status);
NOTE("noreturn") void MODEL(_Exit)(int status);
NOTE("noreturn") void MODEL(quick_exit)(int status);

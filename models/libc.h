/*
 * What the C library does with its arguments, in the annotations of docs/design/check-mode.md.
 *
 * MODEL(name) stands for the function `name`, NOTE(text) for the annotation `fl.text`. Only annotations and the
 * places of parameters are read; types are whatever is short. A function that is not here lends its arguments,
 * which is what most of the library does.
 */

/* ---- does not return, or returns twice ---- */

NOTE("noreturn") void MODEL(abort)(void);
NOTE("noreturn") void MODEL(exit)(int status);
NOTE("noreturn") void MODEL(_exit)(int status);
NOTE("noreturn") void MODEL(_Exit)(int status);
NOTE("noreturn") void MODEL(quick_exit)(int status);
NOTE("noreturn") NOTE("jumps") void MODEL(longjmp)(NOTE("lent") void *where, int value);
NOTE("noreturn") NOTE("jumps") void MODEL(_longjmp)(NOTE("lent") void *where, int value);
NOTE("noreturn") NOTE("jumps") void MODEL(siglongjmp)(NOTE("lent") void *where, int value);
NOTE("noreturn") void MODEL(err)(int status, NOTE("lent") const char *format, ...);
NOTE("noreturn") void MODEL(errx)(int status, NOTE("lent") const char *format, ...);
NOTE("noreturn") void MODEL(verr)(int status, NOTE("lent") const char *format, void *arguments);
NOTE("noreturn") void MODEL(verrx)(int status, NOTE("lent") const char *format, void *arguments);
NOTE("noreturn") void MODEL(__assert_fail)(NOTE("lent") const char *assertion, NOTE("lent") const char *file,
                                           unsigned line, NOTE("lent") const char *function);
NOTE("noreturn") void MODEL(__assert_perror_fail)(int error, NOTE("lent") const char *file, unsigned line,
                                                  NOTE("lent") const char *function);
NOTE("noreturn") void MODEL(__stack_chk_fail)(void);
NOTE("noreturn") void MODEL(trap)(void); /* __builtin_trap */

NOTE("returns_twice") int MODEL(setjmp)(NOTE("lent") void *where);
NOTE("returns_twice") int MODEL(_setjmp)(NOTE("lent") void *where);
NOTE("returns_twice") int MODEL(__sigsetjmp)(NOTE("lent") void *where, int mask);
NOTE("returns_twice") int MODEL(sigsetjmp)(NOTE("lent") void *where, int mask);
NOTE("returns_twice") int MODEL(vfork)(void);
NOTE("forks") int MODEL(fork)(void);

/* ---- memory: `fresh` results point to what nobody else has ---- */

NOTE("fresh") void *MODEL(malloc)(unsigned long size);
NOTE("fresh") NOTE("zeroed") void *MODEL(calloc)(unsigned long count, unsigned long size);
NOTE("fresh") void *MODEL(realloc)(NOTE("moved_if:nonnull") NOTE("free") void *old, unsigned long size);
NOTE("fresh") void *MODEL(reallocarray)(NOTE("moved_if:nonnull") NOTE("free") void *old, unsigned long count, unsigned long size);
NOTE("fresh") void *MODEL(aligned_alloc)(unsigned long alignment, unsigned long size);
NOTE("fresh") void *MODEL(memalign)(unsigned long alignment, unsigned long size);
NOTE("fresh") void *MODEL(valloc)(unsigned long size);
int MODEL(posix_memalign)(NOTE("out_if:0") void **result, unsigned long alignment, unsigned long size);
void MODEL(free)(NOTE("moved") NOTE("free") void *memory);
void MODEL(cfree)(NOTE("moved") NOTE("free") void *memory);
NOTE("fresh") char *MODEL(strdup)(NOTE("lent") const char *text);
NOTE("fresh") char *MODEL(strndup)(NOTE("lent") const char *text, unsigned long length);
NOTE("fresh") void *MODEL(fopen)(NOTE("lent") const char *path, NOTE("lent") const char *mode);
NOTE("fresh") void *MODEL(fdopen)(int file, NOTE("lent") const char *mode);
int MODEL(fclose)(NOTE("moved") NOTE("free") void *file);
NOTE("fresh") void *MODEL(popen)(NOTE("lent") const char *command, NOTE("lent") const char *mode);
int MODEL(pclose)(NOTE("moved") NOTE("free") void *file);
NOTE("fresh") void *MODEL(opendir)(NOTE("lent") const char *path);
int MODEL(closedir)(NOTE("moved") NOTE("free") void *directory);

/* ---- bytes: `to` is filled, from `from` or with a value ---- */

void *MODEL(memcpy)(NOTE("copy_to") void *to, NOTE("copy_from") const void *from, unsigned long size);
void *MODEL(mempcpy)(NOTE("copy_to") void *to, NOTE("copy_from") const void *from, unsigned long size);
void *MODEL(memmove)(NOTE("copy_to") void *to, NOTE("copy_from") const void *from, unsigned long size);
void *MODEL(memset)(NOTE("fill") void *to, int value, unsigned long size);
void MODEL(explicit_bzero)(NOTE("fill") void *to, unsigned long size);
void MODEL(bzero)(NOTE("fill") void *to, unsigned long size);

/* ---- results ---- */

int MODEL(stat)(NOTE("lent") const char *path, NOTE("out_if:0") void *status);
int MODEL(lstat)(NOTE("lent") const char *path, NOTE("out_if:0") void *status);
int MODEL(fstat)(int file, NOTE("out_if:0") void *status);
int MODEL(gettimeofday)(NOTE("out") void *time, NOTE("lent") void *zone);
int MODEL(clock_gettime)(int clock, NOTE("out") void *time);
int MODEL(timespec_get)(NOTE("out") void *time, int base);
int MODEL(pipe)(NOTE("out_if:0") int *ends);
int MODEL(sigemptyset)(NOTE("out") void *set);
int MODEL(sigfillset)(NOTE("out") void *set);

/* ---- may wait for somebody else ---- */

NOTE("blocks") unsigned MODEL(sleep)(unsigned seconds);
NOTE("blocks") int MODEL(usleep)(unsigned microseconds);
NOTE("blocks") int MODEL(nanosleep)(NOTE("lent") const void *time, NOTE("lent") void *remaining);
NOTE("blocks") int MODEL(clock_nanosleep)(int clock, int flags, NOTE("lent") const void *time,
                                          NOTE("lent") void *remaining);
NOTE("blocks") int MODEL(pause)(void);
NOTE("blocks") int MODEL(wait)(NOTE("out") int *status);
NOTE("blocks") int MODEL(waitpid)(int process, NOTE("out") int *status, int options);
NOTE("blocks") int MODEL(poll)(NOTE("lent") void *files, unsigned long count, int timeout);
NOTE("blocks") int MODEL(ppoll)(NOTE("lent") void *files, unsigned long count, NOTE("lent") const void *timeout,
                                NOTE("lent") const void *mask);
NOTE("blocks") int MODEL(select)(int count, NOTE("lent") void *read, NOTE("lent") void *write,
                                 NOTE("lent") void *except, NOTE("lent") void *timeout);
NOTE("blocks") int MODEL(epoll_wait)(int file, NOTE("lent") void *events, int count, int timeout);
NOTE("blocks") int MODEL(accept)(int socket, NOTE("lent") void *address, NOTE("lent") void *length);
NOTE("blocks") int MODEL(connect)(int socket, NOTE("lent") const void *address, unsigned length);
NOTE("blocks") long MODEL(recv)(int socket, NOTE("lent") void *buffer, unsigned long size, int flags);
NOTE("blocks") long MODEL(send)(int socket, NOTE("lent") const void *buffer, unsigned long size, int flags);

/* ---- calls back, during the call only ---- */

void MODEL(qsort)(NOTE("lent") void *base, unsigned long count, unsigned long size,
                  NOTE("lent") int (*compare)(const void *, const void *));
void *MODEL(bsearch)(NOTE("lent") const void *key, NOTE("lent") const void *base, unsigned long count,
                     unsigned long size, NOTE("lent") int (*compare)(const void *, const void *));

/*
 * What the C library does with its arguments, in the annotations of docs/design/check-mode.md.
 *
 * MODEL(name) stands for the function `name`, NOTE(text) for the annotation `fl.text`. Only annotations and the
 * places of parameters are read; types are whatever is short. A function that is not here lends its arguments,
 * which is what most of the library does.
 */

/* ---- does not return, or returns twice ---- */

NOTE("noreturn") void MODEL(abort)(void);
NOTE("noreturn") NOTE("signal_unsafe") void MODEL(exit)(int status);
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
NOTE("execs") int MODEL(execl)();
NOTE("execs") int MODEL(execlp)();
NOTE("execs") int MODEL(execle)();
NOTE("execs") int MODEL(execv)();
NOTE("execs") int MODEL(execvp)();
NOTE("execs") int MODEL(execve)();
NOTE("execs") int MODEL(execvpe)();
NOTE("execs") int MODEL(fexecve)();

/* ---- not to be called where any code may have been interrupted (also: what allocates, locks, or has hidden state) ---- */

NOTE("signal_unsafe") int MODEL(printf)();
NOTE("signal_unsafe") int MODEL(fprintf)();
NOTE("signal_unsafe") int MODEL(vprintf)();
NOTE("signal_unsafe") int MODEL(vfprintf)();
NOTE("signal_unsafe") int MODEL(puts)();
NOTE("signal_unsafe") int MODEL(fputs)();
NOTE("signal_unsafe") int MODEL(fputc)();
NOTE("signal_unsafe") int MODEL(putc)();
NOTE("signal_unsafe") int MODEL(putchar)();
NOTE("signal_unsafe") int MODEL(fwrite)();
NOTE("signal_unsafe") int MODEL(fread)();
NOTE("signal_unsafe") int MODEL(fgets)();
NOTE("signal_unsafe") int MODEL(fgetc)();
NOTE("signal_unsafe") int MODEL(getchar)();
NOTE("signal_unsafe") int MODEL(scanf)();
NOTE("signal_unsafe") int MODEL(fscanf)();
NOTE("signal_unsafe") int MODEL(fflush)();
NOTE("signal_unsafe") int MODEL(perror)();
NOTE("signal_unsafe") int MODEL(sprintf)();
NOTE("signal_unsafe") int MODEL(snprintf)();
NOTE("signal_unsafe") int MODEL(vsnprintf)();
NOTE("signal_unsafe") int MODEL(asprintf)();
NOTE("signal_unsafe") int MODEL(getline)();
NOTE("signal_unsafe") int MODEL(syslog)();
NOTE("signal_unsafe") int MODEL(vsyslog)();
NOTE("signal_unsafe") int MODEL(closelog)();
NOTE("signal_unsafe") int MODEL(openlog)();
NOTE("signal_unsafe") int MODEL(fseek)();
NOTE("signal_unsafe") int MODEL(ungetc)();
NOTE("signal_unsafe") int MODEL(system)();
NOTE("signal_unsafe") int MODEL(atexit)();
NOTE("signal_unsafe") int MODEL(getaddrinfo)();
NOTE("signal_unsafe") int MODEL(freeaddrinfo)();
NOTE("signal_unsafe") int MODEL(dlopen)();
NOTE("signal_unsafe") int MODEL(dlsym)();

/* ---- signals ---- */

void *MODEL(signal)(int signal, NOTE("signal_handler") void (*handler)(int));
void *MODEL(bsd_signal)(int signal, NOTE("signal_handler") void (*handler)(int));
void *MODEL(sysv_signal)(int signal, NOTE("signal_handler") void (*handler)(int));
void *MODEL(sigset)(int signal, NOTE("signal_handler") void (*handler)(int));
int MODEL(sigaction)(int signal, NOTE("handler_in") NOTE("lent") const void *action, NOTE("lent") void *old);

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

/*
 * ---- keeps its state in one place for the whole process ----
 *
 * `hidden:STATE` changes that state (or returns a pointer into it), `hidden.reads:STATE` reads it; several names are
 * separated by blanks. `hidden.safe` is not promised by C or POSIX, but glibc looks after it. `reentrant` names the twin that
 * has no such state, `reentrant.with` what it gets besides, behind the other arguments. `unlocked` on a parameter: the state is
 * in what it points to.
 */

NOTE("hidden:strtok") NOTE("reentrant:strtok_r") char *MODEL(strtok)(char *text, NOTE("lent") const char *separators);
NOTE("hidden:time") NOTE("reentrant:localtime_r") NOTE("reentrant.with:&(struct tm){0}")
void *MODEL(localtime)(NOTE("lent") const void *time);
NOTE("hidden:time") NOTE("reentrant:gmtime_r") NOTE("reentrant.with:&(struct tm){0}")
void *MODEL(gmtime)(NOTE("lent") const void *time);
NOTE("hidden:time time_text") NOTE("reentrant:ctime_r") NOTE("reentrant.with:(char[26]){0}")
char *MODEL(ctime)(NOTE("lent") const void *time);
NOTE("hidden:time_text") NOTE("reentrant:asctime_r") NOTE("reentrant.with:(char[26]){0}")
char *MODEL(asctime)(NOTE("lent") const void *time);
NOTE("hidden:getdate") NOTE("reentrant:getdate_r") void *MODEL(getdate)(NOTE("lent") const char *text);

NOTE("hidden.reads:environment") char *MODEL(getenv)(NOTE("lent") const char *name);
NOTE("hidden.reads:environment") char *MODEL(secure_getenv)(NOTE("lent") const char *name);
NOTE("hidden:environment") int MODEL(setenv)(NOTE("lent") const char *name, NOTE("lent") const char *value, int overwrite);
NOTE("hidden:environment") int MODEL(unsetenv)(NOTE("lent") const char *name);
NOTE("hidden:environment") int MODEL(putenv)(char *text);
NOTE("hidden:environment") int MODEL(clearenv)(void);

NOTE("hidden.safe:strerror") NOTE("reentrant:strerror_r") char *MODEL(strerror)(int error);
NOTE("hidden.safe:strsignal") char *MODEL(strsignal)(int signal);
NOTE("hidden.safe:rand") NOTE("reentrant:rand_r") int MODEL(rand)(void);
NOTE("hidden.safe:rand") void MODEL(srand)(unsigned seed);
NOTE("hidden:drand48") NOTE("reentrant:drand48_r") double MODEL(drand48)(void);
NOTE("hidden:drand48") NOTE("reentrant:lrand48_r") long MODEL(lrand48)(void);
NOTE("hidden:drand48") NOTE("reentrant:mrand48_r") long MODEL(mrand48)(void);
NOTE("hidden:drand48") NOTE("reentrant:srand48_r") void MODEL(srand48)(long seed);
NOTE("hidden:drand48") NOTE("reentrant:seed48_r") unsigned short *MODEL(seed48)(unsigned short *seed);
NOTE("hidden:drand48") NOTE("reentrant:lcong48_r") void MODEL(lcong48)(unsigned short *parameters);

NOTE("hidden:passwd") NOTE("reentrant:getpwnam_r") void *MODEL(getpwnam)(NOTE("lent") const char *name);
NOTE("hidden:passwd") NOTE("reentrant:getpwuid_r") void *MODEL(getpwuid)(unsigned user);
NOTE("hidden:passwd") NOTE("reentrant:getpwent_r") void *MODEL(getpwent)(void);
NOTE("hidden:passwd") void MODEL(setpwent)(void);
NOTE("hidden:passwd") void MODEL(endpwent)(void);
NOTE("hidden:group") NOTE("reentrant:getgrnam_r") void *MODEL(getgrnam)(NOTE("lent") const char *name);
NOTE("hidden:group") NOTE("reentrant:getgrgid_r") void *MODEL(getgrgid)(unsigned group);
NOTE("hidden:group") NOTE("reentrant:getgrent_r") void *MODEL(getgrent)(void);
NOTE("hidden:group") void MODEL(setgrent)(void);
NOTE("hidden:group") void MODEL(endgrent)(void);
NOTE("hidden:spwd") NOTE("reentrant:getspnam_r") void *MODEL(getspnam)(NOTE("lent") const char *name);
NOTE("hidden:host") NOTE("reentrant:getaddrinfo") void *MODEL(gethostbyname)(NOTE("lent") const char *name);
NOTE("hidden:host") NOTE("reentrant:getaddrinfo") void *MODEL(gethostbyname2)(NOTE("lent") const char *name, int family);
NOTE("hidden:host") NOTE("reentrant:getnameinfo")
void *MODEL(gethostbyaddr)(NOTE("lent") const void *address, unsigned length, int family);
NOTE("hidden:host") NOTE("reentrant:gethostent_r") void *MODEL(gethostent)(void);
NOTE("hidden:service") NOTE("reentrant:getservbyname_r")
void *MODEL(getservbyname)(NOTE("lent") const char *name, NOTE("lent") const char *protocol);
NOTE("hidden:service") NOTE("reentrant:getservbyport_r") void *MODEL(getservbyport)(int port, NOTE("lent") const char *protocol);
NOTE("hidden:protocol") NOTE("reentrant:getprotobyname_r") void *MODEL(getprotobyname)(NOTE("lent") const char *name);
NOTE("hidden:protocol") NOTE("reentrant:getprotobynumber_r") void *MODEL(getprotobynumber)(int number);
NOTE("hidden:network") NOTE("reentrant:getnetbyname_r") void *MODEL(getnetbyname)(NOTE("lent") const char *name);
NOTE("hidden.safe:inet_ntoa") NOTE("reentrant:inet_ntop") char *MODEL(inet_ntoa)(int address);
NOTE("hidden:mount") NOTE("reentrant:getmntent_r") void *MODEL(getmntent)(void *file);
NOTE("hidden:utmp") NOTE("reentrant:getutent_r") void *MODEL(getutent)(void);
NOTE("hidden:utmp") NOTE("reentrant:getutid_r") void *MODEL(getutid)(NOTE("lent") const void *entry);
NOTE("hidden:utmp") NOTE("reentrant:getutline_r") void *MODEL(getutline)(NOTE("lent") const void *entry);
NOTE("hidden:utmp") void *MODEL(pututline)(NOTE("lent") const void *entry);

NOTE("hidden:ttyname") NOTE("reentrant:ttyname_r") char *MODEL(ttyname)(int file);
NOTE("hidden:getlogin") NOTE("reentrant:getlogin_r") char *MODEL(getlogin)(void);
NOTE("hidden:ptsname") NOTE("reentrant:ptsname_r") char *MODEL(ptsname)(int file);
NOTE("hidden:crypt") NOTE("reentrant:crypt_r") char *MODEL(crypt)(NOTE("lent") const char *key, NOTE("lent") const char *salt);
NOTE("hidden:ecvt") NOTE("reentrant:ecvt_r") char *MODEL(ecvt)(double number, int digits, int *point, int *sign);
NOTE("hidden:ecvt") NOTE("reentrant:fcvt_r") char *MODEL(fcvt)(double number, int digits, int *point, int *sign);
NOTE("hidden:l64a") char *MODEL(l64a)(long number);
NOTE("hidden:hsearch") NOTE("reentrant:hcreate_r") int MODEL(hcreate)(unsigned long count);
NOTE("hidden:hsearch") NOTE("reentrant:hsearch_r") void *MODEL(hsearch)(); /* takes a struct by value */
NOTE("hidden:hsearch") NOTE("reentrant:hdestroy_r") void MODEL(hdestroy)(void);
NOTE("hidden:locale") NOTE("reentrant:uselocale") char *MODEL(setlocale)(int category, NOTE("lent") const char *locale);
NOTE("hidden.reads:locale") void *MODEL(localeconv)(void);
NOTE("hidden:mblen") NOTE("reentrant:mbrlen") int MODEL(mblen)(NOTE("lent") const char *text, unsigned long size);
NOTE("hidden:mbtowc") NOTE("reentrant:mbrtowc")
int MODEL(mbtowc)(NOTE("lent") int *result, NOTE("lent") const char *text, unsigned long size);
NOTE("hidden:wctomb") NOTE("reentrant:wcrtomb") int MODEL(wctomb)(NOTE("lent") char *text, int character);
NOTE("hidden:stdin") NOTE("reentrant:getchar") int MODEL(getchar_unlocked)(void);
NOTE("hidden:stdout") NOTE("reentrant:putchar") int MODEL(putchar_unlocked)(int character);

void *MODEL(readdir)(NOTE("unlocked") NOTE("lent") void *directory);
void MODEL(rewinddir)(NOTE("unlocked") NOTE("lent") void *directory);
void MODEL(seekdir)(NOTE("unlocked") NOTE("lent") void *directory, long place);
long MODEL(telldir)(NOTE("unlocked") NOTE("lent") void *directory);
NOTE("reentrant:getc") int MODEL(getc_unlocked)(NOTE("unlocked") NOTE("lent") void *file);
NOTE("reentrant:putc") int MODEL(putc_unlocked)(int character, NOTE("unlocked") NOTE("lent") void *file);

/* ---- calls back, during the call only ---- */

void MODEL(qsort)(NOTE("lent") void *base, unsigned long count, unsigned long size,
                  NOTE("lent") int (*compare)(const void *, const void *));
void *MODEL(bsearch)(NOTE("lent") const void *key, NOTE("lent") const void *base, unsigned long count,
                     unsigned long size, NOTE("lent") int (*compare)(const void *, const void *));

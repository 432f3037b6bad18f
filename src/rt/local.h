/* What thread.c needs from local.c. */
#ifndef FL_RT_LOCAL_H
#define FL_RT_LOCAL_H

/* Drops this thread's thread-locals, the last one made first, until there are none. Survives their panics. */
void fl_locals_end_(void);

#endif

/* What the C++ program of this folder asks of its C half: channels and threads are macros that C++ has no _Generic for. */
#ifndef FL_TEST_CXX_CALLS_H
#define FL_TEST_CXX_CALLS_H

#include <fearless.h>

FL_BEGIN_C_

struct both_ends {
    fl_sender(long) tx;
    fl_receiver(long) rx;
};

/* n threads of the library, each of which calls `call(data)` once; returns when all have ended. How many panicked. */
int in_threads_of_ours(int n, void (*call)(void *), void *data);
/* Calls back while a C function holds a guard of `lock`, below a guard of `m`'s. */
typedef fl_mutex(int) c_number;
void call_under_guards(c_number *m, void (*call)(void *), void *data);

struct both_ends open_channel(void);
bool send_number(struct both_ends *ends, long n); /* false: closed */
long receive_sum(struct both_ends *ends);         /* until closed */
void close_sender(struct both_ends *ends);
void close_receiver(struct both_ends *ends);

FL_END_C_

#endif

/* A small number for each live thread, which locks store to know their owner. See park.c, which deals them out. */
#ifndef FL_RT_THREAD_NUMBER_H
#define FL_RT_THREAD_NUMBER_H

#include <fearless/lock.h>

/* Numbers leave bit 0 to the lock's state word. */
#define FL_THREAD_NUMBER_STEP_ 2u

/* This thread's number, dealt now if it has none (then fl_thread_number_ is set, too). */
uint32_t fl_thread_number_make_(void);

#endif

/* The operating system's "sleep until this word changes", one implementation per system (futex_linux.c).
 * Only park.c calls it: everything that blocks goes through that seam. */
#ifndef FL_RT_FUTEX_H
#define FL_RT_FUTEX_H

#include <stdbool.h>
#include <stdint.h>

/* Sleeps while *word == expected. Wakes for fl_futex_wake_ on the same word, and may wake for no reason (a signal, a
 * wake-up meant for memory that lay here before): the caller looks at its word again. deadline_ns is on the clock of
 * fl_now(), INT64_MAX = never. False: the deadline has passed. */
bool fl_futex_wait_(const uint32_t *word, uint32_t expected, int64_t deadline_ns);

/* Wakes at most count sleepers. Only the address is used: the word's memory may have been freed already. */
void fl_futex_wake_(const uint32_t *word, int count);

#endif

/* Fearless: threads, channels, locks and shared ownership whose misuse the `fearless` checker rejects before the
 * program runs.
 *
 * This header includes all of the library; each subject has a header of its own under <fearless/...>, which says
 * for each function what it does, who owns each argument afterwards, whether it blocks, and how it can fail. */
#ifndef FEARLESS_H
#define FEARLESS_H

#include <fearless/base.h>

#include <fearless/status.h>
#include <fearless/panic.h>
#include <fearless/handle.h>
#include <fearless/marker.h>
#include <fearless/move.h>
#include <fearless/get.h>
#include <fearless/box.h>

/* The rest, as far as it is built. */
#if defined __has_include
#if __has_include(<fearless/thread.h>)
#include <fearless/thread.h>
#endif
#if __has_include(<fearless/park.h>)
#include <fearless/park.h>
#endif
#if __has_include(<fearless/scope.h>)
#include <fearless/scope.h>
#endif
#if __has_include(<fearless/job.h>)
#include <fearless/job.h>
#endif
#if __has_include(<fearless/slice.h>)
#include <fearless/slice.h>
#endif
#if __has_include(<fearless/arc.h>)
#include <fearless/arc.h>
#endif
#if __has_include(<fearless/rc.h>)
#include <fearless/rc.h>
#endif
#if __has_include(<fearless/cell.h>)
#include <fearless/cell.h>
#endif
#if __has_include(<fearless/refcell.h>)
#include <fearless/refcell.h>
#endif
#if __has_include(<fearless/local.h>)
#include <fearless/local.h>
#endif
#if __has_include(<fearless/time.h>)
#include <fearless/time.h>
#endif
#if __has_include(<fearless/channel.h>)
#include <fearless/channel.h>
#endif
#if __has_include(<fearless/select.h>)
#include <fearless/select.h>
#endif
#if __has_include(<fearless/mutex.h>)
#include <fearless/mutex.h>
#endif
#if __has_include(<fearless/rwlock.h>)
#include <fearless/rwlock.h>
#endif
#if __has_include(<fearless/condvar.h>)
#include <fearless/condvar.h>
#endif
#if __has_include(<fearless/guards.h>)
#include <fearless/guards.h>
#endif
#if __has_include(<fearless/once.h>)
#include <fearless/once.h>
#endif
#if __has_include(<fearless/lazy.h>)
#include <fearless/lazy.h>
#endif
#if __has_include(<fearless/barrier.h>)
#include <fearless/barrier.h>
#endif
#if __has_include(<fearless/semaphore.h>)
#include <fearless/semaphore.h>
#endif
#endif

#endif

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

#include <fearless/thread.h>
#include <fearless/park.h>
#include <fearless/scope.h>
#include <fearless/job.h>
#include <fearless/slice.h>
#include <fearless/arc.h>
#include <fearless/rc.h>
#include <fearless/cell.h>
#include <fearless/refcell.h>
#include <fearless/local.h>
#include <fearless/time.h>
#include <fearless/channel.h>
#include <fearless/select.h>
#include <fearless/mutex.h>
#include <fearless/rwlock.h>
#include <fearless/condvar.h>
#include <fearless/guards.h>
#include <fearless/once.h>
#include <fearless/lazy.h>
#include <fearless/barrier.h>
#include <fearless/semaphore.h>

#endif

/* What is measured, and how fast it is meant to be: ours over the best peer's, at most. */
#include "driver.h"

#define THREADS "Go's are tasks and not threads: not compared"

const struct row_of all_rows[] = {
    { MAIN, "spawn", "spawn + join an empty thread", 0.9, "go", THREADS },
    { MAIN, "lock", "lock + unlock, uncontended", 0.6, NULL, NULL },
    { MAIN, "counter", "counter, 2 threads contending", 0.9, NULL, NULL },
    { MAIN, "read", "read lock + unlock, uncontended", 0, NULL, NULL },
    { MAIN, "write", "write lock + unlock, uncontended", 0, NULL, NULL },
    { MAIN, "unbounded:1", "unbounded channel, 1 to 1", 0.3, NULL, NULL },
    { MAIN, "unbounded:2", "unbounded channel, 2 to 1", 0.7, NULL, NULL },
    { MAIN, "one-thread", "send + receive on one thread", 0.35, NULL, NULL },
    { MAIN, "bounded:128", "bounded (128) channel, 1 to 1", 0.7, NULL, NULL },
    { MAIN, "rendezvous", "rendezvous", 0.5, "go", THREADS },
    { MAIN, "ping-pong", "ping-pong round trip", 0.5, "go", THREADS },
    { MAIN, "select:2", "select over 2 channels", 0, NULL, NULL },
    { MAIN, "select:4", "select over 4 channels", 0, NULL, NULL },
    { MAIN, "select:8", "select over 8 channels", 0, NULL, NULL },
    { MAIN, "large", "64 KiB message, one thread", 0, NULL, NULL },
    { MAIN, "arc", "Arc clone + drop", 1.0, NULL, NULL },
    { MAIN, "park", "park / unpark round trip", 0.2, "go", THREADS },
    { SENDERS, "unbounded:1", "1", 0, NULL, NULL },
    { SENDERS, "unbounded:2", "2", 0, NULL, NULL },
    { SENDERS, "unbounded:4", "4", 0, NULL, NULL },
    { SENDERS, "unbounded:8", "8", 0, NULL, NULL },
    { SENDERS, "unbounded:16", "16", 0, NULL, NULL },
    { SENDERS, "unbounded:32", "32", 0, NULL, NULL },
    { SENDERS, "unbounded:64", "64", 0, NULL, NULL },
    { RECEIVERS, "shared:1", "1", 0, NULL, NULL },
    { RECEIVERS, "shared:2", "2", 0, NULL, NULL },
    { RECEIVERS, "shared:4", "4", 0, NULL, NULL },
    { RECEIVERS, "shared:8", "8", 0, NULL, NULL },
    { RECEIVERS, "shared:16", "16", 0, NULL, NULL },
    { RECEIVERS, "shared:32", "32", 0, NULL, NULL },
    { RECEIVERS, "shared:64", "64", 0, NULL, NULL },
};
const int row_count = sizeof all_rows / sizeof *all_rows;

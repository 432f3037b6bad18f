#ifndef ALLOWED_H
#define ALLOWED_H

struct shared_count {
    struct fl_lock lock;
    int n FL_GUARDED_BY(lock);
};

static inline int count_roughly(const struct shared_count *c)
{
    // fearless: allow(F0101) a figure for a log line
    return c->n;
}

#endif

/* Threads killed by panics, at random: any protocol of ../panics, with 2 to 64 threads in each role, and a panic at any
 * pass of any of its points. What must hold after each run is at the head of ../panics/points.h. */
#include "stress.h"

#include "../panics/channels.h"
#include "../panics/locks.h"
#include "../panics/owners.h"

static const struct {
    const struct protocol *protocols;
    size_t count;
} tables[] = {
    { channel_protocols, sizeof channel_protocols / sizeof *channel_protocols },
    { lock_protocols, sizeof lock_protocols / sizeof *lock_protocols },
    { owner_protocols, sizeof owner_protocols / sizeof *owner_protocols },
};

static uint64_t random_state;
static unsigned below(unsigned n)
{
    return (unsigned)(stress_next(&random_state) >> 33) % n;
}

/* A few threads mostly, many sometimes. */
static unsigned some_width(void)
{
    static const unsigned most[] = { 2, 4, 4, 8, 8, 16, 32, 64 };
    const unsigned n = most[below(8)];

    return n < 3 ? n : 2 + below(n - 1);
}

int main(void)
{
    const unsigned runs = 400 * stress_size();
    unsigned panics = 0;

    stress_begin("stress_panics");
    random_state = stress_random_for(1);
    fl_set_panic_hook(count_panic);
    for (unsigned run = 0; run < runs; run++) {
        const size_t table = below(sizeof tables / sizeof *tables);
        const struct protocol *p = &tables[table].protocols[below((unsigned)tables[table].count)];
        int points = 0;

        while (points < POINTS_MOST && p->points[points])
            points++;
        panics_width = some_width();
        panics_rounds = 2 + below(4);
        /* mostly early, where the others have most to do still */
        panics += play(p, p->points[below((unsigned)points)], below(2) ? below(4) : below(panics_width * panics_rounds));
    }
    printf("%u runs, %u panics\n", runs, panics);
    stress_check(panics > runs / 4);
    return 0;
}

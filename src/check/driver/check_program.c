#include "check_program.h"

#include "link/merge.h"
#include "workers.h"

void check_program(GBytes *const *units, unsigned count, const struct check_options *options, struct report *report)
{
    struct merge *merge = merge_new(report->sources);

    workers_tell("linking");
    for (unsigned i = 0; i < count; i++) {
        gsize size;
        const guint8 *bytes = g_bytes_get_data(units[i], &size);
        merge_add(merge, bytes, size);
    }
    struct ir_unit *unit = merge_finish(merge);
    if (unit)
        check_unit(unit, options, report);
    else
        report->messages = g_strdup("what was stored of its files cannot be read");
}

/* Places as other programs count them. */
#include "formats.h"

struct region region_of(struct source_table *sources, struct span span)
{
    struct region region = { 1, 1, 1, 1 };

    if (source_line_col(sources, span.file, span.begin, &region.line, &region.column))
        source_line_col(sources, span.file, span.end, &region.end_line, &region.end_column);
    return region;
}

char *shown_path(const struct source_table *sources, uint32_t file)
{
    return g_utf8_make_valid(source_path(sources, file), -1);
}

/* A patch, shown as the lines that it changes. */
#ifndef FEARLESS_CHECK_DIAG_SUGGEST_H
#define FEARLESS_CHECK_DIAG_SUGGEST_H

#include "canvas.h"
#include "diag.h"

/* The largest line number that showing the patch takes, 0 when the sub has none. */
uint32_t suggest_last_line(const struct sub *sub, struct source_table *sources);

void suggest_draw(struct canvas *canvas, const struct sub *sub, struct source_table *sources,
                  unsigned width);

#endif

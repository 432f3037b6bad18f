/* The inside of the sink, for diag/ alone. */
#ifndef FEARLESS_CHECK_DIAG_FINDINGS_H
#define FEARLESS_CHECK_DIAG_FINDINGS_H

#include "diag.h"

/* Takes the finding. */
void findings_add(struct findings *sink, struct finding *f);

void finding_free(void *finding);

/* As findings_at(), for those who complete it. */
struct finding *findings_entry(struct findings *sink, unsigned index);

#endif

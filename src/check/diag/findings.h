/* The inside of the sink, for diag/ alone. */
#ifndef FEARLESS_CHECK_DIAG_FINDINGS_H
#define FEARLESS_CHECK_DIAG_FINDINGS_H

#include "diag.h"

/* Takes the finding. */
void findings_add(struct findings *sink, struct finding *f);

void finding_free(void *finding);

#endif

/* What a finding is known by from one version of the code to the next: baselines, SARIF's partialFingerprints. */
#ifndef FEARLESS_CHECK_DIAG_FINGERPRINT_H
#define FEARLESS_CHECK_DIAG_FINGERPRINT_H

#include "diag.h"

/*
 * Sets function and fingerprint of each finding of a sorted sink. No two findings of one sink have the same; what is
 * taken out of the sink later changes none.
 */
void findings_identify(struct findings *sink, struct source_table *sources);

#endif

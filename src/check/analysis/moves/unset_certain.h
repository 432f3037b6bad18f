/* E0381 in code without annotations: is it certain that an unset variable is read, once some branch has been taken? */
#ifndef FEARLESS_CHECK_MOVES_UNSET_CERTAIN_H
#define FEARLESS_CHECK_MOVES_UNSET_CERTAIN_H

#include "flow/cfg.h"

/*
 * There is a place before which nothing has been stored in the local, and a way on from it (one side of a branch) on which
 * the use is reached whatever is decided afterwards, without a store and without a call that may never return.
 */
bool unset_is_certain(const struct cfg *cfg, uint32_t local, struct flow_point use);

#endif

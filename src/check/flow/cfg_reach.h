/* What cfg_can_reach (cfg.h) keeps of its last answers. */
#ifndef FEARLESS_CHECK_FLOW_CFG_REACH_H
#define FEARLESS_CHECK_FLOW_CFG_REACH_H

struct cfg_reach;

struct cfg_reach *cfg_reach_new(void);
void cfg_reach_free(struct cfg_reach *reach);

#endif

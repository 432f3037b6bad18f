// What a comment does not allow; comments without a reason, without a finding, or with no code.
#include <fearless.h>
#include "allowed.h"

int other_code(struct shared_count *c)
{
    // fearless: allow(F0102) for no reason that is true //~ WARNING F0903 `F0102` is allowed, and there is none
    return c->n; //~ ERROR F0101
}

int no_reason(struct shared_count *c)
{
    /* fearless: allow(F0101) */ //~ WARNING F0903 `F0101` is allowed without a reason
    return c->n; //~ ERROR F0101
}

int too_far(struct shared_count *c)
{
    /* fearless: allow(F0101) two lines up */ //~ WARNING F0903 and there is none

    return c->n; //~ ERROR F0101
}

int behind_code(struct shared_count *c)
{
    int n = 1; /* fearless: allow(F0101) it is about its own line only */ //~ WARNING F0903
    return c->n + n; //~ ERROR F0101
}

int in_a_string(struct shared_count *c, const char **text)
{
    *text = "\"// fearless: allow(F0101) it is only text"; return c->n; //~ ERROR F0101
}

int misspelt(struct shared_count *c)
{
    /* fearless: allow(F101) a code that is none */ //~ WARNING F0903 `F101` is not a code
    return c->n; //~ ERROR F0101
}

int nothing_there(void)
{
    return 0; /* fearless: allow(E0382) left over */ //~ WARNING F0903
}

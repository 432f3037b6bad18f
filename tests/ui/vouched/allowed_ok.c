// A comment with a reason allows a finding: on its own line behind code, on the next one when it stands alone.
#include <fearless.h>
#include "allowed.h"

int same_line(struct shared_count *c)
{
    return c->n; // fearless: allow(F0101) only the main thread runs by now
}

int line_before(struct shared_count *c)
{
    /* fearless: allow(F0101) only the main thread runs by now */
    return c->n;
}

int two_codes(struct shared_count *c)
{
    int unset;
    // fearless: allow(F0101) only the main thread runs by now
    // fearless: allow(E0381) its value does not matter
    return c->n + unset;
}

int in_one_comment(struct shared_count *c)
{
    int unset;
    return c->n + unset; /* fearless: allow(F0101, E0381) its value does not matter */
}

int over_lines(struct shared_count *c)
{
    /* fearless: allow(F0101)
     * nobody else has it yet */
    return c->n;
}

const char *no_comment(void)
{
    return "// fearless: allow(F0101)" "/* fearless: allow(F0101) */";
}

int quotes(struct shared_count *c, char q)
{
    return q == '"' ? c->n : '\''; // fearless: allow(F0101) " and ' open nothing
}

/* `fearless --explain CODE`: the pages of docs/errors/, which travel inside the command. */
#ifndef FEARLESS_CHECK_DRIVER_EXPLAIN_H
#define FEARLESS_CHECK_DRIVER_EXPLAIN_H

/* The exit status is returned. */
int explain(const char *code);

/* The page's text, in Markdown; NULL when there is none. */
const char *explain_page(const char *code);

#endif

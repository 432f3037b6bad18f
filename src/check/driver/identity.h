/* Which build of the checker this is, for what must not outlive it. */
#ifndef FEARLESS_CHECK_DRIVER_IDENTITY_H
#define FEARLESS_CHECK_DRIVER_IDENTITY_H

/* NULL when it cannot be told. To be freed. */
char *checker_identity(void);

#endif

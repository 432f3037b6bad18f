/* A drop function of another type: it would be called with a pointer to this one. */
//~ max-lines 12
//~ first-line-has the drop function takes a pointer to the type
#include <fearless.h>

struct job {
    int number;
};
void text_drop(char **text);
#define FL_OWNED struct job, text_drop
#include <fearless/owned.h> //~ in here

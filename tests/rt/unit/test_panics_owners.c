/* A thread killed by a panic at every point of the protocols of who owns what leaves the others able to go on. See
 * ../panics/points.h. */
#include "../panics/owners.h"

int main(void)
{
    play_all(owner_protocols, sizeof owner_protocols / sizeof *owner_protocols);
    return 0;
}

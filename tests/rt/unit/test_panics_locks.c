/* A thread killed by a panic at every point of the protocols of every lock leaves the others able to go on. See
 * ../panics/points.h. */
#include "../panics/locks.h"

int main(void)
{
    play_all(lock_protocols, sizeof lock_protocols / sizeof *lock_protocols);
    return 0;
}

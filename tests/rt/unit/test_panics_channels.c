/* A thread killed by a panic at every point of every channel's protocols leaves the others able to go on. See
 * ../panics/points.h. */
#include "../panics/channels.h"

int main(void)
{
    play_all(channel_protocols, sizeof channel_protocols / sizeof *channel_protocols);
    return 0;
}

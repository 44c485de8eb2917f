/* meeting.h - a barrier of threads of several blocks: of a grid or a cluster. */
#ifndef EMU_MEETING_H
#define EMU_MEETING_H

#include <cstddef>

namespace emu
{

struct Meeting {
    size_t expected = 0, arrived = 0;
    unsigned long phase = 0; /* how often all have met */
};

/* One more thread has come; the last to come lets all go on. */
void meeting_arrive(Meeting &meeting);

} // namespace emu
#endif

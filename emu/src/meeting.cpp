/* meeting.cpp - a barrier of threads of several blocks: see meeting.h. */
#include "meeting.h"

#include "schedule.h"

namespace emu
{

/* Those of its own block go on now, others when their block comes back. */
void meeting_arrive(Meeting &meeting)
{
    if (++meeting.arrived < meeting.expected) return;
    meeting.arrived = 0;
    meeting.phase++;
    for (Thread &thread : block.threads)
        if (thread.state == State::at_meeting && thread.meeting == &meeting) make_ready(thread);
    progress();
}

} // namespace emu

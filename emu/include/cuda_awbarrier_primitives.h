/* cuda_awbarrier_primitives.h - barriers in shared memory, in C. */
#ifndef EMU_CUDA_AWBARRIER_PRIMITIVES_H
#define EMU_CUDA_AWBARRIER_PRIMITIVES_H

#include "cuda_runtime.h"
#include "emu/phase_barrier.h"

typedef uint64_t __mbarrier_t, __mbarrier_token_t;

inline uint32_t __mbarrier_maximum_count()
{
    return emu::PHASE_ARRIVALS_MOST;
}
inline void __mbarrier_init(__mbarrier_t *barrier, uint32_t expected, EMU_HERE)
{
    emu::phase_init(barrier, expected, where_);
}
inline void __mbarrier_inval(__mbarrier_t *barrier)
{
    memset(barrier, 0xff, sizeof *barrier);
}
inline __mbarrier_token_t __mbarrier_arrive(__mbarrier_t *barrier, EMU_HERE)
{
    return emu::phase_arrive(barrier, 1, where_);
}
inline __mbarrier_token_t __mbarrier_arrive_and_drop(__mbarrier_t *barrier, EMU_HERE)
{
    return emu::phase_drop(barrier, where_);
}
/* Whether the phase is over; the other threads run before the question is asked again. */
inline bool __mbarrier_test_wait(__mbarrier_t *barrier, __mbarrier_token_t token, EMU_HERE)
{
    bool over = emu::phase_over(barrier, (unsigned)token, where_);
    if (!over) emu::yield(where_);
    return over;
}
inline bool __mbarrier_test_wait_parity(__mbarrier_t *barrier, bool parity, EMU_HERE)
{
    bool over = emu::parity_over(barrier, parity, where_);
    if (!over) emu::yield(where_);
    return over;
}
inline bool __mbarrier_try_wait(__mbarrier_t *barrier, __mbarrier_token_t token, uint32_t, EMU_HERE)
{
    return __mbarrier_test_wait(barrier, token, where_);
}
inline bool __mbarrier_try_wait_parity(__mbarrier_t *barrier, bool parity, uint32_t, EMU_HERE)
{
    return __mbarrier_test_wait_parity(barrier, parity, where_);
}

#endif

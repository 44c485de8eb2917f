/* emu/group_copy.h - memcpy_async of any size: the threads of a group take turns with its pieces. */
#ifndef EMU_GROUP_COPY_H
#define EMU_GROUP_COPY_H

#include <type_traits>
#include "core.h"
#include "phase_barrier.h"

namespace emu
{

enum thread_scope { thread_scope_system, thread_scope_device, thread_scope_block, thread_scope_thread };

/* A size that promises the pointers' alignment. */
template <size_t Alignment> struct aligned_size_t {
    static constexpr size_t align = Alignment;
    size_t value;
    explicit constexpr aligned_size_t(size_t bytes) : value(bytes)
    {
    }
    constexpr operator size_t() const
    {
        return value;
    }
};

/* Copies every piece whose number is rank modulo size: by cp.async where both ends allow pieces of 4, 8
 * or 16 bytes, else at once. With a barrier its current phase waits for them; without, they belong to
 * the thread's open batch. */
void copy_pieces(void *to, const void *from, size_t bytes, unsigned rank, unsigned size, uint64_t *barrier,
                 Where where);

template <class Size>
void copy_part(void *to, const void *from, Size bytes, unsigned rank, unsigned size, uint64_t *barrier,
               Where where)
{
    if constexpr (!std::is_integral_v<Size>) {
        check_aligned(to, Size::align, "memcpy_async to", where);
        check_aligned(from, Size::align, "memcpy_async from", where);
    }
    copy_pieces(to, from, bytes, rank, size, barrier, where);
}

} // namespace emu
#endif

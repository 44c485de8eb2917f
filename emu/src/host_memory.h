/* host_memory.h - what the runtime API asks of device memory. */
#ifndef EMU_HOST_MEMORY_H
#define EMU_HOST_MEMORY_H

#include "streams.h"

namespace emu
{

/* Where an allocation lives. The host may touch managed and pinned ones; cudaFreeHost frees the pinned. */
enum class Home : unsigned char { device, managed, pinned };

void *device_allocate(size_t size, Home home, Where where); /* nullptr: too much, or nothing */
/* Told of each allocation that is gone, if the program has memory pools. */
extern void (*device_freed)(const void *address);

bool device_free(void *address);  /* false: no live allocation begins there */
void device_free_all(int device); /* what was allocated while it was current */
/* Memory of a graph: its address stays, but there is memory only from revive to device_free. */
void device_suspend(void *address);
void device_revive(void *address);

/* Is all of it in one allocation, or outside device memory altogether? */
bool device_range(const void *address, size_t bytes, bool *device);

bool device_managed(const void *address); /* may the host touch it too? */
bool device_pinned(const void *address);  /* is it in a live allocation of the host's? */
bool is_registered(const void *address);  /* by cudaHostRegister (host_memory.cpp)? */
bool any_registered();                    /* ... is anything? */
bool any_of_host();                       /* is there managed or pinned memory? */
int device_of(const void *address);       /* current when it was allocated; -1: it is none of these */
bool device_usable(const void *address, int device); /* may that device use it? */
/* It is of a memory pool, and these other devices may use it, a bit for each: peer access changes nothing. */
void device_set_readers(const void *address, unsigned devices);
bool device_begins(const void *address);            /* does a live allocation begin there? */
size_t device_bytes_from(const void *address);      /* to the end of its live allocation; 0: there is none */
void host_touch(const void *address, bool allowed); /* a copy is about to touch this allocation, or has */

/* Until device_release the host cannot touch what an operation claims of managed and pinned memory: a page
 * that belongs to the claim only in part is left alone. */
void device_claim(Ticket ticket, const Claim &claim, const Operation &operation);
void device_release(Ticket ticket);

/* The host shares the allocation there with what is pending: it is claimed no longer. False: it was not. */
bool device_share(const void *address);

/* The managed or pinned memory that a kernel's parameter points to, up to its end. */
bool device_claimable(const void *address, Claim *claim);

/* host_memory.cpp: cudaMemcpy2D or cudaMemcpy2DAsync, by another name. */
struct Rows {
    void *to;
    size_t to_pitch;
    const void *from;
    size_t from_pitch, width, height;
};
cudaError_t copy_rows(const char *call, Where where, const Rows &rows, cudaMemcpyKind kind, bool async,
                      cudaStream_t stream);

} // namespace emu
#endif

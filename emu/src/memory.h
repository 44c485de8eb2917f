/* memory.h - what a launch asks of shared and device memory. */
#ifndef EMU_MEMORY_H
#define EMU_MEMORY_H

#include "emu_internal.h"

namespace emu
{

/* ---- shared_memory.cpp ---- */

void shared_begin(const void *code, size_t dynamic_bytes); /* of the kernel about to run */
void shared_poison();                                      /* before each block          */
void shared_check();                                       /* after each block           */
void shared_save(std::vector<char> &saved);                /* of the block that runs, to come back */
void shared_restore(const std::vector<char> &saved);

/* Memory that is compared or copied whole. */
struct Piece {
    char *start;
    size_t bytes;
};
/* The variables of the kernel's module that are neither shared nor the emulator's own: __device__ ones, and
 * the host's. */
std::vector<Piece> shared_other_variables();
std::string describe_past_shared(const void *address); /* an address past the dynamic array, else "" */

/* Of a kernel in clusters: while a block of that slot does not run, its shared memory lies in a window,
 * where the others of its cluster reach it. Closed: any access is a fault. */
void shared_window_open(unsigned slot);
void shared_window_close(unsigned slot);
void *shared_in_window(unsigned slot, const void *own); /* of an address of the block that runs */
/* Whose memory lies in the window of that slot, and why it cannot be used: clusters.cpp knows. */
extern std::string (*describe_window)(unsigned slot);
/* Which slot the block of that rank has in the cluster of the running block, ~0u: there is none; and back. */
extern unsigned (*slot_of_rank)(unsigned rank), (*rank_of_slot)(unsigned slot);
/* The address that the block itself has for that one in shared memory, and its slot if it is in a window;
 * nullptr: it is in none. */
const void *shared_own(const void *address, unsigned *slot);

/* ---- device_memory.cpp ---- */

/* What fresh device memory is filled with: NaN in each floating-point format, and an integer that no program
 * means. */
const uint32_t DEVICE_POISON = 0xfffdfff3;
inline unsigned char device_poison_at(const void *address)
{
    return (unsigned char)(DEVICE_POISON >> 8 * ((uintptr_t)address % 4));
}

void device_open();  /* kernels run: device memory can be touched, as far as the device at work reaches */
void device_close(); /* only the host runs: touching it is a mistake    */
void device_check(); /* after a kernel: has it written between arrays?  */

/* The pages of all live allocations that the device at work may use. */
std::vector<Piece> device_pieces();

/* The device of an array that the one at work may not use; -1: it may. */
int device_beyond_reach(const void *address);
bool device_of_pool(const void *address);

void device_report_leaks(); /* at exit: one sentence for each line that allocated them */
bool in_device_arena(const void *address);
Location device_location(const void *address);
std::string describe_device(const void *address); /* also of freed memory and guard pages */

/* "kernel fill at FILE:7", which has claimed the address and is not known to be done; "" if none has */
std::string describe_claim(const void *address);

/* ---- faults.cpp ---- */

/* While the emulator touches memory for a statement of the kernel: its line. Else without a file. */
extern Where fault_where;
/* behind the access that a checker looks at, whose fault is the kernel's; else NULL */
extern const void *checking_pc;

void faults_install(); /* once: illegal addresses become failures */
void faults_begin();   /* of a launch: illegal addresses and endless loops become failures */
void faults_end();

} // namespace emu
#endif

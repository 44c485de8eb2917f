/* devices.h - the emulated GPUs (CUEMU_DEVICES): which of them calls are for, which one works, and what each
 * has of its own.
 *
 * There is one address space, and one device works at a time. Arrays belong to the device that was current
 * when they were allocated (device_memory.cpp); while a kernel runs only those within its device's reach
 * can be touched. Of a __device__ variable each device has its own contents, which change places. */
#ifndef EMU_DEVICES_H
#define EMU_DEVICES_H

#include "emu_internal.h"

namespace emu
{

enum { DEVICES_MOST = 8 };

int device_now(); /* the current one of this thread of the host; in a kernel the one that it runs on */
void device_choose(int device); /* for this thread of the host */
bool device_exists(int device);
std::string devices_in_words(); /* "the only one is 0", "there are 2, 0 and 1" */

/* While one lives, another device is current in this thread. */
struct OnDevice {
    explicit OnDevice(int device);
    ~OnDevice();
    int before;
};

/* ---- the one that works ---- */

int device_at_work();                        /* whose operation runs, or ran last */
void device_works(int device);               /* from now on: its variables take their places */
bool is_of_each_device(const void *address); /* is it in a variable of which each has its own? */

/* ---- peers ---- */

bool device_reaches(int device, int other); /* are kernels on `device` allowed to use arrays of `other`? */
void device_set_reach(int device, int other, bool may);

} // namespace emu
#endif

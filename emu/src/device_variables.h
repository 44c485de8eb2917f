/* device_variables.h - __device__ and __constant__ variables, and the host's code that uses them by name. */
#ifndef EMU_DEVICE_VARIABLES_H
#define EMU_DEVICE_VARIABLES_H

#include "modules.h"

namespace emu
{

const Variable *device_variable_at(const void *address); /* nullptr: none; fast */

/* The host's code is about to read or write there: a finding if that is a variable of the device. */
void host_uses_variable(const void *address, bool write, const void *pc);

} // namespace emu
#endif

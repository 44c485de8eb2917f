/* device_variables.cpp - __device__ and __constant__ variables, which the host's code must not use by name.
 *
 * On a GPU that name is in the host's code another variable, of the host's own: what is written there no
 * kernel sees. Here there is one variable, so that the mistake would do what its author meant. */
#include "device_variables.h"
#include "devices.h"

namespace emu
{

/* Most addresses that the host uses lie elsewhere than the program's variables. */
static bool is_of_program(const char *at)
{
    static bool
        known; /* no static of the module itself: to find it, too, uses memory, which comes back here */
    static const char *low, *high;
    if (!known) {
        known = true;
        if (const Module *program = module_at((const void *)device_variable_at))
            low = program->low, high = program->high;
    }
    return at >= low && at < high;
}

const Variable *device_variable_at(const void *address)
{
    if (!is_of_program((const char *)address) || !is_of_each_device(address)) return nullptr;
    return variable_at(*module_at(address), address);
}

void host_uses_variable(const void *address, bool write, const void *pc)
{
    const Variable *variable = device_variable_at(address);
    if (!variable) return;
    Where where = source_of(pc);
    if (!where.file || is_emulators(where.file)) return;
    std::string name = plain_name(*variable);
    report_at("host", where,
              "the host %s %s, a variable of the device: on a GPU that name is here another variable, which "
              "no kernel %s; it needs %s",
              write ? "writes" : "reads", name.c_str(), write ? "sees" : "writes",
              write ? ("cudaMemcpyToSymbol(" + name + ", ..)").c_str()
                    : ("cudaMemcpyFromSymbol(.., " + name + ", ..)").c_str());
}

} // namespace emu

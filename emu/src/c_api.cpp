/* c_api.cpp - the host's functions by their names in C; see emu/c_api.h. The C++ functions have names of
 * their own to the linker, so each of these only finds out the line that calls it and passes on. */
#include "cuda_runtime.h"
#include "emu/c_api.h"
#include "emu_internal.h"

#define DEFINITION(name, parameters, arguments)                                           \
    extern "C" cudaError_t emu_c_##name parameters __asm__(#name);                        \
    extern "C" cudaError_t emu_c_##name parameters                                        \
    {                                                                                     \
        [[maybe_unused]] emu::Where where_ = emu::source_of(__builtin_return_address(0)); \
        return name arguments;                                                            \
    }
EMU_C_CALLS(DEFINITION)

extern "C" const char *emu_c_error_string(cudaError_t error) __asm__("cudaGetErrorString");
extern "C" const char *emu_c_error_string(cudaError_t error)
{
    return cudaGetErrorString(error);
}
extern "C" const char *emu_c_error_name(cudaError_t error) __asm__("cudaGetErrorName");
extern "C" const char *emu_c_error_name(cudaError_t error)
{
    return cudaGetErrorName(error);
}

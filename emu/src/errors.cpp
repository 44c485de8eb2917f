/* errors.cpp - the runtime API's last error, and its errors in words. */
#include "cuda_runtime_api.h"
#include "launch.h"

using namespace emu;

static cudaError_t last_error;

cudaError_t emu::note_error(cudaError_t error)
{
    if (error) last_error = error;
    return error;
}

cudaError_t cudaPeekAtLastError()
{
    return last_error;
}

cudaError_t cudaGetLastError()
{
    cudaError_t error = last_error;
    last_error = cudaSuccess;
    return error;
}

const char *cudaGetErrorString(cudaError_t error)
{
    switch (error) {
#define TEXT(number, name, text) \
    case name: return text;
        EMU_ERRORS(TEXT)
    }
    return "unrecognized error code";
}

const char *cudaGetErrorName(cudaError_t error)
{
    switch (error) {
#define NAME(number, name, text) \
    case name: return #name;
        EMU_ERRORS(NAME)
    }
    return "unrecognized error code";
}

/* errors.cpp - the runtime API's last error, and its errors in words. */
#include <cstdarg>
#include <cstdio>
#include "cuda_runtime_api.h"
#include "launch.h"

using namespace emu;

static cudaError_t last_error, lasting;

void emu::fail_for_good(cudaError_t error)
{
    last_error = lasting = error;
}

cudaError_t emu::failed_for_good()
{
    return lasting;
}

void emu::forget_error()
{
    last_error = lasting = cudaSuccess;
}

cudaError_t emu::refuse(cudaError_t error, Where where, const char *format, ...)
{
    char text[1000];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    bool asks = error == cudaErrorMemoryAllocation || error == cudaErrorInvalidDevice ||
                error == cudaErrorPeerAccessAlreadyEnabled;
    if (asks)
        note_at(where, "%s (%s)", text, cudaGetErrorString(error));
    else
        report_at("error", where, "%s (%s)", text, cudaGetErrorString(error));
    return last_error = error;
}

cudaError_t cudaPeekAtLastError()
{
    return last_error;
}

cudaError_t cudaGetLastError()
{
    cudaError_t error = last_error;
    last_error = lasting;
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

/* A call with no address to put its result in. */
cudaError_t emu::no_result(const char *call, Where where)
{
    return refuse(cudaErrorInvalidValue, where, "%s gets a null pointer for its result", call);
}

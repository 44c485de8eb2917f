/* module.cu - what the program's CUDA modules export: all ladders (ladders.h), and the libraries beside them. */
#include "ladders.h"
#include "peers.h"
#include "runtime.h"
#include "scratch.h"

static const struct device_rungs ladders[] = {
#define LADDER(op) { #op, op##_cuda },
#include "list.h"
#undef LADDER
    { nullptr, nullptr },
};

static void close_rungs()
{
    scratch_free();
    peers_close();
}

extern "C" {
extern const struct device_module rungs_cuda_module;
const struct device_module rungs_cuda_module = runtime_module(ladders, peers, close_rungs);
}

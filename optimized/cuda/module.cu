/* module.cu - what the program's CUDA modules export: all ladders (ladders.h), and the
 * libraries beside them. */
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

/* Three lists as one; there are few operations in all together */
static const struct device_rungs *peers()
{
    static struct device_rungs all[16];
    struct device_rungs *next = all;
    for (const struct device_rungs *p = product_peers(); p->op; p++) *next++ = *p;
    for (const struct device_rungs *p = softmax_peers(); p->op; p++) *next++ = *p;
    for (const struct device_rungs *p = conv_peers(); p->op; p++) *next++ = *p;
    *next = { nullptr, nullptr };
    return all;
}

static void close_rungs()
{
    scratch_free();
    product_peers_close();
    softmax_peers_close();
    conv_peers_close();
}

extern "C" {
extern const struct device_module rungs_cuda_module;
const struct device_module rungs_cuda_module = runtime_module(ladders, peers, close_rungs);
}

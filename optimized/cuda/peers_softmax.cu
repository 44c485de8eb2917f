/* peers_softmax.cu - cuDNN's softmax as rungs; see peers.h.
 *
 * Each does what a program that uses it would do: for the cross-entropy that keeps p, cuDNN's softmax, then
 * two kernels for the mean of -log p[label].
 */
#include "peers.h"

#include "../op.h"
#include "scratch.h"
#include "backend/peer_softmax.h"
#include "sums.h"

namespace
{

enum { THREADS = 256 };

__global__ void __launch_bounds__(THREADS)
    losses_of_p(int N, int C, const float *p, const int *label, float *loss)
{
    size_t n = (size_t)blockIdx.x * THREADS + threadIdx.x;
    if (n < (size_t)N) loss[n] = -logf(p[n * C + label[n]]);
}

void xent(int N, int C, const float *z, const int *label, float *p, float *loss)
{
    float *room = (float *)scratch((MOST_PARTS + (size_t)N) * sizeof *room);
    if (!room) return;
    peer_softmax(N, C, z, p);
    losses_of_p<<<(unsigned)(N - 1) / THREADS + 1, THREADS>>>(N, C, p, label, room + MOST_PARTS);
    add_up(N, room + MOST_PARTS, room, loss, divisor{ (float)N, nullptr });
}

const struct rung softmax_forward_peers[] = {
    { "cudnn", RUN(softmax_forward, peer_softmax), NEED_NONE, "cuDNN's softmax, the accurate one" },
    { nullptr, nullptr, NEED_NONE, nullptr },
};

const struct rung softmax_backward_peers[] = {
    { "cudnn", RUN(softmax_backward, peer_softmax_back), NEED_NONE, "cuDNN's softmax" },
    { nullptr, nullptr, NEED_NONE, nullptr },
};

const struct rung softmax_xent_forward_peers[] = {
    { "cudnn", RUN(softmax_xent_forward, xent), NEED_NONE, "cuDNN's softmax, then kernels for the mean" },
    { nullptr, nullptr, NEED_NONE, nullptr },
};

} // namespace

const struct device_rungs *softmax_peers()
{
    static const struct device_rungs all[] = {
        { "softmax_forward", softmax_forward_peers },
        { "softmax_backward", softmax_backward_peers },
        { "softmax_xent_forward", softmax_xent_forward_peers },
        { nullptr, nullptr },
    };
    const size_t count = sizeof all / sizeof *all;
    return peer_softmax_open() ? all : &all[count - 1];
}

void softmax_peers_close()
{
    peer_softmax_close();
}

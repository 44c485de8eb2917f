/* peers_conv.cu - cuDNN's convolution as rungs; see peers.h. */
#include "backend/peer_conv.h"
#include "conv.h"
#include "peers.h"
#include "scratch.h"

namespace
{

peer_convolution convolution_of(enum peer_conv_direction direction, enum peer_conv_kind kind, CONV_SIZES)
{
    const conv v = conv_of(CONV_GIVEN);
    return { direction, kind, CONV_GIVEN, v.P, v.Q };
}

template <enum peer_conv_kind KIND>
void forward(CONV_SIZES, const float *x, const float *w, const float *b, float *y)
{
    peer_conv(convolution_of(PEER_FORWARD, KIND, CONV_GIVEN), { x, w, b, y, nullptr, scratch });
}

template <enum peer_conv_kind KIND> void dx(CONV_SIZES, const float *w, const float *dy, float *to)
{
    peer_conv(convolution_of(PEER_BACKWARD_DATA, KIND, CONV_GIVEN), { w, dy, nullptr, to, nullptr, scratch });
}

template <enum peer_conv_kind KIND> void dw(CONV_SIZES, const float *x, const float *dy, float *to, float *db)
{
    peer_conv(convolution_of(PEER_BACKWARD_FILTER, KIND, CONV_GIVEN), { x, dy, nullptr, to, db, scratch });
}

#define FLOATS(op, f)                                                \
    {                                                                \
        "cudnn_f32", RUN(op, f<PEER_CONV_F32>), NEED_NONE,           \
            "cuDNN's fastest in float, neither Winograd nor Fourier" \
    }
#define TF32(op, f)                                                                                  \
    {                                                                                                \
        "cudnn_tf32", RUN(op, f<PEER_CONV_TF32>), NEED_SM80 | IN_TF32, "the same, with tensor cores" \
    }
#define WINOGRAD(op, f)                                                           \
    {                                                                             \
        "cudnn_winograd", RUN(op, f<PEER_CONV_WINOGRAD>), NEED_NONE | WINOGRAD_4, \
            "cuDNN's fastest of Winograd's"                                       \
    }
#define END                                  \
    {                                        \
        nullptr, nullptr, NEED_NONE, nullptr \
    }

const struct rung forward_peers[] = { FLOATS(conv2d_forward, forward), TF32(conv2d_forward, forward),
                                      WINOGRAD(conv2d_forward, forward), END };
const struct rung dx_peers[] = { FLOATS(conv2d_backward_dx, dx), TF32(conv2d_backward_dx, dx),
                                 WINOGRAD(conv2d_backward_dx, dx), END };
const struct rung dw_peers[] = { FLOATS(conv2d_backward_dw, dw), TF32(conv2d_backward_dw, dw), END };

} // namespace

const struct device_rungs *conv_peers()
{
    static const struct device_rungs all[] = {
        { "conv2d_forward", forward_peers },
        { "conv2d_backward_dx", dx_peers },
        { "conv2d_backward_dw", dw_peers },
        { nullptr, nullptr },
    };
    const size_t count = sizeof all / sizeof *all;
    return peer_conv_open() ? all : &all[count - 1];
}

void conv_peers_close()
{
    peer_conv_close();
}

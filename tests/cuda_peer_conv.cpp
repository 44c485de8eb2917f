/* cuda_peer_conv.cpp FAKE - the backend for cuDNN's convolution without a GPU:
 * optimized/cuda/backend/peer_cudnn_conv.h opens cuda_fake_cudnn_conv.c's library and must ask it for what
 * the reference computes; or finds none, or is refused, and says so. */
#include <math.h>
#include <unistd.h>

#include "../optimized/cuda/backend/peer_conv.h"
#include "../reference/reference.h"

static int failed;

static void expect(bool ok, const char *what)
{
    printf("%s  %s\n", ok ? "ok    " : "NOT OK", what);
    failed += !ok;
}

enum { MOST = 400 };

static void *room(size_t bytes)
{
    static char all[1024];
    return bytes <= sizeof all ? all : nullptr;
}

/* two images of 4 planes of 5 x 6, 6 kernels of 3 x 2 in two groups, stride 2, padding 1 and 0 */
static peer_convolution problem(enum peer_conv_direction direction, enum peer_conv_kind kind)
{
    return { direction, kind, 2, 4, 5, 6, 6, 3, 2, 2, 1, 2, 1, 0, 1, 0, 3, 3 };
}
#define SIZES 2, 4, 5, 6, 6, 3, 2, 2, 1, 2, 1, 0, 1, 0
enum { X = 2 * 4 * 5 * 6, W = 6 * 2 * 3 * 2, Y = 2 * 6 * 3 * 3, B = 6 };

static float x[X], w[W], b[B], dy[Y], got[MOST], want[MOST], got_b[B], want_b[B];

static bool near_each(int n, const float *one, const float *other)
{
    for (int k = 0; k < n; k++)
        if (!(fabsf(one[k] - other[k]) <= 1e-4f)) return false;
    return true;
}

static void ask(enum peer_conv_kind kind, const char *what)
{
    for (int k = 0; k < MOST; k++) got[k] = NAN;
    peer_conv(problem(PEER_FORWARD, kind), { x, w, b, got, nullptr, room });
    conv2d_forward_f32(SIZES, x, w, b, want);
    expect(near_each(Y, got, want), what);
}

static void ask_backward()
{
    for (int k = 0; k < MOST; k++) got[k] = NAN;
    peer_conv(problem(PEER_BACKWARD_DATA, PEER_CONV_F32), { w, dy, nullptr, got, nullptr, room });
    conv2d_backward_dx_f32(SIZES, w, dy, want);
    expect(near_each(X, got, want), "backward data gives dx");
    for (int k = 0; k < MOST; k++) got[k] = NAN;
    peer_conv(problem(PEER_BACKWARD_FILTER, PEER_CONV_TF32), { x, dy, nullptr, got, got_b, room });
    conv2d_backward_dw_f32(SIZES, x, dy, want, want_b);
    expect(near_each(W, got, want) && near_each(B, got_b, want_b), "backward filter gives dw and db");
}

/* what is printed to stderr meanwhile contains `sentence`, and nothing is written */
static void refused(const peer_convolution &c, const char *sentence, const char *what)
{
    char text[300] = "";
    int pipes[2], kept = dup(2);
    float untouched = 7;
    if (kept < 0 || pipe(pipes)) return;
    dup2(pipes[1], 2);
    peer_conv(c, { x, dy, nullptr, &untouched, nullptr, room });
    dup2(kept, 2);
    close(pipes[1]);
    const ssize_t n = read(pipes[0], text, sizeof text - 1);
    text[n > 0 ? n : 0] = '\0';
    close(pipes[0]);
    close(kept);
    expect(strstr(text, sentence) && untouched == 7, what);
}

int main(int argc, char **argv)
{
    if (argc != 2) return 64;
    for (int k = 0; k < X; k++) x[k] = (float)(k % 7) - 0.3f * (float)(k % 5);
    for (int k = 0; k < W; k++) w[k] = (float)(k % 5) - 0.7f * (float)(k % 3);
    for (int k = 0; k < Y; k++) dy[k] = (float)(k % 11) - 4.5f;
    for (int k = 0; k < B; k++) b[k] = (float)k - 2;
    setenv("RUNGS_CUDNN_LIBRARY", "/nowhere/libcudnn.so", 1);
    expect(!peer_conv_open_once(), "a library that is not there is not open");
    setenv("RUNGS_CUDNN_LIBRARY", argv[1], 1);
    expect(peer_conv_open(), "one that is there is");
    ask(PEER_CONV_F32, "forward, by what the formula says");
    ask(PEER_CONV_TF32, "forward in TF32");
    ask(PEER_CONV_WINOGRAD, "forward by Winograd's algorithm");
    ask_backward();
    refused(problem(PEER_BACKWARD_FILTER, PEER_CONV_WINOGRAD), "no algorithm of this kind",
            "without an algorithm of the kind, one sentence");
    peer_convolution one_sided = problem(PEER_FORWARD, PEER_CONV_F32);
    one_sided.bottom = 0;
    refused(one_sided, "pads alike on both sides", "padding of one side is refused");
    peer_convolution too_many = problem(PEER_FORWARD, PEER_CONV_F32);
    too_many.P = 4;
    refused(too_many, "failed with status 2000", "what the library refuses is one sentence");
    int (*alive)() = nullptr;
    void *file = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL); /* the same once more */
    expect(file && peer_dnn_symbol(file, "fake_alive", alive) && alive() == 6,
           "a handle and five descriptions are kept");
    peer_conv_close();
    expect(alive && alive() == 0, "and given back at the end");
    return failed ? 1 : 0;
}

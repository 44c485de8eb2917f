/* cuda_peer_cudnn.cpp FAKE - the backend for cuDNN without a GPU: optimized/cuda/backend/peer_cudnn.h
 * opens cuda_fake_cudnn.c's library and must ask it for the softmax that the reference computes; or
 * finds none, and says so. */
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "../optimized/cuda/backend/peer_cudnn.h"
#include "../reference/reference.h"

static int failed;

static void expect(bool ok, const char *what)
{
    printf("%s  %s\n", ok ? "ok    " : "NOT OK", what);
    failed += !ok;
}

static bool near_each(int n, const float *got, const float *want)
{
    for (int k = 0; k < n; k++)
        if (!(fabsf(got[k] - want[k]) <= 1e-6f)) return false;
    return true;
}

static void ask(int N, int C)
{
    float x[12], dy[12], y[12], dx[12], want[12], want_dx[12];
    for (int k = 0; k < N * C; k++) x[k] = (float)(k % 5) - 0.3f * (float)k, dy[k] = (float)(k % 3) - 1;
    peer_softmax(N, C, x, y);
    softmax_forward_f32(N, C, x, want);
    peer_softmax_back(N, C, want, dy, dx);
    softmax_backward_f32(N, C, want, dy, want_dx);
    expect(near_each(N * C, y, want), "forward gives the softmax of rows");
    expect(near_each(N * C, dx, want_dx), "backward gives its gradient");
}

/* what is printed to stderr meanwhile, in text */
static void listen(void (*speak)(), char *text, size_t room)
{
    int pipes[2], kept = dup(2);
    if (kept < 0 || pipe(pipes)) return;
    dup2(pipes[1], 2);
    speak();
    dup2(kept, 2);
    close(pipes[1]);
    ssize_t n = read(pipes[0], text, room - 1);
    text[n > 0 ? n : 0] = '\0';
    close(pipes[0]);
    close(kept);
}

static float untouched = 7;

static void ask_too_much()
{
    peer_softmax(1001, 1, &untouched, &untouched);
}

int main(int argc, char **argv)
{
    char said[200] = "";
    if (argc != 2) return 64;
    setenv("RUNGS_CUDNN_LIBRARY", "/nowhere/libcudnn.so", 1);
    expect(!peer_dnn_open_once(), "a library that is not there is not open");
    setenv("RUNGS_CUDNN_LIBRARY", argv[1], 1);
    expect(peer_softmax_open(), "one that is there is");
    ask(3, 4);
    ask(2, 5); /* other sizes, the same handle */
    listen(ask_too_much, said, sizeof said);
    expect(strstr(said, "cudnnSetTensor4dDescriptor failed with status 3000") != nullptr,
           "a refusal is one sentence");
    expect(untouched == 7, "and writes nothing");
    int (*alive)() = nullptr;
    void *file = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL); /* the same once more */
    expect(file && peer_dnn_symbol(file, "fake_alive", alive) && alive() == 2,
           "a handle and a description are kept");
    peer_softmax_close();
    expect(alive && alive() == 0, "and given back at the end");
    return failed ? 1 : 0;
}

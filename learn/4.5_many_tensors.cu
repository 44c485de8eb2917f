/* 4.5 many_tensors - one launch for all parameters of a network
 *
 *   of each tensor: m = beta1 m + (1 - beta1) dw        v = beta2 v + (1 - beta2) dw^2
 *                   w -= lr m / c1 / (sqrt(v / c2) + eps)        c1 = 1 - beta1^t, c2 = 1 - beta2^t
 *
 * A network's parameters are some matrices and as many small biases. A launch costs a GPU some microseconds,
 * whatever it does: 64 launches for 64 tensors take longer than the work. Only the tensors in each array
 * belong to the network: tensor k is elements begin[k] to end[k] - 1.
 *
 * Launch once. The list of tensors is small enough to travel with the launch, as an argument of the kernel.
 * Give every tensor as many blocks as it needs, record which block is the first of each, and let a block find
 * its tensor. Tensors may be empty.
 *
 * First write down what you expect of your version, as a number after the =; it is shown beside the count:
 * prediction: kernels launched =
 */
#include <cuda_runtime.h>
#include <math.h>
#include <stdint.h>

enum { THREADS = 128, MOST = 64 };

struct adam {
    float lr, beta1, rest1, beta2, rest2, eps, c1, c2; /* rest: 1 - beta, computed in double */
};

struct arrays {
    const float *dw;
    float *w, *m, *v;
};

__device__ void step(const adam &a, const arrays &p, int k)
{
    float g = p.dw[k], m = a.beta1 * p.m[k] + a.rest1 * g, v = a.beta2 * p.v[k] + a.rest2 * g * g;
    p.w[k] -= a.lr * (m / a.c1) / (sqrtf(v / a.c2) + a.eps);
    p.m[k] = m, p.v[k] = v;
}

struct list {
    int many, begin[MOST], end[MOST];
    /* SOLUTION */
    int first[MOST + 1]; /* block of each tensor; one more is the end */
    /* END */
};

/* SOLUTION */
__global__ void all_tensors(adam a, arrays p, list of)
{
    int tensor = 0, block = blockIdx.x;
    while (block >= of.first[tensor + 1]) tensor++;
    int k = of.begin[tensor] + (block - of.first[tensor]) * THREADS + threadIdx.x;
    if (k < of.end[tensor]) step(a, p, k);
}

static void step_all(const adam &a, const arrays &p, list of)
{
    of.first[0] = 0;
    for (int t = 0; t < of.many; t++)
        of.first[t + 1] = of.first[t] + (of.end[t] - of.begin[t] + THREADS - 1) / THREADS;
    all_tensors<<<of.first[of.many], THREADS>>>(a, p, of);
}
/* STUB */
__global__ void one_tensor(adam a, arrays p, int begin, int end)
{
    int k = begin + blockIdx.x * THREADS + threadIdx.x;
    if (k < end) step(a, p, k);
}

static void step_all(const adam &a, const arrays &p, list of)
{
    for (int t = 0; t < of.many; t++) {
        int n = of.end[t] - of.begin[t];
        if (n > 0) one_tensor<<<(n + THREADS - 1) / THREADS, THREADS>>>(a, p, of.begin[t], of.end[t]);
    }
}
/* END */

/* n consecutive numbers are the tensors of a perceptron: a matrix, its bias, a matrix, ... */
static list tensors_of(int n, int many)
{
    int size = n / ((many + 1) / 2), bias = (int)sqrt((double)size);
    list of = {};
    of.many = many;
    for (int t = 0; t < many; t++) {
        of.begin[t] = t / 2 * size + (t % 2 ? size - bias : 0);
        of.end[t] = t + 1 == many ? n : (t + 1) / 2 * size + (t % 2 ? 0 : size - bias);
    }
    return of;
}

extern "C" void adam_step_many(int n, const float *dw, float *w, float *m, float *v, double lr, double beta1,
                               double beta2, double eps, uint64_t t, uint64_t tensors)
{
    adam a = { (float)lr,
               (float)beta1,
               (float)(1 - beta1),
               (float)beta2,
               (float)(1 - beta2),
               (float)eps,
               (float)(1 - pow(beta1, (double)t)),
               (float)(1 - pow(beta2, (double)t)) };
    step_all(a, arrays{ dw, w, m, v }, tensors_of(n, (int)tensors));
}

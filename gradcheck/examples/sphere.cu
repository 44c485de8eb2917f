// sphere.cu - the sum of squares on a GPU, and its gradient: right, and half of it.
//
//     rungs gradcheck cuda sphere.cu --loss sphere --grad sphere_grad --n 100
//
// The functions run on the host and start kernels; x, loss and g are pointers to device memory.

__global__ void sum_squares(const double *x, size_t n, double *loss)
{
    __shared__ double part[128];
    double sum = 0;
    for (size_t i = threadIdx.x; i < n; i += blockDim.x) sum += x[i] * x[i];
    part[threadIdx.x] = sum;
    for (unsigned half = blockDim.x / 2; half > 0; half /= 2) {
        __syncthreads();
        if (threadIdx.x < half) part[threadIdx.x] += part[threadIdx.x + half];
    }
    if (threadIdx.x == 0) *loss = part[0];
}

__global__ void scale(const double *x, size_t n, double factor, double *g)
{
    size_t i = blockIdx.x * (size_t)blockDim.x + threadIdx.x;
    if (i < n) g[i] = factor * x[i];
}

extern "C" void sphere(const double *x, size_t n, double *loss)
{
    sum_squares<<<1, 128>>>(x, n, loss);
}

extern "C" void sphere_grad(const double *x, size_t n, double *g)
{
    scale<<<(unsigned)((n + 127) / 128), 128>>>(x, n, 2, g);
}

extern "C" void sphere_grad_wrong(const double *x, size_t n, double *g)
{
    scale<<<(unsigned)((n + 127) / 128), 128>>>(x, n, 1, g);
}

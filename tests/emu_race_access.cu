/* emu_race_access.cu - the counts of memory requests are those of the textbook, exactly.
 *
 * The program runs itself with CUEMU_PROFILE=FILE.csv and compares the file with the table below. */
#include <cuda_runtime.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

/* ---- kernels ---- */

__global__ void copy_rows(const float *x, float *y)
{
    int i = (int)(blockIdx.x * blockDim.x + threadIdx.x);
    y[i] = x[i];
}

__global__ void read_stride2(const float *x, float *y)
{
    int i = (int)(blockIdx.x * blockDim.x + threadIdx.x);
    y[i] = x[2 * i];
}

__global__ void read_one_off(const float *x, float *y)
{
    int i = (int)(blockIdx.x * blockDim.x + threadIdx.x);
    y[i] = x[i + 1];
}

__global__ void copy_float4(const float4 *x, float4 *y)
{
    int i = (int)(blockIdx.x * blockDim.x + threadIdx.x);
    y[i] = x[i];
}

__global__ void copy_bytes(const unsigned char *x, unsigned char *y)
{
    int i = (int)(blockIdx.x * blockDim.x + threadIdx.x);
    y[i] = x[i];
}

/* An array of structures: each lane's fields are three floats from its neighbour's. */
struct point {
    float x, y, z;
};
__global__ void first_of_struct(const point *p, float *y)
{
    int i = (int)(blockIdx.x * blockDim.x + threadIdx.x);
    y[i] = p[i].x;
}

__global__ void transpose_naive(const float *x, float *y, int n)
{
    int row = (int)(blockIdx.y * 32 + threadIdx.y), column = (int)(blockIdx.x * 32 + threadIdx.x);
    y[column * n + row] = x[row * n + column];
}

template <int PAD> __global__ void transpose_tile(const float *x, float *y, int n)
{
    __shared__ float tile[32][32 + PAD];
    tile[threadIdx.y][threadIdx.x] = x[(blockIdx.y * 32 + threadIdx.y) * n + blockIdx.x * 32 + threadIdx.x];
    __syncthreads();
    y[(blockIdx.x * 32 + threadIdx.y) * n + blockIdx.y * 32 + threadIdx.x] = tile[threadIdx.x][threadIdx.y];
}

/* Neighbouring threads walk down a column of x: `across` chooses which of both products is computed. */
template <bool across> __global__ void product(const float *x, const float *w, float *y, int n)
{
    int fast = (int)(blockIdx.x * 32 + threadIdx.x), slow = (int)(blockIdx.y * 32 + threadIdx.y);
    int row = across ? slow : fast, column = across ? fast : slow;
    float sum = 0;
    for (int k = 0; k < n; k++) sum += x[row * n + k] * w[k * n + column];
    y[row * n + column] = sum;
}

/* Half of the lanes skip the store; a loop runs as often as each lane likes. */
__global__ void half_of_the_lanes(const float *x, float *y)
{
    int t = (int)threadIdx.x;
    if (t % 2) return;
    y[t] = x[t];
}
__global__ void loops_of_many_lengths(const float *x, float *y)
{
    float sum = 0;
    for (int i = 0; i <= (int)threadIdx.x; i++) sum += x[i];
    y[threadIdx.x] = sum;
}

__global__ void shared_float4(const float4 *x, float4 *y)
{
    __shared__ float4 tile[64];
    tile[threadIdx.x] = x[threadIdx.x];
    __syncthreads();
    y[threadIdx.x] = tile[63 - threadIdx.x];
}

__global__ void count_all(int *y)
{
    atomicAdd(y, 1);
}

/* ---- what they cost ---- */

struct row {
    const char *kernel, *space, *access;
    int size;
    double each, ideal; /* 32-byte sectors of global memory, wavefronts of shared memory */
};
static const row rows[] = {
    { "copy_rows", "global", "load", 4, 4, 4 },
    { "copy_rows", "global", "store", 4, 4, 4 },
    { "read_stride2", "global", "load", 4, 8, 4 },
    { "read_one_off", "global", "load", 4, 5, 4 },
    { "copy_float4", "global", "load", 16, 16, 16 },
    { "copy_float4", "global", "store", 16, 16, 16 },
    { "copy_bytes", "global", "load", 1, 1, 1 },
    { "first_of_struct", "global", "load", 4, 12, 4 },
    { "transpose_naive", "global", "load", 4, 4, 4 },
    { "transpose_naive", "global", "store", 4, 32, 4 },
    { "transpose_tile<0>", "global", "store", 4, 4, 4 },
    { "transpose_tile<0>", "shared", "store", 4, 1, 1 },
    { "transpose_tile<0>", "shared", "load", 4, 32, 1 },
    { "transpose_tile<1>", "shared", "load", 4, 1, 1 },
    { "product<true>", "global", "load", 4, 2.5,
      2.5 }, /* half are one float for all lanes, half a row of 32 */
    { "product<false>", "global", "load", 4, 16.5, 2.5 },
    { "product<true>", "global", "store", 4, 4, 4 },
    { "product<false>", "global", "store", 4, 32, 4 },
    { "half_of_the_lanes", "global", "store", 4, 4, 2 },
    { "loops_of_many_lengths", "global", "load", 4, 1, 1 },
    { "shared_float4", "shared", "store", 16, 4, 4 },
    { "shared_float4", "shared", "load", 16, 4, 4 },
    { "count_all", "global", "atomic", 4, 1, 1 },
};

static void must(cudaError_t error)
{
    if (error == cudaSuccess) return;
    fprintf(stderr, "%s\n", cudaGetErrorString(error));
    exit(1);
}

static void run_kernels()
{
    int n = 64;
    float *x, *y;
    must(cudaMalloc(&x, sizeof(float) * 4 * n * n));
    must(cudaMalloc(&y, sizeof(float) * 4 * n * n));
    must(cudaMemset(x, 0, sizeof(float) * 4 * n * n));
    must(cudaMemset(y, 0, sizeof(float) * 4 * n * n));
    dim3 tiles(n / 32, n / 32), tile(32, 32);
    copy_rows<<<4, 64>>>(x, y);
    read_stride2<<<4, 64>>>(x, y);
    read_one_off<<<4, 64>>>(x, y);
    copy_float4<<<4, 64>>>((const float4 *)x, (float4 *)y);
    copy_bytes<<<4, 64>>>((const unsigned char *)x, (unsigned char *)y);
    first_of_struct<<<4, 64>>>((const point *)x, y);
    transpose_naive<<<tiles, tile>>>(x, y, n);
    transpose_tile<0><<<tiles, tile>>>(x, y, n);
    transpose_tile<1><<<tiles, tile>>>(x, y, n);
    product<true><<<tiles, tile>>>(x, x + n * n, y, n);
    product<false><<<tiles, tile>>>(x, x + n * n, y, n);
    half_of_the_lanes<<<1, 64>>>(x, y);
    loops_of_many_lengths<<<1, 64>>>(x, y);
    shared_float4<<<1, 64>>>((const float4 *)x, (float4 *)y);
    count_all<<<1, 64>>>((int *)y);
    must(cudaGetLastError());
    must(cudaDeviceSynchronize());
}

/* ---- reading the file ---- */

/* The cells of a line; those in quotes hold no comma that separates. */
static std::vector<std::string> cells(const std::string &line)
{
    std::vector<std::string> result(1);
    bool inside = false;
    for (char c : line)
        if (c == '"')
            inside = !inside;
        else if (c == ',' && !inside)
            result.push_back("");
        else
            result.back() += c;
    return result;
}

static int failed;

/* Sums the file's rows that are this one. */
static void check(const row &want, const std::vector<std::vector<std::string>> &file)
{
    double requests = 0, transactions = 0, ideal = 0;
    for (const std::vector<std::string> &c : file) {
        if (c[0] != want.kernel || c[3] != want.space || c[5] != want.access ||
            atoi(c[6].c_str()) != want.size)
            continue;
        requests += atof(c[7].c_str());
        transactions += atof(c[10].c_str());
        ideal += atof(c[11].c_str());
    }
    if (requests > 0 && transactions / requests == want.each && ideal / requests == want.ideal) return;
    printf("NOT OK: %s, %s %s of %d bytes: %g requests, %g each, ideally %g; expected %g and %g\n",
           want.kernel, want.space, want.access, want.size, requests, transactions / requests,
           ideal / requests, want.each, want.ideal);
    failed++;
}

int main(int argc, char **argv)
{
    if (argc == 2 && !strcmp(argv[1], "run")) return run_kernels(), 0;
    std::string name = "emu_race_access." + std::to_string(getpid()) + ".csv";
    pid_t child = fork();
    if (child == 0) {
        setenv("CUEMU_PROFILE", name.c_str(), 1);
        execl("/proc/self/exe", argv[0], "run", (char *)nullptr);
        _exit(1);
    }
    int status = 1;
    if (child < 0 || waitpid(child, &status, 0) != child || status)
        return printf("NOT OK: the kernels fail\n"), 1;
    std::ifstream in(name);
    std::vector<std::vector<std::string>> file;
    for (std::string line; std::getline(in, line);) {
        file.push_back(cells(line));
        if (file.back().size() == 13) continue;
        printf("NOT OK: not 13 cells: %s\n", line.c_str());
        return 1;
    }
    remove(name.c_str());
    for (const row &r : rows) check(r, file);
    printf("%zu counts, %d wrong\n", sizeof rows / sizeof *rows, failed);
    return failed != 0;
}

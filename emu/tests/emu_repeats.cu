/* emu_repeats.cu - what the race checker does not look at would have told it nothing: of random kernels it
 * reports the same races whether it passes over accesses or, as with CUEMU_PROFILE, sees each of them.
 *
 * With `list` it prints the lines of all races; without, it runs itself in both ways and compares. */
#include <cuda_runtime.h>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <set>
#include <string>
#include <vector>
#include "emu/testing.h"

const int KERNELS = 300, STEPS = 24, WORDS = 24, BLOCKS = 4, THREADS = 128;

struct Step {
    unsigned char what, where, stride, who;
    bool barrier;
};

/* Each access has a line of its own, by which a report tells it. */
__global__ void random_steps(const Step *steps, int *all, int *result)
{
    __shared__ int s[WORDS];
    int t = threadIdx.x, sum = 0;
    if (t < WORDS) s[t] = t;
    __syncthreads();
    for (int i = 0; i < STEPS; i++) {
        Step step = steps[i];
        int at = (step.where + step.stride * t) % WORDS;
        int first = step.who & 0x60, end = first + (step.who & 0x1f) * 4;
        bool acts = t >= first && t < end;
        if (step.what == 9) __syncwarp();
        if (acts) switch (step.what) {
            case 0: sum += s[at]; break;
            case 1: sum += s[at]; break;
            case 2: s[at] = t; break;
            case 3: s[at] = 7; break;
            case 4: sum += all[at]; break;
            case 5: sum += all[at]; break;
            case 6:
                if (blockIdx.x < 2) all[at] = t;
                break;
            case 7: atomicAdd(&s[at], 1); break;
            case 8:
                if (blockIdx.x == step.where % BLOCKS) atomicAdd(&all[at], 1);
                break;
            case 10: sum += *(volatile int *)&s[at]; break;
            case 11: sum += (*(const int4 *)&s[at / 4 * 4]).w; break;
            case 12: *(int4 *)&s[at / 4 * 4] = make_int4(t, t, t, t); break;
            case 13: sum += (*(const int2 *)&s[at / 2 * 2]).y; break;
            case 14: __threadfence_block(); break;
            }
        if (step.barrier) __syncthreads();
    }
    result[blockIdx.x * blockDim.x + t] = sum;
}

/* Every third kernel has plain accesses alone; some have many barriers, some few. */
static void make_steps(Step *steps, int kernel)
{
    srand((unsigned)kernel);
    for (int i = 0; i < STEPS; i++) {
        int what = rand() % 15, where = rand(), stride = rand() % 3, who = rand();
        bool plain = kernel % 3 == 0 && what >= 7;
        steps[i] = { (unsigned char)(plain ? what % 7 : what), (unsigned char)where, (unsigned char)stride,
                     (unsigned char)who, rand() % 100 < 5 + kernel % 60 };
    }
}

/* " 3 5" of "... at emu_repeats.cu:3 ... at emu_repeats.cu:5 ..." */
static std::string lines_of(const std::string &text)
{
    std::string lines;
    for (size_t at = 0; (at = text.find(".cu:", at)) != std::string::npos; at++)
        lines += " " + std::to_string(atoi(text.c_str() + at + 4));
    return lines;
}

static void list()
{
    emu::options.throws = true; /* and prints nothing itself */
    Step *steps, host[STEPS];
    int *all, *result;
    cudaMalloc(&steps, sizeof host);
    cudaMalloc(&all, WORDS * sizeof(int));
    cudaMalloc(&result, BLOCKS * THREADS * sizeof(int));
    for (int kernel = 0; kernel < KERNELS; kernel++) {
        make_steps(host, kernel);
        cudaMemcpy(steps, host, sizeof host, cudaMemcpyHostToDevice);
        cudaMemset(all, 0, WORDS * sizeof(int));
        random_steps<<<BLOCKS, THREADS>>>(steps, all, result);
        cudaDeviceSynchronize();
        std::multiset<std::string> races;
        for (const emu::Failure &f : emu::found()) races.insert(f.kind + lines_of(f.what));
        for (const std::string &race : races) printf("kernel %d: %s\n", kernel, race.c_str());
        emu::forget_findings();
    }
    cudaFree(steps);
    cudaFree(all);
    cudaFree(result);
}

static std::string output_of(const std::string &command)
{
    FILE *pipe = popen(command.c_str(), "r");
    std::string text;
    char buffer[4096];
    for (size_t n; pipe && (n = fread(buffer, 1, sizeof buffer, pipe)) > 0;) text.append(buffer, n);
    if (!pipe || pclose(pipe)) exit((fprintf(stderr, "emu_repeats: %s failed\n", command.c_str()), 1));
    return text;
}

int main(int argc, char **argv)
{
    if (argc > 1 && !strcmp(argv[1], "list")) return list(), 0;
    std::string self = std::string("'") + argv[0] + "' list", table = std::string(argv[0]) + ".csv";
    std::string some = output_of(self), each = output_of("CUEMU_PROFILE='" + table + "' " + self);
    remove(table.c_str());
    size_t races = 0;
    for (char c : some) races += c == '\n';
    printf("%zu races in %d kernels\n", races, KERNELS);
    if (races < 1000) return printf("NOT OK: too few to compare\n"), 1;
    if (some != each)
        return printf("NOT OK: they differ\n%s---- with each access seen:\n%s", some.c_str(), each.c_str()),
               1;
    return 0;
}

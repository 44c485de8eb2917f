/* emu_curand.cu - cuRAND on the CPU: known answers of its generators, the order in which the host's
 * functions give them, and the moments of what is made of them. */
#include <cmath>
#include <curand.h>
#include <curand_kernel.h>
#include <emu/testing.h>
#include "emu_test.h"

#define RAND(call) EXPECT((call) == CURAND_STATUS_SUCCESS, "%s", #call)

/* ---- known answers ---- */

/* Random123 1.14, tests/kat_vectors: counter, key, result of philox4x32 with 10 rounds. */
static const uint32_t philox[][10] = {
    { 0, 0, 0, 0, 0, 0, 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 },
    { 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0x408f276d, 0x41c83b0e,
      0xa20bc7c6, 0x6d5451fd },
    { 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0, 0xd16cfe09, 0x94fdcceb,
      0x5001e420, 0x24126ea1 },
};

/* cuRAND 10.4's generators of the host: seed, and output number `at` of curandGenerate. */
static const struct {
    curandRngType_t type;
    unsigned long long seed;
    size_t at;
    uint32_t number;
} outputs[] = {
    { CURAND_RNG_PSEUDO_XORWOW, 0, 0, 0xbd7f03b6 },
    { CURAND_RNG_PSEUDO_XORWOW, 0, 1, 0xebc63fb7 },
    { CURAND_RNG_PSEUDO_XORWOW, 0, 5, 0x7244003b },
    { CURAND_RNG_PSEUDO_XORWOW, 0, 4096, 0x703e556d },
    { CURAND_RNG_PSEUDO_XORWOW, 0, 8192, 0x845af0c5 },
    { CURAND_RNG_PSEUDO_XORWOW, 1234, 0, 0x253d5e15 },
    { CURAND_RNG_PSEUDO_XORWOW, 1234, 3, 0x4b79ff67 },
    { CURAND_RNG_PSEUDO_XORWOW, 1234, 4097, 0xed29ae49 },
    { CURAND_RNG_PSEUDO_PHILOX4_32_10, 0, 3, 0x9b00dbd8 },
    { CURAND_RNG_PSEUDO_PHILOX4_32_10, 0, 4, 0x844515e1 },
    { CURAND_RNG_PSEUDO_PHILOX4_32_10, 0, 4096, 0x88aee3ef },
    { CURAND_RNG_PSEUDO_PHILOX4_32_10, 0, 262144, 0xf8e4cca4 },
    { CURAND_RNG_PSEUDO_PHILOX4_32_10, 1234, 0, 0x2090b348 },
    { CURAND_RNG_PSEUDO_PHILOX4_32_10, 1234, 4097, 0x3734acf6 },
    { CURAND_RNG_PSEUDO_MRG32K3A, 0, 0, 0x2083cd07 },
    { CURAND_RNG_PSEUDO_MRG32K3A, 0, 1, 0x14537e00 },
    { CURAND_RNG_PSEUDO_MRG32K3A, 0, 81919, 0x25967d58 },
    { CURAND_RNG_PSEUDO_MRG32K3A, 0, 81920, 0x518b05c4 },
    { CURAND_RNG_PSEUDO_MRG32K3A, 1234, 3, 0xfc8fa50e },
    { CURAND_RNG_PSEUDO_MRG32K3A, 0x123456789abcdef0, 1, 0x9d312870 },
    { CURAND_RNG_PSEUDO_MRG32K3A, 0x123456789abcdef0, 163840, 0x4c398e28 },
};

static void check_known_answers()
{
    for (const auto &row : philox) {
        uint32_t got[4];
        emu::Philox::rounds(row, row + 4, got);
        for (int i = 0; i < 4; i++) EXPECT(got[i] == row[6 + i], "philox of %08x: %08x", row[0], got[i]);
    }
    for (const auto &o : outputs) {
        curandGenerator_t generator;
        std::vector<uint32_t> made(o.at + 1);
        RAND(curandCreateGeneratorHost(&generator, o.type));
        RAND(curandSetPseudoRandomGeneratorSeed(generator, o.seed));
        RAND(curandGenerate(generator, made.data(), made.size()));
        EXPECT(made[o.at] == o.number, "type %d seed %llu number %zu: %08x, not %08x", (int)o.type, o.seed,
               o.at, made[o.at], o.number);
        RAND(curandDestroyGenerator(generator));
    }
}

static bool near(double a, double b)
{
    return std::fabs(a - b) <= 2e-6 * (1 + std::fabs(b));
}

/* The first outputs with seed 0 of each kind, from the same library: XORWOW, Philox, MRG32k3a, whose first
 * uniform number is also the one that L'Ecuyer's RngStreams begins with. */
static void check_known_kinds()
{
    static const struct {
        curandRngType_t type;
        double uniform[2], uniform_double[3], normal[4], normal_double[2], log_normal;
    } kinds[] = {
        { CURAND_RNG_PSEUDO_XORWOW,
          { 0.740219355, 0.920993805 },
          { 0.43845084471842349, 0.46036470220314291, -1 },
          { 0.292536646, -0.718359053, 0.0999969319, -0.393197834 },
          { 1.0710216055754271, 0.70846867588123497 },
          4.87964869 },
        { CURAND_RNG_PSEUDO_PHILOX4_32_10,
          { 0.399046481, 0.880520225 },
          { 0.88052026840093833, 0.60548199590756147, 0.36209148823981657 },
          { -0.924662411, 0.991137743, -0.482068747, -0.617608845 },
          { -0.31039573600037634, -0.39766713631503542 },
          0.427656 },
        { CURAND_RNG_PSEUDO_MRG32K3A,
          { 0.12701112, 0.0793989897 },
          { 0.12701112207614923, 0.07939898981582115, 0.26198340620718247 },
          { 1.84607279, -0.847925067, 0.277347952, -2.2337451 },
          { 1.8460727868869959, -0.84792482415947401 },
          109.08696 },
    };
    for (const auto &k : kinds) {
        curandGenerator_t g;
        float f[4];
        double d[4];
        RAND(curandCreateGeneratorHost(&g, k.type));
        auto again = [&] { RAND(curandSetGeneratorOffset(g, 0)); };
        RAND(curandGenerateUniform(g, f, 2));
        again();
        for (int i = 0; i < 2; i++)
            EXPECT(near((double)f[i], k.uniform[i]), "uniform %d: %.9g", i, (double)f[i]);
        RAND(curandGenerateUniformDouble(g, d, 3));
        again();
        for (int i = 0; i < 3; i++)
            EXPECT(k.uniform_double[i] < 0 || d[i] == k.uniform_double[i], "uniform double %d: %.17g", i,
                   d[i]);
        RAND(curandGenerateNormal(g, f, 4, 0, 1));
        again();
        for (int i = 0; i < 4; i++)
            EXPECT(near((double)f[i], k.normal[i]), "normal %d: %.9g", i, (double)f[i]);
        RAND(curandGenerateNormalDouble(g, d, 2, 0, 1));
        again();
        for (int i = 0; i < 2; i++)
            EXPECT(near(d[i], k.normal_double[i]), "normal double %d: %.17g", i, d[i]);
        RAND(curandGenerateLogNormal(g, f, 2, 1, 2));
        again();
        EXPECT(near((double)f[0], std::exp(1 + 2 * k.normal[0])), "log-normal: %.9g", (double)f[0]);
        RAND(curandDestroyGenerator(g));
    }
}

/* ---- kernels ---- */

__global__ void draw(uint32_t *xorwow, uint32_t *philox4, float *normals, unsigned long long seed, int offset)
{
    int id = (int)(blockIdx.x * blockDim.x + threadIdx.x);
    curandState x;
    curandStatePhilox4_32_10_t p;
    curand_init(seed, (unsigned long long)id, (unsigned long long)offset, &x);
    curand_init(seed, (unsigned long long)id, (unsigned long long)offset, &p);
    xorwow[id] = curand(&x);
    uint4 four = curand4(&p);
    philox4[4 * id] = four.x, philox4[4 * id + 1] = four.y, philox4[4 * id + 2] = four.z,
                philox4[4 * id + 3] = four.w;
    curand_init(seed, (unsigned long long)id, 0, &x);
    normals[2 * id] = curand_normal(&x);
    normals[2 * id + 1] = curand_normal(&x);
}

/* Sequence i of a kernel is output i of the host's functions; an offset is so many calls. */
static void check_kernels()
{
    const int n = 64;
    uint32_t *x = to_device(std::vector<uint32_t>(n)), *p = to_device(std::vector<uint32_t>(4 * n));
    float *normals = to_device(std::vector<float>(2 * n));
    draw<<<2, n / 2>>>(x, p, normals, 1234, 0);
    std::vector<uint32_t> xs = to_host(x, n), ps = to_host(p, 4 * n);
    std::vector<float> ns = to_host(normals, 2 * n);
    EXPECT(xs[3] == 0x4b79ff67 && ps[0] == 0x2090b348 && ps[4] == 0xd115a128, "in kernels: %08x %08x %08x",
           xs[3], ps[0], ps[4]);
    EXPECT(near((double)ns[0], 0.780973554) && near((double)ns[1], -1.80157816), "normal in kernels");
    draw<<<2, n / 2>>>(x, p, normals, 1234, 7);
    xs = to_host(x, n), ps = to_host(p, 4 * n);
    for (int id = 0; id < n; id++) {
        emu::Xorwow walker = emu::xorwow_begin(1234, (uint64_t)id, 0);
        emu::Philox other = emu::philox_begin(1234, (uint64_t)id, 0);
        for (int i = 0; i < 7; i++) walker.next(), other.next();
        EXPECT(xs[(size_t)id] == walker.next(), "XORWOW after 7 numbers");
        for (int i = 0; i < 4; i++)
            EXPECT(ps[(size_t)(4 * id + i)] == other.next(), "Philox after 7 numbers");
    }
    for (void *array : { (void *)x, (void *)p, (void *)normals }) CUDA(cudaFree(array));
}

/* What MRG32k3a gives a thread, by kind, and after steps and jumps. */
__global__ void draw_mrg(uint32_t *bits, double *uniform)
{
    curandStateMRG32k3a s;
    const unsigned id = threadIdx.x;
    curand_init(1234, id, 0, &s);
    bits[id] = curand(&s);
    curand_init(1234, 0, 0, &s);
    skipahead_subsequence(id, &s);
    bits[4 + id] = curand(&s);
    curand_init(1234, 0, 81, &s);
    skipahead(id, &s);
    bits[8 + id] = curand(&s);
    curand_init(1234, (1ull << 51) + id, 0, &s);
    bits[12 + id] = curand(&s);
    curand_init(0, 0, 0, &s);
    uniform[4 * id] = curand_uniform_double(&s);
    uniform[4 * id + 1] = (double)curand_uniform(&s);
    curand_init(0, 0, 0, &s);
    uniform[4 * id + 2] = (double)curand_normal(&s);
    skipahead_sequence(1, &s);
    uniform[4 * id + 3] = curand_uniform_double(&s);
}

static void check_mrg()
{
    uint32_t *d_bits = to_device(std::vector<uint32_t>(16));
    double *d_uniform = to_device(std::vector<double>(16));
    draw_mrg<<<1, 4>>>(d_bits, d_uniform);
    std::vector<uint32_t> bits = to_host(d_bits, 16);
    std::vector<double> uniform = to_host(d_uniform, 16);
    emu::Mrg32k3a walker = emu::mrg_begin(1234, 0, 0), far = emu::mrg_begin(0, 0, 2);
    for (int i = 0; i < 81; i++) walker.next();
    for (size_t id = 0; id < 4; id++)
        EXPECT(bits[8 + id] == emu::next_bits(walker), "MRG32k3a after %zu numbers", 81 + id);
    EXPECT(bits[0] == 0xc96891f0 && bits[1] == 0x26f0d612 && bits[3] == 0xfc8fa50e, "subsequences");
    for (size_t id = 0; id < 4; id++)
        EXPECT(bits[4 + id] == bits[id] && bits[12 + id] == bits[id], "a jump to subsequence %zu", id);
    emu::mrg_skip(far, 0, (1ull << 51) - 1, 0);
    emu::mrg_skip(far, 0, 1, 0);
    EXPECT(uniform[0] == 0.12701112207614923, "a double of one number: %.17g", uniform[0]);
    EXPECT(near(uniform[1], 0.3185275653967945), "RngStreams' second number: %.9g", uniform[1]);
    EXPECT(uniform[3] == emu::next_uniform_double(far), "a sequence is 2^51 subsequences");
    CUDA(cudaFree(d_bits));
    CUDA(cudaFree(d_uniform));
}

/* ---- distributions: n numbers, whose mean is within 5 standard errors ---- */

static void check_moments(const char *what, const std::vector<double> &x, double mean, double variance)
{
    double n = (double)x.size(), sum = 0, squares = 0;
    for (double v : x) sum += v;
    for (double v : x) squares += (v - sum / n) * (v - sum / n);
    EXPECT(std::fabs(sum / n - mean) < 5 * std::sqrt(variance / n), "%s: mean %g, not %g", what, sum / n,
           mean);
    EXPECT(std::fabs(squares / n / variance - 1) < 0.1, "%s: variance %g, not %g", what, squares / n,
           variance);
}

static void check_distributions()
{
    const size_t n = 20000;
    curandGenerator_t g;
    float *f = to_device(std::vector<float>(n));
    unsigned *u = to_device(std::vector<unsigned>(n));
    for (curandRngType_t type :
         { CURAND_RNG_PSEUDO_DEFAULT, CURAND_RNG_PSEUDO_PHILOX4_32_10, CURAND_RNG_PSEUDO_MRG32K3A }) {
        RAND(curandCreateGenerator(&g, type));
        RAND(curandGenerateUniform(g, f, n));
        std::vector<float> made = to_host(f, n);
        for (float v : made) EXPECT(v > 0 && v <= 1, "uniform: %g", (double)v);
        check_moments("uniform", std::vector<double>(made.begin(), made.end()), 0.5, 1 / 12.0);
        RAND(curandGenerateNormal(g, f, n, 3, 2));
        made = to_host(f, n);
        check_moments("normal", std::vector<double>(made.begin(), made.end()), 3, 4);
        for (double lambda : { 0.5, 20.0, 100.0 }) {
            RAND(curandGeneratePoisson(g, u, n, lambda));
            std::vector<unsigned> counts = to_host(u, n);
            check_moments("Poisson", std::vector<double>(counts.begin(), counts.end()), lambda, lambda);
        }
        RAND(curandDestroyGenerator(g));
    }
    for (void *array : { (void *)f, (void *)u }) CUDA(cudaFree(array));
}

/* ---- refusals ---- */

static void expect_refused(curandStatus_t status, curandStatus_t wanted, const char *words)
{
    bool said = !emu::found().empty() && emu::found().back().what.find(words) != std::string::npos;
    EXPECT(status == wanted && said, "status %d, not %d with '%s'", (int)status, (int)wanted, words);
    emu::forget_findings();
    cudaGetLastError();
}

static void check_refusals()
{
    curandGenerator_t g;
    float host[8], *d = to_device(std::vector<float>(8));
    RAND(curandCreateGenerator(&g, CURAND_RNG_PSEUDO_XORWOW));
    expect_refused(curandGenerateNormal(g, d, 7, 0, 1), CURAND_STATUS_LENGTH_NOT_MULTIPLE,
                   "they come in pairs");
    expect_refused(curandGenerateUniform(g, d, 9), CURAND_STATUS_LAUNCH_FAILURE,
                   "the array of 9 numbers needs 36 bytes");
    expect_refused(curandGenerateUniform(g, host, 8), CURAND_STATUS_LAUNCH_FAILURE, "is host memory");
    RAND(curandDestroyGenerator(g));
    expect_refused(curandGenerateUniform(g, d, 8), CURAND_STATUS_NOT_INITIALIZED, "or is destroyed");
    RAND(curandCreateGenerator(&g, CURAND_RNG_PSEUDO_MRG32K3A));
    expect_refused(curandGenerateNormal(g, d, 7, 0, 1), CURAND_STATUS_LENGTH_NOT_MULTIPLE,
                   "they come in pairs");
    RAND(curandDestroyGenerator(g));
    expect_refused(curandCreateGenerator(&g, CURAND_RNG_QUASI_SCRAMBLED_SOBOL32), CURAND_STATUS_TYPE_ERROR,
                   "constants of the scrambled ones are not published");
    RAND(curandCreateGenerator(&g, CURAND_RNG_QUASI_SOBOL32));
    expect_refused(curandSetQuasiRandomGeneratorDimensions(g, 22), CURAND_STATUS_OUT_OF_RANGE,
                   "direction vectors for 1 to 21");
    RAND(curandSetQuasiRandomGeneratorDimensions(g, 3));
    expect_refused(curandGenerateUniform(g, d, 8), CURAND_STATUS_LENGTH_NOT_MULTIPLE,
                   "not a multiple of the 3 dimensions");
    RAND(curandDestroyGenerator(g));
    RAND(curandCreateGeneratorHost(&g, CURAND_RNG_PSEUDO_XORWOW));
    expect_refused(curandGenerateUniform(g, d, 8), CURAND_STATUS_LAUNCH_FAILURE, "is memory of the device");
    RAND(curandDestroyGenerator(g));
    CUDA(cudaFree(d));
}

/* ---- Sobol's sequences ---- */

__global__ void draw_sobol(const unsigned *vectors, unsigned *bits, float *uniform)
{
    curandStateSobol32_t state;
    curand_init((const unsigned *)vectors + 32 * blockIdx.x, 5 + 2 * threadIdx.x, &state);
    bits[2 * threadIdx.x + 4 * blockIdx.x] = curand(&state);
    bits[2 * threadIdx.x + 1 + 4 * blockIdx.x] = curand(&state);
    skipahead(2, &state);
    uniform[threadIdx.x + 2 * blockIdx.x] = curand_uniform(&state);
}

/* cuRAND 10.4's own: a hash (FNV-1a by words) of the vectors of 21 dimensions, of 32 and 64 bits in turn,
 * and points from number 5 or 9 on. */
static void check_sobol()
{
    curandDirectionVectors32_t *of_32;
    curandDirectionVectors64_t *of_64;
    RAND(curandGetDirectionVectors32(&of_32, CURAND_DIRECTION_VECTORS_32_JOEKUO6));
    RAND(curandGetDirectionVectors64(&of_64, CURAND_DIRECTION_VECTORS_64_JOEKUO6));
    uint64_t hash = 14695981039346656037u;
    for (int d = 0; d < 21; d++) {
        for (unsigned v : of_32[d]) hash = (hash ^ v) * 1099511628211u;
        for (uint64_t v : of_64[d]) hash = (hash ^ v) * 1099511628211u;
    }
    EXPECT(hash == 7418920694730482853u, "the direction vectors");
    curandGenerator_t g;
    const std::vector<unsigned> known = {
        3758096384, 2684354560, 3758096384, 536870912, 536870912, 3758096384
    };
    unsigned *bits = to_device(std::vector<unsigned>(8));
    float *uniform = to_device(std::vector<float>(4));
    RAND(curandCreateGenerator(&g, CURAND_RNG_QUASI_SOBOL32));
    RAND(curandSetQuasiRandomGeneratorDimensions(g, 3));
    RAND(curandSetGeneratorOffset(g, 5));
    RAND(curandGenerate(g, bits, 6));
    EXPECT(to_host(bits, 6) == known, "two points of three dimensions");
    RAND(curandDestroyGenerator(g));
    RAND(curandCreateGenerator(&g, CURAND_RNG_QUASI_SOBOL32));
    RAND(curandSetGeneratorOffset(g, 9));
    RAND(curandGenerateNormal(g, uniform, 4, 0, 1));
    std::vector<float> seen = to_host(uniform, 4);
    const double normals[] = { 0.488776416, 1.53412044, -0.15731068, -0.488776416 };
    for (int i = 0; i < 4; i++)
        EXPECT(std::fabs((double)seen[i] - normals[i]) < 1e-6, "a normal number: %.9g", (double)seen[i]);
    RAND(curandDestroyGenerator(g));
    double of_double[4];
    RAND(curandCreateGeneratorHost(&g, CURAND_RNG_QUASI_SOBOL64));
    RAND(curandGenerateUniformDouble(g, of_double, 4));
    EXPECT(of_double[0] == 5.5511151231257827e-17 && of_double[3] == 0.25000000000000006,
           "uniform numbers of 64 bits");
    RAND(curandDestroyGenerator(g));
    unsigned *vectors = to_device(std::vector<unsigned>(of_32[0], of_32[2]));
    draw_sobol<<<2, 2>>>(vectors, bits, uniform);
    EXPECT((to_host(bits, 2) == std::vector<unsigned>{ known[0], known[1] }), "a kernel's points");
    EXPECT(to_host(bits, 6)[4] == known[2] && to_host(bits, 6)[5] == known[3], "... of the next dimension");
    for (void *array : { (void *)bits, (void *)uniform, (void *)vectors }) CUDA(cudaFree(array));
}

/* The program brings vectors and constant: cuRAND 10.4's own of dimension 1, of 32 bits, of which points 0 to
 * 3 need two vectors. */
__global__ void draw_scrambled(const unsigned *vectors, unsigned constant, unsigned *bits, float *uniform)
{
    curandStateScrambledSobol32 state;
    curand_init(vectors, constant, threadIdx.x, &state);
    bits[threadIdx.x] = curand(&state);
    skipahead(1, &state);
    uniform[threadIdx.x] = curand_uniform(&state);
}

static_assert(std::has_unique_object_representations_v<curandStateSobol32> &&
                  std::has_unique_object_representations_v<curandStateScrambledSobol32> &&
                  std::has_unique_object_representations_v<curandStateScrambledSobol64>,
              "to copy a state is not to read what nobody has written");

static void check_scrambled_sobol()
{
    std::vector<unsigned> own = { 0xee0c82bb, 0x5923118e };
    own.resize(32);
    unsigned *vectors = to_device(own), *bits = to_device(std::vector<unsigned>(4));
    float *uniform = to_device(std::vector<float>(4));
    draw_scrambled<<<1, 4>>>(vectors, 0xe20866fe, bits, uniform);
    EXPECT((to_host(bits, 4) == std::vector<unsigned>{ 0xe20866fe, 0x0c04e445, 0x5527f5cb, 0xbb2b7770 }),
           "scrambled points");
    EXPECT(near((double)to_host(uniform, 1)[0], 0x5527f5cb * 0x1p-32), "... of which numbers are made");
    for (void *array : { (void *)bits, (void *)uniform, (void *)vectors }) CUDA(cudaFree(array));
}

int main()
{
    check_sobol();
    check_scrambled_sobol();
    check_mrg();
    check_known_answers();
    check_known_kinds();
    check_kernels();
    check_distributions();
    EXPECT(emu::found().empty(), "right calls are silent");
    emu::options.throws = true; /* findings are looked at, not printed */
    check_refusals();
    return finish();
}

/* curand_kernel.h - cuRAND's functions of kernels, for XORWOW (curandState), Philox, MRG32k3a and Sobol, also
 * scrambled by the program's own constants: the numbers are NVIDIA's, but for Poisson's, and the last bits of
 * normal ones. MTGP32 is missing. */
#ifndef EMU_CURAND_KERNEL_H
#define EMU_CURAND_KERNEL_H
#define CURAND_KERNEL_H_

#include "cuda_runtime.h"
#include "curand.h"
#include "emu/random.h"
#include "emu/sobol.h"

/* A generator, and the second number of a pair of normal ones. It has no unused bytes, so that to copy it
 * is not to read what nobody has written. */
template <class Generator> struct emu_curand_state {
    Generator generator;
    float kept_float;
    uint32_t has_float, has_double, kept_double[2];
};
typedef emu_curand_state<emu::Xorwow> curandStateXORWOW_t, curandStateXORWOW, curandState_t, curandState;
typedef emu_curand_state<emu::Philox> curandStatePhilox4_32_10_t, curandStatePhilox4_32_10;
typedef emu_curand_state<emu::Mrg32k3a> curandStateMRG32k3a_t, curandStateMRG32k3a;

inline void curand_init(unsigned long long seed, unsigned long long sequence, unsigned long long offset,
                        curandStateXORWOW_t *state, EMU_HERE)
{
    emu::random_begins(seed, sequence, offset, where_);
    *state = { emu::xorwow_begin(seed, sequence, offset), 0, 0, 0, { 0, 0 } };
}
inline void curand_init(unsigned long long seed, unsigned long long sequence, unsigned long long offset,
                        curandStatePhilox4_32_10_t *state, EMU_HERE)
{
    emu::random_begins(seed, sequence, offset, where_);
    *state = { emu::philox_begin(seed, sequence, offset), 0, 0, 0, { 0, 0 } };
}
inline void curand_init(unsigned long long seed, unsigned long long subsequence, unsigned long long offset,
                        curandStateMRG32k3a_t *state, EMU_HERE)
{
    emu::random_begins(seed, subsequence, offset, where_);
    *state = { emu::mrg_begin(seed, subsequence, offset), 0, 0, 0, { 0, 0 } };
}

inline void skipahead(unsigned long long n, curandStateXORWOW_t *state)
{
    emu::random_skips();
    emu::Xorwow moved = state->generator;
    emu::xorwow_skip(moved, n, 0);
    state->generator = moved;
}
inline void skipahead(unsigned long long n, curandStatePhilox4_32_10_t *state)
{
    emu::random_skips();
    state->generator.skip(n);
}
inline void emu_mrg_skip(unsigned long long numbers, unsigned long long subsequences,
                         unsigned long long sequences, curandStateMRG32k3a_t *state)
{
    emu::random_skips();
    emu::Mrg32k3a moved = state->generator;
    emu::mrg_skip(moved, numbers, subsequences, sequences);
    state->generator = moved;
}
inline void skipahead(unsigned long long n, curandStateMRG32k3a_t *state)
{
    emu_mrg_skip(n, 0, 0, state);
}
inline void skipahead_subsequence(unsigned long long n, curandStateMRG32k3a_t *state)
{
    emu_mrg_skip(0, n, 0, state);
}
inline void skipahead_sequence(unsigned long long n, curandStateMRG32k3a_t *state)
{
    emu_mrg_skip(0, 0, n, state);
}
inline void skipahead_sequence(unsigned long long n, curandStateXORWOW_t *state)
{
    emu::random_skips();
    emu::Xorwow moved = state->generator;
    emu::xorwow_skip(moved, 0, n);
    state->generator = moved;
}
inline void skipahead_sequence(unsigned long long n, curandStatePhilox4_32_10_t *state)
{
    emu::random_skips();
    state->generator.move(0, n);
}

/* ---- bits and uniform numbers ---- */

template <class G> unsigned curand(emu_curand_state<G> *state)
{
    return emu::next_bits(state->generator);
}
inline uint4 curand4(curandStatePhilox4_32_10_t *state)
{
    unsigned x = curand(state), y = curand(state), z = curand(state), w = curand(state);
    return { x, y, z, w };
}
template <class G> float curand_uniform(emu_curand_state<G> *state)
{
    return emu::next_uniform(state->generator);
}
inline float4 curand_uniform4(curandStatePhilox4_32_10_t *state)
{
    uint4 x = curand4(state);
    return { emu::uniform_of(x.x), emu::uniform_of(x.y), emu::uniform_of(x.z), emu::uniform_of(x.w) };
}
template <class G> double curand_uniform_double(emu_curand_state<G> *state)
{
    return emu::next_uniform_double(state->generator);
}
inline double2 curand_uniform2_double(curandStatePhilox4_32_10_t *state)
{
    uint4 x = curand4(state);
    return { emu::uniform_double_of(x.x, x.y), emu::uniform_double_of(x.z, x.w) };
}

/* ---- normal numbers: pairs, of which the second is kept ---- */

template <class G> float2 curand_normal2(emu_curand_state<G> *state)
{
    emu::NormalPair pair = emu::next_normal(state->generator);
    return { pair.x, pair.y };
}
template <class G> double2 curand_normal2_double(emu_curand_state<G> *state)
{
    double u = curand_uniform_double(state), v = curand_uniform_double(state);
    emu::NormalPairDouble pair = emu::normal_double_of(u, v);
    return { pair.x, pair.y };
}
template <class G> float curand_normal(emu_curand_state<G> *state)
{
    if (state->has_float) {
        state->has_float = 0;
        return state->kept_float;
    }
    float2 pair = curand_normal2(state);
    state->has_float = 1;
    state->kept_float = pair.y;
    return pair.x;
}
template <class G> double curand_normal_double(emu_curand_state<G> *state)
{
    double kept;
    if (state->has_double) {
        state->has_double = 0;
        memcpy(&kept, state->kept_double, sizeof kept);
        return kept;
    }
    double2 pair = curand_normal2_double(state);
    state->has_double = 1;
    memcpy(state->kept_double, &pair.y, sizeof pair.y);
    return pair.x;
}
inline float4 curand_normal4(curandStatePhilox4_32_10_t *state)
{
    float2 a = curand_normal2(state), b = curand_normal2(state);
    return { a.x, a.y, b.x, b.y };
}

/* ---- Sobol's sequences ---- */

/* The constant of a scrambled one, else 0, is added without carry to each point. No bytes are unused here,
 * either. */
template <class Word, unsigned BITS, bool SCRAMBLED> struct emu_sobol_state {
    unsigned long long number; /* of the next point */
    unsigned long long constant;
    Word vectors[BITS];
};
typedef emu_sobol_state<unsigned, 32, false> curandStateSobol32_t, curandStateSobol32;
typedef emu_sobol_state<unsigned long long, 64, false> curandStateSobol64_t, curandStateSobol64;
typedef emu_sobol_state<unsigned, 32, true> curandStateScrambledSobol32_t, curandStateScrambledSobol32;
typedef emu_sobol_state<unsigned long long, 64, true> curandStateScrambledSobol64_t,
    curandStateScrambledSobol64;

template <class Word, unsigned BITS, bool SCRAMBLED>
void emu_sobol_begin(const Word *vectors, Word constant, Word offset,
                     emu_sobol_state<Word, BITS, SCRAMBLED> *state)
{
    state->number = offset;
    state->constant = constant;
    for (unsigned i = 0; i < BITS; i++) state->vectors[i] = vectors[i];
}
template <class Word, unsigned BITS>
void curand_init(const Word *vectors, std::common_type_t<Word> offset,
                 emu_sobol_state<Word, BITS, false> *state)
{
    emu_sobol_begin(vectors, (Word)0, offset, state);
}
template <class Word, unsigned BITS>
void curand_init(const Word *vectors, std::common_type_t<Word> constant, std::common_type_t<Word> offset,
                 emu_sobol_state<Word, BITS, true> *state)
{
    emu_sobol_begin(vectors, constant, offset, state);
}
template <class Word, unsigned BITS, bool S>
void skipahead(unsigned long long n, emu_sobol_state<Word, BITS, S> *state)
{
    state->number += n;
}
template <class Word, unsigned BITS, bool S> Word curand(emu_sobol_state<Word, BITS, S> *state)
{
    return emu::sobol_point(state->vectors, state->number++) ^ (Word)state->constant;
}
template <class Word, unsigned BITS, bool S> float curand_uniform(emu_sobol_state<Word, BITS, S> *state)
{
    typedef std::conditional_t<BITS == 32, uint32_t, uint64_t> Bits;
    return emu::sobol_uniform((Bits)curand(state));
}
template <class Word, unsigned BITS, bool S>
double curand_uniform_double(emu_sobol_state<Word, BITS, S> *state)
{
    typedef std::conditional_t<BITS == 32, uint32_t, uint64_t> Bits;
    return emu::sobol_uniform_double((Bits)curand(state));
}
template <class Word, unsigned BITS, bool S> float curand_normal(emu_sobol_state<Word, BITS, S> *state)
{
    return (float)emu::sobol_normal(curand(state));
}
template <class Word, unsigned BITS, bool S>
double curand_normal_double(emu_sobol_state<Word, BITS, S> *state)
{
    return emu::sobol_normal(curand(state));
}

/* ---- others ---- */

template <class G> float curand_log_normal(emu_curand_state<G> *state, float mean, float stddev)
{
    return expf(mean + stddev * curand_normal(state));
}
template <class G> float2 curand_log_normal2(emu_curand_state<G> *state, float mean, float stddev)
{
    float2 pair = curand_normal2(state);
    return { expf(mean + stddev * pair.x), expf(mean + stddev * pair.y) };
}
template <class G> double curand_log_normal_double(emu_curand_state<G> *state, double mean, double stddev)
{
    return exp(mean + stddev * curand_normal_double(state));
}
template <class G> unsigned curand_poisson(emu_curand_state<G> *state, double lambda)
{
    return emu::poisson_of(lambda, [=] { return curand_uniform(state); });
}

#endif

/* curand.h - cuRAND's functions of the host. XORWOW, Philox, MRG32k3a and Sobol give the numbers, in the
 * order, of cuRAND 10.4's generators of the host; MTGP32 and MT19937 give other numbers than NVIDIA's.
 * Poisson's differ for all of them. */
#ifndef EMU_CURAND_H
#define EMU_CURAND_H
#define CURAND_H_ /* NVIDIA's guard, which the helpers of its samples look for */

#include "cuda_runtime_api.h"
#include "library_types.h"

#define CURAND_VER_MAJOR 10
#define CURAND_VER_MINOR 4
#define CURAND_VERSION   10400
#define CURANDAPI

/* number, name */
#define EMU_CURAND_STATUSES(S)                      \
    S(0, CURAND_STATUS_SUCCESS)                     \
    S(100, CURAND_STATUS_VERSION_MISMATCH)          \
    S(101, CURAND_STATUS_NOT_INITIALIZED)           \
    S(102, CURAND_STATUS_ALLOCATION_FAILED)         \
    S(103, CURAND_STATUS_TYPE_ERROR)                \
    S(104, CURAND_STATUS_OUT_OF_RANGE)              \
    S(105, CURAND_STATUS_LENGTH_NOT_MULTIPLE)       \
    S(106, CURAND_STATUS_DOUBLE_PRECISION_REQUIRED) \
    S(201, CURAND_STATUS_LAUNCH_FAILURE)            \
    S(202, CURAND_STATUS_PREEXISTING_FAILURE)       \
    S(203, CURAND_STATUS_INITIALIZATION_FAILED)     \
    S(204, CURAND_STATUS_ARCH_MISMATCH)             \
    S(999, CURAND_STATUS_INTERNAL_ERROR)

#define EMU_ENUMERATOR(number, name) name = number,
typedef enum curandStatus { EMU_CURAND_STATUSES(EMU_ENUMERATOR) } curandStatus_t;
#undef EMU_ENUMERATOR

typedef enum curandRngType {
    CURAND_RNG_TEST = 0,
    CURAND_RNG_PSEUDO_DEFAULT = 100,
    CURAND_RNG_PSEUDO_XORWOW = 101,
    CURAND_RNG_PSEUDO_MRG32K3A = 121,
    CURAND_RNG_PSEUDO_MTGP32 = 141,
    CURAND_RNG_PSEUDO_MT19937 = 142,
    CURAND_RNG_PSEUDO_PHILOX4_32_10 = 161,
    CURAND_RNG_QUASI_DEFAULT = 200,
    CURAND_RNG_QUASI_SOBOL32 = 201,
    CURAND_RNG_QUASI_SCRAMBLED_SOBOL32 = 202,
    CURAND_RNG_QUASI_SOBOL64 = 203,
    CURAND_RNG_QUASI_SCRAMBLED_SOBOL64 = 204
} curandRngType_t;

typedef enum curandOrdering {
    CURAND_ORDERING_PSEUDO_BEST = 100,
    CURAND_ORDERING_PSEUDO_DEFAULT = 101,
    CURAND_ORDERING_PSEUDO_SEEDED = 102,
    CURAND_ORDERING_PSEUDO_LEGACY = 103,
    CURAND_ORDERING_PSEUDO_DYNAMIC = 104,
    CURAND_ORDERING_QUASI_DEFAULT = 201
} curandOrdering_t;

typedef struct curandGenerator_st *curandGenerator_t;

curandStatus_t curandCreateGenerator(curandGenerator_t *generator, curandRngType_t type, EMU_HERE);
curandStatus_t curandCreateGeneratorHost(curandGenerator_t *generator, curandRngType_t type, EMU_HERE);
curandStatus_t curandDestroyGenerator(curandGenerator_t generator, EMU_HERE);
curandStatus_t curandGetVersion(int *version);
curandStatus_t curandSetStream(curandGenerator_t generator, cudaStream_t stream, EMU_HERE);
curandStatus_t curandSetPseudoRandomGeneratorSeed(curandGenerator_t generator, unsigned long long seed,
                                                  EMU_HERE);
curandStatus_t curandSetGeneratorOffset(curandGenerator_t generator, unsigned long long offset, EMU_HERE);
curandStatus_t curandSetGeneratorOrdering(curandGenerator_t generator, curandOrdering_t order, EMU_HERE);
curandStatus_t curandGenerateSeeds(curandGenerator_t generator, EMU_HERE);
curandStatus_t curandSetQuasiRandomGeneratorDimensions(curandGenerator_t generator, unsigned dimensions,
                                                       EMU_HERE);

/* Sobol's vectors, for the first 21 dimensions; the scrambled ones, whose constants are NVIDIA's own, are
 * refused. */
typedef enum curandDirectionVectorSet {
    CURAND_DIRECTION_VECTORS_32_JOEKUO6 = 101,
    CURAND_SCRAMBLED_DIRECTION_VECTORS_32_JOEKUO6 = 102,
    CURAND_DIRECTION_VECTORS_64_JOEKUO6 = 103,
    CURAND_SCRAMBLED_DIRECTION_VECTORS_64_JOEKUO6 = 104
} curandDirectionVectorSet_t;
typedef unsigned curandDirectionVectors32_t[32];
typedef unsigned long long curandDirectionVectors64_t[64];
curandStatus_t curandGetDirectionVectors32(curandDirectionVectors32_t **vectors,
                                           curandDirectionVectorSet_t set, EMU_HERE);
curandStatus_t curandGetDirectionVectors64(curandDirectionVectors64_t **vectors,
                                           curandDirectionVectorSet_t set, EMU_HERE);

curandStatus_t curandGenerate(curandGenerator_t generator, unsigned *to, size_t n, EMU_HERE);
curandStatus_t curandGenerateLongLong(curandGenerator_t generator, unsigned long long *to, size_t n,
                                      EMU_HERE);
curandStatus_t curandGenerateUniform(curandGenerator_t generator, float *to, size_t n, EMU_HERE);
curandStatus_t curandGenerateUniformDouble(curandGenerator_t generator, double *to, size_t n, EMU_HERE);
curandStatus_t curandGenerateNormal(curandGenerator_t generator, float *to, size_t n, float mean,
                                    float stddev, EMU_HERE);
curandStatus_t curandGenerateNormalDouble(curandGenerator_t generator, double *to, size_t n, double mean,
                                          double stddev, EMU_HERE);
curandStatus_t curandGenerateLogNormal(curandGenerator_t generator, float *to, size_t n, float mean,
                                       float stddev, EMU_HERE);
curandStatus_t curandGenerateLogNormalDouble(curandGenerator_t generator, double *to, size_t n, double mean,
                                             double stddev, EMU_HERE);
curandStatus_t curandGeneratePoisson(curandGenerator_t generator, unsigned *to, size_t n, double lambda,
                                     EMU_HERE);

#endif

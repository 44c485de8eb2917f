/* curand.cpp - cuRAND's functions of the host: numbers are made by many sequences of one generator in
 * turn. */
#include "curand.h"

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <memory>
#include <set>
#include "emu/random.h"
#include "emu/sobol.h"
#include "library.h"

using namespace emu;

namespace
{
enum Engine { XORWOW, PHILOX, MRG };

/* Group number g of a kind of output is made by sequence g % sequences, of `draws` numbers that follow
 * those of group g - sequences. */
struct Group {
    size_t size, draws;
};
struct Kind {
    const char *call;
    Group group[3]; /* of each engine */
};

/* What a sequence has given for one group. */
struct Drawn {
    bool of_mrg;
    uint32_t number[8];

    uint32_t bits(size_t i) const
    {
        return of_mrg ? mrg_bits(number[i]) : number[i];
    }
    float uniform(size_t i) const
    {
        return of_mrg ? (float)mrg_uniform(number[i]) : uniform_of(number[i]);
    }
    double uniform_double(size_t i) const
    {
        return of_mrg ? mrg_uniform(number[i]) : uniform_double_of(number[2 * i], number[2 * i + 1]);
    }
    /* Number i of the normal ones that its pair makes. */
    float normal(size_t i) const
    {
        const uint32_t x = number[i & ~(size_t)1], y = number[i | 1];
        NormalPair pair = of_mrg ? mrg_normal(x, y) : normal_of(x, y);
        return i % 2 ? pair.y : pair.x;
    }
    double normal_double(size_t i) const
    {
        NormalPairDouble pair = normal_double_of(uniform_double(i & ~(size_t)1), uniform_double(i | 1));
        return i % 2 ? pair.y : pair.x;
    }
};

/* Where the sequences of one generator and seed have got to; operations in its stream move them. */
struct Sequences {
    virtual ~Sequences() = default;
    /* Makes the group: from these draws. */
    virtual void draw(uint64_t group, size_t draws, uint32_t *to) = 0;
};

template <class Generator, Generator (*begin)(uint64_t, uint64_t, uint64_t)> struct SequencesOf : Sequences {
    struct Place {
        Generator generator;
        uint64_t drawn;
        bool begun;
    };
    uint64_t seed;
    std::vector<Place> places;

    SequencesOf(uint64_t of, size_t count) : seed(of), places(count)
    {
    }
    void draw(uint64_t group, size_t draws, uint32_t *to) override
    {
        uint64_t number = group % places.size(), at = group / places.size() * draws;
        Place &place = places[number];
        if (!place.begun || place.drawn != at) place = { begin(seed, number, at), at, true };
        for (size_t i = 0; i < draws; i++) to[i] = place.generator.next();
        place.drawn += draws;
    }
};
} // namespace

/* In cuRAND's default order for these generators. */
static const size_t XORWOW_SEQUENCES = 4096, PHILOX_SEQUENCES = 65536, MRG_SEQUENCES = 81920;

struct curandGenerator_st {
    bool on_host;
    Engine engine;
    uint64_t seed, offset;
    cudaStream_t stream;
    std::shared_ptr<Sequences> sequences; /* nullptr: not begun with this seed */
    unsigned quasi, dimensions;           /* Sobol's bits, or 0; the offset is in points */
};

static std::set<curandGenerator_t> &generators = *new std::set<curandGenerator_t>; /* main may end first */

static const char *name_of(curandStatus_t status)
{
    switch (status) {
#define NAME(number, name) \
    case name: return #name;
        EMU_CURAND_STATUSES(NAME)
    }
    return "unknown curandStatus_t";
}

static curandStatus_t refuse_as(curandStatus_t status, Where where, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static curandStatus_t refuse_as(curandStatus_t status, Where where, const char *format, ...)
{
    char text[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    report_at("error", where, "%s (%s)", text, name_of(status));
    return status;
}

/* ---- the generator ---- */

static curandStatus_t create(const char *call, curandGenerator_t *generator, curandRngType_t type,
                             bool on_host, Where where)
{
    if (!generator)
        return refuse_as(CURAND_STATUS_NOT_INITIALIZED, where, "%s gets a null pointer for its result", call);
    bool known = type == CURAND_RNG_PSEUDO_DEFAULT || type == CURAND_RNG_PSEUDO_XORWOW ||
                 type == CURAND_RNG_PSEUDO_PHILOX4_32_10 || type == CURAND_RNG_PSEUDO_MRG32K3A;
    bool other = type == CURAND_RNG_PSEUDO_MTGP32 || type == CURAND_RNG_PSEUDO_MT19937;
    unsigned quasi = type == CURAND_RNG_QUASI_DEFAULT || type == CURAND_RNG_QUASI_SOBOL32 ? 32
                     : type == CURAND_RNG_QUASI_SOBOL64                                   ? 64
                                                                                          : 0;
    if (!known && !other && !quasi)
        return refuse_as(
            CURAND_STATUS_TYPE_ERROR, where,
            "%s of type %d, which is not emulated: XORWOW, PHILOX4_32_10, MRG32K3A, MTGP32, MT19937, "
            "SOBOL32 and SOBOL64 are; the constants of the scrambled ones are not published",
            call, (int)type);
    if (other)
        note_at(where, "%s: the numbers are Philox's, not those of generator type %d", call, (int)type);
    Engine engine = type == CURAND_RNG_PSEUDO_MRG32K3A                 ? MRG
                    : other || type == CURAND_RNG_PSEUDO_PHILOX4_32_10 ? PHILOX
                                                                       : XORWOW;
    *generator = new curandGenerator_st{ on_host, engine, 0, 0, nullptr, nullptr, quasi, 1 };
    generators.insert(*generator);
    return CURAND_STATUS_SUCCESS;
}

curandStatus_t curandCreateGenerator(curandGenerator_t *generator, curandRngType_t type, Where where)
{
    return create("curandCreateGenerator", generator, type, false, where);
}

curandStatus_t curandCreateGeneratorHost(curandGenerator_t *generator, curandRngType_t type, Where where)
{
    return create("curandCreateGeneratorHost", generator, type, true, where);
}

static bool is_live(const char *call, curandGenerator_t generator, Where where)
{
    if (generators.count(generator)) return true;
    refuse_as(CURAND_STATUS_NOT_INITIALIZED, where,
              "%s: the generator was not made by curandCreateGenerator, or is destroyed", call);
    return false;
}

curandStatus_t curandDestroyGenerator(curandGenerator_t generator, Where where)
{
    if (!is_live("curandDestroyGenerator", generator, where)) return CURAND_STATUS_NOT_INITIALIZED;
    generators.erase(generator);
    delete generator;
    return CURAND_STATUS_SUCCESS;
}

curandStatus_t curandGetVersion(int *version)
{
    *version = CURAND_VERSION;
    return CURAND_STATUS_SUCCESS;
}

curandStatus_t curandSetStream(curandGenerator_t generator, cudaStream_t stream, Where where)
{
    if (!is_live("curandSetStream", generator, where)) return CURAND_STATUS_NOT_INITIALIZED;
    if (stream_check("curandSetStream", stream, where)) return CURAND_STATUS_NOT_INITIALIZED;
    generator->stream = stream;
    return CURAND_STATUS_SUCCESS;
}

curandStatus_t curandSetPseudoRandomGeneratorSeed(curandGenerator_t generator, unsigned long long seed,
                                                  Where where)
{
    if (!is_live("curandSetPseudoRandomGeneratorSeed", generator, where))
        return CURAND_STATUS_NOT_INITIALIZED;
    generator->seed = seed;
    generator->offset = 0;
    generator->sequences = nullptr;
    return CURAND_STATUS_SUCCESS;
}

curandStatus_t curandSetGeneratorOffset(curandGenerator_t generator, unsigned long long offset, Where where)
{
    if (!is_live("curandSetGeneratorOffset", generator, where)) return CURAND_STATUS_NOT_INITIALIZED;
    generator->offset = offset;
    return CURAND_STATUS_SUCCESS;
}

/* All orders are that of the default. */
curandStatus_t curandSetGeneratorOrdering(curandGenerator_t generator, curandOrdering_t order, Where where)
{
    if (!is_live("curandSetGeneratorOrdering", generator, where)) return CURAND_STATUS_NOT_INITIALIZED;
    if ((order >= CURAND_ORDERING_PSEUDO_BEST && order <= CURAND_ORDERING_PSEUDO_DYNAMIC) ||
        order == CURAND_ORDERING_QUASI_DEFAULT)
        return CURAND_STATUS_SUCCESS;
    return refuse_as(CURAND_STATUS_OUT_OF_RANGE, where, "curandSetGeneratorOrdering of order %d", (int)order);
}

curandStatus_t curandGenerateSeeds(curandGenerator_t generator, Where where)
{
    return is_live("curandGenerateSeeds", generator, where) ? CURAND_STATUS_SUCCESS
                                                            : CURAND_STATUS_NOT_INITIALIZED;
}

/* ---- Sobol's sequences: all points of a dimension, then those of the next ---- */

curandStatus_t curandSetQuasiRandomGeneratorDimensions(curandGenerator_t generator, unsigned dimensions,
                                                       Where where)
{
    const char *call = "curandSetQuasiRandomGeneratorDimensions";
    if (!is_live(call, generator, where)) return CURAND_STATUS_NOT_INITIALIZED;
    if (!generator->quasi)
        return refuse_as(CURAND_STATUS_TYPE_ERROR, where, "%s of a generator that is not quasi-random", call);
    if (dimensions < 1 || dimensions > SOBOL_DIMENSIONS)
        return refuse_as(CURAND_STATUS_OUT_OF_RANGE, where,
                         "%s to %u; the emulator has direction vectors for 1 to %u, cuRAND for 20000", call,
                         dimensions, SOBOL_DIMENSIONS);
    generator->dimensions = dimensions;
    generator->offset = 0;
    return CURAND_STATUS_SUCCESS;
}

static curandStatus_t refuse_vectors(const char *call, Where where)
{
    return refuse_as(
        CURAND_STATUS_OUT_OF_RANGE, where,
        "%s: only the JOEKUO6 vectors of that size are emulated, not the scrambled ones, whose constants are "
        "not published",
        call);
}

curandStatus_t curandGetDirectionVectors32(curandDirectionVectors32_t **vectors,
                                           curandDirectionVectorSet_t set, Where where)
{
    if (set != CURAND_DIRECTION_VECTORS_32_JOEKUO6)
        return refuse_vectors("curandGetDirectionVectors32", where);
    *vectors = (curandDirectionVectors32_t *)sobol_vectors_32();
    return CURAND_STATUS_SUCCESS;
}

curandStatus_t curandGetDirectionVectors64(curandDirectionVectors64_t **vectors,
                                           curandDirectionVectorSet_t set, Where where)
{
    if (set != CURAND_DIRECTION_VECTORS_64_JOEKUO6)
        return refuse_vectors("curandGetDirectionVectors64", where);
    *vectors = (curandDirectionVectors64_t *)sobol_vectors_64();
    return CURAND_STATUS_SUCCESS;
}

/* Runs what makes n numbers at `to`, on the host or in the generator's stream. */
template <class T, class Run>
static curandStatus_t submit(const char *name, curandGenerator_t generator, T *to, size_t n, Where where,
                             Run run)
{
    if (generator->on_host) {
        LibraryCall call = { name, where, nullptr };
        if (!library_host_reaches(call, "the array", to, "curandCreateGenerator makes numbers on the device"))
            return CURAND_STATUS_LAUNCH_FAILURE;
        run();
        return CURAND_STATUS_SUCCESS;
    }
    LibraryCall call = { name, where, generator->stream };
    std::string text = "the array of " + std::to_string(n) + " numbers";
    Operand array = { text, to, sizeof(T), sizeof(T), n, 0, 1, false, true, nullptr };
    return library_submit(call, { array }, run) ? CURAND_STATUS_SUCCESS : CURAND_STATUS_LAUNCH_FAILURE;
}

/* n numbers, which make(x) makes of a point of 32 or of 64 bits. */
template <class T, class Make>
static curandStatus_t quasi(const char *call, curandGenerator_t generator, T *to, size_t n, Where where,
                            Make make)
{
    unsigned dimensions = generator->dimensions;
    if (n % dimensions)
        return refuse_as(CURAND_STATUS_LENGTH_NOT_MULTIPLE, where,
                         "%s of %zu numbers, which is not a multiple of the %u dimensions", call, n,
                         dimensions);
    uint64_t first = generator->offset, points = n / dimensions;
    bool narrow = generator->quasi == 32;
    generator->offset += points;
    return submit(call, generator, to, n, where, [=] {
        for (unsigned d = 0; d < dimensions; d++)
            for (uint64_t i = 0; i < points; i++)
                to[d * points + i] = narrow ? (T)make(sobol_point(sobol_vectors_32()[d], first + i))
                                            : (T)make(sobol_point(sobol_vectors_64()[d], first + i));
    });
}

/* ---- numbers ---- */

static std::shared_ptr<Sequences> sequences_of(curandGenerator_t generator)
{
    std::shared_ptr<Sequences> &s = generator->sequences;
    if (s) return s;
    switch (generator->engine) {
    case XORWOW: s.reset(new SequencesOf<Xorwow, xorwow_begin>(generator->seed, XORWOW_SEQUENCES)); break;
    case PHILOX: s.reset(new SequencesOf<Philox, philox_begin>(generator->seed, PHILOX_SEQUENCES)); break;
    case MRG: s.reset(new SequencesOf<Mrg32k3a, mrg_begin>(generator->seed, MRG_SEQUENCES)); break;
    }
    return s;
}

/* n outputs; make(drawn, i) makes number i of a group. */
template <class T, class Make>
static curandStatus_t generate(const Kind &kind, curandGenerator_t generator, T *to, size_t n, Where where,
                               Make make)
{
    if (!is_live(kind.call, generator, where)) return CURAND_STATUS_NOT_INITIALIZED;
    const Group group = kind.group[generator->engine];
    if (generator->engine != PHILOX && n % group.size)
        return refuse_as(
            CURAND_STATUS_LENGTH_NOT_MULTIPLE, where,
            "%s of %zu numbers: they come in pairs, so this generator makes an even number of them",
            kind.call, n);
    uint64_t first = generator->offset;
    std::shared_ptr<Sequences> sequences = sequences_of(generator);
    generator->offset += n;
    Drawn drawn = { generator->engine == MRG, {} };
    auto run = [=]() mutable {
        for (uint64_t at = first; at < first + n;) {
            uint64_t number = at / group.size, end = std::min<uint64_t>((number + 1) * group.size, first + n);
            sequences->draw(number, group.draws, drawn.number);
            for (; at < end; at++) to[at - first] = make(drawn, at % group.size);
        }
    };
    return submit(kind.call, generator, to, n, where, run);
}

static bool is_quasi(curandGenerator_t generator)
{
    return generators.count(generator) && generator->quasi;
}

curandStatus_t curandGenerateLongLong(curandGenerator_t generator, unsigned long long *to, size_t n,
                                      Where where)
{
    if (!is_live("curandGenerateLongLong", generator, where)) return CURAND_STATUS_NOT_INITIALIZED;
    if (generator->quasi == 64)
        return quasi("curandGenerateLongLong", generator, to, n, where,
                     [](auto x) { return (unsigned long long)x; });
    return refuse_as(CURAND_STATUS_TYPE_ERROR, where,
                     "curandGenerateLongLong is for Sobol sequences of 64 bits");
}

curandStatus_t curandGenerate(curandGenerator_t generator, unsigned *to, size_t n, Where where)
{
    if (is_quasi(generator) && generator->quasi == 64)
        return refuse_as(CURAND_STATUS_TYPE_ERROR, where,
                         "curandGenerate of a Sobol sequence of 64 bits; curandGenerateLongLong makes those");
    if (is_quasi(generator))
        return quasi("curandGenerate", generator, to, n, where, [](auto x) { return (unsigned)x; });
    return generate({ "curandGenerate", { { 1, 1 }, { 4, 4 }, { 1, 1 } } }, generator, to, n, where,
                    [](const Drawn &drawn, size_t i) { return drawn.bits(i); });
}

curandStatus_t curandGenerateUniform(curandGenerator_t generator, float *to, size_t n, Where where)
{
    if (is_quasi(generator))
        return quasi("curandGenerateUniform", generator, to, n, where,
                     [](auto x) { return sobol_uniform(x); });
    return generate({ "curandGenerateUniform", { { 1, 1 }, { 4, 4 }, { 1, 1 } } }, generator, to, n, where,
                    [](const Drawn &drawn, size_t i) { return drawn.uniform(i); });
}

curandStatus_t curandGenerateUniformDouble(curandGenerator_t generator, double *to, size_t n, Where where)
{
    if (is_quasi(generator))
        return quasi("curandGenerateUniformDouble", generator, to, n, where,
                     [](auto x) { return sobol_uniform_double(x); });
    return generate({ "curandGenerateUniformDouble", { { 1, 2 }, { 4, 8 }, { 1, 1 } } }, generator, to, n,
                    where, [](const Drawn &drawn, size_t i) { return drawn.uniform_double(i); });
}

/* Normal numbers, changed by `then`. */
template <class Then>
static curandStatus_t normal(const char *call, curandGenerator_t generator, float *to, size_t n, Where where,
                             Then then)
{
    if (is_quasi(generator))
        return quasi(call, generator, to, n, where, [=](auto x) { return then((float)sobol_normal(x)); });
    return generate({ call, { { 2, 2 }, { 4, 4 }, { 2, 2 } } }, generator, to, n, where,
                    [=](const Drawn &drawn, size_t i) { return then(drawn.normal(i)); });
}
template <class Then>
static curandStatus_t normal_double(const char *call, curandGenerator_t generator, double *to, size_t n,
                                    Where where, Then then)
{
    if (is_quasi(generator))
        return quasi(call, generator, to, n, where, [=](auto x) { return then(sobol_normal(x)); });
    return generate({ call, { { 2, 4 }, { 4, 8 }, { 2, 2 } } }, generator, to, n, where,
                    [=](const Drawn &drawn, size_t i) { return then(drawn.normal_double(i)); });
}

curandStatus_t curandGenerateNormal(curandGenerator_t generator, float *to, size_t n, float mean,
                                    float stddev, Where where)
{
    return normal("curandGenerateNormal", generator, to, n, where,
                  [=](float x) { return mean + stddev * x; });
}

curandStatus_t curandGenerateNormalDouble(curandGenerator_t generator, double *to, size_t n, double mean,
                                          double stddev, Where where)
{
    return normal_double("curandGenerateNormalDouble", generator, to, n, where,
                         [=](double x) { return mean + stddev * x; });
}

curandStatus_t curandGenerateLogNormal(curandGenerator_t generator, float *to, size_t n, float mean,
                                       float stddev, Where where)
{
    return normal("curandGenerateLogNormal", generator, to, n, where,
                  [=](float x) { return expf(mean + stddev * x); });
}

curandStatus_t curandGenerateLogNormalDouble(curandGenerator_t generator, double *to, size_t n, double mean,
                                             double stddev, Where where)
{
    return normal_double("curandGenerateLogNormalDouble", generator, to, n, where,
                         [=](double x) { return std::exp(mean + stddev * x); });
}

/* Each of a Philox sequence of its own, whose key is one number of the generator. */
curandStatus_t curandGeneratePoisson(curandGenerator_t generator, unsigned *to, size_t n, double lambda,
                                     Where where)
{
    if (is_quasi(generator))
        return refuse_as(CURAND_STATUS_TYPE_ERROR, where,
                         "curandGeneratePoisson of a Sobol sequence is not emulated");
    if (!(lambda > 0))
        return refuse_as(CURAND_STATUS_OUT_OF_RANGE, where, "curandGeneratePoisson with lambda %g", lambda);
    return generate({ "curandGeneratePoisson", { { 1, 1 }, { 4, 4 }, { 1, 1 } } }, generator, to, n, where,
                    [=](const Drawn &drawn, size_t i) {
                        Philox p = philox_begin(drawn.bits(i), 0, 0);
                        return poisson_of(lambda, [&] { return uniform_of(p.next()); });
                    });
}

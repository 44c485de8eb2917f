/* device.h - where CUDA rungs run: on a GPU, or in the emulator on this CPU.
 *
 * Kernels and CUDA's runtime live in modules, shared libraries that are opened at run time: the program
 * itself needs neither CUDA nor C++. librungs_cuda_emu.so holds the ladders for the emulator,
 * librungs_cuda_gpu.so those that nvcc compiled. Both come from the same sources (cuda/) and export one
 * struct device_module by the name rungs_cuda_module.
 *
 *     char error[DEVICE_ERROR];
 *     const struct device *d = device_open(NULL, error);
 *     if (!d) ... error says what to do ...
 *     const struct rung *ladder = device_ladder(d, op);
 *     struct check c = check_device_rung(d, op, &ladder[3], NULL, 1);
 *
 * Only the emulator is meant for many processes: a process that has used a GPU cannot hand it to its
 * children. So device_open asks a GPU for its facts in a child, and check_device_rung checks in one, as long
 * as this process has not called the module itself. After that (a bench), checks run in this process.
 */
#ifndef RUNGS_DEVICE_H
#define RUNGS_DEVICE_H

#include <stddef.h>
#include "check.h"
#include "op.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { DEVICE_ERROR = 512, DEVICE_VERSION = 1 };

struct device_facts {
    char name[128]; /* "NVIDIA H200", "the emulator"                                 */
    unsigned has;   /* NEED_ bits                                                    */
    int capability; /* 90 for compute capability 9.0                                 */
    int multiprocessors;
    int cores_each;                   /* float multiply-adds a multiprocessor starts in a clock        */
    double clock_hz, memory_clock_hz; /* the highest; 0 if not known                      */
    int memory_bus_bits;
    size_t memory_bytes, l2_bytes, shared_bytes; /* shared: at most, for one block        */
    int driver, runtime; /* 13000 for CUDA 13.0                                           */
};

struct device_rungs {
    const char *op; /* an operation's name */
    const struct rung *rungs;
};

/* What a module exports. Functions that return int return 1, or 0 after a failure that error() describes. All
 * run in order on one stream; only download, synchronise and event_ms wait for what was started before. */
struct device_module {
    unsigned version;                          /* DEVICE_VERSION, or the rest is not understood */
    const char *kind;                          /* "gpu" or "emu"                                */
    const struct device_rungs *ladders;        /* end with op == NULL                           */
    const struct device_rungs *(*peers)(void); /* libraries as rungs; NULL if there are none */

    int (*facts)(struct device_facts *facts);
    void *(*allocate)(size_t bytes); /* NULL after a failure; on 256 bytes */
    void (*release)(void *p);        /* NULL is allowed */
    int (*upload)(void *to, const void *from, size_t bytes);
    int (*download)(void *to, const void *from, size_t bytes);
    int (*fill)(void *p, int byte, size_t bytes);
    int (*copy)(void *to, const void *from, size_t bytes); /* starts copying on the device */
    int (*synchronise)(void); /* waits for all that was started; 0 if any of it failed */
    int (*flush_l2)(void);    /* starts writing twice the L2 cache, so that what was in it is not any more */

    void *(*event_make)(void); /* NULL after a failure */
    void (*event_free)(void *event);
    int (*event_record)(void *event);           /* reached when all that was started before is done */
    double (*event_ms)(void *begin, void *end); /* waits for end; -1 after a failure */

    const char *(*error)(void); /* the last failure in one sentence, "" if there was none; forgets it */
    void (*close)(void);        /* frees what rungs and peers keep between calls */
};

struct device {
    const struct device_module *module;
    struct device_facts facts;
    char path[4096]; /* of the module */
};

/* Opens "gpu", "emu" or the module at a path that contains a slash. NULL: what the environment variable
 * RUNGS_CUDA says, else the GPU if its module is there and a device answers, else the emulator. Modules are
 * looked for beside the program and in ../lib of its folder. Returns NULL and a sentence in
 * error[DEVICE_ERROR] if that fails; the device stays open to the end of the program, and later calls with
 * the same name return it again. */
const struct device *device_open(const char *wanted, char *error);

/* The device of a module that is linked into the program; NULL and a sentence in
 * error[DEVICE_ERROR] if it does not answer */
const struct device *device_of(const struct device_module *module, char *error);

/* The ladder of an operation, of kernels or of libraries, ends with name == NULL; NULL
 * if the module has none */
const struct rung *device_ladder(const struct device *d, const struct op *op);
const struct rung *device_peers(const struct device *d, const struct op *op);

/* rung_at_level (op.h) on a device, where a rung's name is one of the CUDA ladder of dense_forward; NULL if
 * the operation has no ladder there, or the level is unknown or not for this device */
const struct rung *device_rung_at_level(const struct device *d, const struct op *op, const char *level);

/* What the device lacks for that rung, in words, or NULL */
const char *device_lacks(const struct device *d, const struct rung *rung);

/* Buffers for a problem on the device, on 256 bytes, inputs uploaded, outputs NaN. 0 and a sentence in
 * error[DEVICE_ERROR] on failure. */
int device_stage(const struct device *d, const struct check_case *c, void **buf, char *error);
/* The same, each where nothing of its memory follows: in the emulator the first access behind it is a fault.
 * No buffer need lie on 16 bytes. */
int device_stage_to_the_end(const struct device *d, const struct check_case *c, void **buf, char *error);
void device_unstage(const struct device *d, const struct check_case *c, void **buf);

/* Loads the problem anew, calls the rung, downloads, compares outputs, unchanged inputs and what lies beside
 * them: 1 if all is right, else 0 with result->verdict and reason filled. */
int device_verify(const struct device *d, const struct rung *rung, const struct check_case *c, void **buf,
                  struct check *result);

/* One call with buffers of this process: they are copied to the device, all of them, and the outputs back. 0
 * and a sentence in error[DEVICE_ERROR] on failure. */
int device_call(const struct device *d, const struct op *op, const struct rung *rung, const int *size,
                void *const *host, char *error);

/* check_rung for a CUDA rung: op->device_shapes (or only `shape`), each with two problems in the same buffers
 * and the first again, with the same bits; then in buffers that do not lie on 16 bytes, at odd first sizes
 * all one float beside it, else each elsewhere. What the emulator says of a kernel is the reason in error. */
struct check check_device_rung(const struct device *d, const struct op *op, const struct rung *rung,
                               const int *shape, uint64_t seed);

/* 0: without the second problem and the first again, for a checker of accesses: each call has the same */
extern int check_device_again;

/* The same for a rung from outside, which `load` looks for in the process that calls it; NULL and a sentence
 * in error (DEVICE_ERROR bytes) if it fails. rung is what it is called until then. */
typedef const struct rung *device_load_fn(char *error);
struct check check_device_outside(const struct device *d, const struct op *op, const struct rung *rung,
                                  device_load_fn *load, const int *shape, uint64_t seed);

#ifdef __cplusplus
}
#endif
#endif

/* explain.h - why a kernel is slow: what the emulator has counted of it, and what follows.
 *
 * Counted are accesses of the source and basic blocks of the emulator's code, not instructions of a GPU; a
 * time is never said. The names in Nsight Compute stand beside the plain ones (explain_metrics.c). */
#ifndef RUNGS_EXPLAIN_H
#define RUNGS_EXPLAIN_H

#include <stdio.h>

#include "../base/csv.h"
#include "../base/error.h"

enum { EXPLAIN_LANES = 32, EXPLAIN_TEXT = 400 };

/* ---- what was counted: explain_read.c ---- */

/* Accesses of one kernel on one source line to one array, of one kind and size. */
struct explain_access {
    int kernel;                               /* index */
    const char *file, *source, *kind, *array; /* kind: load, store, atomic; source: the line's text */
    int line, size, shared;
    double array_bytes, requests, lanes, bytes;
    double moved, ideal; /* sectors of global memory, wavefronts of shared memory: counted, and the fewest */
    double same;         /* lanes that meet at one address, the most of each request */
    /* the request that costs most beyond the ideal */
    const char *block;
    int warp;
    double share; /* of all requests of its kernel */
    double worst, worst_ideal;
    long array_at, at[EXPLAIN_LANES]; /* byte of each lane, from a multiple of 128; -1: not active */
};

/* A line of a kernel's source, and the lanes that are active in its basic blocks. */
struct explain_line {
    int kernel;
    const char *file, *source;
    int line;
    double warps, threads, share; /* of all that the kernel's warps have entered */
};

struct explain_side {
    const char *thread, *block, *file, *what;
    int line;
};
struct explain_race {
    int kernel;
    struct explain_side side[2];
    const char *array, *text;
};

/* Launches of one kernel with one shape. */
struct explain_kernel {
    const char *name, *symbol, *file;
    int line, grid[3], block[3], tensor_cores;
    double static_bytes, dynamic_bytes, launches, barriers;
    double read, written;            /* distinct sectors, launch by launch */
    double operations[2];            /* of float and double; -1: not known */
    double warps, threads;           /* of all its lines; 0: not counted   */
    int registers;                   /* per thread; 0: not known           */
    double requests, asked, atomics; /* all, sectors that they asked for, atomic ones */
    int access, accesses;            /* its part of report.access, by line */
};

struct explain_report {
    int kernels, accesses, lines, races;
    struct explain_kernel *kernel;
    struct explain_access *access; /* by kernel, file and line */
    struct explain_line *line;
    struct explain_race *race;
    struct csv table[4];
    char **text; /* of source files */
    int texts;
};

/* Reads what CUEMU_EXPLAIN has left in the folder. 0 and a sentence; free it either way. */
int explain_read(struct explain_report *r, const char *folder, char *error);
void explain_free(struct explain_report *r);

/* Does the kernel access memory on that line? Then those requests say better how many lanes are active. */
int explain_has_access(const struct explain_report *r, const struct explain_line *l);

/* ---- GPUs: explain_gpu.c ---- */

struct explain_gpu {
    const char *word, *name, *arch,
        *source;                         /* "a100", "A100 SXM 80 GB", "sm_80"; where the figures are from */
    int sms, threads, blocks, registers; /* per SM */
    int shared, shared_of_block;         /* KB per SM, and the most of one block */
    double bandwidth, peak[2], tensor;   /* GB/s; TFLOP/s of FP32, FP64, and FP16 tensor cores */
};
extern const struct explain_gpu explain_gpus[];               /* ends with word == NULL */
const struct explain_gpu *explain_find_gpu(const char *word); /* NULL: none */

enum explain_limit { LIMIT_THREADS, LIMIT_BLOCKS, LIMIT_REGISTERS, LIMIT_SHARED };
struct explain_occupancy {
    int blocks, warps, most_warps; /* per SM */
    int by[4];                     /* blocks that each resource has room for; 0 registers: not known is -1 */
    enum explain_limit limit;      /* the first that is used up */
    double waves;                  /* the grid in rounds of full SMs */
};
/* registers 0: not known. blocks is 0 where the launch does not fit that GPU. */
struct explain_occupancy explain_occupancy(const struct explain_gpu *gpu, int threads, int registers,
                                           double shared_bytes, double grid);
const char *explain_limit_name(enum explain_limit limit);

/* Where the kernel stands below the roofs. */
struct explain_roof {
    int known;               /* are its operations? */
    double operations, peak; /* FLOP, TFLOP/s of the kind that it has most of */
    const char *peak_name;
    double asked, distinct; /* FLOP per byte: of the sectors that requests ask for, and of distinct ones */
    double low, high;       /* TFLOP/s that memory allows: if no cache held anything, and if all did */
    double ridge;           /* FLOP per byte at which the two roofs meet */
};
struct explain_roof explain_roof(const struct explain_gpu *gpu, const struct explain_kernel *k, double flops);

/* ---- what it means: explain_advice.c ---- */

/* How far from the ideal; 1: there. */
double explain_excess(const struct explain_access *a);
int explain_is_bad(const struct explain_access *a);
/* Do lanes of a warp part, or idle, where it matters? lanes: active on average; share: of the kernel. */
int explain_is_parted(double lanes, double share);
/* What mends it, in one sentence; "" where nothing is wrong. */
void explain_advice(const struct explain_access *a, char text[EXPLAIN_TEXT]);
extern const char explain_parted_advice[];

/* ---- names: explain_metrics.c ---- */

/* Of Nsight Compute, for this kind of access: requests, and sectors or wavefronts of each. */
const char *explain_requests_metric(const struct explain_access *a);
const char *explain_each_metric(const struct explain_access *a);
struct explain_metric {
    const char *plain, *metric;
};
extern const struct explain_metric explain_metrics[]; /* ends with plain == NULL */

/* ---- registers: explain_nvcc.c ---- */

/* Asks nvcc, where it is installed, for the registers of each kernel; returns whether it was and answered. */
int explain_registers(struct explain_report *r, const char *const *source, int sources,
                      const char *const *option, int options, const struct explain_gpu *gpu);

/* ---- how it is shown ---- */

struct explain_view {
    const struct explain_gpu *gpu;
    double flops;      /* of one launch, given by the user; 0: counted */
    int nvcc;          /* did it tell the registers? */
    const char *title; /* the file */
};
void explain_print(const struct explain_report *r, const struct explain_view *v);
void explain_json(FILE *out, const struct explain_report *r, const struct explain_view *v);
/* The keys of JSON that say which access it is, in an object that is open. */
struct json;
void explain_put_place(struct json *j, const struct explain_access *a);
void explain_csv(FILE *out, const struct explain_report *r, const struct explain_view *v);
/* What changed from a to b: on stdout, or as JSON. */
void explain_diff(const struct explain_report *a, const char *title_a, const struct explain_report *b,
                  const char *title_b, const struct explain_gpu *gpu, FILE *json);
void explain_html(FILE *out, const struct explain_report *r, const struct explain_view *v);

#endif

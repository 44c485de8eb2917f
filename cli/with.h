/* with.h - a kernel from outside: --with ./mine.so:function[,needs=avx2], or mine.c, or mine.cu, for `rungs
 * check` and `rungs bench`.
 *
 * It is a rung like any other, but that its code is a stranger's. So it is loaded and checked in a child
 * process with a time limit, and only what has passed there is called in this one. */
#ifndef RUNGS_WITH_H
#define RUNGS_WITH_H

#include "../base/file.h"
#include "../optimized/check.h"

struct with {
    const char *verb;
    const struct op *op;
    char path[FILE_PATH];             /* as the user wrote it */
    char function[64];                /* of C; the operation's name if none was given */
    char library[FILE_PATH];          /* what is loaded: path, or what was compiled from it */
    int is_c, is_cuda;                /* FILE.c, FILE.cu */
    const char *const *isa_flags;     /* of a C compiler, for what it needs; end with NULL; NULL: none */
    struct rung ladder[2];            /* the one rung, called as the function; run is NULL until with_load */
    void (*set_threads)(int threads); /* if it uses OpenMP: omp_set_num_threads, after with_load; else NULL */
};

/* Seconds for one shape if the user says nothing: a function from outside is more likely
 * to hang than to be slow. */
enum { WITH_SECONDS = 30 };

/* for option tables */
#define WITH_HELP \
    "your own function: FILE.so or FILE.c[:FUNCTION][,needs=avx2|avx512]; FILE.cu[:FUNCTION] in CUDA"

/* Understands the text and looks for the file; runs nothing. -1, or an exit code after a sentence. */
int with_read(struct with *w, const char *verb, const char *text, const struct op *op);

/* the one that was understood last */
struct with *with_current(void);

/* Compiles what is source, showing how, and loads it in a child to see whether it can be loaded and has the
 * function. -1, or an exit code after a sentence. Once in a program: what is compiled is removed again. */
int with_prepare(struct with *w);

/* The checks of check.h in a child which loads the library; for the one that was prepared. */
struct check with_check(const struct op *op, const struct rung *rung, const int *shape, uint64_t seed);
struct check with_check_on(const struct check_case *problem, const struct rung *rung);

/* In a child that is to call it: a fault is told, and what the function prints goes to stderr, as it comes,
 * for stdout is the report's. */
void with_watch(void (*on_fault)(const char *sentence));

/* For what compiles: the library stays open under a number, so that its file can be removed at once. */
int with_keep_open(struct with *w, const char *file);

/* ---- CUDA (with_cuda.c) ---- */

/* Compiles it for the GPU, or without one for the emulator; as with_prepare, which calls it. */
int with_compile_cuda(struct with *w);

/* Compiles path (FILE.cu) into the shared object `to` for that device, and shows how; 0 with error set. */
struct device;
int with_compile_for(const struct device *d, const char *verb, const char *path, const char *to, char *error,
                     size_t room);

/* where it runs */
const struct device *with_device(void);

/* as with_check, on the device */
struct check with_check_cuda(const struct op *op, const struct rung *rung, const int *shape, uint64_t seed);

/* Loads it into this process: fills run and set_threads. 0 and a sentence. */
int with_load(struct with *w, char *error);

#endif

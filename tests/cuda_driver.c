/* cuda_driver.c - CUDA ladders in one mode of the emulator, for cuda.cmake; RUNGS_CUDA and
 * CUEMU_ variables say which.
 *
 *   cuda_driver ladders NAME...      every rung of the operations whose names begin so, as
 *                                    `rungs check OP --cuda`
 *   cuda_driver check SHAPE...       every rung, in a child each, at these shapes
 *   cuda_driver accesses SHAPE...    the same without calls whose accesses are those of another call
 *   cuda_driver bits SHAPE...        every rung, in this process: a line with a hash of each rung's outputs
 *   cuda_driver once OP RUNG SHAPE   one call in this process, whose accesses CUEMU_PROFILE counts
 *   cuda_driver over OP RUNG SHAPE   the same, and another with the output written
 *                                    over the input if it may be
 *
 * With CUDA_LINKED the module is part of the program, as AddressSanitizer needs it. */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../optimized/device.h"
#include "../base/memory.h"

#if defined CUDA_LINKED
extern const struct device_module rungs_cuda_module;
#endif

static const struct device *open_device(void)
{
    char error[DEVICE_ERROR];
#if defined CUDA_LINKED
    const struct device *d = device_of(&rungs_cuda_module, error);
#else
    const struct device *d = device_open(NULL, error);
#endif
    if (!d) fprintf(stderr, "cuda_driver: %s\n", error);
    return d;
}

/* FNV-1a over the bytes */
static uint64_t hash_of(uint64_t h, const void *data, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) h = (h ^ ((const unsigned char *)data)[i]) * 0x100000001b3;
    return h;
}

/* the outputs on the device; 0 after a failure, which is printed */
static int hash_outputs(const struct device *d, const struct check_case *c, void *const *buf, uint64_t *hash)
{
    *hash = 0xcbf29ce484222325;
    for (int a = 0; a < c->op->narg; a++) {
        if (!c->oracle[a]) continue;
        size_t bytes = c->bytes[a];
        void *host = memory_need(bytes, 1);
        if (!d->module->download(host, buf[a], bytes)) return printf("FAIL  %s\n", d->module->error()), 0;
        *hash = hash_of(*hash, host, bytes);
        free(host);
    }
    return 1;
}

/* a call whose output over[0] is written over input over[1]; 0 if it fails */
static int in_place(const struct device *d, const struct rung *r, const struct check_case *c,
                    void *const *buf)
{
    void *shared[MAX_ARGS];
    memcpy(shared, buf, sizeof shared);
    shared[c->op->over[0]] = shared[c->op->over[1]];
    op_call(c->op, r->run, c->size, shared);
    return d->module->synchronise() || (printf("FAIL  %s\n", d->module->error()), 0);
}

/* one verified call in this process; 0 if it is wrong */
static int call_with(const struct device *d, const struct op *op, const struct rung *r, const int *size,
                     int then_in_place)
{
    char error[DEVICE_ERROR], shape[SHAPE_TEXT];
    struct check result = { .verdict = CHECK_PASS };
    struct check_case *c = check_case_make(op, size, 1);
    void *buf[MAX_ARGS];
    uint64_t hash;
    check_case_bounds(c, r->needs);
    if (!device_stage(d, c, buf, error)) return printf("FAIL  %s\n", error), 0;
    int ok = device_verify(d, r, c, buf, &result) && hash_outputs(d, c, buf, &hash);
    if (ok)
        printf("%s %s %s %016" PRIx64 "\n", op->name, r->name, op_shape_text(op, size, shape), hash);
    else
        printf("FAIL  %s %s %s\n", op->name, r->name, result.reason);
    if (ok && then_in_place && op->over[0]) ok = in_place(d, r, c, buf);
    device_unstage(d, c, buf);
    check_case_free(c);
    return ok;
}

static int once(const struct device *d, const struct op *op, const struct rung *r, const int *size)
{
    return call_with(d, op, r, size, 0);
}

/* at that shape, or at all (NULL) */
static int apart(const struct device *d, const struct op *op, const struct rung *r, const int *size)
{
    char shape[SHAPE_TEXT] = "all shapes";
    struct check c = check_device_rung(d, op, r, size, 1);
    printf("%s  %s %s %s  %s\n", c.verdict == CHECK_PASS ? "PASS" : "FAIL", op->name, r->name,
           size ? op_shape_text(op, size, shape) : shape, c.reason);
    fflush(stdout);
    return c.verdict == CHECK_PASS;
}

static int begins_with_one_of(const char *text, char **beginnings)
{
    for (; *beginnings; beginnings++)
        if (!strncmp(text, *beginnings, strlen(*beginnings))) return 1;
    return 0;
}

/* 1 if all rungs of these operations are right */
static int ladders_of(const struct device *d, char **names)
{
    int wrong = 0, right = 0;
    for (const struct op *const *op = op_all(); *op; op++) {
        const struct rung *r = device_ladder(d, *op);
        if (!r || !begins_with_one_of((*op)->name, names)) continue;
        check_case_keep(*op, (*op)->device_shapes, 1);
        for (; r->name; r++) {
            int ok = apart(d, *op, r, NULL);
            right += ok;
            wrong += !ok;
        }
        check_case_keep_none();
    }
    fprintf(stderr, "%d right, %d wrong\n", right, wrong);
    return right && !wrong;
}

/* 1 if all rungs are right at all shapes */
static int every_rung(const struct device *d, char **shapes,
                      int (*look)(const struct device *, const struct op *, const struct rung *, const int *))
{
    int wrong = 0, right = 0, size[MAX_SIZES];
    for (const struct op *const *op = op_all(); *op; op++)
        for (const struct rung *r = device_ladder(d, *op); r && r->name; r++)
            for (char **shape = shapes; *shape; shape++) {
                if (!op_parse_shape(*op, *shape, size, NULL)) continue;
                int ok = look(d, *op, r, size);
                right += ok;
                wrong += !ok;
            }
    fprintf(stderr, "%d right, %d wrong\n", right, wrong);
    return right && !wrong;
}

int main(int argc, char **argv)
{
    const struct device *d = open_device();
    int size[MAX_SIZES], ok = 0;
    if (!d) return 77;
    if (argc > 2 && !strcmp(argv[1], "ladders")) ok = ladders_of(d, argv + 2);
    if (argc > 2 && !strcmp(argv[1], "check")) ok = every_rung(d, argv + 2, apart);
    if (argc > 2 && !strcmp(argv[1], "accesses")) {
        check_device_again = 0;
        ok = every_rung(d, argv + 2, apart);
    }
    if (argc > 2 && !strcmp(argv[1], "bits")) ok = every_rung(d, argv + 2, once);
    if (argc == 5 && (!strcmp(argv[1], "once") || !strcmp(argv[1], "over"))) {
        const struct op *op = op_find_with(argv[2]);
        const struct rung *r = op && device_ladder(d, op) ? rung_in(device_ladder(d, op), argv[3]) : NULL;
        if (!r || !op_parse_shape(op, argv[4], size, NULL))
            return fprintf(stderr, "no such rung or shape\n"), 64;
        ok = call_with(d, op, r, size, !strcmp(argv[1], "over"));
    }
    d->module->close();
    return ok ? 0 : 1;
}

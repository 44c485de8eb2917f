/* check_device.c - is this CUDA rung right? The device's part of check.h; see device.h. */
#include "device.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../base/memory.h"

/* ---- one problem on the device ---- */

/* Each buffer lies between two zones that hold a pattern and are looked at afterwards. In the emulator a page
 * that may not be accessed follows at the next multiple of ZONE bytes: the zone behind a buffer only fills
 * the room up to there. Allocations lie on ZONE bytes; a buffer may begin some floats behind its first zone.
 * Beside an input there are NaNs, which show where they are read; beside an output something else, or what a
 * rung makes of NaNs might be the pattern. */
enum { ZONE = 256, BESIDE_INPUT = 0xff, BESIDE_OUTPUT = 0xa5 };

static int pattern_beside(const struct check_case *c, int a)
{
    return c->input[a] ? BESIDE_INPUT : BESIDE_OUTPUT;
}

/* of a buffer that ends there */
static size_t zone_behind(const struct device *d, uintptr_t end)
{
    size_t to_multiple = (ZONE - end % ZONE) % ZONE;
    return strcmp(d->module->kind, "emu") ? to_multiple + ZONE : to_multiple;
}

static void *allocate_between_zones(const struct device *d, size_t shift, size_t bytes, int pattern)
{
    size_t whole = ZONE + shift + bytes + zone_behind(d, shift + bytes);
    char *zone = d->module->allocate(whole);
    if (zone && d->module->fill(zone, pattern, whole)) return zone + ZONE + shift;
    d->module->release(zone);
    return NULL;
}

void device_unstage(const struct device *d, const struct check_case *c, void **buf)
{
    for (int a = 0; a < c->op->narg; a++)
        if (buf[a]) d->module->release((char *)buf[a] - (uintptr_t)buf[a] % ZONE - ZONE);
}

static int upload_all(const struct device *d, const struct check_case *c, void **buf)
{
    for (int a = 0; a < c->op->narg; a++) {
        int ok = c->input[a] ? d->module->upload(buf[a], c->input[a], c->bytes[a])
                             : d->module->fill(buf[a], check_poison(&c->op->arg[a]), c->bytes[a]);
        if (!ok) return 0;
    }
    return 1;
}

/* Where the buffers of a problem begin: all on 16 bytes; all one float further; each another
 * number of floats further; where they end at a multiple of ZONE bytes */
enum places { ON_16_BYTES, ALL_BESIDE, EACH_ELSEWHERE, TO_THE_END };

/* bytes between a buffer and the zone in front */
static size_t shift_at(enum places places, int a, size_t bytes)
{
    switch (places) {
    case ALL_BESIDE: return sizeof(float);
    case EACH_ELSEWHERE: return (size_t)a % 4 * sizeof(float);
    case TO_THE_END: return (ZONE - bytes % ZONE) % ZONE;
    default: return 0;
    }
}

static int stage_at(const struct device *d, const struct check_case *c, enum places places, void **buf,
                    char *reason)
{
    int ok = 1;
    memset(buf, 0, (size_t)c->op->narg * sizeof *buf);
    for (int a = 0; a < c->op->narg && ok; a++) {
        buf[a] =
            allocate_between_zones(d, shift_at(places, a, c->bytes[a]), c->bytes[a], pattern_beside(c, a));
        ok = buf[a] != NULL;
    }
    if (ok && upload_all(d, c, buf)) return 1;
    snprintf(reason, DEVICE_ERROR, "%s", d->module->error());
    device_unstage(d, c, buf);
    return 0;
}

int device_stage(const struct device *d, const struct check_case *c, void **buf, char *error)
{
    return stage_at(d, c, ON_16_BYTES, buf, error);
}

int device_stage_to_the_end(const struct device *d, const struct check_case *c, void **buf, char *error)
{
    return stage_at(d, c, TO_THE_END, buf, error);
}

static int fail(const struct check_case *c, struct check *result, const char *what)
{
    snprintf(result->reason, sizeof result->reason, "at %s %.200s", c->shape, what);
    result->verdict = CHECK_FAIL;
    return 0;
}

/* into host[], one buffer an argument; 0 after a failure, which is in result */
static int download_all(const struct device *d, const struct check_case *c, void *const *buf, void **host,
                        struct check *result)
{
    for (int a = 0; a < c->op->narg; a++)
        if (!d->module->download(host[a], buf[a], c->bytes[a])) return fail(c, result, d->module->error());
    return 1;
}

static int inputs_unchanged(const struct check_case *c, void *const *host, struct check *result)
{
    for (int a = 0; a < c->op->narg; a++) {
        if (c->oracle[a] || !memcmp(host[a], c->input[a], c->bytes[a])) continue;
        char what[80];
        snprintf(what, sizeof what, "it writes to its input %s", c->op->arg[a].name);
        return fail(c, result, what);
    }
    return 1;
}

static int zone_intact(const struct device *d, const void *zone, size_t bytes, int pattern)
{
    unsigned char host[2 * ZONE];
    if (!d->module->download(host, zone, bytes)) return 0;
    for (size_t i = 0; i < bytes; i++)
        if (host[i] != pattern) return 0;
    return 1;
}

static int nothing_outside(const struct device *d, const struct check_case *c, void *const *buf,
                           struct check *result)
{
    for (int a = 0; a < c->op->narg; a++) {
        const char *data = buf[a];
        size_t bytes = c->bytes[a];
        int pattern = pattern_beside(c, a);
        if (zone_intact(d, data - ZONE, ZONE, pattern) &&
            zone_intact(d, data + bytes, zone_behind(d, (uintptr_t)data + bytes), pattern))
            continue;
        char what[80];
        snprintf(what, sizeof what, "it writes outside %s", c->op->arg[a].name);
        return fail(c, result, what);
    }
    return 1;
}

/* device_verify, leaving what it downloaded in host[] */
static int verify_into(const struct device *d, const struct rung *rung, const struct check_case *c,
                       void **buf, void **host, struct check *result)
{
    if (!upload_all(d, c, buf)) return fail(c, result, d->module->error());
    op_call(c->op, rung->run, c->size, buf);
    if (!d->module->synchronise()) return fail(c, result, d->module->error());
    return download_all(d, c, buf, host, result) && inputs_unchanged(c, host, result) &&
           nothing_outside(d, c, buf, result) && check_case_compare(c, host, result);
}

static void host_buffers(const struct check_case *c, void **host)
{
    for (int a = 0; a < c->op->narg; a++) host[a] = memory_need(c->bytes[a], 1);
}

static void host_free(const struct check_case *c, void **host)
{
    for (int a = 0; a < c->op->narg; a++) free(host[a]);
}

int device_verify(const struct device *d, const struct rung *rung, const struct check_case *c, void **buf,
                  struct check *result)
{
    void *host[MAX_ARGS];
    host_buffers(c, host);
    int ok = verify_into(d, rung, c, buf, host, result);
    host_free(c, host);
    return ok;
}

int device_call(const struct device *d, const struct op *op, const struct rung *rung, const int *size,
                void *const *host, char *reason)
{
    void *buf[MAX_ARGS] = { NULL };
    int ok = 1;
    for (int a = 0; ok && a < op->narg; a++) {
        size_t bytes = op_arg_bytes(op, a, size, sizeof(float));
        ok = (buf[a] = d->module->allocate(bytes)) && d->module->upload(buf[a], host[a], bytes);
    }
    if (ok) op_call(op, rung->run, size, buf);
    ok = ok && d->module->synchronise();
    for (int a = 0; ok && a < op->narg; a++)
        if (op->arg[a].access != ARG_IN)
            ok = d->module->download(host[a], buf[a], op_arg_bytes(op, a, size, sizeof(float)));
    if (!ok) snprintf(reason, DEVICE_ERROR, "%s", d->module->error());
    for (int a = 0; a < op->narg; a++) d->module->release(buf[a]);
    return ok;
}

/* ---- one rung at one shape ---- */

static const struct device *checked; /* the device of check_device_rung that runs */

static int same_outputs(const struct check_case *c, void *const *one, void *const *other)
{
    for (int a = 0; a < c->op->narg; a++)
        if (c->oracle[a] && memcmp(one[a], other[a], c->bytes[a])) return 0;
    return 1;
}

/* The outputs must be the same bits when output over[0] is written over input over[1]. */
static int same_in_place(const struct rung *rung, const struct check_case *c, void *const *buf,
                         void *const *first, void **host, struct check *result)
{
    void *shared[MAX_ARGS];
    memcpy(shared, buf, sizeof shared);
    shared[c->op->over[0]] = shared[c->op->over[1]];
    for (int a = 0; a < c->op->narg; a++)
        if (c->input[a] && !checked->module->upload(buf[a], c->input[a], c->bytes[a]))
            return fail(c, result, checked->module->error());
    op_call(c->op, rung->run, c->size, shared);
    if (!checked->module->synchronise()) return fail(c, result, checked->module->error());
    return download_all(checked, c, shared, host, result) &&
           (same_outputs(c, first, host) ||
            fail(c, result, "an output written over its input differs from what it is elsewhere"));
}

int check_device_again = 1;

/* problem B in the buffers in which A was, A again: right each time, and the same bits for A */
static int same_again(const struct rung *rung, const struct check_case *A, const struct check_case *B,
                      void **buf, void *const *first, void **host, struct check *result)
{
    return verify_into(checked, rung, B, buf, host, result) &&
           verify_into(checked, rung, A, buf, host, result) &&
           (same_outputs(A, first, host) ||
            fail(A, result, "not deterministic: a second call gives different bits"));
}

/* problem A: right, again and in place, too */
static void check_staged(const struct rung *rung, const struct check_case *A, const struct check_case *B,
                         void **buf, struct check *result)
{
    void *first[MAX_ARGS], *host[MAX_ARGS];
    host_buffers(A, first);
    host_buffers(A, host);
    if (verify_into(checked, rung, A, buf, first, result) &&
        (!check_device_again || same_again(rung, A, B, buf, first, host, result)) && A->op->over[0])
        same_in_place(rung, A, buf, first, host, result);
    host_free(A, first);
    host_free(A, host);
}

static device_load_fn *load_rung; /* of check_device_outside that runs; NULL: the rung is here */

static struct check check_at(const struct op *op, const struct rung *rung, const int *size, uint64_t seed)
{
    struct check result = { .verdict = CHECK_PASS, .shapes = 1 };
    if (load_rung && !(rung = load_rung(result.reason))) {
        result.verdict = CHECK_FAIL;
        return result;
    }
    struct check_case *A = check_case_make(op, size, seed),
                      *B = check_case_make(op, size, check_second_seed(seed));
    char error[DEVICE_ERROR];
    void *buf[MAX_ARGS];
    check_case_bounds(A, rung->needs);
    check_case_bounds(B, rung->needs);
    enum places places[] = { ON_16_BYTES, size[0] % 2 ? ALL_BESIDE : EACH_ELSEWHERE };
    for (int i = 0; i < 2 && result.verdict == CHECK_PASS; i++) {
        if (!stage_at(checked, A, places[i], buf, error)) {
            fail(A, &result, error);
            if (!i)
                result.verdict = CHECK_RESOURCES; /* nothing has run yet: there is no room for the buffers */
            break;
        }
        if (i == 0)
            check_staged(rung, A, B, buf, &result);
        else
            device_verify(checked, rung, A, buf, &result);
        device_unstage(checked, A, buf);
    }
    check_case_free(A);
    check_case_free(B);
    return result;
}

/* ---- one rung at all shapes, in a child ---- */

/* What the child prints to stderr: the emulator explains there why it ends a kernel. */
static int said_fd = -1;

static void listen_to_stderr(void (*on_fault)(const char *sentence))
{
    (void)on_fault; /* faults are the device's to explain */
    if (said_fd >= 0) dup2(said_fd, STDERR_FILENO);
}

/* The first line that the child printed is the reason of its failure; and a failure, if the emulator said it:
 * a race may leave the right numbers. */
static void quote_child(struct check *result)
{
    char said[4096] = "";
    ssize_t n = pread(said_fd, said, sizeof said - 1, 0);
    if (n <= 0 || result->verdict == CHECK_RESOURCES) return;
    if (!strncmp(said, "emu: ", 5) || strstr(said, "\nemu: ")) result->verdict = CHECK_FAIL;
    if (result->verdict != CHECK_FAIL) return;
    snprintf(result->reason, sizeof result->reason, "%.*s", (int)strcspn(said, "\n"), said);
}

struct check check_device_outside(const struct device *d, const struct op *op, const struct rung *rung,
                                  device_load_fn *load, const int *shape, uint64_t seed)
{
    load_rung = load;
    struct check result = check_device_rung(d, op, rung, shape, seed);
    load_rung = NULL;
    return result;
}

struct check check_device_rung(const struct device *d, const struct op *op, const struct rung *rung,
                               const int *shape, uint64_t seed)
{
    static const struct check_way on_the_device = { listen_to_stderr, check_at };
    const char *lacks = device_lacks(d, rung);
    int only[2][MAX_SIZES] = { { 0 } };
    if (lacks) {
        struct check skipped = { .verdict = CHECK_SKIP };
        snprintf(skipped.reason, sizeof skipped.reason, "%s has no %s", d->facts.name, lacks);
        return skipped;
    }
    if (shape) memcpy(only[0], shape, (size_t)op->nsize * sizeof *shape);
    checked = d;
    said_fd = memfd_create("stderr of a check", MFD_CLOEXEC);
    struct check result = check_apart(&on_the_device, op, rung,
                                      shape ? (const int(*)[MAX_SIZES])only : op->device_shapes, seed);
    if (said_fd >= 0) {
        quote_child(&result);
        close(said_fd);
    }
    return result;
}

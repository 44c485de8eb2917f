/* gradcheck_cuda.c - rungs gradcheck cuda: a loss and its gradient in a CUDA file, functions of device
 * pointers, on a GPU or in the emulator.
 *
 * A process that has used a GPU cannot hand it to its children. So all is checked in the one child that has
 * loaded the code. x, the loss and the gradient lie in device memory with a rim beside them, which must
 * stay what it is. */
#include "gradcheck_derived.h"

#include <stdlib.h>
#include <string.h>

#include "../optimized/device.h"
#include "with.h"

enum { RIM = 256, RIM_BYTE = 0x5a };

static const char *path, *x_path, *loss_name, *grad_name;
static int n, f32;
static double *x_data;
static float *x_floats;
static const char *library;
static const struct device *device;

static struct {
    void (*loss)(const void *x, size_t n, void *loss);
    void (*grad)(const void *x, size_t n, void *g);
} user;

/* The first thing that went wrong on the device; the verdict that it is. */
static char failure[ERROR_TEXT];
static gc_verdict fault;

/* ---- device memory ---- */

/* An array on the device, in the middle of its rims */
struct there {
    char *all;
    size_t bytes;
};

static struct there there_x, there_loss, there_g;

static size_t number_bytes(void)
{
    return f32 ? sizeof(float) : sizeof(double);
}

static void fail(gc_verdict v, const char *format, const char *what)
{
    if (*failure) return;
    snprintf(failure, sizeof failure, format, what);
    fault = v;
}

static int device_did(int done)
{
    if (!done) fail(GC_CRASH, "the device failed: %s", device->module->error());
    return done;
}

static int there_make(struct there *t, size_t bytes)
{
    *t = (struct there){ device->module->allocate(bytes + 2 * RIM), bytes };
    return device_did(t->all != NULL);
}

/* the bytes, with fresh rims */
static int there_put(const struct there *t, const void *from)
{
    const struct device_module *d = device->module;
    return device_did(d->fill(t->all, RIM_BYTE, t->bytes + 2 * RIM) &&
                      d->upload(t->all + RIM, from, t->bytes));
}

/* the bytes back, after a look at the rims */
static int there_get(const struct there *t, void *to, const char *name)
{
    char *all = malloc(t->bytes + 2 * RIM);
    if (!all) {
        fail(GC_CRASH, "out of memory for %s", name);
        return 0;
    }
    int fine = device_did(device->module->download(all, t->all, t->bytes + 2 * RIM));
    for (size_t i = 0; fine && i < RIM; i++)
        if (all[i] != RIM_BYTE || all[RIM + t->bytes + i] != RIM_BYTE) {
            fail(GC_CONTRACT_BROKEN, "the device writes outside of %s: look at the bounds of the kernels",
                 name);
            fine = 0;
        }
    if (fine) memcpy(to, all + RIM, t->bytes);
    free(all);
    return fine;
}

/* After a call: what the kernels left; x must be what it was. */
static int finish(const gc_tensor *in, const struct there *result, void *to, const char *name)
{
    void *x = malloc(there_x.bytes);
    int fine = x && device_did(device->module->synchronise()) && there_get(result, to, name) &&
               there_get(&there_x, x, "x");
    if (fine && memcmp(x, in->data, there_x.bytes)) {
        fail(GC_CONTRACT_BROKEN, "%s is computed by kernels that write to x: work on a copy", name);
        fine = 0;
    }
    free(x);
    return fine;
}

/* ---- callbacks ---- */

static int forward(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    (void)ctx;
    if (*failure || !there_put(&there_x, in->data) || !there_put(&there_loss, out->data)) return 1;
    user.loss(there_x.all + RIM, (size_t)n, there_loss.all + RIM);
    return !finish(in, &there_loss, out->data, "the loss");
}

static int backward(void *ctx, const gc_tensor *in, const gc_tensor *out, const gc_tensor *dout,
                    gc_tensor *din)
{
    (void)ctx, (void)out, (void)dout;
    if (*failure || !there_put(&there_x, in->data) || !there_put(&there_g, din->data)) return 1;
    user.grad(there_x.all + RIM, (size_t)n, there_g.all + RIM);
    return !finish(in, &there_g, din->data, "the gradient");
}

/* ---- in the child ---- */

static int open_cuda(struct subject *s, char *error)
{
    void *code = library_open_as(library, path, error);
    void *loss = code ? library_symbol_as(code, library, path, loss_name, error) : NULL;
    void *grad = loss ? library_symbol_as(code, library, path, grad_name, error) : NULL;
    gc_dtype dt = f32 ? GC_F32 : GC_F64;
    if (!grad) return 0;
    memcpy(&user.loss, &loss, sizeof loss), memcpy(&user.grad, &grad, sizeof grad); /* POSIX: functions */
    size_t bytes = (size_t)n * number_bytes();
    if (!there_make(&there_x, bytes) || !there_make(&there_g, bytes) ||
        !there_make(&there_loss, number_bytes())) {
        gradcheck_ends(EXIT_RESOURCES);
        return error_set(error, "%s", failure);
    }
    s->in[0] = (gc_tensor){ .name = "x", .dt = dt, .nd = 1, .dim = { (size_t)n }, .flags = GC_GRAD };
    s->in[0].data = f32 ? (void *)x_floats : (void *)x_data;
    s->out[0] = (gc_tensor){ .name = "loss", .dt = dt };
    s->problem = (gc_problem){ .name = s->name, .nin = 1, .nout = 1, .in = s->in, .out = s->out };
    s->problem.forward = forward, s->problem.backward = backward, s->problem.no_upstream = 1;
    return 1;
}

int cuda_work(struct subject *s, const struct settings *set, struct outcome *out)
{
    gc_options o = outcome_options(set, out);
    o.fork = 0; /* this is the process that has the device */
    gc_result *r = gc_check(&s->problem, &o);
    if (*failure) {
        r->verdict = fault;
        snprintf(r->reason, sizeof r->reason, "%.*s", (int)sizeof r->reason - 1, failure);
    }
    outcome_keep(out, r);
    return 1;
}

/* ---- the command line ---- */

/* -1, or the exit code after a sentence */
static int compile(const char *verb)
{
    char error[2 * ERROR_TEXT];
    const char *end = strrchr(path, '.');
    if (!end || strcmp(end, ".cu"))
        return args_refuse(verb, "%s is no CUDA file: its name must end with .cu", path);
    FILE *f = fopen(path, "r");
    if (!f) return args_fail(EXIT_INPUT, verb, "the file %s cannot be opened", path);
    fclose(f);
    if (!(device = device_open(NULL, error))) return args_fail(EXIT_SKIPPED, verb, "%s", error);
    library = guard_folder(error) ? guard_file("cuda.so") : NULL;
    if (!library) return args_fail(EXIT_OUTPUT, verb, "%s", error);
    if (!with_compile_for(device, verb, path, library, error, sizeof error))
        return args_fail(gradcheck_refusal, verb, "%s", error);
    return -1;
}

static int settle(const char *verb, const struct settings *set)
{
    char error[ERROR_TEXT];
    if (*gradcheck_mode() || set->svg || set->at)
        return args_refuse(verb, "curves, --at and --svg need a check on the CPU; leave them out");
    if (!loss_name || !grad_name || !n)
        return args_refuse(verb, "it needs --loss, --grad and --n; `rungs %s --help` shows how", verb);
    if (x_path) {
        x_data = calloc((size_t)n, sizeof *x_data);
        x_floats = calloc((size_t)n, sizeof *x_floats);
        if (!x_data || !x_floats) return args_fail(EXIT_RESOURCES, verb, "out of memory for %d numbers", n);
        if (!numbers_read(x_path, (size_t)n, x_data, error))
            return args_fail(gradcheck_refusal, verb, "%s", error);
        for (int i = 0; i < n; i++) x_floats[i] = (float)x_data[i];
    }
    return compile(verb);
}

int cuda_parse(int argc, char **argv, struct subject *s, struct settings *set)
{
    static char verb[64];
    path = x_path = loss_name = grad_name = library = NULL;
    n = f32 = 0;
    x_data = NULL, x_floats = NULL;
    *failure = '\0';
    const struct option_row options[] = {
        { "--loss", OPTION_TEXT, &loss_name, 0, 0,
          "extern \"C\" void NAME(const double *x, size_t n, double *loss)" },
        { "--grad", OPTION_TEXT, &grad_name, 0, 0,
          "extern \"C\" void NAME(const double *x, size_t n, double *g)" },
        { "--n", OPTION_INT, &n, 1, 1e8, "how many numbers x has" },
        { "--x", OPTION_TEXT, &x_path, 0, 0, "a file of n numbers: the point to check at, and around" },
        { "--f32", OPTION_FLAG, &f32, 0, 0, "all arrays are of float instead of double" },
        { 0 },
    };
    snprintf(verb, sizeof verb, "%s", argv[0]);
    const struct manual manual = {
        verb,
        "a loss and its gradient in CUDA, on a GPU or in the emulator",
        "rungs gradcheck cuda FILE.cu --loss F --grad G --n N [options]",
        "Compiles FILE.cu with nvcc ($NVCC) where there is a GPU, else for the emulator, and compares the gradient\n"
        "with differences of the loss. F and G run on the host and start kernels; x, loss and g lie on the device:\n"
        "\n"
        "    extern \"C\" void F(const double *x, size_t n, double *loss);     one number, written by a kernel\n"
        "    extern \"C\" void G(const double *x, size_t n, double *g);        writes g[0..n-1]\n"
        "\n"
        "All that `so` looks at is looked at. What lies beside the arrays must not be written, nor x. RUNGS_CUDA=emu\n"
        "takes the emulator where there is a GPU.",
        "rungs gradcheck cuda sphere.cu --loss sphere --grad sphere_grad --n 1000\n"
        "RUNGS_CUDA=emu rungs gradcheck cuda sphere.cu --loss sphere --grad sphere_grad --n 100 --points 1",
        options,
        1,
        1,
        NULL,
    };
    int code = derived_read(&manual, argc, argv, s, set, &path);
    if (code >= 0) return code;
    s->open = open_cuda;
    snprintf(s->name, sizeof s->name, "%s", loss_name ? loss_name : "");
    return settle(verb, set);
}

/* check.c - rungs check: is every rung right, is every backward the gradient of its forward? */
#include "verbs.h"

#include <stdio.h>
#include <string.h>

#include "../optimized/check.h"
#include "../optimized/device.h"

static int seed = 1, threads = 0, as_csv, cuda;
static const struct device *device; /* with --cuda */
static const char *rung_name, *shape_text;

static int failed, passed, skipped;

/* digits: of a rung that has fewer than float, else NULL */
static void tell(const struct op *op, const char *rung, const struct check *c, const char *unit,
                 const char *digits)
{
    static const char *const word[] = { "PASS", "FAIL", "SKIP" };
    failed += c->verdict == CHECK_FAIL;
    passed += c->verdict == CHECK_PASS;
    skipped += c->verdict == CHECK_SKIP;
    if (as_csv) {
        printf("%s,%s,%s,%d,%.3g,\"%s\"\n", op->name, rung, word[c->verdict], c->shapes, c->worst, c->why);
    } else if (c->verdict == CHECK_PASS) {
        printf("PASS  %-24s %-14s %3d shapes   worst error %.2g%s%s%s\n", op->name, rung, c->shapes, c->worst,
               unit, digits ? " for " : "", digits ? digits : "");
    } else {
        printf("%s  %-24s %-14s %s\n", word[c->verdict], op->name, rung, c->why);
    }
    fflush(stdout);
}

/* the CUDA ladder: on the GPU, or in the emulator with all that it sees */
static void check_cuda(const struct op *op, const struct rung *only, const int *shape)
{
    for (const struct rung *r = device_ladder(device, op); r && r->name; r++) {
        if (only && r != only) continue;
        struct check c = check_device_rung(device, op, r, shape, (uint64_t)seed);
        tell(op, r->name, &c, " of the allowed", rung_digits_words(r->needs));
    }
}

static void check_op(const struct op *op, const struct rung *only, const int *shape)
{
    for (const struct rung *r = op->cpu; r->name; r++) {
        if (only && r != only) continue;
        struct check c = check_rung(op, r, shape, (uint64_t)seed);
        tell(op, r->name, &c, " of the allowed", rung_digits_words(r->needs));
    }
    if (only || shape || !op->forward) return;
    struct check c = check_gradient(op, (uint64_t)seed);
    tell(op, "gradient", &c, " relative", NULL);
}

int verb_check(int argc, char **argv)
{
    const struct option_row options[] = {
        { "--rung", OPTION_TEXT, &rung_name, 0, 0, "only this rung" },
        { "--shape", OPTION_TEXT, &shape_text, 0, 0, "only this shape, like 64x784x512" },
        { "--threads", OPTION_INT, &threads, 0, 256, "for the threaded rungs; 0: as OpenMP decides" },
        { "--cuda", OPTION_FLAG, &cuda, 0, 0, "the CUDA rungs: on the GPU, or without one in the emulator" },
        { "--seed", OPTION_INT, &seed, 0, 1e9, "of the random inputs" },
        { "--csv", OPTION_FLAG, &as_csv, 0, 0, "op,rung,verdict,shapes,worst,why" },
        { 0 },
    };
    const struct usage usage = {
        "check",
        "check OP|all [options]",
        "Compares every rung with the double oracle at every size class, between guard pages, and every\n"
        "backward with its forward by the gradient checker. Exit 0: all right, 1: something is wrong, 77: "
        "all "
        "skipped.",
        "  rungs check all\n  rungs check dense_forward --rung 04_avx2\n"
        "  rungs check dense_backward_dw --shape 64x784x512 --threads 2\n"
        "  rungs check dense_forward --cuda\n",
        options,
        1,
        1,
    };
    const char *word[1];
    int code, size[MAX_SIZES];
    if (args_read(&usage, argc, argv, word, &code) < 0) return code;
    if (!verb_use_threads("check", threads)) return EXIT_USAGE;
    int all = !strcmp(word[0], "all");
    const struct op *only = all ? NULL : verb_find_op("check", word[0]);
    if (!all && !only) return EXIT_USAGE;
    if (all && (rung_name || shape_text))
        return args_refuse("check", "--rung and --shape need one operation, not 'all'");
    char why[DEVICE_WHY];
    if (cuda && !(device = device_open(NULL, why))) {
        args_refuse("check", "--cuda: %s", why);
        return EXIT_SKIPPED;
    }
    if (cuda && only && !device_ladder(device, only))
        return args_refuse("check", "%s has no CUDA rungs", only->name);
    const struct rung *rung = rung_name ? verb_find_rung("check", only, device, rung_name) : NULL;
    if (rung_name && !rung) return EXIT_USAGE;
    if (shape_text && !op_parse_shape(only, shape_text, size))
        return args_refuse("check", "'%s' is no shape of %s; write %d sizes like 7x5x3", shape_text,
                           only->name, only->nsize);
    if (as_csv) puts("op,rung,verdict,shapes,worst,why");
    if (cuda && !as_csv) printf("CUDA rungs on %s\n", device->facts.name);
    for (const struct op *const *op = ops; *op; op++)
        if (all || *op == only) (cuda ? check_cuda : check_op)(*op, rung, shape_text ? size : NULL);
    if (!as_csv) printf("%d passed, %d failed, %d skipped\n", passed, failed, skipped);
    return failed ? EXIT_WRONG : passed ? EXIT_OK : EXIT_SKIPPED;
}

/* check.c - rungs check: is every rung right, is every backward the gradient of its forward? */
#include "verbs.h"

#include <stdio.h>
#include <string.h>

#include "../base/csv.h"
#include "../base/error.h"
#include "../base/terminal.h"
#include "../optimized/check_all.h"
#include "../optimized/team.h"
#include "with.h"

static int seed = 1, threads = 0, as_csv, cuda;
static const char *rung_name, *shape_text, *set_text, *with_text;
static int limit; /* 0: not given */

static const char *const verdict_word[CHECK_VERDICTS] = { "PASS", "FAIL", "SKIP", "NONE" };

static void put_csv(const struct finding *f)
{
    csv_write(stdout, f->op->name, ',');
    csv_write(stdout, f->name, ',');
    printf("%s,%d,%.3g,", verdict_word[f->check.verdict], f->check.shapes, f->check.worst);
    csv_write(stdout, f->check.reason, '\n');
}

static void put_line(const struct finding *f)
{
    const struct check *c = &f->check;
    const char *precision =
        f->rung ? rung_precision_text(f->rung->needs) : NULL; /* if it has fewer than float */
    if (c->verdict == CHECK_PASS)
        terminal_print(stdout, 6, "PASS  %-24s %-14s %3d shapes   worst error %.2g%s%s%s\n", f->op->name,
                       f->name, c->shapes, c->worst, f->rung ? " of the allowed" : " relative",
                       precision ? " for " : "", precision ? precision : "");
    else
        terminal_print(stdout, 6, "%s  %-24s %-14s %s\n", verdict_word[c->verdict], f->op->name, f->name,
                       c->reason);
}

static void tell(const struct finding *f, void *context)
{
    (void)context;
    if (f->check.verdict == CHECK_RESOURCES) return; /* no verdict on a rung: the end says it */
    (as_csv ? put_csv : put_line)(f);
    fflush(stdout);
}

static int check(const struct checking *what)
{
    if (as_csv) puts("op,rung,verdict,shapes,worst,why");
    if (what->device && !as_csv) printf("CUDA rungs on %s\n", what->device->facts.name);
    struct check_counts n = check_all(what, tell, NULL);
    int passed = n.rungs + n.gradients + n.trajectories;
    if (n.lacks) return args_fail(EXIT_RESOURCES, "check", "%s", n.lacks);
    if (!as_csv) printf("%d passed, %d failed, %d skipped\n", passed, n.failed, n.skipped);
    return n.failed ? EXIT_WRONG : passed ? EXIT_OK : EXIT_SKIPPED;
}

/* -1, or an exit code after a sentence */
static int take_from_outside(struct checking *what)
{
    static struct with mine;
    if (!what->op || rung_name) return args_refuse("check", "--with needs one operation, and no --rung");
    int code = with_read(&mine, "check", with_text, what->op);
    if (code < 0 && cuda && !mine.is_cuda)
        return args_refuse("check", "--with: %s is for the CPU; leave out --cuda, or give a .cu file",
                           mine.path);
    if (!limit && !mine.is_cuda) check_shape_seconds = WITH_SECONDS;
    if (code < 0 && !rung_lacks(mine.ladder->needs)) code = with_prepare(&mine);
    what->outside = mine.ladder;
    what->check_outside = mine.is_cuda ? with_check_cuda : with_check;
    if (code < 0 && mine.is_cuda) what->device = with_device();
    return code;
}

int verb_check(int argc, char **argv)
{
    const struct option_row options[] = {
        { "--rung", OPTION_TEXT, &rung_name, 0, 0, "only this rung" },
        { "--shape", OPTION_TEXT, &shape_text, 0, 0, "only this shape, like 64x784x512" },
        { "--set", OPTION_TEXT, &set_text, 0, 0, "with other parameters, like p=0.5 or \"lr=0.01 t=1\"" },
        { "--threads", OPTION_INT, &threads, 0, 256, "for the threaded rungs; 0: all CPUs within the quota" },
        { "--with", OPTION_TEXT, &with_text, 0, 0, WITH_HELP },
        { "--limit", OPTION_INT, &limit, 0, 3600,
          "seconds for one shape, then it counts as an endless loop; 0: 120, with --with 30" },
        { "--cuda", OPTION_FLAG, &cuda, 0, 0, "the CUDA rungs: on the GPU, or without one in the emulator" },
        { "--seed", OPTION_INT, &seed, 0, 1e9, "of the random inputs" },
        { "--csv", OPTION_FLAG, &as_csv, 0, 0, "op,rung,verdict,shapes,worst,why" },
        { 0 },
    };
    const struct usage usage = {
        "check",
        "check OP|all [options]",
        "Compares every rung with the double oracle at every size class, between guard pages, and every\n"
        "backward with its forward by the gradient checker. With --with it checks a function of yours\n"
        "instead, in a child process; `rungs list OP --prototype` writes the file to begin with.\n"
        "Exit 0: all right, 1: something is wrong, 66: a file of --with cannot be compiled or loaded,\n"
        "71: not enough memory or time to tell, 77: all skipped.",
        "  rungs check all\n  rungs check dense_forward --rung 04_avx2\n"
        "  rungs check dense_backward_dw --shape 64x784x512 --threads 2\n"
        "  rungs check dense_forward --cuda\n"
        "  rungs check dropout_forward --set p=0.5\n"
        "  rungs check dense_forward --with ./mine.so:dense_fast,needs=avx2\n"
        "  rungs check dense_forward --with mine.c\n"
        "  rungs check dense_forward --with mine.cu\n",
        options,
        1,
        1,
    };
    const char *word[1];
    int code, size[MAX_SIZES];
    if (args_read(&usage, argc, argv, word, &code) < 0) return code;
    team_use(threads);
    int all = !strcmp(word[0], "all");
    const struct op *only = all ? NULL : verb_find_op("check", word[0]);
    if (!all && !only) return EXIT_USAGE;
    if (all && (rung_name || shape_text || set_text))
        return args_refuse("check", "--rung, --shape and --set need one operation, not 'all'");
    if (set_text && !(only = verb_set("check", only, set_text))) return EXIT_USAGE;
    struct checking what = { .op = only, .seed = (uint64_t)seed };
    char reason[DEVICE_ERROR], error[ERROR_TEXT];
    if (cuda && !(what.device = device_open(NULL, reason)))
        return args_fail(EXIT_SKIPPED, "check", "--cuda: %s", reason);
    if (cuda && only && !device_ladder(what.device, only))
        return args_refuse("check", "%s has no CUDA rungs", only->name);
    if (rung_name && !(what.rung = verb_find_rung("check", only, what.device, rung_name))) return EXIT_USAGE;
    if (shape_text && !op_parse_shape(only, shape_text, size, error))
        return args_refuse("check", "%s", error);
    if (shape_text && !check_room(only, size, 2, error))
        return args_fail(EXIT_RESOURCES, "check", "%s", error);
    if (shape_text) what.shape = size;
    if (limit) check_shape_seconds = (unsigned)limit;
    code = with_text ? take_from_outside(&what) : -1;
    return code >= 0 ? code : check(&what);
}

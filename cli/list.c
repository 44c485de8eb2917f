/* list.c - rungs list: the operations and their ladders. */
#include "verbs.h"

#include <stdio.h>
#include <string.h>

#include "../optimized/device.h"

static int as_json, cuda;

static const struct device *device; /* NULL: no CUDA module was built */

static void print_rung(const struct rung *r, const char *lacks, const char *on)
{
    const char *digits = rung_digits_words(r->needs);
    printf("    %-14s %s%s%s", r->name, r->idea, digits ? "; " : "", digits ? digits : "");
    if (lacks) printf(" (not on %s: no %s)", on, lacks);
    putchar('\n');
}

/* those of a main operation, in one line */
static void print_variants(const struct op *op)
{
    int n = 0;
    for (const struct op *const *v = ops; *v; v++)
        if ((*v)->variant_of && !strcmp((*v)->variant_of, op->name))
            printf("%s%s", n++ ? ", " : "    also ", (*v)->name);
    if (n) putchar('\n');
}

static void print_op(const struct op *op)
{
    const struct rung *on_device = device ? device_ladder(device, op) : NULL;
    printf("%s   lesson %s\n    %s\n", op->name, op->lesson, op->formula);
    print_variants(op);
    for (const struct rung *r = op->cpu; r->name; r++) print_rung(r, rung_lacks(r->needs), "this machine");
    if (!on_device) return;
    printf("  CUDA, here on %s:\n", device->facts.name);
    for (; on_device->name; on_device++)
        print_rung(on_device, device_lacks(device, on_device), device->facts.name);
}

static void print_rungs_json(const struct rung *r, int on_device)
{
    for (; r && r->name; r++) {
        const char *lacks = on_device ? device_lacks(device, r) : rung_lacks(r->needs);
        const char *digits = rung_digits_words(r->needs);
        printf("    { \"rung\": \"%s\", \"idea\": \"%s\", \"digits\": \"%s\", \"runs_here\": %s }%s\n",
               r->name, r->idea, digits ? digits : "float", lacks ? "false" : "true", r[1].name ? "," : "");
    }
}

static void print_op_json(const struct op *op, int last)
{
    printf("  { \"op\": \"%s\", \"lesson\": \"%s\", \"formula\": \"%s\",", op->name, op->lesson, op->formula);
    if (op->variant_of) printf(" \"variant_of\": \"%s\",", op->variant_of);
    printf(" \"cpu\": [\n");
    print_rungs_json(op->cpu, 0);
    printf("  ], \"cuda\": [\n");
    print_rungs_json(device ? device_ladder(device, op) : NULL, 1);
    printf("  ] }%s\n", last ? "" : ",");
}

int verb_list(int argc, char **argv)
{
    const struct option_row options[] = {
        { "--cuda", OPTION_FLAG, &cuda, 0, 0, "stop if the CUDA rungs are not built" },
        { "--json", OPTION_FLAG, &as_json, 0, 0, "for programs" },
        { 0 },
    };
    const struct usage usage = {
        "list",
        "list [OP] [--cuda] [--json]",
        "Lists the operations, their rungs on the CPU and in CUDA, and which of them this machine can run.\n"
        "Without a GPU the CUDA rungs run in the emulator.",
        "  rungs list\n  rungs list dense_forward --cuda\n",
        options,
        0,
        1,
    };
    const char *word[1];
    int code, words = args_read(&usage, argc, argv, word, &code);
    if (words < 0) return code;
    const struct op *only = words ? verb_find_op("list", word[0]) : NULL;
    if (words && !only) return EXIT_USAGE;
    char why[DEVICE_WHY];
    device = device_open(NULL, why);
    if (cuda && !device) {
        args_refuse("list", "--cuda: %s", why);
        return EXIT_SKIPPED;
    }
    if (as_json) puts("[");
    for (const struct op *const *op = ops; *op; op++) {
        if (only ? *op != only : !as_json && (*op)->variant_of) continue;
        if (as_json)
            print_op_json(*op, only || !op[1]);
        else
            print_op(*op);
    }
    if (as_json) puts("]");
    if (!device && !as_json) puts("(CUDA rungs are not built: `./rungs list --cuda` builds and lists them)");
    return EXIT_OK;
}

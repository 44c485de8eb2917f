/* list.c - rungs list: the operations and their ladders. */
#include "verbs.h"

#include <stdio.h>

static int as_json;

static void print_op(const struct op *op)
{
    printf("%s   lesson %s\n    %s\n", op->name, op->lesson, op->formula);
    for (const struct rung *r = op->cpu; r->name; r++) {
        const char *lacks = rung_lacks(r->needs);
        printf("    %-14s %s%s%s%s\n", r->name, r->idea, lacks ? " (not on this machine: no " : "",
               lacks ? lacks : "", lacks ? ")" : "");
    }
}

static void print_op_json(const struct op *op, int last)
{
    printf("  { \"op\": \"%s\", \"lesson\": \"%s\", \"formula\": \"%s\", \"cpu\": [\n", op->name, op->lesson,
           op->formula);
    for (const struct rung *r = op->cpu; r->name; r++)
        printf("    { \"rung\": \"%s\", \"idea\": \"%s\", \"runs_here\": %s }%s\n", r->name, r->idea,
               rung_lacks(r->needs) ? "false" : "true", r[1].name ? "," : "");
    printf("  ] }%s\n", last ? "" : ",");
}

int verb_list(int argc, char **argv)
{
    const struct option_row options[] = {
        { "--json", OPTION_FLAG, &as_json, 0, 0, "for programs" },
        { 0 },
    };
    const struct usage usage = {
        "list",
        "list [OP] [--json]",
        "Lists the operations, their rungs, and which of them this machine can run.",
        "  rungs list\n  rungs list dense_forward\n",
        options,
        0,
        1,
    };
    const char *word[1];
    int code, words = args_read(&usage, argc, argv, word, &code);
    if (words < 0) return code;
    const struct op *only = words ? verb_find_op("list", word[0]) : NULL;
    if (words && !only) return EXIT_USAGE;
    if (as_json) puts("[");
    for (const struct op *const *op = ops; *op; op++) {
        if (only && *op != only) continue;
        if (as_json)
            print_op_json(*op, only || !op[1]);
        else
            print_op(*op);
    }
    if (as_json) puts("]");
    return EXIT_OK;
}

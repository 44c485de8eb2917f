/* list.c - rungs list: the operations and their ladders. */
#include "verbs.h"

#include <stdio.h>
#include <string.h>

#include "../base/json.h"
#include "../base/terminal.h"
#include "../optimized/device.h"
#include "prototype.h"

static int as_json, cuda, prototype;
static const char *set_text;

static const struct device *device; /* NULL: no CUDA module was built */

static void print_rung(const struct rung *r, const char *lacks, const char *on)
{
    const char *precision = rung_precision_text(r->needs);
    terminal_print(stdout, 19, "    %-14s %s%s%s%s%s%s%s%s\n", r->name, r->idea, precision ? "; " : "",
                   precision ? precision : "", lacks ? " (not on " : "", lacks ? on : "",
                   lacks ? ": no " : "", lacks ? lacks : "", lacks ? ")" : "");
}

/* its parameters with their legal values, and what it is checked with beside them;
 * nothing where it has none */
static void print_parameters(const struct op *op)
{
    char text[1024] = "", value[SCALAR_TEXT], legal[LEGAL_TEXT];
    size_t n = 0;
    for (int i = 0; i < op->nscalar && n < sizeof text; i++) {
        const struct scalar *s = &op->scalar[i];
        n += (size_t)snprintf(text + n, sizeof text - n, "%s%s=%s (%s)", i ? ", " : "    parameters ",
                              s->name, scalar_text(s, value), scalar_legal(s, legal));
    }
    if (n) terminal_print(stdout, 8, "%s\n", text);
    n = 0;
    for (int i = 0; op->sets && op->sets[i] && n < sizeof text; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%s%s %s", i ? ", " : "    also checked as ",
                              op->name, op->sets[i]);
    if (n) terminal_print(stdout, 8, "%s\n", text);
}

static void print_op(const struct op *op)
{
    const struct rung *on_device = device ? device_ladder(device, op) : NULL;
    terminal_print(stdout, 8, "%s   lesson %s\n    %s\n", op->name, op->lesson, op->formula);
    print_parameters(op);
    for (const struct rung *r = op->cpu; r->name; r++) print_rung(r, rung_lacks(r->needs), "this machine");
    if (!on_device) return;
    printf("  CUDA, here on %s:\n", device->facts.name);
    for (; on_device->name; on_device++)
        print_rung(on_device, device_lacks(device, on_device), device->facts.name);
}

static void put_rungs_json(struct json *j, const char *key, const struct rung *r, int on_device)
{
    json_list(j, key);
    for (; r && r->name; r++) {
        const char *lacks = on_device ? device_lacks(device, r) : rung_lacks(r->needs);
        const char *precision = rung_precision_text(r->needs);
        json_on_one_line(j);
        json_object(j, NULL);
        json_text(j, "rung", r->name);
        json_text(j, "idea", r->idea);
        json_text(j, "digits", precision ? precision : "float");
        json_truth(j, "runs_here", !lacks);
        json_end(j);
    }
    json_end(j);
}

static void put_parameters_json(struct json *j, const struct op *op)
{
    char value[SCALAR_TEXT];
    if (!op->nscalar) return;
    json_on_one_line(j);
    json_object(j, "parameters");
    for (int i = 0; i < op->nscalar; i++) {
        const struct scalar *s = &op->scalar[i];
        if (s->words)
            json_text(j, s->name, scalar_text(s, value));
        else
            json_number(j, s->name, s->kind == SCALAR_REAL ? s->real : (double)s->count);
    }
    json_end(j);
}

static void put_op_json(struct json *j, const struct op *op)
{
    json_object(j, NULL);
    json_text(j, "op", op->name);
    json_text(j, "lesson", op->lesson);
    json_text(j, "formula", op->formula);
    if (op->base) json_text(j, "base", op->base->name);
    put_parameters_json(j, op);
    put_rungs_json(j, "cpu", op->cpu, 0);
    put_rungs_json(j, "cuda", device ? device_ladder(device, op) : NULL, 1);
    json_end(j);
}

int verb_list(int argc, char **argv)
{
    const struct option_row options[] = {
        { "--cuda", OPTION_FLAG, &cuda, 0, 0, "stop if the CUDA rungs are not built" },
        { "--prototype", OPTION_FLAG, &prototype, 0, 0,
          "a C file (with --cuda: CUDA) with the function to write, for check and bench --with" },
        { "--set", OPTION_TEXT, &set_text, 0, 0, "with other parameters, like reduction=none" },
        { "--json", OPTION_FLAG, &as_json, 0, 0, "for programs" },
        { 0 },
    };
    const struct usage usage = {
        "list",
        "list [OP] [--set TEXT] [--cuda] [--prototype] [--json]",
        "Lists the operations, their rungs on the CPU and in CUDA, and which of them this machine can run.\n"
        "Without a GPU the CUDA rungs run in the emulator.",
        "  rungs list\n  rungs list dense_forward --cuda\n  rungs list dense_forward --prototype >mine.c\n",
        options,
        0,
        1,
    };
    const char *word[1];
    int code, words = args_read(&usage, argc, argv, word, &code);
    if (words < 0) return code;
    const struct op *only = words ? verb_find_op("list", word[0]) : NULL;
    if (words && !only) return EXIT_USAGE;
    if (set_text && !only) return args_refuse("list", "--set needs one operation");
    if (set_text && !(only = verb_set("list", only, set_text))) return EXIT_USAGE;
    if (prototype && (!only || as_json))
        return args_refuse("list", "--prototype needs one operation%s", only ? ", without --json" : "");
    if (prototype) {
        prototype_write(stdout, only, cuda);
        return EXIT_OK;
    }
    char error[DEVICE_ERROR];
    device = device_open(NULL, error);
    if (cuda && !device) return args_fail(EXIT_SKIPPED, "list", "--cuda: %s", error);
    struct json j = json_begin(stdout);
    if (as_json) json_list(&j, NULL);
    const struct op *const one[] = { only, NULL };
    for (const struct op *const *op = only ? one : as_json ? op_all() : ops; *op; op++) {
        if (as_json)
            put_op_json(&j, *op);
        else
            print_op(*op);
    }
    if (as_json) json_end(&j);
    if (!device && !as_json)
        terminal_put(stdout, 0, "(CUDA rungs are not built: `./rungs list --cuda` builds and lists them)\n");
    return EXIT_OK;
}

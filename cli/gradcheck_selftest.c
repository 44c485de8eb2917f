/* gradcheck_selftest.c - rungs gradcheck selftest: the checker proves its own power on this machine. */
#include "gradcheck.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/memory.h"
#include "../base/process.h"
#include "../tests/zoo/zoo.h"

enum { MOST_SCALES = 16, MOST_UNITS = 128 };

static int seeds, mutations, fast, quiet;
static const char *scales_text, *unit;

/* "1e-4,1,1e6"; how many, or -1 */
static int read_scales(double *scale)
{
    int n = 0;
    for (const char *at = scales_text;; at++) {
        char *end;
        double value = strtod(at, &end);
        if (end == at || n == MOST_SCALES || !isfinite(value) || !(value > 0) || (*end && *end != ','))
            return -1;
        scale[n++] = value;
        at = end;
        if (!*at) return n;
    }
}

/* 1 after a sentence: there is no unit of that name */
static int is_unknown_unit(const char *verb, const char *name)
{
    const char *unit_name[MOST_UNITS];
    size_t n = 0;
    for (int i = 0; i < zoo_cases(); i++) {
        const char *one = zoo_case_at(i)->unit;
        if (!strcmp(name, one)) return 0;
        if (n < MOST_UNITS && (!n || strcmp(one, unit_name[n - 1]))) unit_name[n++] = one;
    }
    return args_unknown(verb, "there is no unit", name, (struct name_list){ unit_name, n, sizeof *unit_name },
                        "`rungs gradcheck selftest --fast` names them all");
}

/* Each case runs in a child that shares its result: without the means, every one of them would count as
 * wrong. EXIT_OK, or an exit code after a sentence. */
static int have_means(const char *verb)
{
    const size_t needed = (size_t)24 << 20;
    if (memory_available() < needed)
        return args_fail(EXIT_RESOURCES, verb,
                         "out of memory: the self-test needs %zu bytes, and %zu are available", needed,
                         memory_available());
    pid_t child = fork();
    if (child < 0)
        return args_fail(EXIT_RESOURCES, verb, "cannot start a process for the check: %s", strerror(errno));
    if (!child) _exit(0);
    process_wait(child);
    return EXIT_OK;
}

static int run(void)
{
    double scale[MOST_SCALES];
    struct zoo_options o = {
        .seeds = seeds, .fast = fast, .unit = unit, .mutations = mutations, .quiet = quiet
    };
    const char *verb = "gradcheck selftest";
    if (scales_text) {
        o.scales = read_scales(scale);
        o.scale = scale;
        if (o.scales < 0)
            return args_refuse(verb, "--scales %.60s: give up to %d positive numbers like 1e-4,1,1e6",
                               scales_text, MOST_SCALES);
    }
    if (unit && is_unknown_unit(verb, unit)) return EXIT_USAGE;
    int lack = have_means(verb);
    return lack ? lack : zoo_selftest(&o, stdout) ? EXIT_WRONG : EXIT_OK;
}

int selftest_verb(int argc, char **argv)
{
    const struct option_row options[] = {
        { "--seeds", OPTION_INT, &seeds, 0, 1e6,
          "how many seeds each row is checked with; 0: 25, or 2 with --fast" },
        { "--scales", OPTION_TEXT, &scales_text, 0, 0,
          "the losses are multiplied by these: 1e-8,1e-4,1,1e6" },
        { "--unit", OPTION_TEXT, &unit, 0, 0, "only the rows of this unit, like dense" },
        { "--mutations", OPTION_INT, &mutations, -1, 1e6,
          "random changes to right gradients; 0: 1000, -1: none" },
        { "--fast", OPTION_FLAG, &fast, 0, 0, "two seeds, two scales: well under a minute" },
        { "--quiet", OPTION_FLAG, &quiet, 0, 0, "no matrix: only failures and totals" },
        { 0 },
    };
    const struct manual manual = {
        "gradcheck selftest",
        "does the checker tell wrong gradients from right ones on this machine?",
        "rungs gradcheck selftest [--fast] [--seeds K] [--scales LIST] [--unit NAME]",
        "Checks right gradients, and gradients that are wrong as real ones are (a missing factor, a flipped "
        "kernel, a\n"
        "stale cache, a loop that ends too early), with many seeds and loss scales, and prints which test "
        "caught which.\n"
        "It passes if every wrong gradient is caught every time and no right one is blamed.",
        "rungs gradcheck selftest --fast\n"
        "rungs gradcheck selftest --unit conv2d --seeds 5 --scales 1e-8,1e6",
        options,
        0,
        0,
        "0   every wrong gradient was caught, no right one blamed\n"
        "1   not so: the lines say which\n"
        "64  usage",
    };
    const char *word[1];
    int code;
    return gradcheck_read_own(&manual, argc, argv, word, &code) < 0 ? code : run();
}

/* gc_strangers.c - measures the checker on the second zoo, and proves that zoo's labels.
 *
 *   gc_strangers [--part open|kept|third] [--scales 1,1e-6] [--seeds K] [--every K] [--unit NAME]
 *                [--kept-names] [--report] [--csv FILE] [--json FILE]
 *   gc_strangers --prove [--unit NAME]
 *
 * Without options every row is checked once at loss scales 1 and 1e-6. Every third row is kept apart,
 * to show at the end whether a change of the checker helps those that nobody looked at: of them only
 * counts are printed, names with --kept-names. It measures, and so ends with 0 whatever the counts
 * are; --prove ends with 1 if a label is wrong. */
#include <errno.h>

#include "../base/exit_code.h"
#include "strangers/measure.h"

enum { MOST_SCALES = 8 };

static struct {
    const char *part, *scales, *unit, *csv, *json;
    int seeds, every, kept_names, report, prove;
} options = { .scales = "1,1e-6", .seeds = 1, .every = 1 };

static const struct {
    const char *name;
    const char **text;
    int *number; /* at least 1 */
    int *flag;
} option[] = {
    { "--part", &options.part, NULL, NULL },     { "--scales", &options.scales, NULL, NULL },
    { "--unit", &options.unit, NULL, NULL },     { "--csv", &options.csv, NULL, NULL },
    { "--json", &options.json, NULL, NULL },     { "--seeds", NULL, &options.seeds, NULL },
    { "--every", NULL, &options.every, NULL },   { "--kept-names", NULL, NULL, &options.kept_names },
    { "--report", NULL, NULL, &options.report }, { "--prove", NULL, NULL, &options.prove },
};

static int usage(const char *what, const char *word)
{
    fprintf(
        stderr,
        "gc_strangers: %s '%s'; options: --part open|kept|third, --scales LIST, --seeds K, --every K, --unit NAME,\n"
        "--kept-names, --report, --csv FILE, --json FILE; or --prove\n",
        what, word);
    return EXIT_USAGE;
}

/* EXIT_OK, or an exit code after a sentence */
static int read_options(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        size_t k = 0;
        while (k < sizeof option / sizeof *option && strcmp(argv[i], option[k].name)) k++;
        if (k == sizeof option / sizeof *option) return usage("unexpected argument", argv[i]);
        if (option[k].flag) {
            *option[k].flag = 1;
            continue;
        }
        if (i + 1 == argc) return usage("missing value of", argv[i]);
        char *end = argv[++i];
        if (option[k].text) *option[k].text = argv[i];
        if (!option[k].number) continue;
        long value = strtol(argv[i], &end, 10);
        if (*end || value < 1 || value > 1000000) return usage("not a number from 1 to 1000000:", argv[i]);
        *option[k].number = (int)value;
    }
    int part = OPEN;
    while (options.part && part < PARTS && strcmp(options.part, part_name((enum part)part))) part++;
    return part < PARTS ? EXIT_OK : usage("no such part", options.part);
}

/* how many, or -1 */
static int read_scales(double scale[MOST_SCALES])
{
    int n = 0;
    for (const char *from = options.scales;; n++) {
        char *end;
        if (n == MOST_SCALES) return -1;
        scale[n] = strtod(from, &end);
        if (end == from || !(scale[n] > 0) || !isfinite(scale[n]) || (*end && *end != ',')) return -1;
        if (!*end) return n + 1;
        from = end + 1;
    }
}

static int is_wanted(int i)
{
    struct stranger s = stranger_at(i);
    return i % options.every == 0 && (!options.part || !strcmp(options.part, part_name(s.row->part))) &&
           (!options.unit || !strcmp(options.unit, s.row->unit->name));
}

static int write_file(const char *path, void (*write)(FILE *, const struct said *, int), const struct said *w,
                      int n)
{
    if (!path) return EXIT_OK;
    FILE *f = fopen(path, "w");
    if (f) write(f, w, n);
    int bad = !f || ferror(f);
    if (f && fclose(f)) bad = 1;
    if (!bad) return EXIT_OK;
    fprintf(stderr, "gc_strangers: cannot write %s: %s\n", path, strerror(errno));
    return EXIT_OUTPUT;
}

static int measure(const double *scale, int scales)
{
    int n = 0, room = strangers() * scales * options.seeds;
    struct said *w = calloc((size_t)room, sizeof *w);
    if (!w) {
        fprintf(stderr, "gc_strangers: out of memory for %d checks\n", room);
        return EXIT_RESOURCES;
    }
    for (int k = 0; k < scales; k++)
        for (int seed = 1; seed <= options.seeds; seed++)
            for (int i = 0; i < strangers(); i++) {
                struct stranger s = stranger_at(i);
                if (is_wanted(i))
                    w[n++] = strangers_measure(&s, scale[k], (uint64_t)seed, options.report ? stdout : NULL);
            }
    int bad = EXIT_OK;
    if (!n) bad = usage("no row is left; is there a unit", options.unit ? options.unit : "");
    if (!bad) {
        strangers_print(stdout, w, n, options.kept_names);
        bad = write_file(options.csv, strangers_csv, w, n);
    }
    if (!bad) bad = write_file(options.json, strangers_json, w, n);
    free(w);
    return bad;
}

int main(int argc, char **argv)
{
    double scale[MOST_SCALES];
    int bad = read_options(argc, argv);
    if (bad) return bad;
    if (options.prove) return causes_prove(stdout) ? EXIT_WRONG : strangers_prove(options.unit, stdout);
    int scales = read_scales(scale);
    return scales < 0 ? usage("not up to 8 positive numbers:", options.scales) : measure(scale, scales);
}

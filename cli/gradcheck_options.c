/* gradcheck_options.c - the options of all subcommands, their help pages, and the
 * command that repeats a check. */
#include "gradcheck.h"

#include <stdlib.h>
#include <string.h>

#include "../base/terminal.h"

enum { MOST_OPTIONS = 40 };

static int seed, points, dirs, timeout, no_fork;
static double rtol;
static const char *checks;
static struct settings now;

static const struct option_row common[] = {
    { "--seed", OPTION_INT, &seed, 0, 1e9, "of the random points and directions" },
    { "--points", OPTION_INT, &points, 1, 1000, "random points to look at; one of rounded values is added" },
    { "--dirs", OPTION_INT, &dirs, 1, 1000, "random directions for each tensor at each point" },
    { "--rtol", OPTION_REAL, &rtol, 0, 1, "allowed relative error; 0: by method" },
    { "--checks", OPTION_TEXT, &checks, 0, 0, "which tests, a list like contract,elements; see below" },
    { "--timeout", OPTION_INT, &timeout, 1, 1e6, "seconds for the whole check" },
    { "--only", OPTION_TEXT, &now.only, 0, 0, "only the gradient of this tensor" },
    { "--at", OPTION_TEXT, &now.at, 0, 0, "look at this element, like 2,1,0, with its V curve" },
    { "--json", OPTION_FILE, &now.json, 0, 0, "write the result there as JSON; - is stdout, without report" },
    { "--junit", OPTION_FILE, &now.junit, 0, 0, "write the result there as JUnit XML" },
    { "--csv", OPTION_FILE, &now.csv, 0, 0, "write a row for each tensor there" },
    { "--sarif", OPTION_FILE, &now.sarif, 0, 0, "write what did not pass there as SARIF, for code hosts" },
    { "--source", OPTION_TEXT, &now.source, 0, 0, "FILE:LINE of the gradient's source, for JSON and SARIF" },
    { "--svg", OPTION_FOLDER, &now.svg, 0, 0, "draw a failing tensor's charts into this folder" },
    { "--thorough", OPTION_FLAG, &now.o.thorough, 0, 0,
      "look at as much of a large problem (1e5 numbers) as of a small one" },
    { "--no-fork", OPTION_FLAG, &no_fork, 0, 0, "run the code in this process, for a debugger" },
    { "--quiet", OPTION_FLAG, &now.quiet, 0, 0, "no report: the exit code and the files tell" },
    { 0 },
};

/* for vcurve and taylor */
static const struct option_row of_curves[] = {
    { "--out", OPTION_FOLDER, &now.out, 0, 0, "the folder for the chart" },
    { "--seed", OPTION_INT, &seed, 0, 1e9, "of the random point and direction" },
    { "--timeout", OPTION_INT, &timeout, 1, 1e6, "seconds for the whole" },
    { "--only", OPTION_TEXT, &now.only, 0, 0, "only the gradient of this tensor" },
    { "--no-fork", OPTION_FLAG, &no_fork, 0, 0, "run the code in this process, for a debugger" },
    { 0 },
};

static const char *mode = "";

static const struct {
    const char *name, *about;
    unsigned bits;
} tests[] = {
    { "contract", "poison, repeat, read-only inputs, guard pages", GC_CONTRACT },
    { "direction", "directional derivatives, bisection", GC_DIRECTION },
    { "elements", "element by element", GC_ELEMENTS },
    { "complex", "complex step, where there is a complex forward", GC_COMPLEX },
    { "kinks", "ties and exact zeros", GC_KINKS },
    { "adjoint", "inner products, for linear inputs", GC_ADJOINT },
    { "reference", "the forward against its oracle", GC_REFERENCE },
    { "taylor", "the remainder falls as h^2", GC_TAYLOR },
    { "symmetry", "u'Hw = w'Hu", GC_SYMMETRY },
    { "hvp", "Hessian times vector, where there is one", GC_HVP },
    { "standard", "contract ... reference", GC_STANDARD },
    { "all", "everything", GC_EVERYTHING },
};

enum { TESTS = sizeof tests / sizeof *tests };

/* ---- the help page ---- */

/* an indented paragraph, in which the commands are of the mode; its own line ends stay */
static void put_indented(const char *text)
{
    static const char command[] = "rungs gradcheck ";
    while (*text) {
        size_t n = strcspn(text, "\n"), head = sizeof command - 1;
        if (!strncmp(text, command, head) && *mode)
            printf("    %s%s %.*s\n", command, mode, (int)(n - head),
                   text + head); /* one line, to be repeated */
        else if (!strncmp(text, command, head))
            printf("    %.*s\n", (int)n, text);
        else
            terminal_print(stdout, 8, n ? "    %.*s\n" : "\n", (int)n, text);
        text += n + (text[n] == '\n');
    }
}

static int has_checks(const struct option_row *options)
{
    for (; options->name; options++)
        if (!strcmp(options->name, "--checks")) return 1;
    return 0;
}

static const char exit_status[] = "0   pass: the gradient is right\n"
                                  "1   fail: it is wrong; the report says where, and why if it can\n"
                                  "2   inconclusive: the differences are too inexact to tell\n"
                                  "3   contract: a function reads or writes what it must not, or its result "
                                  "depends on more than its input\n"
                                  "4   crash or time-out of the code under test\n"
                                  "64  usage: an argument or a file given cannot be used\n"
                                  "74  the report or a file could not be written";

static void put_page(const struct manual *m, const struct option_row *options)
{
    terminal_print(stdout, 8, "NAME\n    rungs %s - %s%s\n\nSYNOPSIS\n", m->verb,
                   *mode ? "draws a curve: " : "", m->brief);
    put_indented(m->synopsis);
    puts("\nDESCRIPTION");
    if (*mode)
        terminal_print(stdout, 4,
                       "    `rungs gradcheck %s --help` explains the curve. What it is drawn of:\n\n", mode);
    args_print_text(4, m->description);
    puts("\nOPTIONS");
    for (const struct option_row *o = options; o->name; o++) args_print_option(o, 4, 18);
    if (has_checks(options)) {
        puts("\nTESTS (--checks)");
        for (int i = 0; i < TESTS; i++)
            terminal_print(stdout, 15, "    %-10s %s\n", tests[i].name, tests[i].about);
    }
    puts("\nEXIT STATUS");
    put_indented(m->exit_status ? m->exit_status : exit_status);
    puts("\nEXAMPLES");
    put_indented(m->examples);
}

/* ---- reading ---- */

/* options that may be given more than once; the values are joined by line ends */
static char lists[][12] = { "--size", "--range",  "--map",      "--set",
                            "--data", "--linear", "--positive", "--fixed" };

/* If argv[*i] is one of these, in either form: its name, its value, and *i at its last word; else NULL */
static char *list_option(int argc, char **argv, int *i, char **value)
{
    for (size_t k = 0; *i > 0 && k < sizeof lists / sizeof *lists; k++) {
        if (args_joined(argv[*i], lists[k])) {
            *value = argv[*i] + strlen(lists[k]) + 1;
            return lists[k];
        }
        if (*i + 1 < argc && !strcmp(argv[*i], lists[k])) {
            *value = argv[++*i];
            return lists[k];
        }
    }
    return NULL;
}

/* Joins the values of options given twice; the joined texts live as long as the program. NULL: no memory. */
static char **join_lists(int argc, char **argv, int *words)
{
    char **out = malloc((2 * (size_t)argc + 1) * sizeof *out);
    int n = 0;
    if (!out) return NULL;
    for (int i = 0; i < argc; i++) {
        char *value, *name = list_option(argc, argv, &i, &value);
        int earlier = -1;
        for (int k = 1; name && k + 1 < n; k++)
            if (!strcmp(out[k], name)) earlier = k + 1;
        if (!name) {
            out[n++] = argv[i];
        } else if (earlier < 0) {
            out[n++] = name;
            out[n++] = value;
        } else {
            size_t room = strlen(out[earlier]) + strlen(value) + 2;
            char *joined = malloc(room);
            if (!joined) {
                free(out);
                return NULL;
            }
            snprintf(joined, room, "%s\n%s", out[earlier], value);
            out[earlier] = joined;
        }
    }
    out[n] = NULL;
    *words = n;
    return out;
}

/* 0 after a sentence */
static int parse_checks(const char *verb, const char *text, unsigned *bits)
{
    *bits = 0;
    while (*(text += strspn(text, ","))) {
        char name[24];
        size_t n = strcspn(text, ",");
        int at = -1;
        snprintf(name, sizeof name, "%.*s", (int)n, text);
        for (int i = 0; i < TESTS; i++)
            if (!strcmp(name, tests[i].name)) at = i;
        if (at < 0) {
            char how[64];
            snprintf(how, sizeof how, "`rungs %.30s --help` lists them", verb);
            args_unknown(verb, "there is no test", name,
                         (struct name_list){ &tests[0].name, TESTS, sizeof *tests }, how);
            return 0;
        }
        *bits |= tests[at].bits;
        text += n;
    }
    if (!*bits) args_refuse(verb, "--checks needs the name of a test; `rungs %s --help` lists them", verb);
    return *bits != 0;
}

static void set_defaults(void)
{
    now = (struct settings){ .o = gc_defaults() };
    seed = (int)now.o.seed;
    points = now.o.n_points;
    dirs = now.o.n_dir;
    rtol = 0;
    timeout = (int)now.o.timeout_s;
    no_fork = 0;
    checks = "standard";
    now.out = ".";
}

/* FILE:LINE? */
static int is_place(const char *text)
{
    const char *colon = strrchr(text, ':');
    char *end = NULL;
    long line = colon ? strtol(colon + 1, &end, 10) : 0;
    return colon && colon > text && *end == '\0' && line >= 1 && line <= 1000000000;
}

static int fill(const struct manual *m, struct settings *s)
{
    if (now.source && !is_place(now.source)) {
        args_refuse(m->verb, "--source %s: it must be FILE:LINE", now.source);
        return 0;
    }
    now.o.seed = (uint64_t)seed;
    now.o.n_points = points;
    now.o.n_dir = dirs;
    now.o.rtol = rtol;
    now.o.timeout_s = (unsigned)timeout;
    now.o.fork = !no_fork;
    if (!parse_checks(m->verb, checks, &now.o.checks)) return 0;
    *s = now;
    return 1;
}

/* reads by one table */
static int read_table(const struct manual *m, const struct option_row *table, int argc, char **argv,
                      const char **word, int *exit_code)
{
    for (int i = 1; i < argc; i++)
        if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")) {
            put_page(m, table);
            *exit_code = EXIT_OK;
            return -1;
        }
    char **joined = join_lists(argc, argv, &argc);
    if (!joined) {
        *exit_code = args_fail(EXIT_RESOURCES, m->verb, "out of memory");
        return -1;
    }
    char line[256]; /* of the synopsis the first, from the subject's own words on */
    const char *own = m->synopsis + strlen("rungs gradcheck ");
    snprintf(line, sizeof line, "gradcheck %s%s%.*s", mode, *mode ? " " : "", (int)strcspn(own, "\n"), own);
    const struct usage usage = { m->verb, line, "", "", table, m->min_words, m->max_words };
    int words = args_read(&usage, argc, joined, word, exit_code);
    free(joined);
    return words;
}

int gradcheck_read_own(const struct manual *m, int argc, char **argv, const char **word, int *exit_code)
{
    return read_table(m, m->options, argc, argv, word, exit_code);
}

int gradcheck_read(const struct manual *m, int argc, char **argv, const char **word, struct settings *s,
                   int *exit_code)
{
    struct option_row table[MOST_OPTIONS] = { { 0 } };
    int n = 0;
    set_defaults();
    for (const struct option_row *o = m->options; o->name; o++) table[n++] = *o;
    for (const struct option_row *o = *mode ? of_curves : common; o->name && n < MOST_OPTIONS - 1; o++)
        table[n++] = *o;
    int words = read_table(m, table, argc, argv, word, exit_code);
    if (words < 0) return -1;
    *exit_code = EXIT_USAGE;
    return fill(m, s) ? words : -1;
}

/* ---- the command that repeats it ---- */

enum { MOST_WORDS = 256 };

static const char *command[MOST_WORDS + 1];

void gradcheck_command(int argc, char **argv, const char *name)
{
    mode = name;
    int n = argc < MOST_WORDS ? argc : MOST_WORDS;
    for (int i = 0; i < n; i++) command[i] = argv[i];
    command[n] = NULL;
}

struct text {
    char at[8192];
    size_t n;
};

static void put(struct text *t, const char *part, size_t n)
{
    if (n >= sizeof t->at - t->n) n = sizeof t->at - t->n - 1;
    memcpy(t->at + t->n, part, n);
    t->n += n;
    t->at[t->n] = '\0';
}

/* a space and the word, quoted if the shell would read it otherwise */
static void put_word(struct text *t, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+./:,=@%";
    put(t, " ", t->n > 0);
    if (*word && !word[strspn(word, plain)]) {
        put(t, word, strlen(word));
        return;
    }
    put(t, "'", 1);
    for (; *word; word++)
        if (*word == '\'')
            put(t, "'\\''", 4);
        else
            put(t, word, 1);
    put(t, "'", 1);
}

/* 0: it belongs into a repeated command; else how many words it takes with its value */
static int dropped(const char *word, int narrowed)
{
    static const char *const own[] = { "--json", "--junit", "--csv",  "--sarif", "--source",
                                       "--svg",  "--seed",  "--only", "--at" };
    size_t n = sizeof own / sizeof *own - (narrowed ? 0 : 2); /* the last two name the element */
    if (!strcmp(word, "--quiet")) return 1;
    for (size_t i = 0; i < n; i++) {
        if (!strcmp(word, own[i])) return 2;
        if (args_joined(word, own[i])) return 1;
    }
    return 0;
}

static void put_command(struct text *t, const char *const *words, int narrowed)
{
    for (int i = 0; words[i]; i++) {
        int skip = dropped(words[i], narrowed);
        if (skip == 0)
            put_word(t, words[i]);
        else if (skip == 2 && words[i + 1])
            i++;
    }
}

const char *gradcheck_repeat(const struct settings *s, const char *const *words, const char *only,
                             const char *at)
{
    static struct text t;
    char number[24];
    t.n = 0;
    put_word(&t, args_program());
    put_command(&t, words ? words : command, only != NULL);
    snprintf(number, sizeof number, "%llu", (unsigned long long)s->o.seed);
    put_word(&t, "--seed");
    put_word(&t, number);
    if (only) put_word(&t, "--only"), put_word(&t, only);
    if (only && at && *at) put_word(&t, "--at"), put_word(&t, at);
    return t.at;
}

const char *gradcheck_mode(void)
{
    return mode;
}

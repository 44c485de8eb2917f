/* gradcheck_batch.c - rungs gradcheck batch: a file of problems, one per line; one table, and the exit code
 * of the worst. */
#include "gradcheck.h"

#include <stdlib.h>
#include <string.h>

#include "../base/clock.h"
#include "../base/terminal.h"

static struct settings files; /* where the results of all go */

/* the line that is being checked */
static struct {
    const char *path;
    const struct line *line;
    int rows; /* printed of it */
} now;

/* ---- the table ---- */

enum { NAME_WIDTH = 22, HANG = 5 + 13 + NAME_WIDTH + 1 };

static void put_row(const char *verdict, const char *name, const char *what)
{
    if (files.quiet) return;
    terminal_print(stdout, HANG, "%4d %-12s %-*s %s\n", now.line->number, verdict, NAME_WIDTH, name, what);
    fflush(stdout); /* the next one may take its time */
}

static const gc_tensor_result *wrong_tensor(const gc_result *r)
{
    for (int i = 0; i < r->ntensors; i++)
        if (r->tensor[i].verdict == GC_FAIL) return &r->tensor[i];
    return NULL;
}

/* what there is to say about a result, in a line */
static void describe(const gc_result *r, char *text, size_t room)
{
    const gc_tensor_result *wrong = wrong_tensor(r), *worst = NULL;
    for (int i = 0; i < r->ntensors; i++)
        if (r->tensor[i].looked && (!worst || r->tensor[i].worst_rel > worst->worst_rel))
            worst = &r->tensor[i];
    if (r->verdict == GC_FAIL && wrong)
        snprintf(text, room, "d%s: %zu of %zu wrong%s%s", wrong->name, wrong->wrong, wrong->looked,
                 *wrong->pattern ? "; " : "", wrong->pattern);
    else if (r->verdict == GC_PASS && worst)
        snprintf(text, room, "worst %.1e, allowed %.1e; %zu evaluations", worst->worst_rel,
                 worst->allowed_rel, r->forwards + r->backwards);
    else
        snprintf(text, room, "%s", r->reason);
}

/* The rows of one problem, a subject_print. */
static int print_rows(const struct subject *s, const struct settings *set, struct outcome *out)
{
    char repeat[REPEAT], what[2 * GC_TEXT];
    int code = EXIT_OK;
    if (!set->source) report_place(set, now.path, now.line->number, out);
    for (int i = 0; i < out->results; i++) {
        gc_result *r = &out->result[i];
        report_repeat(s, set, r, repeat);
        describe(r, what, sizeof what);
        put_row(gc_verdict_name(r->verdict), r->name, what);
        now.rows++;
        if (!files.quiet && gc_exit_code(r))
            terminal_print(stdout, 16, "     repeat: %s\n", *repeat ? repeat : r->repeat);
        code = report_worse(code, gc_exit_code(r));
    }
    return code;
}

/* ---- the lines ---- */

static const char *const files_of_all[] = {
    "--json", "--junit", "--csv", "--sarif", "--quiet", "--help", "-h"
};

/* "" or what is wrong with a line, before anything is run */
static void judge_line(const struct line *l, char *why)
{
    char names[128] = "";
    size_t n = 0;
    *why = '\0';
    for (const struct subject_kind *k = subject_kinds; k->name; k++, n++) {
        const char *between = !n ? "" : k[1].name ? ", " : " or ";
        size_t have = strlen(names);
        snprintf(names + have, sizeof names - have, "%s%s", between, k->name);
    }
    if (!subject_find(l->word[0])) {
        char near[NEAREST_TEXT];
        if (nearest_name(l->word[0], (struct name_list){ &subject_kinds->name, n, sizeof *subject_kinds },
                         near))
            error_set(why, "a line begins with the kind of code, not with '%.60s'; did you mean %s?",
                      l->word[0], near);
        else
            error_set(why, "a line begins with the kind of code, %s, not with '%.60s'", names, l->word[0]);
        return;
    }
    for (int i = 1; i < l->words; i++)
        for (size_t k = 0; k < sizeof files_of_all / sizeof *files_of_all; k++)
            if (!strcmp(l->word[i], files_of_all[k]) || args_joined(l->word[i], files_of_all[k]))
                error_set(
                    why,
                    "%s is for all problems: it belongs behind `rungs gradcheck batch FILE`, not into a line",
                    files_of_all[k]);
}

/* 0 after a sentence for each line that cannot be read */
static int judge_lines(const char *verb, const struct line *line, int count)
{
    char why[ERROR_TEXT];
    int bad = 0;
    for (int i = 0; i < count; i++) {
        judge_line(&line[i], why);
        if (*why) args_refuse(verb, "%s:%d: %s", now.path, line[i].number, why);
        bad += *why != '\0';
    }
    if (bad) args_refuse(verb, "%d of %d problems cannot be read; nothing was checked", bad, count);
    return !bad;
}

/* the exit code of one line */
static int check_line(struct line *l, struct outcomes *all)
{
    static char place[FILENAME_MAX + 32];
    char **command = l->command = malloc(((size_t)l->words + 2) * sizeof *command);
    struct settings set;
    if (!command) return args_fail(EXIT_RESOURCES, "gradcheck batch", "out of memory");
    command[0] = "gradcheck";
    memcpy(command + 1, l->word, ((size_t)l->words + 1) * sizeof *command);
    gradcheck_command(l->words + 1, command, "");
    snprintf(place, sizeof place, "%s:%d", now.path, l->number);
    args_place(place);
    now.line = l, now.rows = 0;
    int code = subject_words(subject_find(l->word[0]), NULL, l->words, l->word, print_rows, &set, all);
    args_place("");
    if (code >= EXIT_USAGE) put_row("NOT CHECKED", l->words > 1 ? l->word[1] : "", "see the message above");
    return code;
}

static void put_counts(const struct outcomes *all, int refused, double seconds)
{
    int count[GC_CRASH + 1] = { 0 }, results = 0;
    for (int i = 0; i < all->n; i++)
        for (int k = 0; k < all->at[i]->results; k++) count[all->at[i]->result[k].verdict]++, results++;
    printf("%d result%s in %.1f s:", results, results == 1 ? "" : "s", seconds);
    for (int v = 0, told = 0; v <= GC_CRASH; v++)
        if (count[v]) printf("%s %d %s", told++ ? "," : "", count[v], gc_verdict_name((gc_verdict)v));
    if (refused) printf("; %d line%s not checked", refused, refused == 1 ? "" : "s");
    putchar('\n');
}

/* ---- the command line ---- */

static const struct option_row options[] = {
    { "--json", OPTION_FILE, &files.json, 0, 0,
      "write all results there as JSON; - is stdout, without the table" },
    { "--junit", OPTION_FILE, &files.junit, 0, 0, "write them there as JUnit XML" },
    { "--csv", OPTION_FILE, &files.csv, 0, 0, "write a row for each tensor there" },
    { "--sarif", OPTION_FILE, &files.sarif, 0, 0, "write what did not pass there as SARIF, for code hosts" },
    { "--quiet", OPTION_FLAG, &files.quiet, 0, 0, "no table: the exit code and the files tell" },
    { 0 },
};

static const struct manual manual = {
    "gradcheck batch",
    "are the gradients in a list of problems right?",
    "rungs gradcheck batch FILE [options]",
    "Each line of FILE is a problem, in the words of a `rungs gradcheck` command behind \"gradcheck\", with its options:\n\n"
    "    # loss and gradient in one library\n"
    "    so ./logistic.so --loss logistic --grad logistic_grad --n 4 --source logistic.c:20\n"
    "    sig 'double f(const double x[5])' --lib ./f.so \\\n"
    "        --grad 'void g(const double x[5], double dx[5])'\n"
    "    run mse_backward --rung reference\n\n"
    "Words are cut as a shell does it: quotes keep blanks, a backslash keeps the next character and at a line's end goes\n"
    "on with the next line, # begins a comment. Nothing is expanded. Names of files begin in the folder where the command\n"
    "runs. If a line cannot be read, nothing is checked, and all such lines are named. What can be told only by checking,\n"
    "such as a missing library, is said at its line, and the other problems are checked.\n\n"
    "In SARIF a result is at --source of its line; without one, at the line itself.",
    "rungs gradcheck batch problems.txt\n"
    "rungs gradcheck batch problems.txt --json results.json --sarif results.sarif",
    options,
    1,
    1,
    "The worst of all lines: 0 pass, 2 inconclusive, 1 fail, 3 contract, 4 crash or time-out, then\n"
    "64  usage: a problem cannot be checked as it is written\n"
    "66  input: FILE, one of its lines, or a file that a line names, is missing or cannot be read\n"
    "74  a file of results could not be written",
};

/* checks all of them, a row of the table each */
static int check_lines(const struct lines *lines)
{
    struct outcomes all = { 0 };
    int code = EXIT_OK, refused = 0;
    double start = clock_seconds();
    if (!files.quiet) puts("line verdict      problem");
    for (int i = 0; i < lines->count; i++) {
        int this_code = check_line(&lines->line[i], &all);
        refused += this_code >= EXIT_USAGE;
        code = report_worse(code, this_code);
    }
    if (!files.quiet) put_counts(&all, refused, clock_seconds() - start);
    if (!report_files(&files, all.at, all.n) && !code) code = EXIT_OUTPUT;
    free(all.at);
    return code;
}

int batch_verb(int argc, char **argv)
{
    const char *word[1];
    char error[ERROR_TEXT];
    struct lines lines;
    int code = EXIT_OK;
    memset(&files, 0, sizeof files);
    if (gradcheck_read_own(&manual, argc, argv, word, &code) < 0) return code;
    now.path = word[0];
    if (!lines_read(now.path, &lines, error)) {
        int has_number = *error >= '0' && *error <= '9';
        code = args_fail(gradcheck_refusal, manual.verb, "%s:%s%s", now.path, has_number ? "" : " ", error);
    } else if (!judge_lines(manual.verb, lines.line, lines.count)) {
        code = EXIT_INPUT;
    } else {
        files.quiet = report_is_quiet(&files);
        code = check_lines(&lines);
    }
    lines_free(&lines);
    return code;
}

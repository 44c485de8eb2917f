/* learn_kernel_match.c - which of the known wrong versions of an exercise's kernels a submission is: its
 * outputs are theirs, or its counts, or what the emulator finds in it; see learn_kernel.h. */
#include "learn_kernel.h"

#include <ctype.h>
#include <math.h>
#include <string.h>
#include <sys/mman.h>

#include "gradcheck_guard.h"

/* of the emulator, without names: "" is none */
enum { FINDING = 600 };
struct finding {
    char words[FINDING], numbers[FINDING]; /* without its numbers, and with them */
};

/* what a run is compared by */
struct seen {
    unsigned char *outputs; /* of all shapes                         */
    int is_done;            /* they are there                        */
    struct finding finding;
};

static int is_of_word(char c)
{
    return isalnum((unsigned char)c) || (c && strchr("_.:/-", c));
}

/* What is the same in another file: names of files are left out, and numbers of lines. */
static void keep_words(const char *finding, int with_numbers, char kept[FINDING])
{
    size_t n = 0;
    int behind_line = 0; /* the word before is "line" */
    for (const char *at = finding ? finding : "", *end; *at && n + 1 < FINDING; at = end) {
        for (end = at; is_of_word(*end);) end++;
        if (end == at) {
            kept[n++] = *end++;
            continue;
        }
        for (const char *scope = at; scope + 2 < end; scope++) /* version_3::tiles is tiles */
            if (scope[0] == ':' && scope[1] == ':') at = scope + 2;
        int is_number = 1, is_plain = 1;
        for (const char *c = at; c < end; c++)
            is_number &= isdigit((unsigned char)*c) != 0,
                is_plain &= isalpha((unsigned char)*c) != 0 || *c == ':' || *c == '-';
        if (is_plain || (is_number && with_numbers && !behind_line))
            for (; at < end && n + 1 < FINDING; at++) kept[n++] = *at;
        behind_line = n >= 4 && !strncmp(kept + n - 4, "line", 4);
    }
    kept[n] = '\0';
}

static struct finding finding_of(const char *sentence)
{
    struct finding f;
    keep_words(sentence, 0, f.words);
    keep_words(sentence, 1, f.numbers);
    return f;
}

/* Runs it once; 0: out of memory */
static int look(const struct submission *s, const char *library, const char *name, int is_stranger,
                const char *order, struct seen *seen)
{
    const struct kernel_task *t = s->exercise->kernel;
    struct kernel_run r = { .binary = library,
                            .name = name,
                            .op = exercise_op_find(s->exercise->function[0]),
                            .shapes = t->shapes,
                            .grid = t->grids ? *t->grids : NULL,
                            .order = order,
                            .seed = s->seed,
                            .seconds = s->seconds,
                            .is_stranger = is_stranger,
                            .outputs = seen->outputs };
    if (!kernel_start(&r)) return 0;
    seen->is_done = r.told->is_done && r.told->kept == kernel_output_bytes(s->exercise);
    seen->finding = finding_of(kernel_finding(&r));
    kernel_end(&r);
    return 1;
}

/* 1 if the outputs of all shapes are alike, and not right at one */
static int same_outputs(const struct submission *s, const struct seen *own, const struct seen *wrong)
{
    const struct op *op = exercise_op_find(s->exercise->function[0]);
    size_t at = 0;
    int alike = own->is_done && wrong->is_done, differs = 0;
    for (const int(*size)[MAX_SIZES] = s->exercise->kernel->shapes; alike && **size; size++) {
        struct check_case *c = check_case_make(op, *size, s->seed);
        void *mine[MAX_ARGS] = { NULL }, *theirs[MAX_ARGS] = { NULL };
        for (int a = 0; a < op->narg; a++) {
            if (!c->oracle[a]) continue;
            mine[a] = own->outputs + at, theirs[a] = wrong->outputs + at;
            at += c->bytes[a];
        }
        alike = outputs_alike(c, mine, theirs, &differs);
        check_case_free(c);
    }
    return alike && differs;
}

static const char *const orders[] = { "forward", "reverse", "random:1" };
enum { FORWARD, REVERSE, ORDERS = sizeof orders / sizeof *orders };

/* 1 if the bits of the outputs depend on the order of the threads, though all of them may be right */
static int depends_on_order(const struct seen own[2], size_t bytes)
{
    return own[FORWARD].is_done && own[REVERSE].is_done &&
           memcmp(own[FORWARD].outputs, own[REVERSE].outputs, bytes) != 0;
}

/* 1 if the outputs are alike and wrong, or depend on the order of the threads and are the same in two */
static int same_values(const struct submission *s, const char *library, const char *name,
                       const struct seen own[2], struct seen wrong[2])
{
    const size_t bytes = kernel_output_bytes(s->exercise);
    if (!look(s, library, name, 0, orders[FORWARD], &wrong[FORWARD])) return 0;
    if (same_outputs(s, &own[FORWARD], &wrong[FORWARD])) return 1;
    if (!depends_on_order(own, bytes) || !wrong[FORWARD].is_done ||
        memcmp(own[FORWARD].outputs, wrong[FORWARD].outputs, bytes) != 0)
        return 0;
    return look(s, library, name, 0, orders[REVERSE], &wrong[REVERSE]) && wrong[REVERSE].is_done &&
           !memcmp(own[REVERSE].outputs, wrong[REVERSE].outputs, bytes);
}

/* What the emulator says of a version in each order; 0: nothing, or out of memory */
static int look_in_all(const struct submission *s, const char *library, const char *name, int is_stranger,
                       struct seen *seen, struct finding findings[ORDERS])
{
    int some = 0;
    for (int k = 0; k < ORDERS; k++) {
        if (!look(s, library, name, is_stranger, orders[k], seen)) return 0;
        findings[k] = seen->finding;
        some |= *findings[k].words != 0;
    }
    return some;
}

/* How alike two versions are: 0, not at all; else 1 for each order with the same words, and 1 more for the
 * same threads and bytes */
static int likeness(const struct finding *a, const struct finding *b)
{
    int alike = 0;
    for (int k = 0; k < ORDERS; k++) {
        if (strcmp(a[k].words, b[k].words) != 0) return 0;
        alike += 1 + !strcmp(a[k].numbers, b[k].numbers);
    }
    return alike;
}

/* the one that is closest; of several that are as close, none */
static const struct kernel_wrong *find_by_finding(const struct submission *s, const char *library, int n,
                                                  struct seen *own, struct seen *wrong)
{
    struct finding mine[ORDERS], theirs[ORDERS];
    int most = 0, many = 0, closest = 0;
    if (!look_in_all(s, s->binary, s->exercise->function[0], s->is_stranger, own, mine)) return NULL;
    for (int k = 0; k < n; k++) {
        if (!look_in_all(s, library, version_name(s->exercise, k), 0, wrong, theirs)) continue;
        const int alike = likeness(mine, theirs);
        if (alike > most) most = alike, many = 0, closest = k;
        many += alike == most;
    }
    return most && many == 1 ? &s->exercise->kernel->wrong[closest] : NULL;
}

static int same_counts(const struct submission *s, const char *library, const char *name,
                       const double *counts)
{
    double wrong[MOST_KERNEL_COUNTS];
    char error[ERROR_TEXT];
    int is_above = 0;
    if (counts_take(s->exercise, library, name, s->seconds, 0, wrong, error)) return 0;
    for (int k = 0; k < MOST_KERNEL_COUNTS && s->exercise->kernel->count[k].what; k++) {
        if (!(fabs(wrong[k] - counts[k]) <= 1e-9 * (1 + fabs(wrong[k])))) return 0;
        is_above |= wrong[k] > s->exercise->kernel->count[k].most;
    }
    return is_above;
}

static const struct kernel_wrong *find(const struct submission *s, enum gate gate, const double *counts,
                                       const char *library, int n, struct seen own[2], struct seen wrong[2])
{
    const struct kernel_wrong *known = s->exercise->kernel->wrong;
    if (gate == GATE_CHECKERS) return find_by_finding(s, library, n, own, wrong);
    for (int k = FORWARD; gate == GATE_VALUES && k <= REVERSE; k++)
        if (!look(s, s->binary, s->exercise->function[0], s->is_stranger, orders[k], &own[k])) return NULL;
    for (int k = 0; k < n; k++) {
        const char *name = version_name(s->exercise, k);
        if ((gate == GATE_VALUES && same_values(s, library, name, own, wrong)) ||
            (gate == GATE_COUNTS && same_counts(s, library, name, counts)))
            return &known[k];
    }
    return NULL;
}

const struct kernel_wrong *kernel_match(const struct submission *s, enum gate gate, const double *counts)
{
    const size_t bytes = kernel_output_bytes(s->exercise);
    char error[2 * ERROR_TEXT];
    int n;
    const struct kernel_wrong *found = NULL;
    const char *library = versions_wrong(s->exercise, &n, error, sizeof error);
    unsigned char *outputs = library ? guard_shared(4 * bytes) : NULL;
    if (outputs) {
        struct seen own[2] = { { .outputs = outputs }, { .outputs = outputs + bytes } };
        struct seen wrong[2] = { { .outputs = outputs + 2 * bytes }, { .outputs = outputs + 3 * bytes } };
        found = find(s, gate, counts, library, n, own, wrong);
        munmap(outputs, 4 * bytes);
    }
    return found;
}

/* learn_kernel_versions.c - versions of an exercise's kernels that are not the student's: the stub, the
 * solution and wrong ones. They are compiled at once, as one file in which each is in a namespace of its
 * own, because most of a compiler's time goes into CUDA's headers; see learn_kernel.h. */
#include "learn_kernel.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emu.h"
#include "gradcheck.h"

/* ---- one file of all ---- */

const char *version_name(const struct exercise *e, int k)
{
    static char name[80];
    snprintf(name, sizeof name, "%.60s_%d", e->function[0], k);
    return name;
}

/* one of them: the names that the program looks for become its own */
static void put_version(FILE *f, const struct exercise *e, const char *text, int k)
{
    static const char *const open[] = { "grid_blocks", "grid_threads" };
    fprintf(f, "#define %s %s\n", e->function[0], version_name(e, k));
    for (int i = 0; i < 2; i++) fprintf(f, "#define %s %s_%d\n", open[i], open[i], k);
    fprintf(f, "namespace version_%d {\n%s}\n", k, text);
    for (int i = 0; i < 2; i++) fprintf(f, "#undef %s\n", open[i]);
    fprintf(f, "#undef %s\n", e->function[0]);
}

/* The binary of n versions; NULL with error set. */
static const char *build_versions(const struct exercise *e, char *const *text, int n, char *error,
                                  size_t room)
{
    const char *source = guard_file("versions.cu"), *binary = guard_file("versions.so");
    FILE *f = source && binary ? fopen(source, "w") : NULL;
    if (f) {
        fputs("#include <cuda_runtime.h>\n#include <math.h>\n#include <stddef.h>\n#include <stdint.h>\n", f);
        for (int k = 0; k < n; k++) put_version(f, e, text[k], k);
    }
    if (!f || fclose(f)) {
        error_set(error, "cannot write the temporary file versions.cu");
        return NULL;
    }
    return kernel_build(e, source, "versions.cu", 0, binary, error, room) ? binary : NULL;
}

/* ---- what the stub and the solution count ---- */

/* A different exercise or compiler has different counts. */
static uint64_t key_of(const char *before, const char *solution)
{
    uint64_t key = 0xcbf29ce484222325;
    const char *const part[] = { before, solution, emu_compiler() };
    for (size_t i = 0; i < sizeof part / sizeof *part; i++)
        for (const char *at = part[i]; *at; at++) key = (key ^ (unsigned char)*at) * 0x100000001b3;
    return key;
}

/* a line per exercise: number, key, then its numbers */
static int read_counts(const char *path, const struct exercise *e, uint64_t key, double *before,
                       double *right)
{
    char line[300], number[16];
    FILE *f = path ? fopen(path, "r") : NULL;
    int found = 0;
    while (f && !found && fgets(line, sizeof line, f)) {
        unsigned long long k;
        found = sscanf(line, "%15s %llx %lf %lf %lf %lf", number, &k, &before[0], &before[1], &right[0],
                       &right[1]) == 6 &&
                !strcmp(number, e->number) && k == key;
    }
    if (f) fclose(f);
    return found;
}

/* If they cannot be kept, they are measured anew. */
static void keep_counts(const char *path, const struct exercise *e, uint64_t key, const double *before,
                        const double *right)
{
    FILE *f = path ? fopen(path, "a") : NULL;
    if (!f) return;
    fprintf(f, "%s %llx %.17g %.17g %.17g %.17g\n", e->number, (unsigned long long)key, before[0], before[1],
            right[0], right[1]);
    fclose(f);
}

static int count_both(const struct exercise *e, char *const *text, unsigned seconds, double *before,
                      double *right)
{
    char error[2 * ERROR_TEXT];
    const char *binary = build_versions(e, text, 2, error, sizeof error);
    return binary && !counts_take(e, binary, version_name(e, 0), seconds, 0, before, error) &&
           !counts_take(e, binary, version_name(e, 1), seconds, 0, right, error);
}

/* what is counted for "before" */
static char *before_of(const struct exercise *e)
{
    const char *start = exercise_start(e);
    if (e->kernel->before) return exercise_solution(exercise_find(e->kernel->before));
    return start ? strdup(start) : NULL;
}

int versions_counted(const struct submission *s, double before[MOST_KERNEL_COUNTS],
                     double right[MOST_KERNEL_COUNTS])
{
    const struct exercise *e = s->exercise;
    char *text[2] = { before_of(e), exercise_solution(e) };
    int known = text[0] && text[1];
    uint64_t key = known ? key_of(text[0], text[1]) : 0;
    if (known && !read_counts(s->measured, e, key, before, right)) {
        known = count_both(e, text, s->seconds, before, right);
        if (known) keep_counts(s->measured, e, key, before, right);
    }
    free(text[0]), free(text[1]);
    return known;
}

/* ---- wrong versions ---- */

enum { MOST_WRONG = 16 };

/* 1 if the grader rejects version k, and at which gate */
static int rejects(const struct exercise *e, const char *binary, int k, enum gate *gate)
{
    const struct submission s = {
        .exercise = e, .shown = "versions.cu", .source = "versions.cu", .seed = 1, .seconds = GATE_SECONDS
    };
    char error[ERROR_TEXT], *said = NULL;
    size_t length;
    double counts[MOST_KERNEL_COUNTS];
    FILE *nowhere = open_memstream(&said, &length);
    if (!nowhere) return 0;
    int code = kernel_pass(&s, binary, version_name(e, k), gate, nowhere);
    if (!code && e->kernel->count[0].what &&
        !counts_take(e, binary, version_name(e, k), GATE_SECONDS, 0, counts, error))
        *gate = GATE_COUNTS, code = counts_judge(&s, counts, NULL, NULL, nowhere);
    fclose(nowhere);
    free(said);
    return code == EXIT_WRONG;
}

static int put_matrix(const struct exercise *e, const char *binary)
{
    int code = EXIT_OK;
    for (int k = 0; e->kernel->wrong[k].name; k++) {
        const struct kernel_wrong *w = &e->kernel->wrong[k];
        enum gate gate = GATE_COMPILE;
        int rejected = rejects(e, binary, k, &gate);
        printf("%-8s  %-4s %-18s %-22s %s\n", rejected ? "rejected" : "ACCEPTED", e->number, e->function[0],
               w->name, rejected ? gate_names[gate] : w->about);
        fflush(stdout);
        if (!rejected) code = EXIT_WRONG;
    }
    return code;
}

const char *versions_wrong(const struct exercise *e, int *n, char *error, size_t room)
{
    char *text[MOST_WRONG];
    int ok = 1;
    *n = 0;
    while (*n < MOST_WRONG && e->kernel->wrong[*n].name && ok) {
        text[*n] = kernel_changed(e, &e->kernel->wrong[*n]);
        if (!text[*n])
            ok = error_set(error, "the wrong version \"%s\" changes nothing, or more than one place",
                           e->kernel->wrong[*n].name);
        ++*n;
    }
    const char *binary = ok ? build_versions(e, text, *n, error, room) : NULL;
    for (int k = 0; k < *n; k++) free(text[k]);
    return binary;
}

int kernel_matrix(const struct exercise *e)
{
    char error[2 * ERROR_TEXT] = "";
    int n, code;
    gradcheck_refusal = EXIT_OUTPUT;
    const char *binary = guard_folder(error) ? versions_wrong(e, &n, error, sizeof error) : NULL;
    if (binary)
        code = put_matrix(e, binary);
    else
        code = args_fail(gradcheck_refusal, "learn", "%s: %s", e->number, error);
    guard_remove_folder();
    return code;
}

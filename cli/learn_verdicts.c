/* learn_verdicts.c - a submission that judges: handed every version, in an order that the seed decides, it
 * must accuse the wrong ones in every run and no others in any; see learn.h. */
#include "learn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../base/memory.h"
#include "../learn/judged.h"
#include "../reference/philox.h"
#include "gradcheck.h"
#include "gradcheck_guard.h"
#include "learn_remote.h"

struct verdicts {
    struct told told;
    const struct submission *s;
    int runs, accused[MOST_VERSIONS]; /* in how many of them */
    unsigned char state[JUDGED_STATE];
    char said[ERROR_TEXT];
};

static int count_versions(const struct judged *j)
{
    int n = 0;
    while (n < MOST_VERSIONS && j->versions[n].name) n++;
    return n;
}

/* ---- in a child ---- */

static struct judging judging;

static const char *serve(struct channel *c)
{
    return judged_serve(&judging, c);
}

/* for a wrong submission of ours, which is in this process */
static void serve_here(struct channel *c)
{
    if (channel_used(c) > CHANNEL_BYTES || serve(c)) _exit(EXIT_WRONG);
}

static int judge(const struct submission *s)
{
    if (!s->mistake) return remote_judge(serve);
    struct channel *here = memory_need(1, sizeof *here);
    here->ask = serve_here;
    int verdict = judging.judged->entry(here, s->mistake->run);
    free(here);
    return verdict;
}

static void judge_all(void *arg)
{
    struct verdicts *w = arg;
    const struct judged *j = w->s->exercise->judged;
    static int order[MOST_VERSIONS * MOST_RUNS];
    const int versions = count_versions(j), all = versions * w->runs;
    philox_shuffle(w->s->seed, 0x7665, all, order);
    for (int k = 0; k < all; k++) {
        int version = order[k] % versions, run = order[k] / versions;
        memset(w->state, 0, sizeof w->state);
        judging = (struct judging){ j, &j->versions[version], w->s->seed + ((uint64_t)run << 32), w->state,
                                    w->said };
        w->accused[version] += judge(w->s) != 0;
    }
}

/* ---- what is said ---- */

static int is_misjudged(const struct verdicts *w, int version)
{
    return w->accused[version] != (w->s->exercise->judged->versions[version].is_wrong ? w->runs : 0);
}

/* the first version that is misjudged, among wrong ones or right ones; -1: none is */
static int first_misjudged(const struct verdicts *w, int is_wrong)
{
    const struct version *v = w->s->exercise->judged->versions;
    for (int k = 0; v[k].name; k++)
        if (v[k].is_wrong == is_wrong && is_misjudged(w, k)) return k;
    return -1;
}

static void say_misjudged(const struct verdicts *w, int version, FILE *f)
{
    const struct version *v = &w->s->exercise->judged->versions[version];
    fprintf(f, "\"%s\" %s", v->name, v->is_wrong ? "slips through" : "is accused");
    if (w->runs > 1)
        fprintf(f, " in %d of %d runs", v->is_wrong ? w->runs - w->accused[version] : w->accused[version],
                w->runs);
    fprintf(f, "%s%s%s\n", v->is_wrong ? "" : ", but right", *v->about ? ": " : "", v->about);
}

/* The kill matrix: how many of each, and the first that is misjudged */
static int say_verdicts(const struct verdicts *w, FILE *f)
{
    const struct version *v = w->s->exercise->judged->versions;
    int all[2] = { 0, 0 }, misjudged[2] = { 0, 0 };
    for (int k = 0; v[k].name; k++) all[v[k].is_wrong]++, misjudged[v[k].is_wrong] += is_misjudged(w, k);
    fprintf(f, "caught %d of %d wrong ones%s\n", all[1] - misjudged[1], all[1],
            misjudged[1] ? "; the gate requires all" : "");
    fprintf(f, "accused %d of %d right ones%s\n", misjudged[0], all[0],
            misjudged[0] ? "; the gate allows none" : "");
    if (misjudged[1]) say_misjudged(w, first_misjudged(w, 1), f);
    if (misjudged[0]) say_misjudged(w, first_misjudged(w, 0), f);
    return misjudged[0] || misjudged[1] ? EXIT_WRONG : EXIT_OK;
}

/* of problems: at how many the student's work is right, and what is wrong first */
static int say_steps(const struct verdicts *w, FILE *f)
{
    int all = 0, wrong = 0;
    for (; w->s->exercise->judged->versions[all].name; all++) wrong += is_misjudged(w, all);
    fprintf(f, "right at %d of %d networks\n", all - wrong, all);
    if (wrong)
        fprintf(f, "\"%s\": %s\n", w->s->exercise->judged->versions[first_misjudged(w, 0)].name, w->said);
    return wrong ? EXIT_WRONG : EXIT_OK;
}

static int gate_verdicts(const struct submission *s, FILE *f)
{
    struct verdicts *w = guard_shared(sizeof *w);
    const char *name = s->exercise->function[0];
    if (!w) return fprintf(f, "out of memory for the verdicts of %s\n", name), EXIT_RESOURCES;
    w->s = s;
    w->runs = s->exercise->judged->runs;
    struct guard g = { .seconds = 4.0 * s->seconds };
    int code = gate_run(&g, name, judge_all, &w->told, f);
    if (!code) code = s->exercise->stub == GATE_STEPS ? say_steps(w, f) : say_verdicts(w, f);
    munmap(w, sizeof *w);
    return code;
}

/* ---- the grader ---- */

int test_pass(struct submission *s, enum gate *gate, FILE *f)
{
    *gate = s->exercise->stub;
    return gate_verdicts(s, f);
}

int grade_test(struct submission *s, enum gate *gate, FILE *f)
{
    char entry[100];
    const char *const function[] = { entry, s->exercise->function[0], NULL };
    snprintf(entry, sizeof entry, "%s_entry", s->exercise->function[0]);
    *gate = GATE_COMPILE;
    int code = submission_compile(s, f);
    if (!code) code = submission_load(s, function, f);
    if (!code) code = test_pass(s, gate, f);
    remote_close();
    guard_remove_folder();
    return code;
}

/* learn_verdicts.c - a submission that judges: handed every version once, in an order that the seed decides,
 * it must accuse the wrong ones and no others; see learn.h. */
#include "learn.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../learn/judged.h"
#include "../reference/philox.h"
#include "gradcheck.h"
#include "gradcheck_guard.h"
#include "learn_remote.h"

struct verdicts {
    struct told told;
    const struct submission *s;
    int accused[MOST_VERSIONS];
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
    static struct channel here;
    if (!s->mistake) return remote_judge(serve);
    here.ask = serve_here;
    return judging.judged->entry(&here, s->mistake->run);
}

static void judge_all(void *arg)
{
    struct verdicts *w = arg;
    const struct judged *j = w->s->exercise->judged;
    int order[MOST_VERSIONS], n = count_versions(j);
    philox_shuffle(w->s->seed, 0x7665, n, order);
    for (int k = 0; k < n; k++) {
        memset(w->state, 0, sizeof w->state);
        judging = (struct judging){ j, &j->versions[order[k]], w->s->seed, w->state, w->said };
        w->accused[order[k]] = judge(w->s) != 0;
    }
}

/* ---- what is said ---- */

/* the first version that is judged otherwise than it is, among wrong ones or right ones */
static const struct version *first_misjudged(const struct verdicts *w, int is_wrong)
{
    const struct version *v = w->s->exercise->judged->versions;
    for (int k = 0; v[k].name; k++)
        if (v[k].is_wrong == is_wrong && w->accused[k] != is_wrong) return &v[k];
    return NULL;
}

/* The kill matrix: how many of each, and the first that is misjudged */
static int say_verdicts(const struct verdicts *w, FILE *f)
{
    const struct judged *j = w->s->exercise->judged;
    int all[2] = { 0, 0 }, accused[2] = { 0, 0 };
    for (int k = 0; j->versions[k].name; k++) {
        int is_wrong = j->versions[k].is_wrong;
        all[is_wrong]++, accused[is_wrong] += w->accused[k];
    }
    const struct version *slipped = first_misjudged(w, 1), *framed = first_misjudged(w, 0);
    fprintf(f, "caught %d of %d wrong ones", accused[1], all[1]);
    if (slipped) fprintf(f, "; the gate asks for all");
    fprintf(f, "\naccused %d of %d right ones", accused[0], all[0]);
    if (framed) fprintf(f, "; the gate asks for none");
    fputc('\n', f);
    if (slipped) fprintf(f, "\"%s\" slips through: %s\n", slipped->name, slipped->about);
    if (framed)
        fprintf(f, "\"%s\" is accused and right%s%s\n", framed->name, *framed->about ? ": " : "",
                framed->about);
    return slipped || framed ? EXIT_WRONG : EXIT_OK;
}

static int gate_verdicts(const struct submission *s, FILE *f)
{
    struct verdicts *w = guard_shared(sizeof *w);
    const char *name = s->exercise->function[0];
    if (!w) return fprintf(f, "out of memory for the verdicts of %s\n", name), EXIT_RESOURCES;
    w->s = s;
    int code = gate_run(name, 4.0 * s->seconds, judge_all, &w->told, f);
    if (!code) code = say_verdicts(w, f);
    munmap(w, sizeof *w);
    return code;
}

/* ---- the grader ---- */

static int load(const struct submission *s, FILE *f)
{
    char error[ERROR_TEXT] = "", entry[100];
    const char *const function[] = { entry, s->exercise->function[0], NULL };
    snprintf(entry, sizeof entry, "%s_entry", s->exercise->function[0]);
    const struct remote_code code = { .shown = s->shown,
                                      .library = s->library,
                                      .function = function,
                                      .seconds = s->seconds,
                                      .is_judge = 1,
                                      .is_stranger = s->is_stranger };
    if (remote_open(&code, error)) return EXIT_OK;
    fprintf(f, "%s\n", error);
    return EXIT_WRONG;
}

int grade_test(struct submission *s, enum gate *gate, FILE *f)
{
    *gate = GATE_COMPILE;
    int code = submission_compile(s, f);
    if (!code) code = load(s, f);
    if (!code) *gate = GATE_VERDICTS, code = gate_verdicts(s, f);
    remote_close();
    guard_remove_folder();
    return code;
}

int test_rejects(const struct exercise *e, const struct mistake *m, enum gate *gate)
{
    const struct submission s = {
        .exercise = e, .shown = m->name, .mistake = m, .seed = 1, .seconds = GATE_SECONDS
    };
    FILE *nowhere = fopen("/dev/null", "w");
    int code = nowhere ? gate_verdicts(&s, nowhere) : EXIT_RESOURCES;
    if (nowhere) fclose(nowhere);
    *gate = GATE_VERDICTS;
    return code == EXIT_WRONG;
}

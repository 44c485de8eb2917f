/* bench_frameworks.c MODE - a framework in a child process takes part in races where it is right, and only
 * there; where it dies, hangs or answers nonsense it is left out with a sentence, and the race goes on. The
 * child is bench_fake_python.c, which does as RUNGS_FAKE, MODE here, says; in the mode `script` it is the
 * real Python, whatever it has, and there must be an answer. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../bench/peer_frameworks.h"
#include "../bench/race.h"
#include "../reference/reference.h"

static int failed;

static void expect(int ok, const char *what, const char *got)
{
    if (!ok) printf("FAIL: %s; got: %s\n", what, got);
    failed |= !ok;
}

static const struct expected {
    const char *mode;
    enum outcome outcome;
    const char *note; /* in the contestant's note, or, where it does not open, in the peer's pick */
    int opens;
} expected[] = {
    { "right", RACE_MEASURED, "", 1 },
    { "slow_start", RACE_MEASURED, "", 1 },
    { "lies", RACE_WRONG, "FAIL before timing: ", 1 },
    { "tires", RACE_WRONG, "FAIL while timing: ", 1 },
    { "absent", RACE_LEFT_OUT, "is not here (No module named 'nothing'); to race it: python3 -m pip install",
      0 },
    { "mute", RACE_LEFT_OUT, "it ended, with exit code 9", 0 },
    { "nowhere", RACE_LEFT_OUT, "there is no program /nowhere", 0 },
    { "refuses", RACE_LEFT_OUT, "left out: it answers 'refused it does not like it'", 1 },
    { "dies", RACE_LEFT_OUT, "left out: it ended, with exit code 7", 1 },
    { "crashes", RACE_LEFT_OUT, "left out: it ended, with exit code 137", 1 },
    { "hangs", RACE_LEFT_OUT, "left out: it has been silent for 1 s", 1 },
    { "babbles", RACE_LEFT_OUT, "left out: it answers 'xxxxxxxx", 1 },
    { "slow_clock", RACE_LEFT_OUT, "to a batch that took", 1 },
    { "no_clock", RACE_LEFT_OUT, "to a batch that took", 1 },
    { "ahead", RACE_LEFT_OUT, "left out: it answers 'seconds ", 1 },
};

/* the longest call of a race: a step is shorter by far, receiving the arrays longer in slow_start */
static double call_limit = 0.5;

/* jax at one or two threads beside the naive rung */
static struct contestant race_at(const struct peer *peer, const char *name, const char *shape, int threads)
{
    const struct op *op = op_find_with(name);
    int size[MAX_SIZES];
    expect(op_parse_shape(op, shape, size, NULL), "a shape", shape);
    const struct peer_op *o = peer_find(peer, op);
    struct contestant c[2] = { { .name = "00_naive", .rung = op->cpu, .threads = 1 },
                               { .name = peer->name, .peer = peer, .peer_op = o, .threads = threads } };
    struct race quick = { .samples = 5, .sample_seconds = 2e-4, .call_limit = call_limit };
    struct check_case *problem = check_case_make(op, size, 1);
    expect(race_run(&quick, problem, c, 2), "memory for a race", "none");
    expect(c[0].outcome == RACE_MEASURED, "the rung is measured beside any peer", c[0].note);
    check_case_free(problem);
    return c[1];
}

static struct contestant race(const struct peer *peer, const char *name, int threads)
{
    const char *images = "n1001 c1 h1 w1 r1 s1 pad0 stride1"; /* of one pixel, which is its mean */
    return race_at(peer, name, strcmp(name, "avgpool_forward") ? "1001" : images, threads);
}

static void check(const struct expected *e, const struct peer *jax, const char *op, int threads)
{
    if (!peer_find(jax, op_find(op))) { /* lost in the race before */
        expect(*jax->lost && e->outcome == RACE_LEFT_OUT, "it knows the operation", jax->lost);
        return;
    }
    struct contestant c = race(jax, op, threads);
    expect(c.outcome == e->outcome && strstr(c.note, e->note), e->mode, c.note);
    if (c.outcome == RACE_MEASURED) expect(c.seconds.low > 0 && c.seconds.median < 1, "a time", "another");
}

/* A cold race has nothing to flush in another process. */
static void check_cold(const struct peer *peer)
{
    const struct op *op = op_find("sgd_step");
    struct contestant c = { .name = peer->name, .peer = peer, .peer_op = peer_find(peer, op), .threads = 1 };
    struct race cold = { .samples = 3, .sample_seconds = 1e-4, .call_limit = 0.5, .cold = 1 };
    struct check_case *problem = check_case_make(op, (const int[]){ 100 }, 1);
    (void)race_run(&cold, problem, &c, 1);
    expect(c.outcome == RACE_LEFT_OUT && strstr(c.note, "flushed"), "no cold race", c.note);
    check_case_free(problem);
}

/* w after one step of 5 weights; returns whether it is w - lr dw */
static int steps_from(const struct peer *peer, const float *w, float *after)
{
    const struct op *op = op_find("sgd_step");
    const struct peer_op *o = peer_find(peer, op);
    float dw[] = { 1, 2, 3, 4, 5 }, lr = (float)op->scalar[0].real;
    memcpy(after, w, sizeof dw);
    if (o) o->call(peer, o, (const int[]){ 5 }, (void *[]){ dw, after });
    for (int i = 0; i < 5; i++)
        if (!(after[i] - (w[i] - lr * dw[i]) < 1e-6f && w[i] - lr * dw[i] - after[i] < 1e-6f)) return 0;
    return 1;
}

/* Arrays travel again only if they have changed: no change must be missed, nor two that might cancel in a
 * checksum of words. */
static void check_changes(const struct peer *peer)
{
    static const float changed[][5] = {
        { 1, 2, 3, 4, 5 },   { 1, -2, 3, -4, 5 },  { -1, -2, -3, -4, 5 },
        { 1, -2, 3, -4, 5 }, { 1, -2, 3, -4, -5 }, { 3, -4, 1, -2, -5 },
    };
    float after[5];
    peer->set_threads(1);
    for (size_t k = 0; k < sizeof changed / sizeof *changed; k++)
        expect(steps_from(peer, changed[k], after), "a step from the weights that it is given", "another");
}

#define CONVOLVED "N2 C4 H9 W8 K6 R3 S2 top1 groups2 stride2"
#define POOLED    "n2 c3 h7 w8 r3 s2 pad1 stride2"

static const struct {
    const char *op, *shape;
} raced[] = {
    { "sgd_step", "1001" },
    { "sgd_decay_step", "1001" },
    { "adam_step", "1001" },
    { "conv2d_forward", CONVOLVED },
    { "conv2d_backward_dx", CONVOLVED },
    { "conv2d_backward_dw", CONVOLVED },
    { "conv2d_relu_forward", CONVOLVED },
    { "conv2d_relu_backward_dx", CONVOLVED },
    { "maxpool_forward", POOLED },
    { "maxpool_backward", POOLED },
    { "avgpool_forward", POOLED },
    { "avgpool_backward", POOLED },
    { "avgpool_forward count_include_pad=0", POOLED },
    { "avgpool_backward count_include_pad=0", POOLED },
    { "batch_norm_forward", "3x5x14" },
    { "batch_norm_backward", "3x5x14" },
    { "dropout_forward", "1001" },
    { "dropout_bytes_forward", "1001" },
    { "dropout_bytes_backward", "1001" },
};

static int check_script(const struct peer *p)
{
    for (int f = 0; f < FRAMEWORKS; f++) {
        int k = peer_number(peer_framework_name(f));
        printf("%s: %s\n", p[k].name, p[k].pick);
        if (!p[k].open) expect(strstr(p[k].pick, "(No module named ") != NULL, "what is missing", p[k].pick);
        if (!p[k].open) continue;
        for (size_t i = 0; i < sizeof raced / sizeof *raced; i++) {
            if (!peer_find(&p[k], op_find_with(raced[i].op))) continue;
            struct contestant c = race_at(&p[k], raced[i].op, raced[i].shape, 1);
            int lacks = strstr(c.note, "(No module named ") || strstr(c.note, "No module named ");
            expect(c.outcome == RACE_MEASURED || lacks, raced[i].op, c.note);
        }
    }
    return failed;
}

int main(int argc, char **argv)
{
    const char *mode = argc > 1 ? argv[1] : "";
    const struct op *asked[] = { op_find("sgd_step"), op_find("adam_step"), op_find("conv2d_forward") };
    const struct peer *p = peers_open(asked, 3), *jax = &p[peer_number("jax")];
    if (!strcmp(mode, "script")) return check_script(p);
    for (size_t k = 0; k < sizeof expected / sizeof *expected; k++) {
        const struct expected *e = &expected[k];
        if (strcmp(e->mode, mode)) continue;
        peer_patience = 1;
        if (!strcmp(mode, "slow_start")) call_limit = 0.01;
        expect(jax->open == e->opens, "whether it opens", jax->pick);
        if (!jax->open) expect(strstr(jax->pick, e->note) != NULL, e->mode, jax->pick);
        for (int threads = 1; jax->open && threads <= 2; threads++) {
            check(e, jax, "sgd_step", threads);
            check(e, jax, "adam_step", threads);
            check(e, jax, "avgpool_forward", threads); /* it updates nothing */
        }
        if (jax->open && e->outcome == RACE_MEASURED) {
            check_cold(jax);
            check_changes(jax);
        }
        peers_close();
        puts(failed ? "failed" : "passed");
        return failed;
    }
    puts("FAIL: no such mode");
    return 1;
}

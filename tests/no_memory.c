/* no_memory.c - a kernel that gets no memory to pack into is slow, but right, and gives the bits that it
 * gives with memory: whether a result can be repeated must not depend on what else the machine is doing. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../base/exit_code.h"
#include "../base/memory.h"
#include "../optimized/check.h"
#include "../optimized/team.h"
#include "../optimized/workspace.h"

/* M, N and K are each once so long that a plan cuts them, and end with a tile that is not whole */
static const int shapes[][3] = { { 70, 300, 90 }, { 37, 2050, 41 }, { 301, 43, 1027 }, { 1030, 100, 21 } };

enum { SHAPES = sizeof shapes / sizeof *shapes, RUNGS_MOST = 512 };

static void nothing(int piece, void *arg)
{
    (void)piece, (void)arg;
}

/* From here on mmap refuses, or no longer does. Returns 0 if that does not work. */
static int starve(int on)
{
    static struct rlimit ample;
    struct rlimit limit;
    if (!ample.rlim_max) getrlimit(RLIMIT_AS, &ample);
    limit = ample;
    if (on) limit.rlim_cur = 0;
    setrlimit(RLIMIT_AS, &limit);
    return !on || !workspace_floats(1);
}

/* FNV-1a over the outputs */
static uint64_t hash_outputs(const struct check_case *c, void *const *buf)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (int a = 0; a < c->op->narg; a++)
        for (size_t i = 0; c->oracle[a] && i < c->elements[a] * sizeof(float); i++)
            hash = (hash ^ ((unsigned char *)buf[a])[i]) * UINT64_C(1099511628211);
    return hash;
}

/* hash[k] <- the outputs of the k-th rung of all dense products at this shape; adds how many are
 * wrong, returns how many ran */
static int run_rungs(const int *size, int without_memory, uint64_t *hash, int *wrong)
{
    int rungs = 0;
    for (const struct op *const *op = ops; *op; op++) {
        /* Muon's iterates and DropConnect's copy of the weights cannot do without */
        if (strncmp((*op)->name, "dense_", strlen("dense_")) != 0) continue;
        struct check_case *c = check_case_make(*op, size, 3);
        void *buf[MAX_ARGS];
        for (int a = 0; a < (*op)->narg; a++) buf[a] = memory_need(c->elements[a], sizeof(float));
        if (!starve(without_memory)) {
            printf("FAIL  the limit on memory did not work\n");
            exit(1);
        }
        for (const struct rung *r = (*op)->cpu; r->name && rungs < RUNGS_MOST; r++) {
            struct check result = { .verdict = CHECK_PASS };
            if (rung_lacks(r->needs)) continue;
            /* without memory for the gradient it rounds as its fused rungs do; that it is right is checked */
            int may_differ = !strcmp(r->name, "01_two_steps");
            check_case_load(c, buf);
            op_call(*op, r->run, size, buf);
            int right = check_case_compare(c, buf, &result);
            if (!right) printf("FAIL  %s %s: %s\n", (*op)->name, r->name, result.reason);
            *wrong += !right;
            hash[rungs++] = may_differ ? 0 : hash_outputs(c, buf);
        }
        starve(0);
        for (int a = 0; a < (*op)->narg; a++) free(buf[a]);
        check_case_free(c);
    }
    return rungs;
}

/* 1 if a rung of Muon, which cannot do without, ends its program as for lack of memory */
static int muon_ends(void)
{
    const struct op *op = op_find("newton_schulz");
    const int size[MAX_SIZES] = { 70, 300 };
    float *x = memory_need(70 * 300, sizeof *x), *y = memory_need(70 * 300, sizeof *y);
    int status = 0;
    pid_t child = fork();
    if (!child) {
        if (starve(1)) op_call(op, rung_find(op, "01_packed")->run, size, (void *const[]){ x, y });
        _exit(0);
    }
    waitpid(child, &status, 0);
    free(x), free(y);
    return WIFEXITED(status) && WEXITSTATUS(status) == EXIT_RESOURCES;
}

int main(void)
{
    static uint64_t without[SHAPES][RUNGS_MOST], with[SHAPES][RUNGS_MOST];
    int wrong = 0, different = 0, rungs = 0;
    if (!muon_ends())
        wrong++, printf("FAIL  Muon without memory does not end with exit code %d\n", EXIT_RESOURCES);
    team_use(2);
    team_run(2, nothing, NULL); /* the threads themselves need memory, and are to exist before it runs out */
    for (int s = 0; s < SHAPES; s++) run_rungs(shapes[s], 1, without[s], &wrong);
    for (int s = 0; s < SHAPES; s++) rungs = run_rungs(shapes[s], 0, with[s], &wrong);
    for (int s = 0; s < SHAPES; s++)
        for (int k = 0; k < rungs; k++)
            if (with[s][k] != without[s][k]) {
                different++;
                printf("FAIL  rung %d of %d at %dx%dx%d: different bits without memory\n", k, rungs,
                       shapes[s][0], shapes[s][1], shapes[s][2]);
            }
    printf("%d rungs at %d shapes: %d wrong, %d with different bits without memory\n", rungs, SHAPES, wrong,
           different);
    return !rungs || wrong || different;
}

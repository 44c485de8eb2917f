/* adam_many.c - the CPU ladder of Adam on many tensors in one call.
 *
 * A network's parameters are tensors of very different sizes: of 64 of a perceptron half are biases of some
 * dozen numbers. What a step costs for each tensor, whatever its size, is the limit there: a call, the powers
 * of bias correction, vectors at its ends that are not full. Here they lie behind each other, n numbers in
 * all (reference/tensors.h), none beginning where a line of the cache does.
 */
#include <stdint.h>

#include "../../reference/reference.h"
#include "../../reference/tensors.h"
#include "../team.h"
#include "chunks.h"
#include "ladder_tables.h"
#include "ladders.h"
#include "optimizer_rungs.h"

enum { LINE = 16 }; /* weights in a line of the cache */

/* ---- 01_calls: the best step of one tensor, tensor by tensor ----
 *
 * Changed: vectors, one division less per weight, as in adam_step's ladder. What a call does before its loop
 * is done for each tensor: two powers in double are as long as the step of a hundred weights. Prediction
 * (lesson 4): 12 to 20 x the speed of 00_naive. */
static void many_calls(int n, const float *dw, float *w, float *m, float *v, double lr, double beta1,
                       double beta2, double eps, uint64_t t, uint64_t tensors)
{
    const struct tensors list = tensors_of(n, tensors);
    adam_step_fn *step = adam_step_widest();
    for (int k = 0; k < list.many; k++) {
        int from = tensor_begin(&list, k), many = tensor_begin(&list, k + 1) - from;
        step(many, dw + from, w + from, m + from, v + from, lr, beta1, beta2, eps, t);
    }
}

/* ---- 02_shared: the step's constants once ----
 *
 * Changed: bias corrections are the same for all tensors, and are computed before the first. Relieves: the
 * arithmetic that no weight has asked for. Prediction (lesson 4): 1.1 to 1.4 x the speed of 01_calls at
 * 100,000 weights in 64 tensors, 1 to 1.05 x at a million. */
static adam_range_fn *widest_range(void)
{
#if defined __x86_64__
    if (rung_isa() & NEED_AVX512) return adam_range_avx512;
    if (rung_isa() & NEED_AVX2) return adam_range_avx2;
#endif
    return adam_range_folded;
}

struct job {
    struct tensors list;
    const float *dw;
    float *w, *m, *v;
    struct adam_constants constants;
    adam_range_fn *range;
    int many; /* weights in a thread's piece */
};

static struct job job_of(int n, const float *dw, float *w, float *m, float *v,
                         const struct adam_constants *constants, uint64_t tensors)
{
    return (struct job){ tensors_of(n, tensors),      dw, w, m, v, *constants, widest_range(),
                         items_in_a_chunk(n, 1, LINE) };
}

/* the weights from `from` to `to`, which are those of one tensor */
static void step_on(const struct job *j, int from, int to)
{
    j->range(to - from, j->dw + from, j->w + from, j->m + from, j->v + from, &j->constants);
}

static void many_shared(int n, const float *dw, float *w, float *m, float *v, double lr, double beta1,
                        double beta2, double eps, uint64_t t, uint64_t tensors)
{
    const struct adam_constants c = adam_constants(lr, beta1, beta2, eps, 0, t);
    const struct job j = job_of(n, dw, w, m, v, &c, tensors);
    for (int k = 0; k < j.list.many; k++) step_on(&j, tensor_begin(&j.list, k), tensor_begin(&j.list, k + 1));
}

/* ---- 03_aligned: whole lines ----
 *
 * Changed: the weights before a tensor's first boundary of a line are a vector of their own, and all that
 * follow it lie in one line each. Relieves: the load and store units, which take a vector across two lines
 * in two goes. Prediction (lesson 4): 1 to 1.15 x the speed of 02_shared at 100,000 weights. */
static void step_on_lines(const struct job *j, int from, int to)
{
    int beyond = (int)((uintptr_t)(j->w + from) / sizeof *j->w % LINE), head = beyond ? LINE - beyond : 0;
    if (head && head < to - from) {
        step_on(j, from, from + head);
        from += head;
    }
    step_on(j, from, to);
}

static void many_aligned(int n, const float *dw, float *w, float *m, float *v, double lr, double beta1,
                         double beta2, double eps, uint64_t t, uint64_t tensors)
{
    const struct adam_constants c = adam_constants(lr, beta1, beta2, eps, 0, t);
    const struct job j = job_of(n, dw, w, m, v, &c, tensors);
    for (int k = 0; k < j.list.many; k++)
        step_on_lines(&j, tensor_begin(&j.list, k), tensor_begin(&j.list, k + 1));
}

/* ---- 04_threads: pieces of the list ----
 *
 * Changed: the list is cut into pieces of as many weights, wherever tensors begin, so that no thread waits
 * for one that has the largest matrix. Prediction (lesson 4): with two threads 1.6 to 2 x the speed of
 * 03_aligned at a million weights. */
static void many_piece(int piece, void *arg)
{
    const struct job *j = arg;
    int from = piece * j->many, to = j->list.n - from < j->many ? j->list.n : from + j->many;
    for (int k = tensor_at(&j->list, from); from < to; k++) {
        int end = tensor_begin(&j->list, k + 1);
        if (end > to) end = to;
        step_on_lines(j, from, end);
        from = end;
    }
}

static void many_threads(int n, const float *dw, float *w, float *m, float *v, double lr, double beta1,
                         double beta2, double eps, uint64_t t, uint64_t tensors)
{
    const struct adam_constants c = adam_constants(lr, beta1, beta2, eps, 0, t);
    struct job j = job_of(n, dw, w, m, v, &c, tensors);
    team_run(chunks_of(n, j.many), many_piece, &j);
}

/* ---- 05_flat: no tensors ----
 *
 * Changed: Adam moves every weight alone, so what lies behind each other is one tensor of n weights. It costs
 * that the parameters are allocated so, once, as train/ does. Relieves: all that depends on the number of
 * tensors. Prediction (lesson 4): 1 to 1.1 x the speed of 03_aligned at 100,000 weights. */
static void many_flat(int n, const float *dw, float *w, float *m, float *v, double lr, double beta1,
                      double beta2, double eps, uint64_t t, uint64_t tensors)
{
    (void)tensors;
    adam_step_threads(n, dw, w, m, v, lr, beta1, beta2, eps, t);
}

const struct rung adam_step_many_cpu[] = {
    NAIVE(adam_step_many),
    { "01_calls", RUN(adam_step_many, many_calls), NEED_NONE, "the best step of one tensor for each" },
    { "02_shared", RUN(adam_step_many, many_shared), NEED_NONE, "bias corrections once for all tensors" },
    { "03_aligned", RUN(adam_step_many, many_aligned), NEED_NONE, "from a line's beginning on" },
    { "04_threads", RUN(adam_step_many, many_threads), NEED_NONE,
      "pieces of the list, of as many weights, for each thread" },
    { "05_flat", RUN(adam_step_many, many_flat), NEED_NONE, "one tensor of all that lies behind each other" },
    { 0 },
};

/* wrong_optimizers.c - every wrong version of wrong_steps.h is rejected by the check that its row names; and
 * most wrong optimizers make the loss fall all the same, which is why that is no check.
 *
 * Clipping is checked as every operation of n elements is: one call, and special arguments. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../bench/special.h"
#include "step_checks.h"
#include "wrong_steps.h"

enum { CHECKS = 8 };

static const struct wrong *const lists[] = { wrong_steps, wrong_rmsprop, NULL };

/* ---- judging ---- */

static void call_special(void *with, const int *size, void *const *buf)
{
    const struct wrong *row = with;
    op_call(op_find_with(row->op), row->rung.run, size, buf);
}

static int passes_special(const struct op *op, const struct wrong *row, char *reason)
{
    struct wrong copy = *row;
    struct special worst = special_worst(op, call_special, &copy);
    snprintf(reason, STEP_REASON, "%s", worst.at);
    return !*worst.at;
}

/* what each check says of a row: '.' passed, 'x' rejected, ' ' not for such an operation */
static void judge(const struct wrong *row, char *verdict, char *reason)
{
    const struct op *op = op_find_with(row->op);
    char text[STEP_REASON];
    int is_step = op->kind == OP_STEP, i = 0;
    for (const struct step_check *c = step_checks; c->name; c++, i++) {
        int passed = is_step || i == 0 ? c->passes(op, &row->rung, text) : -1;
        verdict[i] = passed < 0 ? ' ' : passed ? '.' : 'x';
        if (!passed && !strcmp(c->name, row->check)) strcpy(reason, text);
    }
    int passed = is_step ? -1 : passes_special(op, row, text);
    verdict[i] = passed < 0 ? ' ' : passed ? '.' : 'x';
    if (!passed && !strcmp(row->check, "special")) strcpy(reason, text);
}

static const char *check_name(int i)
{
    return i < CHECKS - 1 ? step_checks[i].name : "special";
}

/* counts, by check, what it alone rejects */
static int check_rows(const struct wrong *rows, int alone[CHECKS])
{
    int failed = 0;
    for (const struct wrong *row = rows; row->op; row++) {
        char verdict[CHECKS + 1] = "", reason[STEP_REASON] = "";
        int rejections = 0, by_named = 0;
        judge(row, verdict, reason);
        for (int i = 0; i < CHECKS; i++) {
            rejections += verdict[i] == 'x';
            by_named |= verdict[i] == 'x' && !strcmp(check_name(i), row->check);
        }
        for (int i = 0; i < CHECKS; i++) alone[i] += verdict[i] == 'x' && rejections == 1;
        int ok = by_named && strstr(reason, row->word);
        printf("%s  %s  %-27s %-24s %s: %s\n", ok ? "ok    " : "NOT OK", verdict, row->op, row->rung.name,
               row->check, reason);
        failed += !ok;
    }
    return failed;
}

static int check_lists(void)
{
    int failed = 0, alone[CHECKS] = { 0 };
    for (const struct wrong *const *list = lists; *list; list++) failed += check_rows(*list, alone);
    for (int i = 0; i < CHECKS; i++) printf("%d are rejected by '%s' alone\n", alone[i], check_name(i));
    return failed;
}

/* ---- "the loss falls" ---- */

enum { TIMES = 300 };

/* half the sum of a w^2, with an a from 1 to 100: a ravine in WALK dimensions */
static double ravine(const struct walk *walk, float *dw)
{
    double loss = 0;
    for (int k = 0; k < WALK; k++) {
        double a = pow(100, k / (WALK - 1.0)), w = walk_value(walk, 1, k);
        loss += a * w * w / 2;
        dw[k] = (float)(a * w);
    }
    return loss;
}

/* a rate at which the right one goes down, and a wrong one that is not told from it would */
static double rate_of(const struct op *op)
{
    const char *name = op_base(op)->name;
    if (!strcmp(name, "momentum_step")) return 0.002;
    if (!strcmp(name, "adadelta_step")) return 10;
    if (!strcmp(name, "adagrad_step")) return 0.3;
    return !strcmp(name, "schedule_free_step") ? 0.05 : 0.01;
}

static double share_left(const struct op *op, any_fn *run)
{
    struct walk walk;
    float dw[WALK];
    walk_begin(&walk, op, run, WALK);
    for (int k = 0; k < WALK; k++) walk_put(&walk, 1, k, k % 2 ? 1.F : -1.F);
    walk_set(&walk, "lr", rate_of(op));
    double before = ravine(&walk, dw);
    for (int t = 1; t <= TIMES; t++) {
        walk_step(&walk, t, dw);
        ravine(&walk, dw);
    }
    return ravine(&walk, dw) / before;
}

/* Many of the wrong ones leave a tenth of the loss or less after 300 steps, as the right ones do. */
static int check_descent(void)
{
    int fall = 0, steps = 0, failed = 0;
    for (const struct op *const *op = ops; *op; op++) {
        if ((*op)->kind != OP_STEP || (*op)->nsize != 1) continue;
        double left = share_left(*op, (*op)->cpu->run);
        printf("right  %-27s leaves %.2g of the loss\n", (*op)->name, left);
        failed += !(left < 0.1);
    }
    for (const struct wrong *const *list = lists; *list; list++)
        for (const struct wrong *row = *list; row->op; row++) {
            const struct op *op = op_find_with(row->op);
            if (op->kind != OP_STEP) continue;
            double left = share_left(op, row->rung.run);
            printf("wrong  %-27s %-24s leaves %.2g of the loss\n", row->op, row->rung.name, left);
            fall += left < 0.1, steps++;
        }
    printf("%d of %d wrong optimizers make the loss fall to less than a tenth\n", fall, steps);
    return failed + (2 * fall < steps);
}

int main(void)
{
    int failed = check_lists();
    failed += check_descent();
    printf("%d failed\n", failed);
    return failed ? 1 : 0;
}

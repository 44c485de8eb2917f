/* adam.c - which decay is better for Adam here: L2 in the gradient, or decoupled? CSV on stdout.
 *
 * 25 epochs of Adam at rate 0.004 on the images of clothes.h. Each kind at the lambdas of its own sweep;
 * lowest, median and highest of five seeds, then the test loss of each seed. `./rungs lesson 5 adam` made
 * adam.csv.
 */
#include "clothes.h"

static void coupled(const struct rule *r, int n, const float *dw, float *w, float *m, float *v, int t)
{
    static float sum[W1];
    const float one = 1;
    l2_penalty_backward_f32(n, w, &one, sum, r->lambda);
    for (int k = 0; k < n; k++) sum[k] += dw[k];
    adam_step_f32(n, sum, w, m, v, r->lr, 0.9, 0.999, 1e-8, (uint64_t)t);
}

static void decoupled(const struct rule *r, int n, const float *dw, float *w, float *m, float *v, int t)
{
    adamw_step_f32(n, dw, w, m, v, r->lr, 0.9, 0.999, 1e-8, r->lambda, (uint64_t)t);
}

static void run(const char *name, const struct rule *rule)
{
    double of[3][SEEDS], loss[SEEDS];
    for (int s = 0; s < SEEDS; s++) {
        static struct result r;
        train(rule, 25, (uint64_t)s + 1, &r);
        of[0][s] = r.train_loss, of[1][s] = loss[s] = r.test_loss, of[2][s] = r.test_error;
    }
    printf("%s,%g", name, rule->lambda);
    print_spread(of[0], "%.4f"), print_spread(of[1], "%.4f"), print_spread(of[2], "%.2f");
    for (int s = 0; s < SEEDS; s++) printf(",%.4f", loss[s]);
    putchar('\n');
}

int main(void)
{
    enum { LAMBDAS = 6 };
    static const double in_loss[LAMBDAS] = { 1e-3, 3e-3, 6e-3, 1e-2, 1.5e-2, 3e-2 };
    static const double apart[LAMBDAS] = { 0.1, 0.3, 0.6, 1, 1.5, 3 };
    int code = read_images();
    if (code) return code;
    puts("decay,lambda,train_loss_low,train_loss,train_loss_high,test_loss_low,test_loss,test_loss_high,"
         "test_error_low,test_error,test_error_high,seed_1,seed_2,seed_3,seed_4,seed_5");
    run("none", &(struct rule){ decoupled, 0.004, 0, 0 });
    for (int i = 0; i < LAMBDAS; i++) run("coupled", &(struct rule){ coupled, 0.004, in_loss[i], 0 });
    for (int i = 0; i < LAMBDAS; i++) run("decoupled", &(struct rule){ decoupled, 0.004, apart[i], 0 });
    return 0;
}

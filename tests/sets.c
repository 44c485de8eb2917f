/* sets.c - parameter sets of operations: names find them again, what follows from a set follows (ranks,
 * formulas), illegal values are refused, and rungs, bounds and gradients hold for sets that nobody named.
 * Versions that ignore a parameter are rejected. */
#include <stdio.h>
#include <string.h>

#include "../base/error.h"
#include "../optimized/check.h"

static int failed, passed;

static int expect(int ok, const char *name, const char *what)
{
    if (!ok) printf("NOT OK  %s: %s\n", name, what);
    failed += !ok;
    passed += ok;
    return ok;
}

/* ---- names ---- */

/* the sets in declared order behind each operation, called as the declaration writes them,
 * and found by that name */
static void check_list(void)
{
    const struct op *const *all = op_all();
    char name[200];
    for (const struct op *const *op = ops; *op; op++) {
        expect(*all++ == *op && !op_set(*op) && !strchr((*op)->name, ' '), (*op)->name,
               "is not in its place");
        for (int i = 0; (*op)->sets && (*op)->sets[i]; i++, all++) {
            snprintf(name, sizeof name, "%s %s", (*op)->name, (*op)->sets[i]);
            expect(*all && !strcmp((*all)->name, name), name, "is not in its place");
            expect(op_find_with(name) == *all && op_base(*all) == *op, name, "is not found");
            expect(!strcmp(op_set(*all), (*op)->sets[i]), name, "has another set");
        }
    }
    expect(!*all, "the list of all", "has more than it should");
}

static void check_renamed(void)
{
    static const char *const was[] = {
#define RENAMED_RUNG(old, new)
#define RENAMED(was, is) #was,
#include "../optimized/ops/renamed.h"
#undef RENAMED_RUNG
#undef RENAMED
    };
    for (size_t i = 0; i < sizeof was / sizeof *was; i++) {
        const char *is = op_renamed(was[i]);
        const struct op *op = is ? op_find_with(is) : NULL;
        expect(!op_find_with(was[i]) && op && !strcmp(op->name, is), was[i], "is called like nothing today");
        for (size_t k = 0; k < i; k++) expect(strcmp(is, op_renamed(was[k])) != 0, is, "was called two ways");
    }
    expect(!op_renamed("mse_forward") && !op_renamed("mse_forward_su") && !op_renamed(""), "others",
           "are renamed");
}

/* ---- values ---- */

static void refused(const char *op, const char *set, const char *word)
{
    char error[ERROR_TEXT] = "";
    int ok = !op_with(op_find(op), set, error) && strstr(error, word);
    if (!expect(ok, op, set)) printf("        '%s', without '%s'\n", error, word);
}

static void check_values(void)
{
    const char *words = "it must be none, mean or sum";
    refused("mse_forward", "reduction=", words);
    refused("mse_forward", "reduction=1", words); /* by word alone */
    refused("mse_forward", "reduction=Sum", words);
    refused("mse_forward", "reduction=su", words);
    refused("mse_forward", "reduction=sums", words);
    refused("mse_forward", "reduction=nan", words);
    refused("mse_forward", "reduction", "is no parameter");
    refused("mse_forward", "delta=1", "its names are reduction");
    refused("xent_forward", "smoothing=1.01", "from 0 to 1");
    refused("xent_forward", "smoothing=mean", "a number from 0 to 1");
    refused("xent_forward", "smoothing=nan", "from 0 to 1");
    refused("xent_soft_forward", "smoothing=0.1", "its names are reduction");
    refused("huber_forward", "delta=0", "from 0.001");
    refused("elu_forward", "alpha=-1", "from 0");
    refused("leaky_relu_forward", "slope=0", "from 1e-06");
    refused("dropout_forward", "seed=1.5", "a whole number");
    refused("softmax_forward", "reduction=sum", "has no parameters");
}

/* ---- what follows ---- */

static const struct op *with(const char *op, const char *set)
{
    char error[ERROR_TEXT] = "";
    const struct op *made = op_with(op_find(op), set, error);
    if (!made) expect(0, op, error);
    return made;
}

/* loss or dloss of an operation: one number, or as many as its first size says */
static void check_rank(const char *name, const char *set, int ndim, const char *formula)
{
    const struct op *op = with(name, set);
    const int size[] = { 7, 3 };
    int seen = 0;
    for (int a = 0; op && a < op->narg; a++) {
        if (strcmp(op->arg[a].name, "loss") != 0 && strcmp(op->arg[a].name, "dloss") != 0) continue;
        expect(op->arg[a].ndim == ndim && op_elements(op, a, size) == (ndim ? 7 : 1), op->name,
               "another rank");
        seen++;
    }
    expect(seen == 1 && !strncmp(op->formula, formula, strlen(formula)), name, "another formula");
}

static void check_what_follows(void)
{
    char error[ERROR_TEXT];
    check_rank("mse_forward", "", 0, "loss = mean of (y - t)^2");
    check_rank("mse_forward", "reduction=mean", 0, "loss = mean of (y - t)^2");
    check_rank("mse_forward", "reduction=sum", 0, "loss = sum of (y - t)^2");
    check_rank("mse_forward", "reduction=none", 1, "loss = (y - t)^2");
    check_rank("huber_backward", "delta=0.5 reduction=none", 1, "dy = dloss (y - t");
    check_rank("bce_with_gradient", "reduction=none", 1, "loss = -t log y");
    check_rank("xent_backward", "reduction=none smoothing=0.5", 1,
               "dz = dloss (softmax(z) - (1 - smoothing)");
    check_rank("xent_soft_with_gradient", "reduction=sum", 0, "loss = sum of -t log p");
    const struct op *none = with("mse_forward", "reduction=none");
    expect(op_with(none, "reduction=mean", error) == op_find("mse_forward"), "mse_forward",
           "has no way back");
    const struct op *sum = op_with(none, "reduction=sum", error);
    expect(sum == op_find_with("mse_forward reduction=sum") && !sum->arg[2].ndim, "sum", "keeps none's rank");
    expect(op_forward(with("huber_backward", "delta=0.25 reduction=none")) ==
               with("huber_forward", "reduction=none delta=0.25"),
           "huber_backward", "has another forward");
    expect(op_forward(op_find("huber_backward")) == op_find("huber_forward"), "huber_backward",
           "has another forward");
}

/* ---- right for any set ---- */

static const char *const right[][2] = {
    { "leaky_relu_forward", "slope=0.3" },
    { "leaky_relu_backward", "slope=1" },
    { "leaky_relu_with_derivative", "slope=1e-6" },
    { "elu_forward", "alpha=0.3" },
    { "elu_backward", "alpha=1.7" },
    { "elu_with_derivative", "alpha=64" },
    { "elu_with_derivative", "alpha=0" },
    { "mse_with_gradient", "reduction=none" },
    { "mae_with_gradient", "reduction=sum" },
    { "huber_forward", "delta=0.3" },
    { "huber_forward", "delta=1000 reduction=sum" },
    { "huber_backward", "delta=0.001 reduction=none" },
    { "huber_with_gradient", "delta=1.7 reduction=none" },
    { "bce_with_gradient", "reduction=none" },
    { "bce_logits_with_gradient", "reduction=sum" },
    { "xent_forward", "smoothing=1" },
    { "xent_forward", "smoothing=0.3 reduction=none" },
    { "xent_backward", "smoothing=0.7 reduction=sum" },
    { "xent_with_gradient", "smoothing=0.9 reduction=none" },
    { "xent_with_gradient", "reduction=sum" },
    { "xent_soft_with_gradient", "reduction=none" },
};

static void check_right(const char *name, const char *set)
{
    const struct op *op = with(name, set);
    for (const struct rung *r = op->cpu; r->name; r++) {
        struct check c = check_rung(op, r, NULL, 1);
        char what[sizeof c.reason + 40];
        snprintf(what, sizeof what, "%s: %s", r->name, c.reason);
        if (c.verdict != CHECK_SKIP) expect(c.verdict == CHECK_PASS, op->name, what);
    }
    if (op->forward) expect(check_gradient(op, 1).verdict == CHECK_PASS, op->name, "has a wrong gradient");
}

/* ---- wrong versions: each ignores a parameter, and is right with the operation's own ---- */

static void slope_frozen(int n, const float *x, float *y, float slope)
{
    (void)slope;
    leaky_relu_forward_f32(n, x, y, 0.01F);
}

static void alpha_frozen(int n, const float *y, const float *dy, float *dx, float alpha)
{
    (void)alpha;
    elu_backward_f32(n, y, dy, dx, 1);
}

static void delta_frozen(int n, const float *y, const float *t, float *loss, float delta, int reduction)
{
    (void)delta;
    huber_forward_f32(n, y, t, loss, 1, reduction);
}

static void smoothing_frozen(int N, int C, const float *z, const int *label, float *loss, float *dz,
                             float smoothing, int reduction)
{
    (void)smoothing;
    xent_with_gradient_f32(N, C, z, label, loss, dz, 0, reduction);
}

static void reduction_frozen(int n, const float *y, const float *t, const float *dloss, float *dy,
                             int reduction)
{
    (void)reduction;
    mse_backward_f32(n, y, t, dloss, dy, REDUCE_MEAN);
}

static const struct {
    const char *op, *set;
    struct rung rung;
} wrong[] = {
    { "leaky_relu_forward",
      "slope=0.3",
      { "slope is frozen", RUN(leaky_relu_forward, slope_frozen), 0, "" } },
    { "elu_backward", "alpha=1.1", { "alpha is frozen", RUN(elu_backward, alpha_frozen), 0, "" } },
    { "huber_forward", "delta=0.9", { "delta is frozen", RUN(huber_forward, delta_frozen), 0, "" } },
    { "xent_with_gradient",
      "smoothing=0.01",
      { "smoothing is frozen", RUN(xent_with_gradient, smoothing_frozen), 0, "" } },
    { "mse_backward",
      "reduction=sum",
      { "reduction is frozen", RUN(mse_backward, reduction_frozen), 0, "" } },
};

/* the oracle of a backward that has another parameter than its forward */
static void delta_of_another(const int *s, void *const *p, const struct scalar *v)
{
    huber_backward_f64(s[0], p[0], p[1], p[2], p[3], 1, (int)v[1].count);
}

static void check_wrong(void)
{
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const struct rung *r = &wrong[i].rung;
        expect(check_rung(op_find(wrong[i].op), r, NULL, 1).verdict == CHECK_PASS, wrong[i].op, r->name);
        expect(check_rung(with(wrong[i].op, wrong[i].set), r, NULL, 1).verdict == CHECK_FAIL, wrong[i].op,
               r->name);
    }
    struct op own = *op_find("huber_backward"), other = *with("huber_backward", "delta=0.5");
    own.f64 = other.f64 = delta_of_another;
    expect(check_gradient(&own, 1).verdict == CHECK_PASS, "huber_backward", "its own delta");
    expect(check_gradient(&other, 1).verdict == CHECK_FAIL, "huber_backward", "another delta");
}

int main(void)
{
    check_list();
    check_renamed();
    check_values();
    check_what_follows();
    for (size_t i = 0; i < sizeof right / sizeof *right; i++) check_right(right[i][0], right[i][1]);
    check_wrong();
    printf("%d passed, %d failed\n", passed, failed);
    return failed ? 1 : 0;
}

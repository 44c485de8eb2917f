/* metrics_known.c - the metrics against a case that is calculated by hand, and against definitions that count
 * pairs, ranks and sums one by one, on examples with many equal numbers; wrong versions of each are rejected
 * by the same checks. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../metrics/evaluation.h"
#include "../reference/philox.h"

enum { N = 400, CLASSES = 6, EMPTY = 5, BINS = 7 }; /* class EMPTY has no examples */

static int failed;
static float p[N * CLASSES];
static int label[N];
static const struct judged all = { N, CLASSES, p, label };

/* what is checked: a set of functions, ours or with a wrong one among them */
struct metrics {
    const char *what; /* is wrong with it */
    double (*auc)(const struct judged *j, int class);
    double (*average_precision)(const struct judged *j, int class);
    double (*top)(const struct judged *j, int k);
    double (*calibration)(const struct judged *j, int bins);
    struct class_score (*average)(int classes, const struct class_score *score, enum average how);
    void (*classes)(int classes, const long *confusion, struct class_score *score);
    int (*worst)(const struct judged *j, int most, int *worst);
};

static int is_near(double a, double b)
{
    return isnan(a) ? isnan(b) : fabs(a - b) <= 1e-12 * (1 + fabs(b)); /* a few hundred roundings */
}

/* ---- ours ---- */

static double auc(const struct judged *j, int class)
{
    struct class_curve c;
    metrics_curve(j, class, &c);
    double area = metrics_auc(&c);
    metrics_curve_free(&c);
    return area;
}

static double average_precision(const struct judged *j, int class)
{
    struct class_curve c;
    metrics_curve(j, class, &c);
    double mean = metrics_average_precision(&c);
    metrics_curve_free(&c);
    return mean;
}

static double calibration(const struct judged *j, int bins)
{
    struct calibration_bin bin[64];
    metrics_calibration(j, bins, bin);
    return metrics_calibration_error(bins, bin);
}

static const struct metrics ours = {
    NULL, auc, average_precision, metrics_top, calibration, metrics_average, metrics_classes, metrics_worst
};

/* ---- definitions ---- */

static float of(const struct judged *j, int k, int class)
{
    return j->p[k * j->classes + class];
}

/* Mann and Whitney: of all pairs of an example of the class and another, those in which the first has more */
static double pairs_won(const struct judged *j, int class, double equal)
{
    double won = 0, pairs = 0;
    for (int a = 0; a < j->n; a++)
        for (int b = 0; b < j->n; b++) {
            if (j->label[a] != class || j->label[b] == class) continue;
            pairs++;
            won += of(j, a, class) > of(j, b, class) ? 1 : of(j, a, class) == of(j, b, class) ? equal : 0;
        }
    return pairs > 0 ? won / pairs : nan("");
}

/* the mean, over the examples of the class, of the precision among all that have at least as much */
static double precision_at_examples(const struct judged *j, int class)
{
    double sum = 0, positives = 0;
    for (int a = 0; a < j->n; a++) {
        double right = 0, said = 0;
        if (j->label[a] != class) continue;
        positives++;
        for (int b = 0; b < j->n; b++) {
            said += of(j, b, class) >= of(j, a, class);
            right += of(j, b, class) >= of(j, a, class) && j->label[b] == class;
        }
        sum += right / said;
    }
    return positives > 0 ? sum / positives : nan("");
}

/* takes the largest out, k times */
static double top_by_taking(const struct judged *j, int k)
{
    double right = 0;
    for (int e = 0; e < j->n; e++) {
        int taken[CLASSES] = { 0 };
        for (int t = 0; t < k; t++) {
            int best = -1;
            for (int c = 0; c < j->classes; c++)
                if (!taken[c] && (best < 0 || of(j, e, c) > of(j, e, best))) best = c;
            taken[best] = 1;
        }
        right += taken[j->label[e]];
    }
    return right / j->n;
}

/* bin by bin, over all examples */
static double calibration_by_bins(const struct judged *j, int bins)
{
    double error = 0;
    for (int b = 0; b < bins; b++) {
        double gap = 0;
        for (int k = 0; k < j->n; k++) {
            int guess = metrics_guess(j, k);
            double sure = (double)of(j, k, guess);
            int in = sure >= (double)b / bins && (sure < (double)(b + 1) / bins || b == bins - 1);
            if (in) gap += (guess == j->label[k]) - sure;
        }
        error += fabs(gap) / j->n;
    }
    return error;
}

/* of the examples themselves: precision and recall, and F1 as their harmonic mean */
static int is_score_right(const struct judged *j, int class, const struct class_score *s)
{
    double right = 0, guessed = 0, examples = 0;
    for (int k = 0; k < j->n; k++) {
        int is_guess = metrics_guess(j, k) == class, is = j->label[k] == class;
        guessed += is_guess, examples += is, right += is_guess && is;
    }
    if (guessed + examples == 0) return isnan(s->precision) && isnan(s->recall) && isnan(s->f1);
    double precision = guessed > 0 ? right / guessed : 0, recall = examples > 0 ? right / examples : 0;
    double f1 = right > 0 ? 2 / (1 / precision + 1 / recall) : 0;
    return is_near(s->precision, precision) && is_near(s->recall, recall) && is_near(s->f1, f1);
}

/* ---- the checks ---- */

/* Six examples of three classes; class 3 of four is neither there nor guessed. By hand:
 *   label 0 0 0 1 1 2, guess 0 0 1 1 2 0 (the last by a tie of 0 and 2)
 *   precision 2/3 1/2 0, recall 2/3 1/2 0, F1 2/3 1/2 0
 *   top 2: wrong are examples 2, whose 0 is third, and none else
 *   AUC of 0: 0.7 0.6 0.1 against 0.2 0.1 0.4: 3 + 3 + 1/2 of 9 pairs */
static const float hand_p[6 * 4] = { 0.7f, 0.2f, 0.1f, 0, 0.6f, 0.3f, 0.1f, 0, 0.1f, 0.5f, 0.4f, 0,
                                     0.2f, 0.8f, 0,    0, 0.1f, 0.3f, 0.6f, 0, 0.4f, 0.2f, 0.4f, 0 };
static const int hand_label[6] = { 0, 0, 0, 1, 1, 2 };

static int is_right_by_hand(const struct metrics *m)
{
    const struct judged j = { 6, 4, hand_p, hand_label };
    long confusion[16];
    struct class_score s[4];
    int worst[3] = { 0 };
    metrics_confusion(&j, confusion);
    static const long expected[16] = { 2, 1, 0, 0, 0, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0 };
    m->classes(4, confusion, s);
    int ok = !memcmp(confusion, expected, sizeof confusion) && is_near(s[0].f1, 2.0 / 3) &&
             is_near(s[1].f1, 0.5) && s[2].f1 == 0 && isnan(s[3].f1) && isnan(s[3].precision);
    struct class_score macro = m->average(4, s, AVERAGE_MACRO), weighted = m->average(4, s, AVERAGE_WEIGHTED),
                       micro = m->average(4, s, AVERAGE_MICRO);
    ok &= is_near(macro.f1, 7.0 / 18) && is_near(weighted.recall, 0.5) && is_near(micro.precision, 0.5) &&
          is_near(micro.f1, 0.5) && is_near(weighted.f1, 0.5) && micro.right == 3;
    ok &= is_near(m->auc(&j, 0), 6.5 / 9) && isnan(m->auc(&j, 3)) && isnan(m->average_precision(&j, 3));
    ok &= is_near(m->top(&j, 1), 0.5) && is_near(m->top(&j, 2), 5.0 / 6) && m->top(&j, 4) == 1;
    /* two bins: 0.4 is wrong; 0.7 0.6 0.5 0.8 0.6, of which three are right */
    ok &= fabs(m->calibration(&j, 2) - ((0.4 - 0) + fabs(3 - 3.2)) / 6) < 1e-7;
    ok &= m->worst(&j, 3, worst) == 3 && worst[0] == 2 && worst[1] == 4 && worst[2] == 5;
    return ok;
}

static int is_right_by_definition(const struct metrics *m)
{
    long confusion[CLASSES * CLASSES];
    struct class_score s[CLASSES];
    int ok = 1, worst[20], n = m->worst(&all, 20, worst);
    metrics_confusion(&all, confusion);
    m->classes(CLASSES, confusion, s);
    for (int c = 0; c < CLASSES; c++) {
        ok &= is_near(m->auc(&all, c), pairs_won(&all, c, 0.5));
        ok &= is_near(m->average_precision(&all, c), precision_at_examples(&all, c));
        ok &= is_near(m->top(&all, c + 1), top_by_taking(&all, c + 1));
        ok &= is_score_right(&all, c, &s[c]);
    }
    for (int bins = 1; bins <= BINS; bins++)
        ok &= is_near(m->calibration(&all, bins), calibration_by_bins(&all, bins));
    for (int w = 1; w < n; w++)
        ok &= of(&all, worst[w], label[worst[w]]) >= of(&all, worst[w - 1], label[worst[w - 1]]);
    for (int k = 0; k < N; k++) { /* nobody who is not among them is worse */
        int is_in = 0;
        for (int w = 0; w < n; w++) is_in |= worst[w] == k;
        ok &= is_in || of(&all, k, label[k]) >= of(&all, worst[n - 1], label[worst[n - 1]]);
    }
    return ok && n == 20;
}

static int is_right(const struct metrics *m)
{
    return is_right_by_hand(m) && is_right_by_definition(m);
}

/* ---- wrong versions ---- */

static double auc_without_ties(const struct judged *j, int class)
{
    return pairs_won(j, class, 0);
}

static double auc_of_half(const struct judged *j, int class)
{
    double area = pairs_won(j, class, 0.5);
    return isnan(area) ? 0.5 : area;
}

static double precision_by_trapezoids(const struct judged *j, int class)
{
    struct class_curve c;
    double sum = 0, before = 1;
    metrics_curve(j, class, &c);
    for (int k = 1; k < c.points; k++) {
        double here = (double)c.point[k].found / (double)(c.point[k].found + c.point[k].false_found);
        sum += (double)(c.point[k].found - c.point[k - 1].found) * (here + before) / 2;
        before = here;
    }
    double positives = (double)c.positives;
    metrics_curve_free(&c);
    return positives > 0 ? sum / positives : nan("");
}

static double top_with_ties_right(const struct judged *j, int k)
{
    double right = 0;
    for (int e = 0; e < j->n; e++) {
        int before = 0;
        for (int c = 0; c < j->classes; c++) before += of(j, e, c) > of(j, e, j->label[e]);
        right += before < k;
    }
    return right / j->n;
}

/* each bin counts alike */
static double calibration_by_bin(const struct judged *j, int bins)
{
    struct calibration_bin bin[64];
    double error = 0, some = 0;
    metrics_calibration(j, bins, bin);
    for (int b = 0; b < bins; b++) {
        if (!bin[b].examples) continue;
        error += fabs((double)bin[b].right / (double)bin[b].examples - bin[b].confidence);
        some++;
    }
    return error / some;
}

static struct class_score average_with_empty(int classes, const struct class_score *score, enum average how)
{
    struct class_score copy[CLASSES];
    for (int c = 0; c < classes; c++) {
        copy[c] = score[c];
        if (isnan(copy[c].f1)) copy[c].precision = copy[c].recall = copy[c].f1 = 0;
    }
    return metrics_average(classes, copy, how);
}

static void classes_transposed(int classes, const long *confusion, struct class_score *score)
{
    long turned[CLASSES * CLASSES];
    for (int a = 0; a < classes; a++)
        for (int b = 0; b < classes; b++) turned[a * classes + b] = confusion[b * classes + a];
    metrics_classes(classes, turned, score);
}

static void classes_never_guessed_are_left_out(int classes, const long *confusion, struct class_score *score)
{
    metrics_classes(classes, confusion, score);
    for (int c = 0; c < classes; c++)
        if (!score[c].right) score[c].f1 = nan("");
}

static int worst_first(const struct judged *j, int most, int *worst)
{
    int n = 0;
    for (int k = 0; k < j->n && n < most; k++)
        if (metrics_guess(j, k) != j->label[k]) worst[n++] = k;
    return n;
}

static void check_wrong(void)
{
    struct metrics wrong[] = { ours, ours, ours, ours, ours, ours, ours, ours, ours };
    wrong[0].what = "equal numbers lose", wrong[0].auc = auc_without_ties;
    wrong[1].what = "no examples are one half", wrong[1].auc = auc_of_half;
    wrong[2].what = "trapezoids of precision", wrong[2].average_precision = precision_by_trapezoids;
    wrong[3].what = "equal numbers are all at the top", wrong[3].top = top_with_ties_right;
    wrong[4].what = "bins count alike", wrong[4].calibration = calibration_by_bin;
    wrong[5].what = "classes without examples count", wrong[5].average = average_with_empty;
    wrong[6].what = "precision for recall", wrong[6].classes = classes_transposed;
    wrong[7].what = "F1 of 0 left out", wrong[7].classes = classes_never_guessed_are_left_out;
    wrong[8].what = "the first wrong ones", wrong[8].worst = worst_first;
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
        int found = !is_right(&wrong[k]);
        printf("%s  a wrong one is found: %s\n", found ? "ok  " : "FAIL", wrong[k].what);
        failed |= !found;
    }
}

/* all of it at once says the same */
static void check_evaluation(void)
{
    struct evaluation e;
    evaluation_make(&e, all, 100, BINS);
    int ok = e.top == CLASSES && e.top_accuracy == 1 && is_near(e.accuracy, metrics_top(&all, 1)) &&
             is_near(e.calibration_error, calibration_by_bins(&all, BINS)) &&
             is_near(e.auc[2], auc(&all, 2)) && isnan(e.auc[EMPTY]);
    double sum = 0;
    for (int c = 0; c < CLASSES; c++) sum += c == EMPTY ? 0 : e.auc[c];
    ok &= is_near(e.mean_auc, sum / (CLASSES - 1));
    evaluation_free(&e);
    printf("%s  all of it at once\n", ok ? "ok  " : "FAIL");
    failed |= !ok;
}

int main(void)
{
    for (int k = 0; k < N;
         k++) { /* sixteenths: many are equal, and the likelier class is a little likelier */
        label[k] = (int)(philox_word(1, 0, (uint64_t)k) % EMPTY);
        for (int c = 0; c < CLASSES; c++)
            p[k * CLASSES + c] = (float)(philox_word(2, (uint64_t)k, (uint64_t)c) % 12) / 16;
        p[k * CLASSES + label[k]] += 0.25f;
    }
    int hand = is_right_by_hand(&ours), definition = is_right_by_definition(&ours);
    printf("%s  by hand\n%s  by definition\n", hand ? "ok  " : "FAIL", definition ? "ok  " : "FAIL");
    failed |= !hand || !definition;
    check_wrong();
    check_evaluation();
    return failed;
}

/* metrics.c - counting what is right and wrong; see metrics.h. */
#include "metrics.h"

#include <math.h>
#include <string.h>

static const float *row(const struct judged *j, int k)
{
    return j->p + (long)k * j->classes;
}

int metrics_guess(const struct judged *j, int k)
{
    const float *p = row(j, k);
    int best = 0;
    for (int c = 1; c < j->classes; c++)
        if (p[c] > p[best]) best = c;
    return best;
}

void metrics_confusion(const struct judged *j, long *confusion)
{
    memset(confusion, 0, (size_t)j->classes * (size_t)j->classes * sizeof *confusion);
    for (int k = 0; k < j->n; k++) confusion[j->label[k] * j->classes + metrics_guess(j, k)]++;
}

/* a / b; where b is 0 there is nothing to be right about: 0 */
static double part(double a, double b)
{
    return b > 0 ? a / b : 0;
}

static void set_scores(struct class_score *s)
{
    const double right = (double)s->right, examples = (double)s->examples, guessed = (double)s->guessed;
    const int has_score = s->examples + s->guessed > 0;
    s->precision = has_score ? part(right, guessed) : nan("");
    s->recall = has_score ? part(right, examples) : nan("");
    s->f1 = has_score ? 2 * right / (examples + guessed) : nan("");
}

void metrics_classes(int classes, const long *confusion, struct class_score *score)
{
    for (int c = 0; c < classes; c++) {
        score[c] = (struct class_score){ .right = confusion[c * classes + c] };
        for (int other = 0; other < classes; other++) {
            score[c].examples += confusion[c * classes + other];
            score[c].guessed += confusion[other * classes + c];
        }
        set_scores(&score[c]);
    }
}

struct class_score metrics_average(int classes, const struct class_score *score, enum average how)
{
    struct class_score all = { 0 };
    double sum = 0, precision = 0, recall = 0, f1 = 0;
    for (int c = 0; c < classes; c++) {
        const struct class_score *s = &score[c];
        all.examples += s->examples, all.guessed += s->guessed, all.right += s->right;
        if (isnan(s->f1)) continue;
        double weight = how == AVERAGE_WEIGHTED ? (double)s->examples : 1;
        sum += weight;
        precision += weight * s->precision, recall += weight * s->recall, f1 += weight * s->f1;
    }
    set_scores(&all);
    if (how == AVERAGE_MICRO) return all;
    all.precision = precision / sum, all.recall = recall / sum, all.f1 = f1 / sum;
    return all;
}

/* how many classes come before the example's own */
static int rank_of(const struct judged *j, int k)
{
    const float *p = row(j, k);
    const int own = j->label[k];
    int before = 0;
    for (int c = 0; c < j->classes; c++) before += p[c] > p[own] || (p[c] == p[own] && c < own);
    return before;
}

double metrics_top(const struct judged *j, int k)
{
    long right = 0;
    for (int e = 0; e < j->n; e++) right += rank_of(j, e) < k;
    return (double)right / j->n;
}

void metrics_calibration(const struct judged *j, int bins, struct calibration_bin *bin)
{
    memset(bin, 0, (size_t)bins * sizeof *bin);
    for (int k = 0; k < j->n; k++) {
        int guess = metrics_guess(j, k), at = 0;
        double p = (double)row(j, k)[guess];
        while (at < bins - 1 && p >= (double)(at + 1) / bins) at++;
        bin[at].examples++;
        bin[at].right += guess == j->label[k];
        bin[at].confidence += p;
    }
    for (int b = 0; b < bins; b++) bin[b].confidence = part(bin[b].confidence, (double)bin[b].examples);
}

double metrics_calibration_error(int bins, const struct calibration_bin *bin)
{
    double error = 0, n = 0;
    for (int b = 0; b < bins; b++) {
        const double examples = (double)bin[b].examples;
        error += examples * fabs(part((double)bin[b].right, examples) - bin[b].confidence);
        n += examples;
    }
    return error / n;
}

int metrics_worst(const struct judged *j, int most, int *worst)
{
    int n = 0;
    for (int k = 0; k < j->n; k++) {
        const float p = row(j, k)[j->label[k]];
        int at = n;
        while (at > 0 && p < row(j, worst[at - 1])[j->label[worst[at - 1]]]) at--;
        if (at == most) continue;
        if (n < most) n++;
        memmove(worst + at + 1, worst + at, (size_t)(n - 1 - at) * sizeof *worst);
        worst[at] = k;
    }
    return n;
}

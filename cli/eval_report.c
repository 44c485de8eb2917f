/* eval_report.c - an evaluation as text, JSON and CSV; see eval.h. */
#include "eval.h"

#include <math.h>
#include <stdio.h>

#include "../base/csv.h"
#include "../base/json.h"

static const char *const average_name[AVERAGES] = { "macro", "micro", "weighted" };

/* ---- for people ---- */

/* four decimals, or "-" for what is not defined */
static void print_number(double x)
{
    if (isnan(x))
        printf(" %9s", "-");
    else
        printf(" %9.4f", x);
}

static void print_score(const char *name, const struct class_score *s, double auc, double average_precision)
{
    printf("%-14.14s %8ld %8ld", name, s->examples, s->guessed);
    print_number(s->precision);
    print_number(s->recall);
    print_number(s->f1);
    print_number(auc);
    print_number(average_precision);
    putchar('\n');
}

static void print_classes(const struct evaluated *e)
{
    const struct evaluation *v = &e->evaluation;
    char text[DATA_CLASS];
    printf("\n%-14s %8s %8s %9s %9s %9s %9s %9s\n", "class", "images", "guessed", "precision", "recall", "F1",
           "AUC", "av. prec.");
    for (int c = 0; c < v->judged.classes; c++)
        print_score(data_class(e->data->set, c, text), &v->score[c], v->auc[c], v->average_precision[c]);
    for (enum average a = 0; a < AVERAGES; a++)
        print_score(average_name[a], &v->average[a], a == AVERAGE_MACRO ? v->mean_auc : nan(""),
                    a == AVERAGE_MACRO ? v->mean_precision : nan(""));
}

static void print_confusion(const struct evaluated *e)
{
    const int classes = e->evaluation.judged.classes;
    char text[DATA_CLASS];
    if (classes > DATA_CLASSES) return; /* wider than a page */
    printf("\n%-14s guessed:\n%-14s", "", "true:");
    for (int c = 0; c < classes; c++) printf(" %6.6s", data_class(e->data->set, c, text));
    for (int c = 0; c < classes; c++) {
        printf("\n%-14.14s", data_class(e->data->set, c, text));
        for (int k = 0; k < classes; k++) printf(" %6ld", e->evaluation.confusion[c * classes + k]);
    }
    putchar('\n');
}

static void print_calibration(const struct evaluation *v)
{
    printf("\n%-14s %8s %10s %9s\n", "sure by", "images", "confidence", "right");
    for (int b = 0; b < v->bins; b++) {
        const struct calibration_bin *bin = &v->bin[b];
        if (!bin->examples) continue;
        printf("%.3f to %.3f %8ld %10.4f %9.4f\n", (double)b / v->bins, (double)(b + 1) / v->bins,
               bin->examples, bin->confidence, (double)bin->right / (double)bin->examples);
    }
    printf("expected calibration error %.4f\n", v->calibration_error);
}

static void print_worst(const struct evaluated *e)
{
    const struct judged *j = &e->evaluation.judged;
    char is[DATA_CLASS], taken[DATA_CLASS];
    if (e->worsts) puts("\nmost wrong about:");
    for (int w = 0; w < e->worsts; w++) {
        const int k = e->worst[w], guess = metrics_guess(j, k);
        const float *p = j->p + (long)k * j->classes;
        printf("%s image %d: %s, which gets %.3g; the likeliest is %s with %.3g\n", e->part, k,
               data_class(e->data->set, j->label[k], is), (double)p[j->label[k]],
               data_class(e->data->set, guess, taken), (double)p[guess]);
    }
}

void eval_print(const struct evaluated *e)
{
    const struct evaluation *v = &e->evaluation;
    char more[40] = "";
    if (e->done) snprintf(more, sizeof more, " and %d examples", e->done);
    printf("%s, epoch %d%s, rung %s: %d %s images of %s\n", e->path, e->epoch, more, e->rung, v->judged.n,
           e->part, e->data->set->name);
    printf("accuracy %.2f %% (%ld of %d), among the %d likeliest classes %.2f %%, loss %.4f\n",
           100 * v->accuracy, v->right, v->judged.n, v->top, 100 * v->top_accuracy, e->loss);
    print_classes(e);
    print_confusion(e);
    print_calibration(v);
    print_worst(e);
}

/* ---- for programs ---- */

static void json_score(struct json *j, const char *key, const char *class, const struct class_score *s)
{
    json_on_one_line(j);
    json_object(j, key);
    if (class) json_text(j, "class", class);
    json_integer(j, "examples", s->examples);
    json_integer(j, "guessed", s->guessed);
    json_integer(j, "right", s->right);
    json_number(j, "precision", s->precision);
    json_number(j, "recall", s->recall);
    json_number(j, "f1", s->f1);
}

static void json_classes(struct json *j, const struct evaluated *e)
{
    const struct evaluation *v = &e->evaluation;
    char text[DATA_CLASS];
    json_list(j, "classes");
    for (int c = 0; c < v->judged.classes; c++) {
        json_score(j, NULL, data_class(e->data->set, c, text), &v->score[c]);
        json_number(j, "auc", v->auc[c]);
        json_number(j, "average_precision", v->average_precision[c]);
        json_end(j);
    }
    json_end(j);
    for (enum average a = 0; a < AVERAGES; a++) {
        json_score(j, average_name[a], NULL, &v->average[a]);
        json_end(j);
    }
}

static void json_confusion(struct json *j, const struct evaluation *v)
{
    const int classes = v->judged.classes;
    json_list(j, "confusion");
    for (int c = 0; c < classes; c++) {
        json_on_one_line(j);
        json_list(j, NULL);
        for (int k = 0; k < classes; k++) json_integer(j, NULL, v->confusion[c * classes + k]);
        json_end(j);
    }
    json_end(j);
}

static void json_calibration(struct json *j, const struct evaluation *v)
{
    json_list(j, "calibration");
    for (int b = 0; b < v->bins; b++) {
        const struct calibration_bin *bin = &v->bin[b];
        const double n = (double)bin->examples;
        json_on_one_line(j);
        json_object(j, NULL);
        json_number(j, "from", (double)b / v->bins);
        json_integer(j, "examples", bin->examples);
        json_number(j, "confidence", n > 0 ? bin->confidence : nan(""));
        json_number(j, "accuracy", n > 0 ? (double)bin->right / n : nan(""));
        json_end(j);
    }
    json_end(j);
    json_number(j, "expected_calibration_error", v->calibration_error);
}

void eval_json(const struct evaluated *e)
{
    const struct evaluation *v = &e->evaluation;
    struct json j = json_begin(stdout);
    json_object(&j, NULL);
    json_text(&j, "checkpoint", e->path);
    json_integer(&j, "epoch", e->epoch);
    json_integer(&j, "examples_of_the_next_epoch", e->done);
    json_text(&j, "rung", e->rung);
    json_text(&j, "data", e->data->set->name);
    json_text(&j, "part", e->part);
    json_integer(&j, "examples", v->judged.n);
    json_integer(&j, "right", v->right);
    json_number(&j, "accuracy", v->accuracy);
    json_integer(&j, "top", v->top);
    json_number(&j, "top_accuracy", v->top_accuracy);
    json_number(&j, "loss", e->loss);
    json_number(&j, "auc", v->mean_auc);
    json_number(&j, "average_precision", v->mean_precision);
    json_classes(&j, e);
    json_confusion(&j, v);
    json_calibration(&j, v);
    json_on_one_line(&j);
    json_list(&j, "worst");
    for (int w = 0; w < e->worsts; w++) json_integer(&j, NULL, e->worst[w]);
    json_end(&j);
    json_end(&j);
}

/* ---- tables ---- */

/* an empty cell for what is not defined */
static void put_number(FILE *out, double x, char end)
{
    if (!isnan(x)) fprintf(out, "%.10g", x);
    fputc(end, out);
}

static void put_score(FILE *out, const char *name, const struct class_score *s, double auc,
                      double average_precision)
{
    csv_write(out, name, ',');
    fprintf(out, "%ld,%ld,%ld,", s->examples, s->guessed, s->right);
    put_number(out, s->precision, ',');
    put_number(out, s->recall, ',');
    put_number(out, s->f1, ',');
    put_number(out, auc, ',');
    put_number(out, average_precision, '\n');
}

void eval_write_classes(FILE *out, const struct evaluated *e)
{
    const struct evaluation *v = &e->evaluation;
    char text[DATA_CLASS];
    fputs("class,examples,guessed,right,precision,recall,f1,auc,average_precision\n", out);
    for (int c = 0; c < v->judged.classes; c++)
        put_score(out, data_class(e->data->set, c, text), &v->score[c], v->auc[c], v->average_precision[c]);
    for (enum average a = 0; a < AVERAGES; a++)
        put_score(out, average_name[a], &v->average[a], a == AVERAGE_MACRO ? v->mean_auc : nan(""),
                  a == AVERAGE_MACRO ? v->mean_precision : nan(""));
}

static void put_point(FILE *out, const char *kind, const char *class, double threshold, double x, double y)
{
    fprintf(out, "%s,", kind);
    csv_write(out, class, ',');
    if (isfinite(threshold)) fprintf(out, "%.9g", threshold);
    fprintf(out, ",%.10g,%.10g\n", x, y);
}

static void write_curve(FILE *out, const char *class, const struct class_curve *c)
{
    const double positives = (double)c->positives, negatives = (double)c->negatives;
    for (int k = 0; k < c->points && c->positives && c->negatives; k++)
        put_point(out, "roc", class, c->point[k].threshold, (double)c->point[k].false_found / negatives,
                  (double)c->point[k].found / positives);
    for (int k = 1; k < c->points && c->positives; k++) {
        const double found = (double)c->point[k].found;
        put_point(out, "pr", class, c->point[k].threshold, found / positives,
                  found / (found + (double)c->point[k].false_found));
    }
}

void eval_write_curves(FILE *out, const struct evaluated *e)
{
    const struct evaluation *v = &e->evaluation;
    char text[DATA_CLASS];
    fputs("kind,class,threshold,x,y\n", out);
    for (int c = 0; c < v->judged.classes; c++)
        write_curve(out, data_class(e->data->set, c, text), &v->curve[c]);
    for (int b = 0; b < v->bins; b++)
        if (v->bin[b].examples)
            put_point(out, "calibration", "all", (double)b / v->bins, v->bin[b].confidence,
                      (double)v->bin[b].right / (double)v->bin[b].examples);
}

void eval_write_predictions(FILE *out, const struct evaluated *e)
{
    const struct judged *j = &e->evaluation.judged;
    fputs("image,class,guess", out);
    for (int c = 0; c < j->classes; c++) fprintf(out, ",p%d", c);
    fputc('\n', out);
    for (int k = 0; k < j->n; k++) {
        fprintf(out, "%d,%d,%d", k, j->label[k], metrics_guess(j, k));
        for (int c = 0; c < j->classes; c++) fprintf(out, ",%.9g", (double)j->p[(long)k * j->classes + c]);
        fputc('\n', out);
    }
}

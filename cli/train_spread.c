/* train_spread.c - see train_spread.h. */
#include "train_spread.h"

#include <math.h>

double trained_accuracy(const struct trained *r)
{
    return (double)r->test.right / r->test.n;
}

double trained_loss(const struct trained *r)
{
    return r->test.loss;
}

struct spread spread_of(const struct trained *run, int n, double (*of)(const struct trained *r))
{
    struct spread s = { .least = of(run), .most = of(run) };
    double squares = 0;
    for (int k = 0; k < n; k++) {
        s.mean += of(&run[k]) / n;
        s.least = fmin(s.least, of(&run[k]));
        s.most = fmax(s.most, of(&run[k]));
    }
    for (int k = 0; k < n; k++) squares += (of(&run[k]) - s.mean) * (of(&run[k]) - s.mean);
    s.deviation = n > 1 ? sqrt(squares / (n - 1)) : nan("");
    return s;
}

void spread_json(struct json *j, const char *key, const struct spread *s)
{
    json_on_one_line(j);
    json_object(j, key);
    json_number(j, "mean", s->mean);
    json_number(j, "deviation", s->deviation);
    json_number(j, "least", s->least);
    json_number(j, "most", s->most);
    json_end(j);
}

struct json trainings_json_begin(const struct trained *run, const char *network)
{
    struct json j = json_begin(stdout);
    json_object(&j, NULL);
    json_text(&j, "network", network);
    training_options_json(&j, run->options);
    json_text(&j, "data", run->set->name);
    return j;
}

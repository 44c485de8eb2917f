/* peer_networks.c - see peer_networks.h; the requests are in peer_networks.py and peer_frameworks.py. */
#include "peer_networks.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/clock.h"

static int ask(struct peer_child *child, const char *text, char line[PEER_LINE])
{
    return peer_child_send(child, text, strlen(text)) && peer_child_line(child, line);
}

static int expect(struct peer_child *child, const char *line, const char *expected)
{
    return !strcmp(line, expected) || peer_child_lose(child, "it answers '%.100s'", line);
}

int peer_network_give(struct peer_child *child, const struct peer_network *n)
{
    char text[512], line[PEER_LINE];
    snprintf(text, sizeof text, "network %zu %zu %zu %s\n", n->params, n->pixels, n->labels, n->words);
    return peer_child_send(child, text, strlen(text)) &&
           peer_child_send(child, n->param, n->params * sizeof *n->param) &&
           peer_child_send(child, n->x, n->pixels * sizeof *n->x) &&
           peer_child_send(child, n->label, n->labels * sizeof *n->label) && peer_child_line(child, line) &&
           expect(child, line, "ok");
}

int peer_training_give(struct peer_child *child, const struct peer_training *t)
{
    char text[512], line[PEER_LINE];
    const struct peer_network *n = &t->given;
    snprintf(text, sizeof text, "training %zu %zu %zu %zu %zu %zu %s\n", n->params, t->n * t->features, t->n,
             t->tests * t->features, t->tests, t->n, n->words);
    return peer_child_send(child, text, strlen(text)) &&
           peer_child_send(child, n->param, n->params * sizeof *n->param) &&
           peer_child_send(child, t->x, t->n * t->features * sizeof *t->x) &&
           peer_child_send(child, t->label, t->n * sizeof *t->label) &&
           peer_child_send(child, t->test_x, t->tests * t->features * sizeof *t->test_x) &&
           peer_child_send(child, t->test_label, t->tests * sizeof *t->test_label) &&
           peer_child_send(child, t->order, t->n * sizeof *t->order) && peer_child_line(child, line) &&
           expect(child, line, "ok");
}

int peer_training_right(struct peer_child *child, float *right)
{
    char line[PEER_LINE];
    return ask(child, "once\n", line) && expect(child, line, "outputs") &&
           peer_child_receive(child, right, sizeof *right);
}

int peer_network_first(struct peer_child *child, const struct peer_network *n, float *loss, float *gradient)
{
    char line[PEER_LINE];
    return ask(child, "once\n", line) && expect(child, line, "outputs") &&
           peer_child_receive(child, loss, sizeof *loss) &&
           peer_child_receive(child, gradient, n->params * sizeof *gradient);
}

double peer_network_steps(struct peer_child *child, int steps)
{
    char text[40], line[PEER_LINE], *end = NULL;
    snprintf(text, sizeof text, "batch %d\n", steps);
    double begin = clock_seconds();
    if (!ask(child, text, line)) return (double)NAN;
    double elapsed = clock_seconds() - begin, seconds = 0;
    if (!strncmp(line, "seconds ", 8)) seconds = strtod(line + 8, &end);
    if (end && !*end && seconds > 0 && seconds <= elapsed) return seconds;
    peer_child_lose(child, "it answers '%.60s' to %d steps that took %.3g s", line, steps, elapsed);
    return (double)NAN;
}

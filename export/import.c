/* import.c - see import.h. */
#include "import.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"
#include "../train/settings.h"

/* ---- an empty checkpoint ---- */

/* Where a training has not begun, an optimizer's arrays are zeros, and no loss was seen yet. */
static void make_checkpoint(struct checkpoint *c, const struct network *net, const struct netfile *file)
{
    const int keeps_best = netfile_number(file, "early_stop") > 0;
    const size_t states = (size_t)optimizer_states(netfile_line(file, "optimizer"));
    const size_t arrays = 1 + states + (size_t)keeps_best, buffers = 1 + (size_t)keeps_best;
    *c = (struct checkpoint){ .file = *file,
                              .has_numbers = 1,
                              .params = net->params,
                              .buffered = net->buffered,
                              .states = (int)states };
    snprintf(c->rung, sizeof c->rung, "%s", net->rung);
    c->number[NUMBER_LOWERED] = 1;
    c->number[NUMBER_BEST] = c->number[NUMBER_STOP_BEST] = HUGE_VAL;
    c->param = memory_need(arrays * net->params + buffers * net->buffered + 1, sizeof *c->param);
    for (size_t k = 0; k < states; k++) c->state[k] = c->param + (1 + k) * net->params;
    c->buffer = c->param + arrays * net->params;
    if (!keeps_best) return;
    c->best = c->param + (1 + states) * net->params;
    c->best_buffer = c->buffer + net->buffered;
}

int import_make(struct import *in, const struct netfile *file, char *error)
{
    memset(in, 0, sizeof *in);
    if (!settings_check(file, error) || !network_design(&in->net, file, trainer_most(file), "best", error))
        return 0;
    make_checkpoint(&in->c, &in->net, file);
    in->tensors = named_list(in->net.layer, in->net.layers, in->c.param, in->c.buffer, in->named);
    return 1;
}

void import_free(struct import *in)
{
    checkpoint_free(&in->c);
    free(in->is_used);
    memset(in, 0, sizeof *in);
}

/* ---- rules ---- */

struct rule_text {
    char ours[IMPORT_RULE], theirs[IMPORT_RULE];
    int is_transposed;
};

static int get_rule(const char *text, struct rule_text *r, char *error)
{
    const char *equals = strchr(text, '=');
    size_t n = strlen(text);
    if (!equals || equals == text || !equals[1] || n >= IMPORT_RULE)
        return error_set(error, "--map %.60s: it must be OURS=THEIRS, like dense0.w=fc1.weight", text);
    snprintf(r->ours, sizeof r->ours, "%.*s", (int)(equals - text), text);
    snprintf(r->theirs, sizeof r->theirs, "%s", equals + 1);
    n = strlen(r->theirs);
    r->is_transposed = n > 2 && !strcmp(r->theirs + n - 2, "^T");
    if (r->is_transposed) r->theirs[n - 2] = '\0';
    return 1;
}

/* what PyTorch calls it, or NULL */
static const char *called_there(const char *parameter)
{
    static const char *const names[][2] = { { "w", "weight" },
                                            { "gamma", "weight" },
                                            { "b", "bias" },
                                            { "beta", "bias" },
                                            { "running_mean", "running_mean" },
                                            { "running_var", "running_var" } };
    for (size_t k = 0; k < sizeof names / sizeof *names; k++)
        if (!strcmp(names[k][0], parameter)) return names[k][1];
    return NULL;
}

/* Of a rule for a layer, "dense0=fc1": the tensor's name there, "fc1.weight". 0 if the layer is another. */
static int in_layer(const struct rule_text *r, const char *ours, char theirs[2 * IMPORT_RULE])
{
    const char *dot = strchr(ours, '.'), *there = dot ? called_there(dot + 1) : NULL;
    if (!there || strlen(r->ours) != (size_t)(dot - ours) || strncmp(r->ours, ours, (size_t)(dot - ours)))
        return 0;
    snprintf(theirs, 2 * IMPORT_RULE, "%s.%s", r->theirs, there);
    return 1;
}

/* Sets which of theirs that tensor of ours is by the rule, if it is about it; returns whether it is. */
static int apply(const struct rule_text *r, const struct named *ours, const struct foreign *f,
                 struct import_match *m)
{
    char theirs[2 * IMPORT_RULE];
    if (!strcmp(r->ours, ours->name))
        m->theirs = foreign_find(f, r->theirs);
    else if (in_layer(r, ours->name, theirs))
        m->theirs = foreign_find(f, theirs);
    else
        return 0;
    m->is_transposed = r->is_transposed && ours->dims > 1;
    return 1;
}

static int apply_all(struct import *in, const struct foreign *f, const char *text, char *error)
{
    struct rule_text r;
    int ours = 0, theirs = 0;
    if (!get_rule(text, &r, error)) return 0;
    for (int k = 0; k < in->tensors; k++) {
        if (!apply(&r, &in->named[k], f, &in->match[k])) continue;
        ours++;
        theirs += in->match[k].theirs >= 0;
    }
    if (!ours)
        return error_set(error, "--map %s: the network has no layer and no tensor called %s", text, r.ours);
    return theirs || error_set(error, "--map %s: there is no tensor called %s, or in a layer of that name",
                               text, r.theirs);
}

/* ---- matching ---- */

/* Which extent of theirs our extent d is: a matrix is turned, and kernels (R, S, C, K) are ours (K, C, R,
 * S). */
static int their_extent(int d, int dims, int is_transposed)
{
    static const int kernels[] = { 3, 2, 0, 1 };
    if (!is_transposed) return d;
    return dims == 4 ? kernels[d] : dims - 1 - d;
}

static int fits(const struct named *ours, const struct npy *theirs, int is_transposed)
{
    if (ours->dims != theirs->dims) return 0;
    for (int d = 0; d < ours->dims; d++)
        if (theirs->dim[their_extent(d, ours->dims, is_transposed)] != (size_t)ours->dim[d]) return 0;
    return 1;
}

static void judge(struct import *in, const struct foreign *f, int k)
{
    const struct named *ours = &in->named[k];
    struct import_match *m = &in->match[k];
    if (m->theirs < 0) {
        m->verdict = IMPORT_MISSING;
        in->missing++;
        return;
    }
    const struct npy *theirs = &f->tensor[m->theirs].array;
    in->is_used[m->theirs] = 1;
    if (fits(ours, theirs, m->is_transposed)) return;
    m->verdict = IMPORT_MISSHAPED;
    m->would_fit = fits(ours, theirs, !m->is_transposed);
    in->misshaped++;
}

int import_match(struct import *in, const struct foreign *f, int rules, const char *const *rule, char *error)
{
    static const char *const of_input[] = { "input.mean", "input.scale" };
    in->is_used = memory_need((size_t)f->tensors + 1, 1);
    for (int k = 0; k < in->tensors; k++)
        in->match[k] = (struct import_match){ .theirs = foreign_find(f, in->named[k].name) };
    for (int k = 0; k < rules; k++)
        if (!apply_all(in, f, rule[k], error)) return 0;
    for (int k = 0; k < in->tensors; k++) judge(in, f, k);
    for (int k = 0; k < 2; k++)
        if (foreign_find(f, of_input[k]) >= 0) in->is_used[foreign_find(f, of_input[k])] = 1;
    for (int k = 0; k < f->tensors; k++) in->extra += !in->is_used[k];
    return 1;
}

/* ---- numbers ---- */

/* Where theirs has the number that is the one at index[] of ours */
static size_t place(const struct named *ours, const struct npy *theirs, const int *index, int is_transposed)
{
    size_t at = 0;
    int place_of[NAMED_DIMS];
    for (int d = 0; d < ours->dims; d++) place_of[their_extent(d, ours->dims, is_transposed)] = index[d];
    for (int d = 0; d < ours->dims; d++) at = at * theirs->dim[d] + (size_t)place_of[d];
    return at;
}

static int fill(const struct named *ours, const struct foreign_tensor *theirs, int is_transposed, char *error)
{
    int index[NAMED_DIMS] = { 0 };
    for (size_t k = 0; k < ours->elements; k++) {
        ours->x[k] = (float)npy_number(&theirs->array, place(ours, &theirs->array, index, is_transposed));
        if (!isfinite(ours->x[k]))
            return error_set(error, "%s has a number that is NaN, infinite or too large for a float",
                             theirs->name);
        for (int d = ours->dims - 1; d >= 0 && ++index[d] == ours->dim[d]; d--) index[d] = 0;
    }
    return 1;
}

int import_fill(struct import *in, const struct foreign *f, char *error)
{
    struct checkpoint *c = &in->c;
    for (int k = 0; k < in->tensors; k++)
        if (!fill(&in->named[k], &f->tensor[in->match[k].theirs], in->match[k].is_transposed, error))
            return 0;
    if (c->best) {
        memcpy(c->best, c->param, c->params * sizeof *c->param);
        memcpy(c->best_buffer, c->buffer, c->buffered * sizeof *c->buffer);
    }
    return 1;
}

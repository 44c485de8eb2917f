/* train_netfile.c - network files: what is right is read, changed and written again; what is wrong gets a
 * sentence with the line and the nearest known word. The table of words is walked, so a new word is
 * covered. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../optimized/op.h"
#include "../train/layers.h"
#include "../train/networks.h"
#include "../train/optimizer.h"
#include "network_made.h"

static int failed;

static void expect(int ok, const char *what, const char *error)
{
    if (!ok) printf("FAIL: %s: %s\n", what, error);
    failed |= !ok;
}

#define REST "loss softmax_xent\noptimizer sgd lr=0.1\ndata mnist\n"

/* ---- wrong files ---- */

static void check_wrong(void)
{
    static const struct {
        const char *text, *says;
    } wrong[] = {
        { "", "it, line 1: a network file begins with the line `rungs-network 1`" },
        { "# a comment\nrungs-network 1\n", "it, line 1: a network file begins with" },
        { "rungs-network\n", "it, line 1: a network file begins with" },
        { "rungs-network 1 2\n", "it, line 1: a network file begins with" },
        { "rungs-network 2\n", "it, line 1: a network file of version 2; this program reads version 1" },
        { "rungs-network 1\ninput 5\ndens 3\n" REST,
          "it, line 3: unknown word 'dens'; did you mean 'dense'?" },
        { "rungs-network 1\n\n# x\ninput 5\nqqqqqq\n",
          "it, line 5: unknown word 'qqqqqq'; `rungs train --help` lists them" },
        { "rungs-network 1\ninput 5\ndense 3\nconv out=3\n" REST,
          "it, line 4: conv needs kernel: `conv out=N kernel=N [stride=1]" },
        { "rungs-network 1\ninput 5\ndense\n" REST, "it, line 3: dense needs FEATURES: `dense FEATURES`" },
        { "rungs-network 1\ninput 5\ndense 3 4\n" REST,
          "it, line 3: unexpected '4'; the line is `dense FEATURES`" },
        { "rungs-network 1\ninput 5\ndense out=4\n" REST, "it, line 3: unexpected 'out'" },
        { "rungs-network 1\ninput 5\ndense 0\n" REST, "FEATURES must be a whole number from 1 to" },
        { "rungs-network 1\ninput 5\ndense -3\n" REST, "FEATURES must be a whole number from 1 to" },
        { "rungs-network 1\ninput 5\ndense 3.5\n" REST, "FEATURES must be a whole number from 1 to" },
        { "rungs-network 1\ninput 5\ndense 99999999999999999999\n" REST,
          "FEATURES must be a whole number from 1 to" },
        { "rungs-network 1\ninput 5\ndense 999999999999999999999999999\n" REST, "is too long for FEATURES" },
        { "rungs-network 1\ninput 5x\ndense 3\n" REST, "it, line 2: '5x' is no shape" },
        { "rungs-network 1\ninput 5x4\ndense 3\n" REST, "'5x4' is no shape" },
        { "rungs-network 1\ninput 1x0x4\ndense 3\n" REST, "'1x0x4' is no shape" },
        { "rungs-network 1\ninput 4096x4096x4096\ndense 3\n" REST, "is no shape" },
        { "rungs-network 1\ninput 5\ndense 3\nrelu 1\n" REST,
          "it, line 4: unexpected '1'; the line is `relu`" },
        { "rungs-network 1\ninput 5\ndense 3\nloss softmax\n",
          "unknown loss 'softmax'; did you mean 'softmax_xent'?" },
        { "rungs-network 1\ninput 5\ndense 3\nloss\n", "loss needs one more word: `loss softmax_xent|bce" },
        { "rungs-network 1\ninput 5\ndense 3\nloss softmax_xent\noptimizer sgd lrr=1\n",
          "unknown key 'lrr'; did you mean 'lr'?" },
        { "rungs-network 1\ninput 5\ndense 3\nloss softmax_xent\noptimizer sgd lr=nan\n",
          "lr must be a number from 1e-09 to 1000, not 'nan'" },
        { "rungs-network 1\ninput 5\ndense 3\nloss softmax_xent\noptimizer sgd lr=1 lr=2\n",
          "it, line 5: lr has two values" },
        { "rungs-network 1\ninput 5\ndense 3\nloss softmax_xent\noptimizer sgd lr=1x\n",
          "lr must be a number" },
        { "rungs-network 1\ninput 5\ndense 3\nloss softmax_xent\noptimizer sgd\n",
          "it, line 5: sgd needs lr: `sgd lr=X`" },
        { "rungs-network 1\ninput 5\ndense 3\nloss softmax_xent\noptimizer sgd 1\n",
          "it, line 5: unexpected '1'" },
        { "rungs-network 1\ninput 5\ndense 3\n" REST "data mnist\n",
          "it, line 7: there is a line 'data' already: line 6" },
        { "rungs-network 1\ninput 5\ndense 3\nloss softmax_xent\ndata nmist\n",
          "unknown data set 'nmist'; did you mean 'mnist' or 'kmnist'?" },
        { "rungs-network 1\ndense 3\n" REST, "it, line 2: 'dense' has no input: a line like" },
        { "rungs-network 1\ninput 5\ndense 3\n" REST "relu\n",
          "it, line 7: a layer behind the loss of line 4" },
        { "rungs-network 1\ninput 5\n" REST, "it has no layer" },
        { "rungs-network 1\ninput 5\ndense 3\nloss softmax_xent\ndata mnist\n",
          "it has no line `optimizer sgd|momentum|" },
        { "rungs-network 1\ninput 5\ndense 3\noptimizer sgd lr=1\ndata mnist\n",
          "it has no line `loss softmax_xent|bce|bce_logits|mse`" },
        { "rungs-network 1\ninput 5\ndense 3\a\n" REST, "it, line 3: a control character (7)" },
        { "rungs-network 1\ninput 5\ndense 3\nloss softmax_xent\noptimizer sgd lr=1\ndata mnist\nbatch "
          "65537\n",
          "line 7: N must be" },
    };
    static struct netfile f;
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
        char error[ERROR_TEXT] = "(nothing)";
        int read = netfile_parse(&f, "it", wrong[k].text, strlen(wrong[k].text), error);
        expect(!read && strstr(error, wrong[k].says) && !strchr(error, '\n'), wrong[k].says,
               read ? "accepted" : error);
    }
}

static void check_long(void)
{
    static struct netfile f;
    char *text = malloc(NETFILE_BYTES + 2), error[ERROR_TEXT] = "";
    if (!text) exit(1);
    memset(text, '#', NETFILE_BYTES + 1);
    expect(!netfile_parse(&f, "it", text, NETFILE_BYTES + 1, error) && strstr(error, "longer than"),
           "too long", error);
    size_t used = (size_t)sprintf(text, "rungs-network 1\ninput 5\n");
    for (int l = 0; l < NETFILE_LINES; l++) used += (size_t)sprintf(text + used, "relu\n");
    expect(!netfile_parse(&f, "it", text, used, error) && strstr(error, "line 98: more than 96 lines"),
           "96 lines", error);
    used = (size_t)sprintf(text, "rungs-network 1\ninput 5\n");
    for (int l = 0; l < LAYERS_MOST; l++) used += (size_t)sprintf(text + used, "relu\n");
    used += (size_t)sprintf(text + used, REST);
    struct layer layer[LAYERS_MOST];
    expect(netfile_parse(&f, "it", text, used, error) && !layers_of(&f, layer, error) &&
               strstr(error, "line 67: this is more than 64 layers"),
           "65 layers", error);
    free(text);
}

/* ---- right files ---- */

/* 1, or what is nearest */
static double value_of(const struct value_rule *r)
{
    return r->most < 1 ? r->most : r->least > 1 ? r->least : 1;
}

/* Every word, with every value that it can have, is read, written and read again. */
static int add_values(char *text, const struct word *w, int is_long)
{
    int used = sprintf(text, " %s", w->name);
    for (int v = 0; v < grammar_values(w); v++) {
        const struct value_rule *r = &w->value[v];
        used += sprintf(text + used, w->has_alone && !v ? " " : " %s=", r->name);
        used += r->kind == VALUE_SHAPE   ? sprintf(text + used, "2x3x4")
                : r->kind == VALUE_DATA  ? sprintf(text + used, "fashion-mnist")
                : r->kind == VALUE_TEXT  ? sprintf(text + used, "\"a # and = b\"")
                : r->words               ? sprintf(text + used, "%s", r->words[1])
                : !is_long               ? sprintf(text + used, "%g", value_of(r))
                : r->kind == VALUE_COUNT ? sprintf(text + used, "%023.0f", value_of(r))
                                         : sprintf(text + used, "%.21f", r->most < 1 ? r->most : 1.0);
    }
    return used;
}

/* choice: which, counted from 0, or the last that there is; is_long: with as many
 * digits as a value may have */
static void check_words(int choice, int is_long)
{
    static struct netfile f, again;
    char text[8192], back[NETFILE_BYTES], error[ERROR_TEXT] = "";
    int used = sprintf(text, "rungs-network 1 # \xc3\xa9\r\n"), lines = 0;
    for (const struct word *w = grammar; w->name; w++) {
        const struct word *c = w->choices;
        for (int k = 0; c && c[1].name && k < choice; k++) c++;
        used += c ? sprintf(text + used, "\t%s", w->name) : 0;
        used += add_values(text + used, c ? c : w, is_long);
        used += sprintf(text + used, " # and a comment\n\n");
        lines++;
    }
    expect(netfile_parse(&f, "it", text, (size_t)used - 2, error) && f.lines == lines, "every word", error);
    size_t n = netfile_text(&f, back);
    const struct net_line *other;
    expect(netfile_parse(&again, "again", back, n, error) && !netfile_difference(&f, &again, NULL, &other),
           "written and read again", error);
}

/* what is known of the program's networks: the parameters, counted by hand, and the epochs */
struct known {
    const char *name;
    size_t params;
    int epochs;
};

static struct known known_of(const char *name)
{
    static const struct known known[] = {
        { "fashion-mlp", 784 * 512 + 512 + 512 * 256 + 256 + 256 * 10 + 10, 10 },
        { "mnist-mlp", 784 * 512 + 512 + 512 * 256 + 256 + 256 * 10 + 10, 10 },
        { "fashion-cnn", 32 * 9 + 32 + 64 * 32 * 9 + 64 + 64 * 7 * 7 * 128 + 128 + 128 * 10 + 10, 10 },
        { "mnist-cnn", 32 * 9 + 32 + 64 * 32 * 9 + 64 + 64 * 5 * 5 * 128 + 128 + 128 * 10 + 10, 10 },
        { "cifar-cnn",
          32 * 27 + 32 + 2 * 32 + 64 * 32 * 9 + 64 + 2 * 64 + 64 * 8 * 8 * 128 + 128 + 128 * 10 + 10, 10 },
        { "cifar-lenet", 6 * 75 + 6 + 16 * 150 + 16 + 400 * 120 + 120 + 120 * 84 + 84 + 84 * 10 + 10,
          10 }, /* 62006, LeNet's */
        { "a000-cifar-cnn", 32 * 27 + 32 + 64 * 32 * 9 + 64 + 64 * 8 * 8 * 128 + 128 + 128 * 10 + 10, 10 },
        { "a001-cifar-lenet", 6 * 75 + 6 + 16 * 150 + 16 + 400 * 120 + 120 + 120 * 84 + 84 + 84 * 10 + 10,
          2 },
        { "a001-mnist-mlp", 784 * 512 + 512 + 512 * 256 + 256 + 256 * 10 + 10, 10 },
        { "a001-toy-bce", 2 * 10 + 10 + 10 + 1, 1000 },
        { "a001-mnist-cnn", 32 * 9 + 32 + 32 * 13 * 13 * 128 + 128 + 128 * 10 + 10, 10 },
        { "a002-mnist-64", 784 * 64 + 64 + 64 * 10 + 10, 5 },
        { "a002-mnist-dropout", 784 * 128 + 128 + 128 * 10 + 10, 5 },
        { "a002-mnist-512", 784 * 512 + 512 + 512 * 10 + 10, 5 },
        { "a003-mnist-conv", 32 * 25 + 32 + 32 * 12 * 12 * 10 + 10 + 10 * 10 + 10, 10 },
        { "a003-worked", 2 * 3 + 3 + 3 + 1, 100 },
        { "a004-mnist-500", 784 * 500 + 500 + 500 * 10 + 10, 10 },
    };
    for (size_t k = 0; k < sizeof known / sizeof *known; k++)
        if (!strcmp(known[k].name, name)) return known[k];
    return (struct known){ 0 };
}

static void check_standards(void)
{
    static struct netfile f;
    made_netfile(&f, "input 5\ndense 3\n" REST);
    expect(netfile_number(&f, "batch") == 64 && netfile_number(&f, "epochs") == 10 &&
               netfile_number(&f, "seed") == 1,
           "standard settings", "others");
    for (const struct network_text *t = network_texts; t->name; t++) {
        struct layer layer[LAYERS_MOST];
        char error[ERROR_TEXT] = "";
        network_text_read(t->name, &f);
        int layers = layers_of(&f, layer, error);
        const struct known known = known_of(t->name);
        expect(layers && layers_params(layer, layers) == known.params, t->name, error);
        expect((int)netfile_number(&f, "epochs") == known.epochs, t->name, "it trains for other epochs");
        expect(*network_text_about(t, error), t->name, "it does not say what it is");
    }
}

/* ---- changes ---- */

static void is_changed(const char *word, const char *words, const char *says)
{
    static struct netfile f, was;
    char error[ERROR_TEXT] = "(nothing)", text[NETFILE_BYTES];
    made_netfile(&f, "input 5\ndense 4\ntanh\ndense 3\n" REST);
    was = f;
    int ok = !strcmp(word, "hidden")    ? netfile_set_hidden(&f, words, error)
             : !strcmp(word, "dropout") ? netfile_set_dropout(&f, words, error)
                                        : netfile_set(&f, word, words, error);
    text[netfile_text(&f, text)] = '\0';
    expect(ok ? strstr(text, says) != NULL : strstr(error, says) && !memcmp(&f, &was, sizeof f), words,
           ok ? text : error);
}

/* dropout is put behind hidden activations, whatever layers there are, and replaces what was there */
static void check_dropout(void)
{
    static const struct {
        const char *lines, *p, *says;
    } row[] = {
        { "dense 4\nrelu\ndense 5\nleaky_relu slope=0.2\ndense 3\n", "0.25",
          "\ndense 4\nrelu\ndropout p=0.25\ndense 5\nleaky_relu slope=0.2\ndropout p=0.25\ndense 3\nloss" },
        { "dropout p=0.1\ndense 4\nrelu\ndropout\ndense 3\ndropout\n", "0.5",
          "\ninput 5\ndense 4\nrelu\ndropout p=0.5\ndense 3\nloss" },
        { "dropout p=0.1\ndense 4\nrelu\ndropout\ndense 3\n", "0",
          "\ninput 5\ndense 4\nrelu\ndense 3\nloss" },
        { "dense 4\nrelu\ndense 3\ntanh\n", "0.5", "\nrelu\ndropout p=0.5\ndense 3\ntanh\nloss" },
        { "dense 3\n", "0.5", "--dropout 0.5: made has no hidden activation that it could follow" },
        { "dense 3\n", "0", "\ninput 5\ndense 3\nloss" },
        { "dense 4\nrelu\ndense 3\n", "2", "--dropout 2: p must be a number from 0 to" },
        { "dense 4\nrelu\ndense 3\n", "", "--dropout : p must be a number" },
        { "dense 4\nrelu\ndense 3\n", "0.5 0.5", "p must be a number" },
    };
    static struct netfile f, was;
    for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
        char lines[512], text[NETFILE_BYTES], error[ERROR_TEXT] = "(nothing)";
        snprintf(lines, sizeof lines, "input 5\n%s" REST, row[k].lines);
        made_netfile(&f, lines);
        was = f;
        int ok = netfile_set_dropout(&f, row[k].p, error);
        text[netfile_text(&f, text)] = '\0';
        expect(ok ? strstr(text, row[k].says) != NULL
                  : strstr(error, row[k].says) && !memcmp(&f, &was, sizeof f),
               row[k].says, ok ? text : error);
    }
}

static void check_changes(void)
{
    check_dropout();
    is_changed("weight-decay", "coupled=0.1", "\nweight_decay coupled=0.1\n");
    is_changed("weight-decay", "0.1", "--weight-decay 0.1: unexpected '0.1'");
    is_changed("label-smoothing", "0.1", "\nloss softmax_xent smoothing=0.1\n");
    is_changed("label-smoothing", "2", "--label-smoothing 2: smoothing must be a number");
    is_changed("batch", "7", "\nbatch 7\n");
    is_changed("lr", "3e-2", "\noptimizer sgd lr=3e-2\n");
    is_changed("optimizer", "sgd lr=2", "\noptimizer sgd lr=2\n");
    is_changed("schedule", "step every=3", "\nschedule step every=3\n");
    is_changed("input", "1x5x1", "\ninput 1x5x1\n");
    is_changed("hidden", "9,8", "\ninput 5\ndense 9\ntanh\ndense 8\ntanh\ndense 3\nloss");
    is_changed("hidden", "none", "\ninput 5\ndense 3\nloss");
    is_changed("batch", "0", "--batch 0: N must be a whole number");
    is_changed("batch", "", "--batch : batch needs N");
    is_changed("batch", "1 2", "--batch 1 2: unexpected '2'");
    is_changed("optimizer", "sgdd", "unknown optimizer 'sgdd'; did you mean 'sgd'?");
    is_changed("lr", "x", "--lr x: lr must be a number");
    is_changed("beta1", "0.5", "no line of made has a value beta1");
    is_changed("hidden", "1,,2", "--hidden 1,,2: it must be up to 15 numbers");
    is_changed("hidden", "", "it must be up to 15 numbers");
    is_changed("hidden", "3,", "it must be up to 15 numbers");
    is_changed("hidden", "-3", "it must be up to 15 numbers");
    is_changed("hidden", "99999999999999999999", "it must be up to 15 numbers");
}

/* An optimizer's words are those of its operation's scalar, in the same order. */
static void check_scalar_words(void)
{
    for (const struct word *w = grammar_find(grammar, "optimizer")->choices; w->name; w++)
        for (int v = 0; v < grammar_values(w); v++) {
            const struct value_rule *r = &w->value[v];
            if (!r->words) continue;
            const struct scalar *s = op_scalar(op_find(w->optimizer->op), r->name);
            int same = s && s->words, n = 0;
            for (; same && r->words[n] && s->words[n]; n++) same = !strcmp(r->words[n], s->words[n]);
            if (same && n && !r->words[n] && !s->words[n]) continue;
            failed = 1;
            printf("FAIL: %s has other words than the scalar of %s\n", r->name, w->name);
        }
}

int main(void)
{
    check_wrong();
    check_long();
    check_scalar_words();
    for (int choice = 0; choice < 20; choice++) check_words(choice, 0), check_words(choice, 1);
    check_standards();
    check_changes();
    if (!failed) puts("network files: read, refused, changed and written as they should be");
    return failed;
}

/* train_gradcheck.c - rungs train NETWORK --gradcheck: is the gradient of the whole network right, on real
 * examples? */
#include "train.h"

#include <stdio.h>

#include "../gradcheck/gc.h"
#include "../optimized/team.h"
#include "../train/network_gradient.h"

/* A difference costs a pass of all examples in double, and thousands are taken: few examples and few points
 * do. */
enum { EXAMPLES = 4, ELEMENTS = 8 };

static gc_options few(void)
{
    gc_options o = gc_defaults();
    o.n_dir = 2;
    o.n_points = 1;
    o.max_elem = ELEMENTS;
    o.timeout_s = 3600; /* a convolutional network takes minutes, and more on a busy machine */
    return o;
}

/* EXIT_OK if both pass */
static int check(struct trainer *t, int n, int as_json)
{
    gc_options o = few(), in_float = o;
    if (t->net.on) in_float.fork = 0; /* a GPU that is in use cannot be handed to a child */
    struct network_gradient *exact =
                                network_gradient_open(&t->net, &t->optimizer.decay, n, t->x, t->label, 0),
                            *rungs =
                                network_gradient_open(&t->net, &t->optimizer.decay, n, t->x, t->label, 1);
    gc_result *result[] = {
        gc_check(network_gradient_problem(exact), &o),
        gc_check_precision_twin(network_gradient_problem(rungs), network_gradient_problem(exact), &in_float),
    };
    int code = EXIT_OK;
    for (int k = 0; k < 2; k++) {
        if (gc_exit_code(result[k])) code = EXIT_WRONG;
        if (as_json) continue;
        puts(k ? "\nthe network on its rungs, against that in double:"
               : "\nthe network in double, against differences of its loss:");
        gc_print(stdout, result[k]);
    }
    if (as_json) gc_json(stdout, (const gc_result *const *)result, 2);
    for (int k = 0; k < 2; k++) gc_free(result[k]);
    network_gradient_close(exact);
    network_gradient_close(rungs);
    return code;
}

static int check_file(const struct training *what, const struct netfile *file, const struct checkpoint *from)
{
    static struct trainer t;
    struct dataset data;
    char error[ERROR_TEXT];
    int n = (int)netfile_number(file, "batch") < EXAMPLES ? (int)netfile_number(file, "batch") : EXAMPLES;
    if (!trainer_load(file, &data, error)) return args_fail(EXIT_INPUT, "train", "%s", error);
    int made = training_make(what, file, &data, &t, error), code = EXIT_USAGE;
    if (made && (!from->param || trainer_restore(&t, from, error))) {
        if (n > data.train.n) n = data.train.n;
        trainer_fetch(&t, n);
        FILE *out = what->as_json ? stderr : stdout;
        fprintf(out, "%s: %zu parameters, rung %s, %d examples of %s\n", what->network, t.net.params,
                t.net.rung, n, data.set->name);
        fflush(out);
        code = check(&t, n, what->as_json);
    } else {
        args_fail(code, "train", "%s", error);
    }
    if (made) trainer_free(&t);
    data_free(&data);
    return code;
}

int training_gradcheck(const struct training *what)
{
    static struct netfile file;
    static struct checkpoint from;
    char options[CHECKPOINT_OPTIONS], error[ERROR_TEXT];
    team_use(what->threads);
    if (what->resume && !checkpoint_read_file(what->resume, &from, error))
        return args_fail(EXIT_INPUT, "train", "%s", error);
    int code = training_file(what, &from, &file, options, error);
    code = code ? args_fail(code, "train", "%s", error) : check_file(what, &file, &from);
    checkpoint_free(&from);
    return code;
}

/* gradcheck_run.c - rungs gradcheck run: the suite's own gradients. The reference in double is checked
 * against differences and the complex step, each rung against the reference. */
#include "gradcheck.h"

#include <string.h>

#include "../optimized/check.h"
#include "../optimized/gradients.h"
#include "verbs.h"

static const char mlp[] = "mlp", reference[] = "reference";
static const int mlp_size[] = { 6, 5, 4, 3 };
enum { MLP_LAYERS = 3, MLP_EXAMPLES = 7 };

static const char *rung_name, *shape_text, *set_text;
static int all, with_rungs, cuda;
static const struct device *device; /* with --cuda */
static int shape[MAX_SIZES];

/* what is being checked */
static struct {
    const struct op *op;           /* NULL: the MLP                                 */
    const struct op *const *later; /* of op_all(), those that come after it; with 'all' */
    const struct rung *rung;       /* NULL: the reference                           */
} here;

static const struct rung *ladder_of(const struct op *op)
{
    return device ? device_ladder(device, op) : op->cpu;
}

static const char *lacks(const struct rung *rung)
{
    return device ? device_lacks(device, rung) : rung_lacks(rung->needs);
}

static int is_mlp(void)
{
    return !here.op;
}

static const int *size_here(void)
{
    return shape_text ? shape : gradient_shape(here.op);
}

/* ---- in the child ---- */

static int open_run(struct subject *s, char *error)
{
    struct gradient *g = is_mlp() ? gradient_open_mlp(MLP_LAYERS, mlp_size, MLP_EXAMPLES)
                                  : gradient_open(here.op, here.rung, size_here());
    if (!g) { /* an optimizer's step: run_work needs no problem */
        s->problem.nin = 0;
        if (!*gradcheck_mode()) return 1;
        return error_set(error, "%s is an optimizer's step, not a gradient: it has no curve", s->name);
    }
    s->problem = *gradient_problem(g);
    memcpy(s->in, s->problem.in, (size_t)s->problem.nin * sizeof *s->in);
    s->problem.in = s->in;
    return 1;
}

int run_work(struct subject *s, const struct settings *set, struct outcome *out)
{
    gc_options o = outcome_options(set, out);
    gc_result *result[GRADIENT_RESULTS];
    if (is_mlp() || set->only) return subject_check_work(s, set, out);
    int n = device ? gradient_check_on(device, here.op, here.rung, size_here(), &o, result)
                   : gradient_check(here.op, here.rung, size_here(), &o, result);
    for (int i = 0; i < n; i++) {
        snprintf(result[i]->name, sizeof result[i]->name, "%s", s->name);
        outcome_keep(out, result[i]);
    }
    return 1;
}

/* ---- what is said, and what comes next ---- */

/* one line for a rung that kept its contract and agrees with the reference */
static void put_rung(FILE *f, const struct subject *s, const struct outcome *out)
{
    const gc_result *contract = &out->result[0], *values = &out->result[1];
    const gc_tensor_result *worst = NULL;
    if (out->results == 1 && contract->verdict == GC_PASS) gc_print(f, contract); /* an optimizer's step */
    if (out->results != GRADIENT_RESULTS || contract->verdict != GC_PASS || values->verdict != GC_PASS)
        return;
    for (int i = 0; i < values->ntensors; i++)
        if (values->tensor[i].looked && (!worst || values->tensor[i].worst_rel > worst->worst_rel))
            worst = &values->tensor[i];
    fprintf(f, "PASS %s   contract", s->name);
    if (worst)
        fprintf(f, "; off by %.1e of the norm of d%s (allowed %.1e)", worst->worst_rel, worst->name,
                worst->allowed_rel);
    fprintf(f, "   seed %llu\n", (unsigned long long)values->seed);
}

static void describe(struct subject *s, const struct settings *set)
{
    static const char *words[16];
    const char *op = is_mlp() ? mlp : here.op->name, *rung = here.rung ? here.rung->name : reference;
    int n = 0;
    if (here.rung)
        snprintf(s->name, sizeof s->name, "%s %s", op, rung);
    else
        snprintf(s->name, sizeof s->name, "%s", op);
    words[n++] = "gradcheck";
    words[n++] = "run";
    words[n++] = is_mlp() ? mlp : op_base(here.op)->name;
    if (!is_mlp() && op_set(here.op)) words[n++] = "--set", words[n++] = op_set(here.op);
    if (!is_mlp()) words[n++] = "--rung", words[n++] = rung;
    if (device) words[n++] = "--cuda";
    if (shape_text) words[n++] = "--shape", words[n++] = shape_text;
    if (set->only) words[n++] = "--only", words[n++] = set->only;
    if (set->at) words[n++] = "--at", words[n++] = set->at;
    words[n] = NULL;
    s->command = words;
    s->whole = here.rung != NULL;
    s->headlines = here.rung ? put_rung : NULL;
}

static void say_skipped(const struct settings *set)
{
    if (report_is_quiet(set)) return;
    printf("SKIP %s %s   this machine lacks %s\n", here.op->name, here.rung->name, lacks(here.rung));
}

static int is_checked(const struct op *op)
{
    return gradient_known(op) && (!device || device_ladder(device, op));
}

/* the next operation with a gradient to check; after the last, the MLP */
static void skip_to_checked(void)
{
    do here.op = *here.later++;
    while (here.op && !is_checked(here.op));
}

/* the next rung of this operation that runs here; 0: there is none */
static int next_rung(const struct settings *set)
{
    if (is_mlp() || !with_rungs || !ladder_of(here.op)) return 0;
    for (here.rung = here.rung ? here.rung + 1 : ladder_of(here.op); here.rung->name; here.rung++) {
        if (!lacks(here.rung)) return 1;
        say_skipped(set);
    }
    return 0;
}

static int next_op(const struct settings *set)
{
    if (!all || is_mlp()) return 0;
    do {
        here.rung = NULL;
        skip_to_checked();
    } while (device && here.op && !next_rung(set)); /* none of its rungs runs here */
    return !device || here.op;
}

static int next_run(struct subject *s, const struct settings *set)
{
    if (!next_rung(set) && !next_op(set)) return 0;
    describe(s, set);
    return 1;
}

/* ---- the command line ---- */

/* 0 after a sentence */
static int find_op(const char *verb, const char *name)
{
    here.op = NULL;
    if (!strcmp(name, mlp)) {
        if (set_text) return args_refuse(verb, "the network has no parameters; leave out --set"), 0;
        return 1;
    }
    here.op = verb_find_op(verb, name);
    if (here.op && set_text) here.op = verb_set(verb, here.op, set_text);
    if (!here.op) return 0;
    if (gradient_known(here.op)) return 1;
    args_refuse(
        verb,
        "%s has no gradient to check: it is neither a backward nor an optimizer; `rungs check %s` compares "
        "its rungs",
        name, name);
    return 0;
}

static int find_rung(const char *verb)
{
    if (!rung_name || !strcmp(rung_name, reference)) return 1;
    if (is_mlp()) return !args_refuse(verb, "the network has no rungs; leave out --rung");
    here.rung = verb_find_rung(verb, here.op, device, rung_name);
    return here.rung != NULL;
}

static int settle(const char *verb, const char *word, const struct settings *set)
{
    char reason[DEVICE_ERROR], error[ERROR_TEXT];
    all = !strcmp(word, "all");
    here.op = NULL, here.later = op_all();
    here.rung = NULL;
    with_rungs = !rung_name && !set->only && !set->at && !*gradcheck_mode();
    if (all && (rung_name || shape_text || set_text || set->only || set->at))
        return args_refuse(verb, "--rung, --shape, --set, --only and --at need one operation, not 'all'");
    if (cuda && (set->only || set->at || *gradcheck_mode()))
        return args_refuse(verb, "--cuda compares whole rungs: leave out --only, --at and curves");
    if (cuda && !(device = device_open(NULL, reason))) {
        return args_fail(EXIT_SKIPPED, verb, "--cuda: %s", reason);
    }
    if (all) skip_to_checked();
    if (!all && (!find_op(verb, word) || !find_rung(verb))) return EXIT_USAGE;
    if (device && !here.rung && (is_mlp() || !next_rung(set)))
        return args_refuse(verb, "%s has no CUDA rungs", word);
    if (here.rung && (set->only || set->at || *gradcheck_mode()))
        return args_refuse(
            verb, "a rung is compared with the reference as a whole: take --rung reference, or none");
    if (here.rung && lacks(here.rung)) {
        args_refuse(verb, "rung %s needs %s, which this machine lacks", here.rung->name, lacks(here.rung));
        return EXIT_SKIPPED;
    }
    if (shape_text && is_mlp()) return args_refuse(verb, "the network has one shape; leave out --shape");
    if (shape_text && !op_parse_shape(here.op, shape_text, shape, error))
        return args_refuse(verb, "%s", error);
    if (shape_text && !check_room(here.op, shape, 1, error))
        return args_fail(EXIT_RESOURCES, verb, "%s", error);
    return -1;
}

int run_parse(int argc, char **argv, struct subject *s, struct settings *set)
{
    static char verb[64];
    rung_name = shape_text = set_text = NULL;
    cuda = 0;
    device = NULL;
    const struct option_row options[] = {
        { "--rung", OPTION_TEXT, &rung_name, 0, 0, "only this rung; 'reference' is the reference alone" },
        { "--shape", OPTION_TEXT, &shape_text, 0, 0, "at this shape, like 5x4x3" },
        { "--set", OPTION_TEXT, &set_text, 0, 0, "with other parameters, like reduction=sum" },
        { "--cuda", OPTION_FLAG, &cuda, 0, 0, "the CUDA rungs: on the GPU, or without one in the emulator" },
        { 0 },
    };
    snprintf(verb, sizeof verb, "%s", argv[0]);
    const struct manual manual = {
        .verb = verb,
        .brief = "are the suite's own gradients right?",
        .synopsis = "rungs gradcheck run OP|mlp|all [options]",
        .description = "OP is a backward of `rungs list`, or an optimizer's step; mlp is a whole network. "
                       "The reference in double\n"
                       "is checked against differences and the complex step of its forward; each rung that "
                       "this machine can run is\n"
                       "checked for its contract and compared with the reference.",
        .examples = "rungs gradcheck run all\n"
                    "rungs gradcheck run dense_backward_dw --rung 04_avx2\n"
                    "rungs gradcheck run dense_backward_dw --only w --at 2,1\n"
                    "rungs gradcheck run xent_backward --set smoothing=0.3\n"
                    "rungs gradcheck run dense_backward_dx --cuda",
        .options = options,
        .min_words = 1,
        .max_words = 1,
    };
    const char *word[1];
    int code;
    if (gradcheck_read(&manual, argc, argv, word, set, &code) < 0) return code;
    s->verb = verb;
    s->code = "the suite's code";
    s->open = open_run;
    s->next = next_run;
    code = settle(verb, word[0], set);
    if (code < 0) describe(s, set);
    return code;
}

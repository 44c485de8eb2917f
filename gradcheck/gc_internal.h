/* gc_internal.h - what the files of the checker share. gc.h is the public face.
 *
 * Each row uses the rows above it, never one below; within a row, files use what stands to their left.
 *
 *   numeric.c   ladder, noise, sums, bounds (pure functions);  random.c  counter-based random numbers;
 *               tensor.c  elements of a tensor;  memory.c  arrays between guard pages, read-only at will
 *   finding.c   findings, names, the defaults;  format.c  what reports share;  child.c  a
 *   child process with a time-out;
 *               crashes become sentences
 *   plan.c      how many calls a check may cost, by the size of the problem
 *   calls.c     a problem's working copies and the calls of its callbacks;  sample.c  the inputs of a point
 *   loss_on_line.c      the loss along a line: noise, slopes;  beside.c  the gradient at points beside
 *   segment.c   the gradient's mean along a segment;
 *   breaks.c            jumps and corners of the loss along a line
 *   judge.c     is this gradient that slope?  uncertain.c  why that cannot be told
 *   corner.c    corners, and what is legal there
 *   run.c       one problem at one point: its inputs, what forward and backward give
 *   element.c kink.c direction.c complex.c adjoint.c reference.c second.c taylor.c   one test each
 *   contract_calls.c contract_compare.c contract_repeat.c contract_state.c contract.c   the contract of calls
 *   fit.c relation.c terms.c functions.c projection.c stretches.c coarse.c layout.c pattern.c
 *   location.c diagnose.c ratio.c straight_through.c curvature.c mixed.c
 *   explain.c   pattern and cause of a failure
 *   unused.c    elements whose gradient is always 0
 *   check.c     gc_check: points, tests, verdicts;  parts.c  a flat input as several tensors
 *   scalar.c    the two-pointer entries
 *   wirtinger.c map_calls.c map_watch.c map.c   vector functions, second derivatives, complex numbers: map.h
 *   sequential.c sampled.c   random gradients, by the means of their samples: sequential.h
 *   settle.c precision_twin.c long_double.c one_element.c rule.c optimizer.c vcurve.c   other
 *   entries and their verdict
 *   report.c json.c junit.c csv.c sarif.c complaint.c         reports
 *   chart.c plot.c plot_tensor.c                              charts
 *  */
#ifndef GC_INTERNAL_H
#define GC_INTERNAL_H

#include "gc.h"

#ifdef __FAST_MATH__
#error \
    "The checker must see NaN and rounding as they are: compile it without -ffast-math. Your own code may use it."
#endif

/* What the slopes of a tensor said, over all points: a few that cannot be judged beside many that can are
 * not reported. */
struct gc_tally {
    size_t decided, undecided, kinks;
    gc_finding doubt; /* the first that was undecided */
};

/* Legal choices seen at corners: the slope taken in 0, and which of several equal values gets the
 * gradient. */
struct gc_choices {
    size_t left, right, between, first, last, shared;
};

/* So many different values, all of them floats, are those of a loss that is computed in float */
enum { GC_MANY_VALUES = 20 };
/* So often a FAIL is looked at again before others of its kind are believed */
enum { GC_APPEALS = 4 };

/* A problem at a point. Tensors are working copies in the user's types, between guard pages. */
struct gc_run {
    const gc_problem *p;
    gc_options o;
    gc_result *r;
    int point;   /* which one; the last is the point of rounded values   */
    int rounded; /* 1 there                                              */
    int refused; /* the last callback refused                            */
    gc_tensor in[GC_MAX_TENSORS], out[GC_MAX_TENSORS], dout[GC_MAX_TENSORS], din[GC_MAX_TENSORS];
    size_t nin[GC_MAX_TENSORS], nout[GC_MAX_TENSORS]; /* elements                                     */
    double *x[GC_MAX_TENSORS]; /* inputs as drawn, in double; NULL for GC_I32                          */
    double *v[GC_MAX_TENSORS]; /* upstream gradient of every output, in double                         */
    double *g[GC_MAX_TENSORS]; /* analytic gradient in double, NULL where not asked for                 */
    double *beside[3][GC_MAX_TENSORS]; /* gradients at points beside this one                           */
    int beside_known;                  /* 1: these are they, -1: there are none, 0: not asked for yet   */
    size_t visits;                     /* of points along segments                                      */
    int upheld;     /* here: how often FAIL stood when it was looked at again along a segment */
    double excused; /* the largest difference, of its scale, that a solver's tolerance explained */
    double jump;    /* the largest of those that a solver's tolerance makes */
    int unbroken;   /* how often no jump was found that would excuse a FAIL                   */
    double noise;   /* absolute, of the loss at this point; < 0: not known yet              */
    double largest; /* |loss| of all calls so far */
    double f0;      /* the loss at x                                                          */
    double size;    /* sqrt(sum (v out)^2) at x: the loss before its terms cancel             */
    int own_sizes[GC_MAX_TENSORS];  /* numbers far smaller than typical ones take steps of their own size   */
    double typical[GC_MAX_TENSORS]; /* root mean square of the elements of x that are not 0; 1 if all are  */
    int wide;                     /* some output was seen that is no float                                  */
    double value[GC_MANY_VALUES]; /* until then: different outputs, not 0, at points that are no floats     */
    int values;
    int other_function; /* the complex forward was caught being one                                      */
    int caches;         /* the backward uses what the forward before it left behind             */
    int large;          /* so large that few calls are made: plan.c */
    double forwards_planned, backwards_planned; /* calls of the whole check, roughly */
    double started, shown;       /* when its first call ended, and when progress was told last */
    int broken;                  /* a callback writes to its inputs: no difference means anything           */
    int bad[GC_MAX_TENSORS];     /* the gradient here is not finite: nothing to compare                     */
    int suspect[GC_MAX_TENSORS]; /* a direction disagreed here: look at every element                     */
    gc_sample *sample[GC_MAX_TENSORS]; /* the elements looked at here                                     */
    size_t samples[GC_MAX_TENSORS], room[GC_MAX_TENSORS];
    unsigned char *used[GC_MAX_TENSORS]; /* elements whose gradient was not 0 in some trial */
    struct gc_tally directions[GC_MAX_TENSORS], elements[GC_MAX_TENSORS]; /* over all points */
    struct gc_choices choices;
    int own;                    /* every input is the caller's, unmoved                                    */
    int failed[GC_MAX_TENSORS]; /* 1 + the number of the direction that disagreed here, 0: none did         */
    int told[GC_MAX_TENSORS];   /* diagnosed                                                               */
};

/* ---- random.c: the k-th number of stream `stream` of a seed; no state (gc_random_unit: gc.h) ---- */
uint64_t gc_random_bits(uint64_t seed, uint64_t stream, uint64_t k);

/* ---- numeric.c ---- */
int gc_is_finite(double x); /* by the bits: true in any build */
int gc_is_float(double x);  /* a float holds exactly this */

/* A sum whose roundings are summed, too: Knuth's, without a branch */
struct gc_sum {
    double sum, lost;
};

static inline void gc_sum_add(struct gc_sum *s, double term)
{
    double next = s->sum + term, added = next - s->sum;
    s->lost += s->sum - (next - added) + (term - added);
    s->sum = next;
}

static inline double gc_sum_of(const struct gc_sum *s)
{
    return gc_is_finite(s->lost) ? s->sum + s->lost : s->sum;
}

double gc_dot(const double *a, const double *b, size_t n);          /* compensated */
double gc_natural_size(const double *g, const double *d, size_t n); /* sqrt(sum (g_i d_i)^2) */

/* The ladder, step by step. Set pair, what it needs, noise, f0 = f(0) and, if wished, good and least_h;
 * the rest is 0. */
enum { GC_MAX_LEVELS = 60 };
struct gc_ladder {
    /* f(h) and f(-h); *h may be changed to the step that was really taken. 0: not defined there */
    int (*pair)(const struct gc_ladder *l, double *h, double *plus, double *minus);
    void *ctx; /* for pair, and so are these four: */
    struct gc_run *run;
    int tensor;
    size_t element;
    const double *d;
    double noise, f0;
    double good;    /* an error bar that needs no improvement (1e-9 of the value never does)               */
    double enough;  /* and so does one of this share of the value; 0: 1e-9 */
    double least_h; /* smaller steps are lost in rounding: those of float inputs                           */
    double value, error, chosen_h; /* f'(0): NaN and infinity where there is no answer         */
    double left, left_error, right,
        right_error; /* its one-sided values, after gc_ladder_sides              */
    int levels;
    double h[GC_MAX_LEVELS], plus[GC_MAX_LEVELS],
        minus[GC_MAX_LEVELS]; /* h falls                              */
};
/* levels 0: as many as it takes, 4 to 15 and, where the function asks for it, beyond both ends. */
void gc_ladder_climb(struct gc_ladder *l, double h0, int levels);
int gc_ladder_flat(const struct gc_ladder *l); /* every value was f0, to the last bit */
/* The one-sided slopes, from the levels there are and the finer ones it takes. 0: one of them is not
 * known. */
int gc_ladder_sides(struct gc_ladder *l);

/* ---- memory.c ---- */
/* bytes (a whole number of elements) of fresh memory that end at a guard page; NULL if there is none */
void *gc_memory_new(size_t bytes);
void *gc_memory_new_low(size_t bytes); /* the same, beginning after a guard page */
void gc_memory_free(void *p);
void gc_memory_read_only(void *p, int yes);
/* For messages: what lies at an address that faulted: "4 bytes past the end of dW", or the name alone. The
 * name given last by gc_memory_name is used (inputs "W", their gradients "dW"). Async-signal-safe. */
enum { GC_ELSEWHERE, GC_PAST_END, GC_BEFORE_START, GC_INSIDE, GC_GIVEN_BACK };
void gc_memory_name(void *p, const char *name);
int gc_memory_describe(const void *address, char *text, size_t room);
/* 1, or 0 if the bytes beside the array, up to its page's other end, were written; text as above */
int gc_memory_intact(const void *p, char *text, size_t room);

/* ---- child.c ---- */
/* Runs work(arg) in a child that shares r (which must come from gc_result_new). A crash, exit() or a
 * time-out becomes the verdict and a finding: GC_CONTRACT_BROKEN if the fault lies in an array of
 * memory.c, else GC_CRASH. Sentences begin with the stage up to its first comma or colon, so let stages
 * begin with who runs: "backward, direction 2 of W". Without fork(): calls work directly. */
void gc_in_child(gc_result *r, unsigned timeout_s, void (*work)(void *), void *arg);
void *gc_shared_new(size_t bytes); /* zeros that parent and child both see; NULL: there is no memory */
void gc_shared_free(void *p, size_t bytes);
int gc_is_child(void); /* 1 where a fault becomes a sentence: read-only arrays are then safe to use */
gc_result *gc_result_new(const char *name,
                         const gc_options *o); /* shared memory, zeroed; gc_free unmaps it */

/* ---- tensor.c (and gc_elements, gc_get, gc_set: gc.h) ---- */
size_t gc_size_of(gc_dtype dt);
int gc_has_gradient(const struct gc_run *run, int tensor); /* floating point, with GC_GRAD */

/* ---- calls.c ---- */

/* 1, or 0 with r->reason set (no memory, bad problem) */
int gc_run_open(struct gc_run *run, const gc_problem *p, const gc_options *o, gc_result *r);
void gc_run_close(struct gc_run *run);
/* The callbacks as they are, counted and timed; what they return. */
int gc_call_forward(struct gc_run *run, const gc_tensor *in, gc_tensor *out);
int gc_call_backward(struct gc_run *run, const gc_tensor *in, const gc_tensor *out, const gc_tensor *dout,
                     gc_tensor *din);
/* forward at what in[] holds now, into out[]. 0: refused */
int gc_run_forward(struct gc_run *run);
/* sum of v * out at what out[] holds now */
double gc_run_weigh(const struct gc_run *run);
/* both together; NaN if refused */
double gc_run_loss(struct gc_run *run);
/* backward at what in[] and out[] hold now, upstream dout[]: into din[], whose bytes are set to `byte`
 * before the call. Where the forward caches it comes first. 0: refused */
int gc_run_backward(struct gc_run *run, int byte);
/* the same into g (arrays as run->g), from gradients of NaN, or of 0 if the problem accumulates */
int gc_run_gradient(struct gc_run *run, double *const *g);
/* Are the losses seen so far those of a forward that computes in float? */
int gc_gives_floats(const struct gc_run *run);
/* every byte of n elements; 0xff is a NaN in both types */
void gc_fill_bytes(gc_tensor *t, size_t n, int byte);

/* ---- run.c ---- */
/* Draws the point, runs forward and backward, fills x, v, g. 0: refused or not finite. */
int gc_run_point(struct gc_run *run, int point);

/* ---- loss_on_line.c ---- */
/* The loss with in[tensor] moved to x + t d (tensor -1: all inputs with GC_GRAD, d their concatenation);
 * in[] is put back. */
double gc_run_loss_at(struct gc_run *run, int tensor, const double *d, double t);
/* the noise of the loss here, measured once per point; sets r->f32_inside */
double gc_run_noise(struct gc_run *run, int tensor, const double *d);
/* f'(0) along d: the ladder with this point's noise. */
void gc_run_derivative(struct gc_run *run, int tensor, const double *d, struct gc_ladder *l);
/* d f / d in[tensor][i] */
void gc_run_element(struct gc_run *run, int tensor, size_t i, struct gc_ladder *l);
/* The same at one step h, times max(|x_i|, typical), for two calls of the forward. *error: of rounding
 * alone. 0: not finite */
int gc_run_central(struct gc_run *run, int tensor, size_t i, double h, double *derivative, double *error);
/* max(|x_i|, typical): what a step along element i is measured in */
double gc_element_size(const struct gc_run *run, int tensor, size_t i);
/* Lets numbers of another kind (GC_SMALL_KIND) take steps of their own size, or no longer; the noise is
 * then measured anew. 0: there are none, or they do already. */
int gc_use_own_sizes(struct gc_run *run, int tensor, int yes);
/* Is the slope known in its own size, a tenth or better? */
int gc_is_known(const struct gc_ladder *l);
/* A direction has size 1 and an element its own: what the slope of a ladder is to be multiplied with to
 * compare slopes */
double gc_derivative_unit(const struct gc_ladder *l);
/* d_i = sign U[0.5,1.5] max(|x_i|, typical), at most |x_i| where GC_POSITIVE, 0 for GC_FIXED data that are
 * 0 */
void gc_sample_direction(const struct gc_run *run, int tensor, int which, double *d);
double gc_rtol(const struct gc_run *run, int tensor); /* of a ladder's comparison, by type and options */

/* ---- beside.c ---- */
/* Is a, the analytic slope along d or by an element, much the same at points beside this one? 0: no, it is
 * 0 or the rounding of sums that cancel. */
int gc_is_steady(struct gc_run *run, int tensor, const double *d, size_t element, double a);

/* ---- segment.c ---- */
/* The mean of the gradient along a segment through the point, and what the loss rises along it, both per
 * step along l's line, with the error bar of their difference. Corners do not matter. width: in steps; rtol:
 * of the integral. 0: the segment leaves the function's domain, or there is no memory. */
int gc_mean_slopes(const struct gc_ladder *l, double width, double rtol, double *analytic, double *numeric,
                   double *error);
/* Does a lie among the slopes along l's line that the gradient gives at points a little off in every
 * input? */
int gc_is_met_beside(const struct gc_ladder *l, double a);

/* ---- breaks.c ---- */
enum gc_break_kind { GC_NO_BREAK, GC_JUMP, GC_CORNER, GC_CURVE };
/* A break of the loss along l's line, t steps from the point: what is different on its two sides is the loss
 * itself, its slope or its curvature. */
struct gc_break {
    enum gc_break_kind kind;
    double t, left, right;
};
/* Smaller jumps, in units of the loss, are taken for those of a solver. */
#define GC_TOLERANCE 1e-5
/* The nearest one that stands out; GC_NO_BREAK: there is none, or they are too many to tell apart. */
struct gc_break gc_find_break(const struct gc_ladder *l);

/* ---- sample.c: the inputs of a point ---- */
/* Below this share of the typical number of its tensor, a number that is not 0 has a size of its own. */
#define GC_SMALL_KIND 1e-4
/* Is x such a number, in a tensor whose numbers are found to be of several kinds? It then moves in
 * proportion to itself, as numbers of another unit do. */
int gc_has_own_size(const struct gc_run *run, int tensor, double x, double typical);
/* Writes in[], x, v and typical. attempt > 0: milder, after a refusal. 0: there is no other draw to try. */
int gc_sample_point(struct gc_run *run, int attempt);

/* ---- tests: each looks at run's point and notes what it found ---- */
void gc_test_contract(struct gc_run *run);
/* contract_repeat.c: is the gradient of a tensor, which looks wrong at this point, the same in further
 * calls alike? 0: no, and it is noted. */
int gc_gradient_repeats(struct gc_run *run, int tensor);
void gc_test_direction(struct gc_run *run);
void gc_test_elements(struct gc_run *run);
void gc_test_complex(struct gc_run *run);
void gc_test_kinks(struct gc_run *run);
void gc_test_adjoint(struct gc_run *run);
void gc_test_reference(struct gc_run *run);
void gc_test_taylor(struct gc_run *run);
void gc_test_symmetry(struct gc_run *run);
void gc_test_hvp(struct gc_run *run);

/* ---- second.c ---- */
/* Hd by the problem's hessian at the point, for d over all inputs with GC_GRAD, one after the other: into
 * hd (as d; may be NULL), and *curve = d'Hd. 0: refused, or no memory */
int gc_hessian_along(struct gc_run *run, const double *d, double *hd, double *curve);

/* ---- check.c ---- */
gc_options
gc_sane(const gc_options *given); /* what was given, or the defaults, with values that can be used */

/* ---- settle.c: sets verdict and reason from the findings, for checks that are not gc_check ---- */
void gc_settle(gc_result *r);

/* ---- finding.c ---- */
void gc_text(char *to, size_t room, const char *format, ...);
/* says in r->stage what is about to run: a crash is then told with it */
void gc_stage(gc_result *r, const char *format, ...);
/* what the user should hear first has the highest rank */
int gc_rank(gc_verdict v);
gc_finding *gc_find(gc_result *r, unsigned test, int tensor); /* NULL: there is none */
/* The finding of this test and tensor, new or made worse; a scratch one if the one there is is as bad
 * already. */
gc_finding *gc_note(gc_result *r, unsigned test, int tensor, int point, gc_verdict verdict);

/* ---- judge.c ---- */
/* One comparison: GC_PASS, GC_FAIL, or GC_INCONCLUSIVE if 10 error bars exceed 1 % of the scale. gmax: the
 * largest |numeric| of the tensor. *allowed as reported. A NaN or infinity in a is GC_FAIL; in n
 * GC_INCONCLUSIVE. */
gc_verdict gc_judge(double a, double n, double error, double gmax, double rtol, double *allowed);
/* Do the one-sided slopes differ by more than their error bars? Then l->left and l->right are set. */
int gc_at_kink(struct gc_ladder *l);
/* Is a the slope that l found? As gc_judge, and a close failure is measured again, which may widen
 * l->error; a slope that is nothing but the rounding of the loss counts as 0. */
gc_verdict gc_judge_derivative(struct gc_ladder *l, double a, double gmax, double *allowed);
/* The error bar of a slope that is about to be called wrong by no more than a thousand bars, measured
 * again: how far do ladders from other first steps land? Among corners drowned in noise rungs agree by
 * accident, but not twice. */
void gc_measure_again(struct gc_ladder *l);
/* Notes a comparison if it is the worst of its test and tensor. NULL: it is not. The
 * caller writes `reason`. */
gc_finding *gc_note_derivative(const struct gc_ladder *l, unsigned test, gc_verdict verdict, double a,
                               double allowed, const char *detail);

/* ---- uncertain.c ---- */
/* why a derivative could not be judged, in a sentence: what the forward does beside the point */
void gc_say_uncertain(const struct gc_ladder *l, double a, char *reason);
void gc_doubt(struct gc_tally *tally, const struct gc_ladder *l, unsigned test, double a, double allowed);
/* After the last point: notes INCONCLUSIVE or KINK where that is most of what there is to say. */
void gc_settle_tally(gc_result *r, const struct gc_tally *tally, int tensor);

/* ---- direction.c ---- */
/* After the elements: a direction that disagreed while every element agrees is no proof of a wrong
 * gradient. */
void gc_reconsider_direction(struct gc_run *run, int tensor);

/* ---- element.c ---- */
/* Looks at one element, if it was not looked at before at this point. */
void gc_look_at(struct gc_run *run, int tensor, size_t i);
/* Looks at all elements, or, if there are more than `most`, at a sample. */
void gc_look_at_all(struct gc_run *run, int tensor, size_t most);
/* Of so many wrong elements the ladder takes the slope; of further ones two differences and a Richardson
 * step do. */
enum { GC_WRONG_LADDERS = 64 };
/* Borders of memory, of vectors and of tiles, of each axis, and random elements: their number. */
enum { GC_MOST_CHOSEN = 160 };
size_t gc_choose_elements(const struct gc_run *run, int tensor, size_t index[GC_MOST_CHOSEN]);
/* Counts an element as wrong, whatever was thought of it. */
void gc_sample_wrong(struct gc_run *run, int tensor, size_t i, double numeric, double error);
/* Judges the elements that were looked at here, notes them and keeps them if they tell more than
 * those of earlier points. */
void gc_judge_elements(struct gc_run *run, int tensor);

/* ---- plan.c ---- */
enum { GC_LARGE = 100000 }; /* numbers, from which on a problem is large */
void gc_plan(struct gc_run *run);
int gc_directions_planned(const struct gc_run *run);              /* of each tensor, at a point */
int gc_repeats_planned(const struct gc_run *run);                 /* of the same call, by its time, too */
size_t gc_elements_planned(const struct gc_run *run, int tensor); /* larger tensors: a sample */
double gc_seconds_left(const struct gc_run *run);
/* Tells o.progress, at most ten times a second unless `always`. */
void gc_show_progress(struct gc_run *run, int always);

/* ---- unused.c ---- */
void gc_note_used(struct gc_run *run);    /* at every point: which elements have a gradient */
void gc_count_unused(struct gc_run *run); /* after the last: how many have none, into the result */

/* ---- complex.c ---- */
/* After the last point: takes back what a complex forward said that was found to be another function. */
void gc_complex_done(struct gc_run *run);

/* ---- corner.c ---- */
/* Has the function a finite slope on both sides of in[tensor][i]? sqrt has none at 0. out[] moves. */
int gc_has_sides(struct gc_run *run, int tensor, size_t i);
/* equal values before (-1) or behind (+1) an element, as far as a window reaches */
int gc_has_equal(const struct gc_run *run, int tensor, size_t i, int side);
/* Counts which of the legal choices a is: at a zero, which slope; at a tie, which of the equals
 * takes the steeper one. */
void gc_count_choice(struct gc_run *run, const struct gc_ladder *l, double a);
/* Is a between the one-sided slopes, or a legal choice where several corners meet? */
int gc_is_legal_at_kink(struct gc_run *run, const struct gc_ladder *l, double a);
/* Where three are equal, moving one of them may move nothing, and yet one has the gradient: is a among
 * the slopes that this element has at points beside, where the tie is broken? */
int gc_is_legal_at_tie(struct gc_run *run, const struct gc_ladder *l, double a);
/* Into r->conventions, from what gc_count_choice has counted. */
void gc_say_conventions(struct gc_run *run);

/* ---- kink.c ---- */
/* Compares along directions in which equal values move alike and zeros stay: ties remain ties, so that the
 * function is smooth along them and every legal convention gives the same slope. GC_KINK: it is not smooth
 * along them either. */
gc_verdict gc_look_keyed(struct gc_run *run, int tensor, unsigned test);

/* ---- explain.c: fills pattern and cause of r->tensor[tensor], which failed at this point ---- */
void gc_diagnose(struct gc_run *run, int tensor);

#endif

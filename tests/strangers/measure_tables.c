/* measure_tables.c - what the checker said of the second zoo, for people and for programs. */
#include "measure.h"

#include "../../base/csv.h"
#include "../../base/json.h"

const char *outcome_name(enum outcome o)
{
    static const char *const name[] = {
        "caught", "missed", "passed", "false alarm", "undecided", "unfounded"
    };
    return name[o];
}

const char *naming_name(enum naming n)
{
    static const char *const name[] = { "not named", "named", "misleading" };
    return name[n];
}

/* the counts of one part and scale; of all w with that scale for the first of them only */
static struct tally count(const struct said *w, int n, enum part part, double scale)
{
    struct tally t = { 0 };
    for (int i = 0; i < n; i++)
        if (w[i].s.row->part == part && w[i].scale == scale) strangers_count(&t, &w[i]);
    return t;
}

/* the k-th scale in the order of appearance; 0: there is none */
static double scale_at(const struct said *w, int n, int k)
{
    for (int i = 0; i < n; i++) {
        int is_new = 1;
        for (int j = 0; j < i; j++) is_new &= w[j].scale != w[i].scale;
        if (is_new && k-- == 0) return w[i].scale;
    }
    return 0;
}

static void print_block(FILE *out, enum part part, double scale, const struct tally *t)
{
    if (!t->wrong && !t->right) return;
    fprintf(out, "%s part, loss scale %g\n", part_name(part), scale);
    fprintf(out, "  %3d wrong: %d caught, %d missed, %d undecided\n", t->wrong, t->outcome[CAUGHT][1],
            t->outcome[MISSED][1], t->outcome[UNDECIDED][1]);
    fprintf(out, "  %3d caught: %d named, %d not named, %d misleading\n", t->outcome[CAUGHT][1],
            t->naming[NAMED], t->naming[NOT_NAMED], t->naming[MISLEADING]);
    fprintf(out,
            "  %3d right: %d passed, %d false alarms, %d undecided, %d passed where nothing is measured\n",
            t->right, t->outcome[PASSED][0], t->outcome[FALSE_ALARM][0], t->outcome[UNDECIDED][0],
            t->outcome[UNFOUNDED][0]);
}

static int is_as_it_should_be(const struct said *w)
{
    unsigned flags = w->s.row->unit->flags;
    if (flags & DROWNED) return w->outcome == UNDECIDED || w->outcome == CAUGHT;
    if (w->outcome == UNDECIDED && (flags & FEW || (flags & SINGLE && w->s.row->cause == NOTHING))) return 1;
    return w->outcome == PASSED || (w->outcome == CAUGHT && w->naming != MISLEADING);
}

static void print_row(FILE *out, const struct said *w)
{
    char names[64];
    fprintf(out, "%-11s %s/%s/%s, scale %g, seed %d: %s: %s\n",
            w->outcome == CAUGHT ? naming_name(w->naming) : outcome_name(w->outcome), w->s.field,
            w->s.row->unit->name, w->s.row->name, w->scale, (int)w->seed, gc_verdict_name(w->verdict),
            w->s.row->words);
    if (w->outcome == CAUGHT)
        fprintf(out, "            should be %s; pattern '%s', cause '%s'\n",
                cause_names(w->s.row->cause, names), w->pattern, *w->cause ? w->cause : w->reason);
    else if (*w->reason)
        fprintf(out, "            reason '%s'\n", w->reason);
}

void strangers_print(FILE *out, const struct said *w, int n, int kept_too)
{
    double scale;
    for (int k = 0; (scale = scale_at(w, n, k)) != 0; k++)
        for (int part = OPEN; part < PARTS; part++) {
            struct tally t = count(w, n, (enum part)part, scale);
            print_block(out, (enum part)part, scale, &t);
        }
    for (int i = 0; i < n; i++)
        if (!is_as_it_should_be(&w[i]) && (kept_too || w[i].s.row->part != KEPT)) print_row(out, &w[i]);
}

void strangers_csv(FILE *out, const struct said *w, int n)
{
    fprintf(
        out,
        "field,unit,row,part,label,scale,seed,verdict,outcome,due,naming,forwards,backwards,seconds,pattern,cause,reason\n");
    for (int i = 0; i < n; i++) {
        const struct row *r = w[i].s.row;
        char names[64];
        fprintf(out, "%s,%s,%s,%s,%s,%g,%d,%s,%s,%s,%s,%zu,%zu,%.3g,", w[i].s.field, r->unit->name, r->name,
                part_name(r->part), r->cause ? "wrong" : "right", w[i].scale, (int)w[i].seed,
                gc_verdict_name(w[i].verdict), outcome_name(w[i].outcome), cause_names(r->cause, names),
                w[i].outcome == CAUGHT ? naming_name(w[i].naming) : "", w[i].forwards, w[i].backwards,
                w[i].seconds);
        csv_write(out, w[i].pattern, ',');
        csv_write(out, w[i].cause, ',');
        csv_write(out, w[i].reason, '\n');
    }
}

static void json_tally(struct json *j, enum part part, double scale, const struct tally *t)
{
    json_on_one_line(j);
    json_object(j, NULL);
    json_text(j, "part", part_name(part));
    json_number(j, "scale", scale);
    json_integer(j, "wrong", t->wrong);
    json_integer(j, "caught", t->outcome[CAUGHT][1]);
    json_integer(j, "missed", t->outcome[MISSED][1]);
    json_integer(j, "wrong_undecided", t->outcome[UNDECIDED][1]);
    json_integer(j, "named", t->naming[NAMED]);
    json_integer(j, "not_named", t->naming[NOT_NAMED]);
    json_integer(j, "misleading", t->naming[MISLEADING]);
    json_integer(j, "right", t->right);
    json_integer(j, "passed", t->outcome[PASSED][0]);
    json_integer(j, "false_alarms", t->outcome[FALSE_ALARM][0]);
    json_integer(j, "right_undecided", t->outcome[UNDECIDED][0]);
    json_integer(j, "unfounded", t->outcome[UNFOUNDED][0]);
    json_end(j);
}

void strangers_json(FILE *out, const struct said *w, int n)
{
    struct json j = json_begin(out);
    double scale;
    json_object(&j, NULL);
    json_list(&j, "counts");
    for (int k = 0; (scale = scale_at(w, n, k)) != 0; k++)
        for (int part = OPEN; part < PARTS; part++) {
            struct tally t = count(w, n, (enum part)part, scale);
            json_tally(&j, (enum part)part, scale, &t);
        }
    json_end(&j);
    json_list(&j, "rows");
    for (int i = 0; i < n; i++) {
        const struct row *r = w[i].s.row;
        char names[64];
        json_on_one_line(&j);
        json_object(&j, NULL);
        json_text(&j, "field", w[i].s.field);
        json_text(&j, "unit", r->unit->name);
        json_text(&j, "row", r->name);
        json_text(&j, "part", part_name(r->part));
        json_text(&j, "label", r->cause ? "wrong" : "right");
        json_number(&j, "scale", w[i].scale);
        json_integer(&j, "seed", (long long)w[i].seed);
        json_text(&j, "verdict", gc_verdict_name(w[i].verdict));
        json_text(&j, "outcome", outcome_name(w[i].outcome));
        json_text(&j, "due", r->cause ? cause_names(r->cause, names) : NULL);
        json_text(&j, "naming", w[i].outcome == CAUGHT ? naming_name(w[i].naming) : NULL);
        json_text(&j, "words", r->words);
        json_text(&j, "pattern", w[i].pattern);
        json_text(&j, "cause", w[i].cause);
        json_text(&j, "reason", w[i].reason);
        json_end(&j);
    }
    json_end(&j);
    json_end(&j);
}

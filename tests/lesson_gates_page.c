/* lesson_gates_page.c - lesson 1's real page with one thing made wrong at a time: each must be found.
 *
 * Where --update can cure it, the cured page must be the original, byte for byte.
 */
#include "lesson_gates.h"

#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"

static const struct mutation {
    const char *name, *find, *replace; /* the first place where `find` stands                 */
    const char *sentence;              /* what the report must say then, and not before       */
    int curable;                       /* does --update restore the original?                 */
} mutations[] = {
    { "stale snippet", "sum += xn[i] * wo[i];", "sum += xn[i] + wo[i];",
      "the code of 'reference/dense.c#dense_forward'", 1 },
    { "snippet of something gone", "dense.c#dense_forward -->", "dense.c#dense_fore -->",
      "defines no dense_fore", 0 },
    { "snippet of a file gone", "code: reference/dense.c#", "code: reference/danse.c#",
      "there is no file reference/danse.c", 0 },
    { "wrong console number", "L      0.5733", "L      0.5833", "the run of './rungs lesson 1'", 1 },
    { "wrong sign in console", "dy    -1.5144", "dy     1.5144", "the run of './rungs lesson 1'", 1 },
    { "console line lost", "  b2     0.5000\nforward\n", "forward\n", "the run of './rungs lesson 1'", 1 },
    { "verdict edited", "PASS  mlp.bwd.dx ", "FAIL  mlp.bwd.dx ", "the run of './rungs lesson 1 --check'",
      1 },
    { "unregistered id", "<!-- eq: mlp.bwd.db -->", "<!-- eq: mlp.bwd.dbb -->",
      "no check evaluates the formula 'mlp.bwd.dbb'", 0 },
    { "check without id", "<!-- eq: mlp.sgd -->\n", "<!-- -->\n",
      "mlp.sgd has a check but is on no page of the lesson", 0 },
    { "formula with a sign error", "w_{oi} - \\eta\\, \\frac", "w_{oi} + \\eta\\, \\frac",
      "the eq of 'mlp.sgd'", 1 },
    { "formula without its mean", "\\frac{1}{N}\\, (p_{no}", "(p_{no}", "the eq of 'mlp.bwd.xent'", 1 },
    { "stale table", "| the reference, in float |", "| the reference |", "the table of 'rungs dense_forward",
      1 },
    { "invented time", "| the reference, in float | ", "| the reference, in float | 9",
      "the table of 'rungs dense_forward", 1 },
    { "hand-edited number", "(-0.75) = 1.1358", "(-0.75) = 1.1385", "prints no 1.1385", 0 },
    { "sum that does not come out", "(-0.75) = 1.1358", "(-0.75) = 1.1385", "does not come out", 0 },
    { "lost sign on paper", "(1 - 0.2689) = -0.4466", "(1 - 0.2689) = 0.4466", "does not come out", 0 },
    { "finding that was not found", "median loss 0.008", "median loss 0.005", "prints no 0.005", 0 },
    { "numbers without an end", "<!-- /numbers -->", "", "needs a <!-- /numbers -->", 0 },
    { "code typed in by hand", "<!-- code: reference/loss.c#mse_backward -->\n", "",
      "this fence has no marker", 0 },
    { "formula typed in by hand", "<!-- eq: mlp.bwd.dw -->\n", "", "this fence has no marker", 0 },
    { "unknown marker", "<!-- code: reference/mlp.c", "<!-- coed: reference/mlp.c",
      "there is no marker 'coed'", 0 },
    { "wrong option", "| decades 1 abs 1e-14 -->", "| decades 1 abs much -->", "no list of", 0 },
    { "command gone", "run: ./rungs lesson 1 lies", "run: ./rungs lesson 1 lie", "ended with 64, not 0", 0 },
    { "figure not shown", "](rate.svg)", "](rats.svg)", "must show the picture", 0 },
    { "link to nowhere", "](formulas.c)", "](formulae.c)", "there is no lessons/01_mlp_backprop/formulae.c",
      0 },
    { "heading lost", "## Derivation\n", "", "'## Derivation' is missing", 0 },
    { "headings swapped", "## Maths\n", "## Experiment\n", "comes too late", 0 },
    { "empty section", "## Summary and next\n", "## Exercises\n\n## Summary and next\n",
      "section before this heading is empty", 0 },
    { "no heading of a lesson", "## Experiment\n", "## Experience\n", "'## Experience' is no heading", 0 },
    { "errata not linked", "](errata.md)", "](formulas.c)", "does not link to errata.md", 0 },
    { "verdict of a prediction", "**failed**: 5.12", "held: 5.12", "the outcome of 'dense_forward", 1 },
    { "prediction without its marker",
      "<!-- prediction: dense_forward 64x784x512 02_tile / 01_order: 2 to 3 times -->\n"
      "<!-- prediction: dense_backward_dx 64x512x256 02_tile / 01_order: 2 to 3 times -->\n"
      "<!-- prediction: dense_backward_dw 64x784x512 02_tile / 01_order: 2 to 3 times -->\n",
      "", "this paragraph predicts", 0 },
    { "term before its explanation", "Take the network of the picture",
      "Take the perceptron's FMA of the picture", "'FMA' is used here, before it is explained", 0 },
    { "term never explained", "in batches; once through all of them is an *epoch*", "in batches",
      "never explains 'epoch'", 0 },
    { "term explained by nothing",
      "(A start's *seed* is the number from which its random weights follow: the same seed, the same start.)",
      "A *seed* it is.", "with *seed* is too short", 0 },
    { "rung without explanation", "### `01_order`", "### Order",
      "the rung 01_order of dense_forward has no heading", 0 },
    { "explanation without rung", "### `01_order`", "### `01_order` and `01_odor`",
      "no ladder has a rung 01_odor", 0 },
    { "inline formula that GitHub eats", "$z_1 = 2", "$z_1 = \\, 2", "which GitHub's Markdown changes", 0 },
    { "lonely dollar", "$z_1 = 2", "z_1 = 2", "has no partner", 0 },
    { "title", "# 01. ", "# 1. ", "the page must start with", 0 },
};

static char *replaced(const char *page, const struct mutation *m)
{
    const char *at = strstr(page, m->find);
    if (!at) return NULL;
    char *wrong = memory_need(strlen(page) + strlen(m->replace) + 1, 1);
    sprintf(wrong, "%.*s%s%s", (int)(at - page), page, m->replace, at + strlen(m->find));
    return wrong;
}

/* of errata.md */
static const struct mutation errata_mutations[] = {
    { "erratum called right", "wrong: no biases", "right", "the run of './rungs lesson 1 errata'", 1 },
    { "true value of an erratum", "0.1017, -0.1083", "0.1017, -0.1093", "prints no 0.1093", 0 },
    { "formula typed in by hand", "<!-- eq: mlp.bwd.delta -->\n", "", "this fence has no marker", 0 },
    { "link to nowhere", "](errata.c)", "](errors.c)", "there is no lessons/01_mlp_backprop/errors.c", 0 },
    { "title", "# 01. ", "# 1. ", "the page must start with", 0 },
};

/* of README.zh.md */
static const struct mutation translation_mutations[] = {
    { "translation of an older text", "<!-- of: Maths ", "<!-- of: Maths 0",
      "'Maths' of README.md has changed", 0 },
    { "heading that was left in English", "## 推导", "## Derivation", "is here the heading '## 推导'", 0 },
    { "formula left out", "<!-- eq: mlp.fwd.relu -->\n", "", "here README.md has <!-- eq: mlp.fwd.relu -->",
      0 },
    { "section left out", "## 实验\n", "", "has 11 sections, and its translation 10", 0 },
    { "number by hand", "0.2689 - 0.75", "0.2698 - 0.75", "prints no 0.2698", 0 },
};

/* of a further page, which is in no folder */
static const char more[] =
    "# 01. More\n\n## One\n\nSome words, $1 + 1 = 2$, and [a link](main.c).\n\n## Two\n\n"
    "<!-- run: echo 1.5 -->\n```console\n$ echo 1.5\n1.5\n```\n";

static const struct mutation more_mutations[] = {
    { "console of a further page", "\n1.5\n", "\n1.6\n", "the run of 'echo 1.5'", 1 },
    { "sum of a further page", "1 + 1 = 2", "1 + 1 = 3", "does not come out", 0 },
    { "empty section of a further page", "## Two\n", "## Two\n\n## Three\n",
      "section before this heading is empty", 0 },
    { "link to nowhere", "](main.c)", "](men.c)", "there is no lessons/01_mlp_backprop/men.c", 0 },
    { "code typed in by hand", "## Two\n", "## Two\n\n```c\nint x;\n```\n", "this fence has no marker", 0 },
    { "title", "# 01. ", "# 1. ", "the page must start with", 0 },
};

struct source {
    const char *path, *text;
    const struct pages *pages;
};

static void test_mutation(const struct mutation *m, const struct source *p, const struct verdict *original)
{
    const char *page = p->text;
    char *wrong = replaced(page, m);
    expect(wrong != NULL, m->name, "the page holds nothing to be made wrong; change the test's row", m->find);
    if (!wrong) return;
    struct verdict v = judge_page(&lessons[0], p->path, wrong, p->pages);
    expect(v.problems + v.faults > original->problems + original->faults, m->name, "was not found",
           m->replace);
    expect(strstr(v.report, m->sentence) != NULL, m->name, "was found for another reason", v.report);
    expect(!strstr(original->report, m->sentence), m->name, "the unchanged page gets the same sentence",
           m->sentence);
    if (m->curable) expect(!strcmp(v.fresh, page), m->name, "is not cured by --update", m->find);
    verdict_free(&v);
    free(wrong);
}

static void test_page(const struct source *p, const struct mutation *m, size_t n)
{
    struct verdict original = judge_page(&lessons[0], p->path, p->text, p->pages);
    for (size_t i = 0; i < n; i++) test_mutation(&m[i], p, &original);
    verdict_free(&original);
}

/* the lesson with a page more, which it does not link to; and that page itself, right and wrong */
static void test_further(const char *path, const char *page, const struct pages *pages)
{
    struct page *all = memory_need((size_t)pages->n + 1, sizeof *all);
    char more_path[] = "lessons/01_mlp_backprop/more.md", more_name[] = "more.md", more_text[sizeof more];
    memcpy(all, pages->page, (size_t)pages->n * sizeof *all);
    strcpy(more_text, more);
    all[pages->n] = (struct page){ more_name, more_text };
    struct pages further = { pages->n + 1, all };
    struct verdict v = judge_page(&lessons[0], path, page, &further);
    expect(strstr(v.report, "does not link to more.md") != NULL, "further page", "may be linked from nowhere",
           v.report);
    verdict_free(&v);
    v = judge_page(&lessons[0], more_path, more, &further);
    expect(!v.problems && !v.faults, "further page", "a right one is rejected", v.report);
    verdict_free(&v);
    test_page(&(struct source){ more_path, more, &further }, more_mutations,
              sizeof more_mutations / sizeof *more_mutations);
    enum { LONG = 2600 };
    char *words = memory_need(LONG * 2 + 40, 1);
    strcpy(words, "# 01. More\n\n");
    for (int i = 0; i < LONG; i++) strcat(words, i % 20 ? "a " : "a\n");
    v = judge_page(&lessons[0], more_path, words, &further);
    expect(strstr(v.report, "no page of a lesson has more than") != NULL, "further page",
           "may have any length", v.report);
    verdict_free(&v);
    free(words);
    free(all);
}

/* what --update and the plain call walk through: README.md first, and every other page of the folder */
static void test_pages_found(const struct pages *pages)
{
    expect(pages->n == 3 && !strcmp(pages->page[0].name, "README.md") &&
               !strcmp(pages->page[1].name, "README.zh.md") && !strcmp(pages->page[2].name, "errata.md"),
           "pages of lesson 1", "are not README.md, README.zh.md and errata.md", "");
    struct pages none = pages_read(&(struct lesson){ .folder = "99_none" });
    expect(none.n == 1 && !none.page[0].text, "a lesson without a folder", "has a page", "");
    pages_free(&none);
}

void test_real_page(void)
{
    const char *const path = "lessons/01_mlp_backprop/README.md";
    struct pages pages = pages_read(&lessons[0]);
    test_pages_found(&pages);
    const char *page = pages.page[0].text;
    expect(page != NULL, path, "cannot be read; run this in the source tree", "");
    if (page) {
        test_page(&(struct source){ path, page, &pages }, mutations, sizeof mutations / sizeof *mutations);
        struct verdict v = judge_page(&lessons[0], path, page, NULL);
        expect(strstr(v.report, "both errata.c and errata.md") != NULL, "no errata.md", "was not found",
               v.report);
        expect(strstr(v.report, "mlp.bwd.delta has a check but is on no page") != NULL,
               "formula of a lost page", "was not found", v.report);
        verdict_free(&v);
        test_further(path, page, &pages);
    }
    if (page && pages.n > 1 && pages.page[1].text)
        test_page(&(struct source){ "lessons/01_mlp_backprop/README.zh.md", pages.page[1].text, &pages },
                  translation_mutations, sizeof translation_mutations / sizeof *translation_mutations);
    if (page && pages.n > 2 && pages.page[2].text)
        test_page(&(struct source){ "lessons/01_mlp_backprop/errata.md", pages.page[2].text, &pages },
                  errata_mutations, sizeof errata_mutations / sizeof *errata_mutations);
    pages_free(&pages);
}

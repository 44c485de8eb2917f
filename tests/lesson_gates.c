/* lesson_gates.c - does the tool that keeps the text true reject what is not? Small pages here, the real one
 * in lesson_gates_page.c. Runs in the source tree, with `rungs` in the PATH.
 */
#include "lesson_gates.h"
#include "../lessons/errata.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- formulas: x and y drawn, x + y = y + x and four that are wrong ---- */

static double x, y;

static void draw(uint64_t seed)
{
    x = 1 + (double)seed;
    y = 0.25 * (double)seed;
}

static int sum(double *out)
{
    return *out = x + y, 1;
}

static int difference(double *out)
{
    return *out = x - y, 1;
}

static int two_elements(double *out)
{
    return out[0] = out[1] = x + y, 2;
}

static int not_a_number(double *out)
{
    return *out = (double)NAN, 1;
}

static int zero(double *out)
{
    return *out = 0, 1;
}

static int nearly(double *out)
{
    return *out = (x + y) * (1 + 1e-11), 1;
}

static const struct formula formulas[] = {
    { "right", "x + y = y + x", sum, sum, 0 },
    { "sign", "x + y = x - y", sum, difference, 0 },
    { "count", "x + y = x + y", sum, two_elements, 0 },
    { "nan", "x = x", not_a_number, not_a_number, 0 },
    { "zero", "0 = 0", zero, zero, 0 },
    { "nearly", "x = x", sum, nearly, 0 },
    { "loose", "x \\approx x", sum, nearly, 1e-10 },
    { 0 },
};
static const struct lesson small = { "01", "01_small", "Small", NULL, draw, formulas };

static void test_formulas(void)
{
    static const struct {
        int right;
        const char *reason;
    } wanted[] = { { 1, "" },
                   { 0, "the left side is" },
                   { 0, "1 elements, the right side 2" },
                   { 0, "NaN" },
                   { 0, "zero" },
                   { 0, "the left side is" },
                   { 1, "" } };
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        struct formula_result r = formula_check(&small, &formulas[i], 7);
        expect(r.right == wanted[i].right && strstr(r.reason, wanted[i].reason), formulas[i].id,
               "judged wrongly", r.reason);
    }
}

/* ---- small pages ---- */

static const struct formula no_formulas[] = { { 0 } },
                            one_wrong[] = { { "sign", "x + y = x - y", sum, difference, 0 }, { 0 } };
static const struct lesson plain = { "01", "01_plain", "Plain", NULL, draw, no_formulas };
static const struct lesson mistaken = { "01", "01_mistaken", "Mistaken", NULL, draw, one_wrong };

#define RUN(command, options, body) \
    "<!-- run: " command options " -->\n```console\n$ " command "\n" body "```\n"

static const struct {
    const char *name, *page, *sentence; /* "": must pass */
} pages[] = {
    { "right", RUN("echo 1.5 apples", "", "1.5 apples\n"), "" },
    { "other word", RUN("echo 1.5 apples", " | tol 1", "1.5 pears\n"), "differs from the page" },
    { "number", RUN("echo 1.5 apples", "", "1.6 apples\n"), "differs from the page" },
    { "within tol", RUN("echo 100.0", " | tol 1e-2", "100.9\n"), "" },
    { "beyond tol", RUN("echo 100.0", " | tol 1e-2", "101.1\n"), "differs from the page" },
    { "within abs", RUN("echo 1e-16", " | abs 1e-14", "-3e-15\n"), "" },
    { "beyond abs", RUN("echo 1e-16", " | abs 1e-14", "2e-14\n"), "differs from the page" },
    { "within decades", RUN("echo 1e-9", " | decades 1", "7e-9\n"), "" },
    { "beyond decades", RUN("echo 1e-9", " | decades 1", "7e-8\n"), "differs from the page" },
    { "decades keep the sign", RUN("echo 1e-9", " | decades 1", "-1e-9\n"), "differs from the page" },
    { "masked time", RUN("echo took 1.5 s for 3 shapes", " | mask s,ms", "took 9.7 s for 3 shapes\n"), "" },
    { "not masked", RUN("echo took 1.5 s for 3 shapes", " | mask s,ms", "took 9.7 s for 4 shapes\n"),
      "differs from the page" },
    { "NaN", RUN("echo nan", " | abs 9", "1.0\n"), "differs from the page" },
    { "number in a name", RUN("echo 01_order", " | abs 9", "02_order\n"), "differs from the page" },
    { "a line more", RUN("echo a", "", "a\nb\n"), "differs from the page" },
    { "blanks do not count", RUN("echo 'a  b'", "", "a b\n"), "" },
    { "no console yet", "<!-- run: echo a -->\n\nwords\n", "differs from the page" },
    { "another command shown", "<!-- run: echo a -->\n```console\n$ echo  'a'\na\n```\n",
      "differs from the page" },
    { "failing command", RUN("exit 3", "", ""), "ended with 3, not 0" },
    { "failure as stated", RUN("exit 3", " | exit 3", ""), "" },
    { "missing program", RUN("no_such_program", "", "x\n"), "ended with 127" },
    { "a bar of the shell's", RUN("echo a b | wc -w", "", "2\n"), "" },
    { "sum", "<!-- numbers: echo 0.5 0.25 -->\n$0.5 \\cdot 0.5 = 0.25$ and 0.5\n<!-- /numbers -->\n", "" },
    { "number not printed", "<!-- numbers: echo 0.5 -->\n0.6\n<!-- /numbers -->\n", "prints no 0.6" },
    { "rounded as shown", "<!-- numbers: echo 0.5678 -->\n0.57 and 0.568\n<!-- /numbers -->\n", "" },
    { "rounded wrongly", "<!-- numbers: echo 0.5678 -->\n0.56\n<!-- /numbers -->\n", "prints no 0.56" },
    { "marker inside a fence", "```text\n<!-- run: exit 9 -->\n```\n", "" },
    { "no table", "<!-- table: rungs dense_forward 64x784 -->\n", "is no table" },
    { "table without a marker", "| rung |\n|---|\n\n_Measured nowhere yet._\n",
      "the table before this line" },
    { "no operation", "<!-- table: rungs dense_forwards 64x784x512 -->\n", "is no table" },
};

static void test_pages(void)
{
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        struct verdict v = judge(&plain, "page.md", "plots/data", 0, pages[i].page);
        int clean = !v.problems && !v.faults;
        expect(clean == !*pages[i].sentence && strstr(v.report, pages[i].sentence), pages[i].name,
               "judged wrongly", clean ? "it passes" : v.report);
        verdict_free(&v);
    }
    struct verdict v =
        judge(&mistaken, "page.md", "plots/data", 0, "<!-- eq: sign -->\n```math\nx + y = x - y\n```\n");
    expect(v.faults && strstr(v.report, "the formula sign is wrong"), "wrong formula on a page",
           "judged wrongly", v.report);
    verdict_free(&v);
}

/* what a command without its data leaves unlooked at is neither passed nor wrong, but said and counted */
static void test_skipped(void)
{
    static const struct {
        const char *page;
        int skipped, wrong;
    } cases[] = {
        { RUN("exit 77", "", "what other machines print\n"), 1, 0 },
        { RUN("exit 77", " | exit 77", ""), 0, 0 },
        { "<!-- numbers: echo no data; exit 77 -->\n1.5\n<!-- /numbers -->\n", 1, 0 },
        { "<!-- figure: tiny from exit 77 -->\n![words](tiny.svg)\n", 1, 0 },
        { RUN("exit 78", "", ""), 0, 1 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct verdict v = judge(&plain, "page.md", "plots/data", 0, cases[i].page);
        expect(v.skipped == cases[i].skipped && !!(v.problems + v.faults) == cases[i].wrong, "skipped",
               "judged wrongly", cases[i].page);
        expect(!v.skipped || strstr(v.report, "cannot run here"), "skipped", "is not said", v.report);
        expect(!strcmp(v.fresh, cases[i].page) || cases[i].wrong, "skipped", "changes the page", v.fresh);
        verdict_free(&v);
    }
}

static void test_sums(void)
{
    static const struct {
        const char *line;
        int good;
    } sums[] = {
        { "$2 \\cdot 0.5 + (-1) \\cdot 1.5 = -0.5$", 1 },
        { "$2 \\cdot 0.5 + (-1) \\cdot 1.5 = 0.5$", 0 },
        { "$\\frac{1}{1 + e^{1}} = 0.2689$", 1 },
        { "$\\frac{1}{1 + e^{1}} \\approx 0.2691$", 0 },
        { "$y = (0.2428 - 1)^2 = 0.5733$", 1 },
        { "$y = (0.2428 - 1)^2 = 0.5743$", 0 },
        { "$2 - 3 - 4 = -5$", 1 },
        { "$2 - 3 - 4 = 3$", 0 },
        { "$a = 1$ and $a = 2$", 1 },
        { "$6 / 3 = 2$ but $2 = 3$", 0 },
        { "$1 + x = 7$", 1 },
        { "$1 / 0 = 2$", 0 },
    };
    for (size_t i = 0; i < sizeof sums / sizeof *sums; i++) {
        struct text t = { .path = "page.md", .report = fopen("/dev/null", "w") };
        text_sums(&t, sums[i].line);
        fclose(t.report);
        expect((t.faults == 0) == sums[i].good, "sum", "judged wrongly", sums[i].line);
    }
}

/* ---- errata: a verdict that the numbers do not bear out ---- */

static void test_errata(void)
{
    static const struct {
        double printed, truth, correct;
        const char *mistake;
        int good;
    } rows[] = {
        { 1, 1, 1, NULL, 1 },         { 1, 2, 2, "sign", 1 },           { 1, 2, 2, NULL, 0 },
        { 1, 1, 1, "sign", 0 },       { 1, 2, 3, "sign", 0 },           { 1, 2, (double)NAN, "sign", 0 },
        { (double)NAN, 2, 2, "", 1 }, { 1, 1 + 1e-11, 1, "little", 0 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int before = errata_failures;
        errata_row("a row", "of this test", rows[i].printed, rows[i].truth, rows[i].correct, rows[i].mistake);
        expect(errata_failures - before == !rows[i].good, "erratum", "judged wrongly",
               rows[i].mistake ? rows[i].mistake : "");
    }
    static const struct {
        double printed, truth, correct;
        int good;
    } typed[] = { { 0, 1, 1 + 1e-7, 1 },
                  { (double)NAN, 1, 1, 1 },
                  { 0, (double)NAN, (double)NAN, 1 },
                  { 0, 1, 1 + 1e-5, 0 },
                  { 1, 1, 1, 0 },
                  { 0, (double)NAN, 0, 0 },
                  { (double)NAN, (double)NAN, 1, 0 } };
    for (size_t i = 0; i < sizeof typed / sizeof *typed; i++) {
        int before = errata_failures;
        errata_typed("a row", "in float", typed[i].printed, typed[i].truth, typed[i].correct, "in float");
        expect(errata_failures - before == !typed[i].good, "typed erratum", "judged wrongly", "");
    }
    int before = errata_failures;
    errata_right("a row", "of this test", 1, 2);
    expect(errata_failures == before + 1, "erratum", "judged wrongly", "right");
    errata_head();
    expect(errata_end() == 1, "errata", "a wrong correct form is no failure", "");
}

/* ---- pages with files of their own ---- */

static const char header[] = "op,rung,kind,shape,threads,cache,seconds,low,high,gflops,gbs,roof,roof_percent,"
                             "compiler,flags,cpu,commit,note\n";
static const char rows[] =
    "dense_forward,00_naive,rung,64x784x512,1,warm,0.01,0.009,0.011,5,1,fma,2.5,gcc,\"-O3, plain\",A "
    "CPU,abc,\n"
    "dense_forward,01_order,rung,64x784x512,1,warm,0.001,0.001,0.001,50,1,fma,25,gcc,-O3,A CPU,abc,\n"
    "dense_forward,01_order,rung,64x784x512,1,cold,1,1,1,1,1,fma,1,gcc,-O3,A CPU,abc,\n"
    "dense_forward,01_order,rung,64x784x512,4,warm,1,1,1,1,1,fma,1,gcc,-O3,A CPU,abc,quick: not for quoting\n"
    "dense_forward,00_naive,rung,64x784x512,2,warm,,,,,,,,gcc,-O3,A CPU,abc,needs more cores\n"
    "dense_forward,openblas,peer,64x784x512,1,warm,0.0005,0.0005,0.0005,100,1,fma,50,gcc,-O3,A CPU,abc,\n"
    "dense_forward,onednn,peer,64x784x512,1,warm,0.0005,0.0005,0.0005,100,1,fma,50,gcc,-O3,A CPU,abc,"
    "oneDNN 2; calls dnnl_f; may err\n";

static void write_file(const char *folder, const char *name, const char *a, const char *b)
{
    char path[300], content[4000];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    snprintf(content, sizeof content, "%s%s", a, b);
    if (!text_write(path, content)) exit(1);
}

static void test_measured(const char *folder)
{
    static const char *const wanted[] = {
        "| 1 thread | 2 threads |\n",
        "| `00_naive` | the reference, in float | 5 [4.55, 5.56] · 2 % · 1 × | needs more cores |",
        "50 [50, 50] · 25 % · 10 × | – |",
        "| openblas | a library | 100 [100, 100] · 50 % · 20 × |",
        "| onednn | a library: dnnl_f; may err | 100 [100",
        "on A CPU, gcc, commit abc"
    };
    static const char marker[] = "<!-- table: rungs dense_forward 64x784x512 -->\n\nwords\n";
    write_file(folder, "a_other.csv", "x,y\n1,2\n", "");
    write_file(folder, "b.csv", header, rows);
    struct verdict v = judge(&plain, "page.md", folder, 0, marker);
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        expect(strstr(v.fresh, wanted[i]) != NULL, "measured table", "lacks a cell", wanted[i]);
    expect(strstr(v.fresh, "\n\nwords\n") != NULL, "measured table", "eats what follows", v.fresh);
    /* 0.01 s for 64 x 784 numbers of x */
    static const char sizes[] = "<!-- table: sizes dense_forward -->\n", *const column =
                                                                             "`00_naive` | `01_order` |\n";
    struct verdict by_size = judge(&plain, "page.md", folder, 0, sizes);
    expect(strstr(by_size.fresh, column) && strstr(by_size.fresh, "| 64x784x512 | 199 | 19.9 |\n"),
           "table of sizes", "lacks a cell", by_size.fresh);
    expect(strstr(by_size.fresh, "on A CPU, gcc, commit abc: nanoseconds per element of x") != NULL,
           "table of sizes", "does not say where it is from", by_size.fresh);
    verdict_free(&by_size);
    by_size = judge(&plain, "page.md", "no/such/folder", 0, sizes);
    expect(strstr(by_size.fresh, "| 64x784x512 | not yet measured |\n") != NULL, "table of sizes",
           "invents times", by_size.fresh);
    verdict_free(&by_size);
    by_size = judge(&plain, "page.md", "no/such/folder", 0, "<!-- table: sizes xent_with_gradient -->\n");
    const char *few = strstr(by_size.fresh, "| 4096x2 |"), *many = strstr(by_size.fresh, "| 64x10 |");
    expect(few && many && few < many, "table of sizes", "is not in the order of the last size",
           by_size.fresh);
    verdict_free(&by_size);
    struct verdict again = judge(&plain, "page.md", folder, 0, v.fresh);
    expect(!again.problems && !strcmp(again.fresh, v.fresh), "measured table", "is not stable", again.report);
    char *cell = strstr(v.fresh, "50 [50, 50]");
    if (cell) cell[0] = '6';
    struct verdict edited = judge(&plain, "page.md", folder, 0, v.fresh);
    expect(edited.problems == 1, "measured table", "takes a number edited by hand", edited.report);
    verdict_free(&v), verdict_free(&again), verdict_free(&edited);
}

static int figure_problems(const char *folder, const char *image, const char *sentence)
{
    char path[300], page[200];
    snprintf(path, sizeof path, "%s/README.md", folder);
    snprintf(page, sizeof page, "<!-- figure: tiny from echo 'x,1.0' | tol 1e-3 -->\n%s\n", image);
    struct verdict v = judge(&plain, path, folder, 0, page);
    int found = v.problems + v.faults;
    expect(strstr(v.report, sentence) != NULL, "figure", "judged for another reason", v.report);
    verdict_free(&v);
    return found;
}

static void test_figures(const char *folder)
{
    static const char image[] = "![words](tiny.svg)", script[] = "plot 1\n";
    write_file(folder, "tiny.csv", "x,1.0\n", "");
    write_file(folder, "tiny.gp", script, "");
    write_file(folder, "tiny.png", "picture", "");
    write_file(folder, "tiny.svg", "<svg></svg>\n", "<!-- made from 0000000000000000 -->\n");
    expect(figure_problems(folder, image, "not drawn from these data") == 1, "figure",
           "a stale picture passes", "");
    /* the stamp of these data and this script, by FNV-1a worked out here once more */
    uint64_t h = 0xcbf29ce484222325u;
    char stamp[60];
    for (const char *c = "x,1.0\nplot 1\n"; *c; c++) h = (h ^ (unsigned char)*c) * 0x100000001b3u;
    snprintf(stamp, sizeof stamp, "<!-- made from %016llx -->\n", (unsigned long long)h);
    write_file(folder, "tiny.svg", "<svg></svg>\n", stamp);
    expect(figure_problems(folder, image, "") == 0, "figure", "a right picture is rejected", "");
    expect(figure_problems(folder, "![words](other.svg)", "must show the picture") == 1, "figure",
           "another picture passes", "");
    write_file(folder, "tiny.gp", script, "# changed\n");
    expect(figure_problems(folder, image, "not drawn from these data") == 1, "figure",
           "a changed script passes", "");
    write_file(folder, "tiny.gp", script, "");
    write_file(folder, "tiny.csv", "x,1.1\n", "");
    expect(figure_problems(folder, image, "is not what `echo 'x,1.0'` prints") > 0, "figure",
           "stale data pass", "");
}

static void remove_folder(const char *folder)
{
    static const char *const names[] = {
        "a_other.csv", "b.csv", "tiny.csv", "tiny.gp", "tiny.svg", "tiny.png"
    };
    char path[300];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    rmdir(folder);
}

int main(void)
{
    char folder[] = "/tmp/rungs_lesson_XXXXXX";
    if (!mkdtemp(folder)) return 1;
    test_formulas();
    test_pages();
    test_skipped();
    test_sums();
    test_errata();
    test_measured(folder);
    test_figures(folder);
    test_predictions();
    test_real_page();
    remove_folder(folder);
    return failures_told() != 0;
}

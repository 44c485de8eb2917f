/* lesson_gates_predictions.c - predictions: verdicts that the measurements do not bear out, predictions
 * without a marker, failures without a reason. Two made-up machines: on `fast` 01_order is ten times as fast
 * as 00_naive, on `slow` four times.
 */
#include "lesson_gates.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct formula no_formulas[] = { { 0 } };
static const struct lesson plain = { "01", "01_plain", "Plain", NULL, NULL, no_formulas };

static const char header[] = "op,rung,kind,shape,threads,cache,seconds,low,high,gflops,gbs,roof,roof_percent,"
                             "compiler,flags,cpu,commit,note\n";
#define ROW(rung, threads, seconds, gflops, note)                                     \
    "dense_forward," rung ",rung,64x784x512," threads ",warm," seconds ",1,1," gflops \
    ",1,fma,25,gcc,-O3,A CPU,abc," note "\n"

static const char fast[] = ROW("00_naive", "1", "0.01", "5", "") ROW("01_order", "1", "0.001", "50", "")
    ROW("07_threads", "1", "0.001", "50", "") ROW("07_threads", "2", "0.0005", "100", "")
        ROW("02_tile", "1", "0.0009", "55", "quick: not for quoting")
            ROW("05_avx512", "1", "", "", "needs AVX-512") ROW("03_packed", "1", "nan", "nan", "");
static const char slow[] = ROW("00_naive", "1", "0.04", "2", "") ROW("01_order", "1", "0.01", "8.125", "");

#define MARKER     "<!-- prediction: dense_forward 64x784x512 "
#define HEAD       "| rung | predicted | fast | slow |"
#define RULE       "\n|---|---|---|---|"
#define HEAD_FAST  "| rung | predicted | fast |\n|---|---|---|\n"
#define HEAD_ANY   "| rung | predicted | any machine |\n|---|---|---|\n"
#define ERROR_TEXT " why it failed |" RULE "---|\n"
#define ORDER      "| `01_order`, dense_forward 64x784x512 | "
#define FOUR_TO_TEN \
    MARKER "01_order / 00_naive: 4 to 10 times -->\n" HEAD RULE "\n" ORDER "4 to 10 × `00_naive` | "
#define AT_LEAST_8 \
    MARKER "01_order / 00_naive: at least 8 times -->\n" HEAD ERROR_TEXT ORDER "at least 8 × `00_naive` | "

static const struct {
    const char *name, *page, *sentence; /* "": must pass */
} pages[] = {
    { "held", FOUR_TO_TEN "held: 10 | held: 4 |\n", "" },
    { "stale value", FOUR_TO_TEN "held: 9 | held: 4 |\n", "is not what is written here" },
    { "stale verdict", FOUR_TO_TEN "held: 10 | **failed**: 4 |\n", "is not what is written here" },
    { "verdict without a measurement", FOUR_TO_TEN "held: 10 | not measured |\n",
      "is not what is written here" },
    { "no table yet", MARKER "01_order / 00_naive: 4 to 10 times -->\n", "is not what is written here" },
    { "failed, explained", AT_LEAST_8 "held: 10 | **failed**: 4 | naive has 2 GFLOP/s |\n", "" },
    { "failed, called held", AT_LEAST_8 "held: 10 | held: 4 | naive has 2 GFLOP/s |\n",
      "is not what is written here" },
    { "failed, not explained", AT_LEAST_8 "held: 10 | **failed**: 4 |  |\n", "say why" },
    { "failed, no evidence", AT_LEAST_8 "held: 10 | **failed**: 4 | bad luck |\n", "shows no evidence" },
    { "evidence by a link", AT_LEAST_8 "held: 10 | **failed**: 4 | see [text.h](text.h) |\n", "" },
    { "figure that was measured", AT_LEAST_8 "held: 10 | **failed**: 4 | it has 8.1 GFLOP/s |\n", "" },
    { "figure that nobody measured", AT_LEAST_8 "held: 10 | **failed**: 4 | it has 8.2 GFLOP/s |\n",
      "prints no 8.2" },
    { "explained without a failure", FOUR_TO_TEN "held: 10 | held: 4 | naive has 2 GFLOP/s |\n",
      "is not what is written here" },
    { "two threads",
      MARKER
      "07_threads on 2 / 07_threads: 1.8 to 2.2 times -->\n" HEAD_FAST
      "| `07_threads` on 2 threads, dense_forward 64x784x512 | 1.8 to 2.2 × `07_threads` | held: 2 |\n",
      "" },
    { "share of the roof",
      MARKER
      "00_naive: at most 30 % of the roof -->\n" HEAD RULE
      "\n| `00_naive`, dense_forward 64x784x512 | at most 30 % of the roof | held: 25 % | held: 25 % |\n",
      "" },
    { "a machine that lacks the instructions",
      MARKER "05_avx512 / 00_naive: at least 8 times -->\n" HEAD_FAST
             "| `05_avx512`, dense_forward 64x784x512 | at least 8 × `00_naive` | not measured: needs "
             "AVX-512 |\n",
      "" },
    { "quick runs do not count",
      MARKER "02_tile / 00_naive: at least 8 times -->\n" HEAD_ANY
             "| `02_tile`, dense_forward 64x784x512 | at least 8 × `00_naive` | not measured |\n",
      "" },
    { "a time that is NaN",
      MARKER "03_packed / 00_naive: at least 1 times -->\n" HEAD_FAST
             "| `03_packed`, dense_forward 64x784x512 | at least 1 × `00_naive` | not measured |\n",
      "" },
    { "a shape of several words",
      "### `01_rows`\n\nWords.\n\n<!-- prediction: conv2d_forward \"n64 c3 h8 w8 k4 r3 s3 pad1\" 01_rows / "
      "00_naive: 2 to 4 times -->\n" HEAD_ANY
      "| `01_rows`, conv2d_forward N64 C3 H8 W8 K4 R3 S3 pad1 | 2 to 4 × "
      "`00_naive` | not measured |\n",
      "" },
    { "a shape without its end",
      "<!-- prediction: conv2d_forward \"N64 C3 H8 W8 K4 R3 S3 01_rows / 00_naive: 2 to 4 times -->\n",
      "is no prediction" },
    { "several words that are no shape",
      "<!-- prediction: conv2d_forward \"N64 C3\" 01_rows / 00_naive: 2 to 4 times -->\n",
      "is no prediction" },
    { "no such rung", MARKER "01_odor / 00_naive: 4 to 10 times -->\n", "is no prediction" },
    { "no such baseline", MARKER "01_order / 00_nave: 4 to 10 times -->\n", "is no prediction" },
    { "no baseline", MARKER "01_order: 4 to 10 times -->\n", "is no prediction" },
    { "no interval", MARKER "01_order / 00_naive: faster -->\n", "is no prediction" },
    { "interval upside down", MARKER "01_order / 00_naive: 10 to 4 times -->\n", "is no prediction" },
    { "no unit", MARKER "01_order / 00_naive: 4 to 10 -->\n", "is no prediction" },
    { "no such shape", "<!-- prediction: dense_forward 64x784 01_order / 00_naive: 4 to 10 times -->\n",
      "is no prediction" },
    { "no thread", MARKER "07_threads on 0 / 07_threads: 1 to 2 times -->\n", "is no prediction" },
    { "prediction without a marker", "Prediction: twice.\n", "this paragraph predicts" },
    { "in other words", "It should gain\nthree percent.\n\n### Next\n", "this paragraph predicts" },
    { "marker of another section", "We predict 4 to 10.\n\n### Next\n\n" FOUR_TO_TEN "held: 10 | held: 4 |\n",
      "this paragraph predicts" },
    { "prediction with its marker", "We predict 4 to 10.\n\n" FOUR_TO_TEN "held: 10 | held: 4 |\n", "" },
    { "no quantity", "Predictions are compared with measurements.\n", "" },
    { "rung without a prediction", "### `01_order`\n\nWords.\n", "predicts nothing" },
    { "rung with a prediction", "### `01_order`\n\nWords.\n\n" FOUR_TO_TEN "held: 10 | held: 4 |\n", "" },
    { "one of two rungs", "### `01_order` and `02_tile`\n\n" FOUR_TO_TEN "held: 10 | held: 4 |\n",
      "about 02_tile predicts nothing" },
};

static void write_machine(const char *folder, const char *name, const char *rows)
{
    char path[300], content[4000];
    snprintf(path, sizeof path, "%s/%s.csv", folder, name);
    snprintf(content, sizeof content, "%s%s", header, rows);
    if (!text_write(path, content)) exit(1);
}

static void remove_machine(const char *folder, const char *name)
{
    char path[300];
    snprintf(path, sizeof path, "%s/%s.csv", folder, name);
    unlink(path);
}

void test_predictions(void)
{
    char folder[] = "/tmp/rungs_predictions_XXXXXX";
    if (!mkdtemp(folder)) exit(1);
    write_machine(folder, "fast", fast);
    write_machine(folder, "slow", slow);
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        struct verdict v = judge(&plain, "page.md", folder, 0, pages[i].page);
        int clean = !v.problems && !v.faults;
        expect(clean == !*pages[i].sentence && strstr(v.report, pages[i].sentence), pages[i].name,
               "judged wrongly", clean ? "it passes" : v.report);
        verdict_free(&v);
    }
    /* --update mends the verdicts and keeps the reason */
    struct verdict v =
        judge(&plain, "page.md", folder, 0, AT_LEAST_8 "held: 11 | held: 4 | naive has 2 GFLOP/s |\n");
    expect(!strcmp(v.fresh, AT_LEAST_8 "held: 10 | **failed**: 4 | naive has 2 GFLOP/s |\n"), "prediction",
           "is not mended", v.fresh);
    verdict_free(&v);
    /* and where a machine has been added since */
    v = judge(&plain, "page.md", folder, 0,
              MARKER
              "01_order / 00_naive: at least 8 times -->\n| rung | predicted | slow | why it failed |\n"
              "|---|---|---|---|\n" ORDER
              "at least 8 × `00_naive` | **failed**: 4 | naive has 2 GFLOP/s |\n");
    expect(!strcmp(v.fresh, AT_LEAST_8 "held: 10 | **failed**: 4 | naive has 2 GFLOP/s |\n"), "prediction",
           "loses its reason", v.fresh);
    verdict_free(&v);
    /* where nobody has measured anything, nothing is held */
    v = judge(&plain, "page.md", "no/such/folder", 0, MARKER "01_order / 00_naive: 4 to 10 times -->\n");
    expect(strstr(v.fresh, "| any machine |") && strstr(v.fresh, "| not measured |"), "prediction",
           "is judged without data", v.fresh);
    verdict_free(&v);
    remove_machine(folder, "fast");
    remove_machine(folder, "slow");
    rmdir(folder);
}

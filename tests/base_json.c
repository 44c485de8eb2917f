/* base_json.c - JSON and CSV for programs: byte by byte, and cells that come back as they were. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../base/csv.h"
#include "../base/json.h"

static const struct {
    const char *text, *json;
} texts[] = {
    { "plain", "\"plain\"" },
    { "", "\"\"" },
    { "quote \" and \\", "\"quote \\\" and \\\\\"" },
    { "line\nend\ttab\x1b", "\"line\\u000aend\\u0009tab\\u001b\"" },
    { "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x99\x82", "\"\xc3\xa9 \xe2\x82\xac \xf0\x9f\x99\x82\"" },
    { "\xff\xfe", "\"\\ufffd\\ufffd\"" },                       /* never in UTF-8               */
    { "\xc0\xaf", "\"\\ufffd\\ufffd\"" },                       /* an overlong '/'              */
    { "\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\"" },            /* half of a surrogate pair     */
    { "\xf4\x90\x80\x80", "\"\\ufffd\\ufffd\\ufffd\\ufffd\"" }, /* above U+10FFFF               */
    { "\xe2\x82", "\"\\ufffd\\ufffd\"" },                       /* cut off at the end           */
};

static int check_texts(void)
{
    int wrong = 0;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char got[100] = "";
        FILE *f = fmemopen(got, sizeof got, "w");
        if (!f) return 1;
        json_put_text(f, texts[i].text);
        fclose(f);
        if (!strcmp(got, texts[i].json)) continue;
        printf("FAIL: text %zu became %s, not %s\n", i, got, texts[i].json);
        wrong++;
    }
    return wrong;
}

static const char document[] = "{\n"
                               "  \"name\": \"a\",\n"
                               "  \"nan\": null,\n"
                               "  \"third\": 0.3333333333,\n"
                               "  \"no\": null,\n"
                               "  \"empty\": [],\n"
                               "  \"rows\": [\n"
                               "    { \"n\": -1, \"is\": true },\n"
                               "    { \"n\": 2, \"is\": false, \"deep\": [1, 2] }\n"
                               "  ],\n"
                               "  \"last\": {\n"
                               "    \"x\": 1\n"
                               "  }\n"
                               "}\n";

static int check_document(void)
{
    char got[1000] = "";
    FILE *f = fmemopen(got, sizeof got, "w");
    if (!f) return 1;
    struct json j = json_begin(f);
    json_object(&j, NULL);
    json_text(&j, "name", "a");
    json_number(&j, "nan", nan(""));
    json_number(&j, "third", 1 / 3.0);
    json_text(&j, "no", NULL);
    json_list(&j, "empty");
    json_end(&j);
    json_list(&j, "rows");
    for (int i = 0; i < 2; i++) {
        json_on_one_line(&j);
        json_object(&j, NULL);
        json_integer(&j, "n", i ? 2 : -1);
        json_truth(&j, "is", !i);
        if (i) {
            json_list(&j, "deep");
            json_integer(&j, NULL, 1);
            json_integer(&j, NULL, 2);
            json_end(&j);
        }
        json_end(&j);
    }
    json_end(&j);
    json_object(&j, "last");
    json_number(&j, "x", 1);
    json_end(&j);
    json_end(&j);
    fclose(f);
    if (!strcmp(got, document)) return 0;
    printf("FAIL: the document is\n%s", got);
    return 1;
}

static int check_cells(void)
{
    static const char *const cell[] = { "plain", "a,b", "say \"so\"", "two\nlines", "", "\r", "100 %" };
    enum { CELLS = sizeof cell / sizeof *cell };
    char text[400] = "", error[256];
    FILE *f = fmemopen(text, sizeof text, "w");
    if (!f) return 1;
    for (int header = 1; header >= 0; header--)
        for (int i = 0; i < CELLS; i++) csv_write(f, cell[i], i + 1 == CELLS ? '\n' : ',');
    fclose(f);
    struct csv t;
    if (!csv_parse(&t, text, strlen(text), "test", error)) {
        printf("FAIL: %s\n", error);
        return 1;
    }
    int wrong = t.columns != CELLS || t.rows != 1;
    for (int i = 0; !wrong && i < CELLS; i++) wrong += strcmp(csv_cell(&t, 0, i), cell[i]) != 0;
    csv_free(&t);
    if (wrong) printf("FAIL: cells do not come back: %s", text);
    return wrong;
}

int main(void)
{
    int wrong = check_texts() + check_document() + check_cells();
    printf("%d wrong\n", wrong);
    return wrong != 0;
}

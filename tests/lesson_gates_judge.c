/* lesson_gates_judge.c - what text_refresh and text_form say about a page, and the count of what
 * they should have said. */
#include "lesson_gates.h"

#include <stdlib.h>
#include <string.h>

static int failures, checks;

void expect(int good, const char *name, const char *sentence, const char *detail)
{
    checks++;
    if (good) return;
    failures++;
    printf("FAIL  %s: %s: %s\n", name, sentence, detail);
}

static struct verdict judge_text(struct text t, int form, const char *page)
{
    struct verdict v = { 0 };
    size_t size;
    t.report = open_memstream(&v.report, &size);
    if (!t.report) exit(1);
    v.fresh = text_refresh(&t, page);
    if (form)
        text_form(&t, v.fresh);
    else
        text_forecasts(&t, v.fresh);
    fclose(t.report);
    v.problems = t.problems;
    v.faults = t.faults;
    v.skipped = t.skipped;
    return v;
}

struct verdict judge(const struct lesson *l, const char *path, const char *data, int form, const char *page)
{
    return judge_text((struct text){ .lesson = l, .path = path, .data = data }, form, page);
}

struct verdict judge_page(const struct lesson *l, const char *path, const char *page,
                          const struct pages *pages)
{
    const char *name = strrchr(path, '/') + 1;
    return judge_text(
        (struct text){
            .lesson = l, .path = path, .data = "plots/data", .kind = page_kind(name), .pages = pages },
        1, page);
}

void verdict_free(struct verdict *v)
{
    free(v->report);
    free(v->fresh);
}

int failures_told(void)
{
    printf("%d checks, %d failures\n", checks, failures);
    return failures;
}

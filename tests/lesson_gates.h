/* lesson_gates.h - the parts of the gates' test. */
#ifndef RUNGS_LESSON_GATES_H
#define RUNGS_LESSON_GATES_H

#include "../lessons/doc_sync.h"

/* What text_refresh and text_form say about a page; free both. */
struct verdict {
    char *report, *fresh;
    int problems, faults, skipped;
};

struct verdict judge(const struct lesson *l, const char *path, const char *data, int form, const char *page);

/* The same for one of a lesson's pages, form included; `pages` are all of them, or NULL. */
struct verdict judge_page(const struct lesson *l, const char *path, const char *page,
                          const struct pages *pages);
void verdict_free(struct verdict *v);

/* Prints the sentence and counts one failure if `good` is 0. */
void expect(int good, const char *name, const char *sentence, const char *detail);

/* Prints how many were counted, and returns it. */
int failures_told(void);

/* Predictions and made-up measurements. */
void test_predictions(void);

/* Mutations of the lessons' real page. */
void test_real_page(void);

#endif

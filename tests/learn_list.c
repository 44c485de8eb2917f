/* learn_list.c - the list of exercises against what it names: where to read is a heading of the lesson, a
 * harder exercise is the lesson's own, counts in a text are those of its versions, and a function that
 * several files begin with is the same in all of them. `learn_list SOURCE`. Wrong versions of each check are
 * rejected.
 */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../learn/judged.h"

static int bad;

static void expect(int holds, const char *number, const char *what, const char *of)
{
    if (!holds) printf("FAIL: %s: %s '%s'\n", number, what, of), bad = 1;
}

/* ---- where to read ---- */

static int has_heading(const char *path, const char *title)
{
    char line[4096];
    int found = 0;
    FILE *f = fopen(path, "r");
    while (f && !found && fgets(line, sizeof line, f)) {
        size_t level = strspn(line, "#");
        line[strcspn(line, "\n")] = '\0';
        found = level >= 2 && line[level] == ' ' && !strcmp(line + level + 1, title);
    }
    if (f) fclose(f);
    return found;
}

/* 1 if the page (NULL: README) of the lesson has that heading */
static int can_be_read(const char *source, int lesson, const char *page, const char *title)
{
    char pattern[4096];
    glob_t found;
    snprintf(pattern, sizeof pattern, "%s/lessons/%02d_*/%s.md", source, lesson, page ? page : "README");
    int is_there =
        !glob(pattern, 0, NULL, &found) && found.gl_pathc == 1 && has_heading(*found.gl_pathv, title);
    globfree(&found);
    return is_there;
}

static void check_reading(const char *source)
{
    for (const struct exercise *e = exercises(); e->number; e++)
        expect(can_be_read(source, exercise_lesson(e), e->page, e->section), e->number, "no such heading",
               e->section);
    expect(can_be_read(source, 1, NULL, "The naive C"), "1", "not found", "The naive C");
    expect(!can_be_read(source, 1, NULL, "The naive"), "1", "found", "a part of a heading");
    expect(!can_be_read(source, 1, NULL, "01. Backpropagation through a multi-layer perceptron"), "1",
           "found", "the page's title");
    expect(!can_be_read(source, 4, NULL, "The bill"), "4", "found", "a heading of another page");
    expect(!can_be_read(source, 4, "mouon", "The bill"), "4", "found", "a heading of no page");
    expect(!can_be_read(source, 8, NULL, "The naive C"), "8", "found", "a heading of no lesson");
}

/* ---- harder exercises ---- */

static void check_skipping(void)
{
    char number[2] = "1";
    for (; *number <= '7'; ++*number) {
        const struct exercise *e = exercise_skipping(*number - '0');
        expect(e && exercise_is_of(e, *number - '0'), number, "no harder exercise of lesson", number);
    }
    expect(!exercise_skipping(8), "8", "a harder exercise of", "no lesson");
}

/* ---- counts in texts ---- */

/* the text of the exercise with one blank for each line end: a sentence of it can be found */
static int says(const char *number, const char *sentence)
{
    const char *text = exercise_start(exercise_find(number));
    char *line = calloc(1, strlen(text) + 1), *to = line;
    if (!line) return 0;
    while (*text) {
        if (!strncmp(text, "\n *", 3)) text += 3, text += strspn(text, " "), *to++ = ' ';
        if (*text) *to++ = *text++;
    }
    int found = strstr(line, sentence) != NULL;
    free(line);
    return found;
}

static int has_versions(const char *number, int right, int wrong)
{
    for (const struct version *v = exercise_find(number)->judged->versions; v->name; v++)
        v->is_wrong ? wrong-- : right--;
    return !right && !wrong;
}

static void check_counts(void)
{
    static const struct {
        const char *number, *sentence;
        int right, wrong;
    } counts[] = { { "1.6", "16 are right and 21 are wrong", 16, 21 },
                   { "3.6", "each once right and once with a common mistake", 6, 6 },
                   { "4.3", "Ten are not Adam. Four are", 4, 10 },
                   { "4.3", "with all fourteen w comes down", 4, 10 },
                   { "7.3", "Nine are wrong; eight of those", 3, 9 },
                   { "7.3", "Three are right", 3, 9 } };
    for (size_t k = 0; k < sizeof counts / sizeof *counts; k++) {
        expect(says(counts[k].number, counts[k].sentence), counts[k].number, "does not say",
               counts[k].sentence);
        expect(has_versions(counts[k].number, counts[k].right, counts[k].wrong), counts[k].number,
               "has other versions than", counts[k].sentence);
    }
    expect(says("6.6", "Each generator runs with ten seeds") && exercise_find("6.6")->judged->runs == 10,
           "6.6", "does not run with", "ten seeds");
    expect(!says("1.6", "16 are right and 20 are wrong"), "1.6", "says", "20 are wrong");
    expect(!has_versions("1.6", 16, 20) && !has_versions("1.6", 15, 21), "1.6", "has", "other counts");
}

/* ---- functions that several files begin with ---- */

/* the body of the function in what the exercise begins with; NULL: it has none */
static const char *body_of(const char *number, const char *name, size_t *length)
{
    char head[100];
    snprintf(head, sizeof head, " %s(", name);
    const char *at = strstr(exercise_start(exercise_find(number)), head);
    const char *body = at ? strchr(at, '{') : NULL, *end = body ? strstr(body, "\n}\n") : NULL;
    *length = end ? (size_t)(end - body) : 0;
    return end ? body : NULL;
}

static int are_alike(const char *name, const char *one, const char *other)
{
    size_t n, length;
    const char *body = body_of(one, name, &n), *again = body_of(other, name, &length);
    return body && again && n == length && !memcmp(body, again, n);
}

static void check_shared(void)
{
    static const struct {
        const char *name, *number[5];
    } shared[] = { { "results", { "7.1", "7.2", "7.5", "7.6", "7.7" } },
                   { "at", { "7.1", "7.2", "7.5", "7.6", "7.7" } },
                   { "one", { "7.5", "7.6", "7.7" } },
                   { "conv2d_forward", { "7.5", "7.6", "7.7" } },
                   { "quad_at", { "1.9", "1.10", "7.6" } },
                   { "drop_block", { "6.3", "6.4" } },
                   { "dropout_half", { "6.3", "6.4" } } };
    for (size_t k = 0; k < sizeof shared / sizeof *shared; k++)
        for (int i = 1; i < 5 && shared[k].number[i]; i++)
            expect(are_alike(shared[k].name, shared[k].number[0], shared[k].number[i]), shared[k].number[i],
                   "differs from the same in others:", shared[k].name);
    expect(!are_alike("conv2d_forward", "7.1", "7.5"), "7.5", "is taken for that of 7.1:", "conv2d_forward");
    expect(!are_alike("one", "7.1", "7.5"), "7.1", "has no", "one");
}

int main(int argc, char **argv)
{
    if (argc != 2) return 2;
    check_reading(argv[1]);
    check_skipping();
    check_counts();
    check_shared();
    return bad;
}

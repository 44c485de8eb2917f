/* calls.c - a kernel that calls a function of the host, which nvcc refuses and a CPU would run.
 *
 * Only what a reader of the one file sees without doubt is refused: a function that is defined once, at
 * file scope, with neither __device__ nor constexpr nor template, and called by its bare name. */
#include "cu2cpp.h"

#include <ctype.h>
#include <string.h>

enum { MOST = 2000 };

struct function {
    int name, body, end; /* words: its name, its { and its } */
    int device, host_only;
};

/* The first word of the declaration that word i belongs to. */
static int begin_of_declaration(const struct file *f, int i)
{
    int begin = i;
    while (begin > 0 && !is_sign(f, begin - 1, ';') && !is_sign(f, begin - 1, '}') &&
           !is_sign(f, begin - 1, '{') && !f->word[begin - 1].directive)
        begin--;
    return begin;
}

static int has_word(const struct file *f, int from, int to, const char *text)
{
    for (int i = from; i < to; i++)
        if (is_word(f, i, text)) return 1;
    return 0;
}

static int same_name(const struct file *f, int i, int j)
{
    return f->word[i].length == f->word[j].length &&
           !memcmp(f->text + f->word[i].at, f->text + f->word[j].at, f->word[i].length);
}

/* A macro's name, probably, which may stand for __device__: HOST_DEVICE_INLINE */
static int has_macro(const struct file *f, int from, int to)
{
    for (int i = from; i < to; i++) {
        const char *c = f->text + f->word[i].at, *end = c + f->word[i].length;
        if (f->word[i].kind != NAME || end - c < 2) continue;
        while (c < end && !islower((unsigned char)*c)) c++;
        if (c == end) return 1;
    }
    return 0;
}

/* The function whose body opens at i; 0: it is none, or an unusual one. */
static int function_at(const struct file *f, int i, struct function *to)
{
    if (!is_sign(f, i, '{') || f->word[i].scope || f->word[i].directive || !is_sign(f, i - 1, ')')) return 0;
    int open = matching_back(f, i - 1), close = matching(f, i);
    if (open < 2 || close < 0 || f->word[open - 1].kind != NAME || is_sign(f, open - 2, ':')) return 0;
    int begin = begin_of_declaration(f, open - 1), name = open - 1;
    int device = has_word(f, begin, name, "__global__") || has_word(f, begin, name, "__device__");
    int other = has_word(f, begin, name, "constexpr") || has_word(f, begin, name, "template") ||
                has_word(f, begin, name, "operator") || has_macro(f, begin, name);
    *to = (struct function){ name, i, close, device && !has_word(f, begin, name, "__host__"),
                             !device && !other };
    return begin < name;
}

/* Is the name anywhere at file scope, or in a macro, other than in this definition and in plain calls? */
static int is_doubtful(const struct file *f, const struct function *function)
{
    for (int i = 0; i < f->words; i++) {
        if (i == function->name || f->word[i].kind != NAME || !same_name(f, i, function->name)) continue;
        if (f->word[i].directive || f->word[i].scope == 0) return 1;
    }
    return 0;
}

/* Is the word at i, which a ( follows, called by its bare name? */
static int is_call(const struct file *f, int i)
{
    if (f->word[i].kind != NAME || !is_sign(f, i + 1, '(') || f->word[i].directive) return 0;
    if (is_word(f, i - 1, "return")) return 1;
    return f->word[i - 1].kind != NAME && !is_sign(f, i - 1, '.') && !is_sign(f, i - 1, ':') &&
           !is_sign(f, i - 1, '>') && !is_sign(f, i - 1, '*') && !is_sign(f, i - 1, '&');
}

static void check_body(struct file *f, const struct function *caller, const struct function *list, int count)
{
    for (int i = caller->body; i < caller->end; i++) {
        if (!is_call(f, i)) continue;
        for (int k = 0; k < count; k++) {
            const struct function *callee = &list[k];
            if (!callee->host_only || !same_name(f, i, callee->name) || is_doubtful(f, callee)) continue;
            complain(
                f, f->word[i].line,
                "%.*s runs on the GPU and calls %.*s, a function of the host (line %d); make it __device__, or "
                "__host__ __device__",
                (int)f->word[caller->name].length, f->text + f->word[caller->name].at, (int)f->word[i].length,
                f->text + f->word[i].at, f->word[callee->name].line);
            f->refused++;
        }
    }
}

void check_calls(struct file *f)
{
    static struct function list[MOST];
    int count = 0;
    for (int i = 1; i < f->words && count < MOST; i++) count += function_at(f, i, &list[count]);
    for (int i = 0; i < count; i++)
        if (list[i].device) check_body(f, &list[i], list, count);
}

/* gradcheck_words.c - the kinds of code, and the check of what words name; see gradcheck.h. */
#include "gradcheck.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_WORDS = 256 };

const struct subject_kind subject_kinds[] = {
    { "so", so_parse, so_check_work, "a loss and its gradient in a shared object, or a gc_problem" },
    { "sig", sig_parse, subject_check_work, "functions of any signature, told by their C prototypes" },
    { "twin", twin_parse, twin_work, "one C file, compiled in four precisions" },
    { "map", map_parse, map_work, "a vector function's products with its Jacobian, or the Jacobian" },
    { "second", second_parse, second_work, "Hessian-vector products, or the Hessian" },
    { "complex", complex_parse, complex_work,
      "a real loss of complex numbers, by PyTorch's, JAX's or Wirtinger's convention" },
    { "sampled", sampled_parse, sampled_work, "a random gradient: is its mean right?" },
    { "cuda", cuda_parse, cuda_work, "a loss and its gradient in CUDA, on a GPU or in the emulator" },
    { "run", run_parse, run_work, "the suite's own gradients, and the rungs of their ladders" },
    { 0 },
};

const struct subject_kind *subject_find(const char *name)
{
    for (const struct subject_kind *k = subject_kinds; k->name; k++)
        if (!strcmp(name, k->name)) return k;
    return NULL;
}

/* 0 after a sentence */
static int add_outcome(struct outcomes *all, struct outcome *out)
{
    struct outcome **more = realloc(all->at, ((size_t)all->n + 1) * sizeof *more);
    if (!more) return 0;
    all->at = more;
    all->at[all->n++] = out;
    return 1;
}

/* the one, or each of several; the exit code */
static int work_through(struct subject *s, const struct settings *set, subject_work *work,
                        subject_print *print, struct outcomes *all)
{
    int code = EXIT_OK, refused = EXIT_USAGE;
    do {
        struct outcome *out = subject_run(s, set, work, &refused);
        if (!out || !add_outcome(all, out)) return refused;
        report_place(set, access(s->code, F_OK) ? NULL : s->code, 0, out);
        code = report_worse(code, print(s, set, out));
    } while (s->next && s->next(s, set));
    return code;
}

int subject_words(const struct subject_kind *kind, const struct subject_mode *mode, int argc, char **argv,
                  subject_print *print, struct settings *set, struct outcomes *all)
{
    static char verb[64];
    char *word[MOST_WORDS + 1];
    if (argc > MOST_WORDS) return args_refuse("gradcheck", "there are more than %d words", MOST_WORDS);
    struct subject *s = calloc(1, sizeof *s);
    if (!s) return args_fail(EXIT_RESOURCES, "gradcheck", "out of memory");
    memcpy(word, argv, ((size_t)argc + 1) * sizeof *word); /* with the NULL at their end */
    snprintf(verb, sizeof verb, "gradcheck %s%s%s", mode ? mode->name : "", mode ? " " : "", kind->name);
    word[0] = verb;
    gradcheck_refusal = EXIT_USAGE;
    int code = kind->parse(argc, word, s, set);
    if (code < 0)
        code = mode ? work_through(s, set, mode->work, mode->print, all)
                    : work_through(s, set, set->at ? subject_at_work : kind->work, print, all);
    guard_remove_folder();
    free(s);
    return code;
}

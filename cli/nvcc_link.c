/* nvcc_link.c - objects of `rungs nvcc` become a program or a library with the emulator in it; see nvcc.h. */
#include "nvcc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "emu_build.h"

/* ---- libraries ---- */

/* The emulator is in their place. */
static const char *const runtime[] = { "cudart", "cudart_static", "cudadevrt", "cuda", NULL };

static int is_runtime(const char *name)
{
    for (size_t i = 0; runtime[i]; i++)
        if (!strcmp(runtime[i], name)) return 1;
    return 0;
}

/* What the library of that name is called, in the list of those that the emulator lacks (emu/missing.txt);
 * NULL: it is none of them. "cufft_static" is "cufft". */
static const char *title_of(const struct nvcc_work *w, const char *name)
{
    char line[4000];
    const char *title = NULL, *tail = strstr(name, "_static");
    size_t length = tail ? (size_t)(tail - name) : strlen(name);
    FILE *list = fopen(nvcc_text("%s/missing.txt", w->kit), "r");
    while (list && !title && fgets(line, sizeof line, list)) {
        size_t first = strcspn(line, " \n"), second = strcspn(line + first + (line[first] == ' '), " \n");
        if (*line != '#' && first == length && !memcmp(line, name, length))
            title = nvcc_text("%.*s", (int)second, line + first + 1);
    }
    if (list) fclose(list);
    return title;
}

/* Adds -lNAME of all libraries. Those that the emulator lacks are left out with a note, and their names
 * returned; NULL: none. */
static const char *add_libraries(struct nvcc_words *to, const struct nvcc_work *w)
{
    const struct nvcc_words *all = &w->command->libraries;
    const char *missing = NULL;
    for (size_t i = 0; i < all->n; i++) {
        const char *name = all->word[i], *title = title_of(w, name);
        if (is_runtime(name)) continue;
        if (!title || !access(nvcc_text("%s/lib64/lib%s.a", w->toolkit, name), R_OK)) {
            nvcc_add(to, nvcc_text("-l%s", name));
            continue;
        }
        fprintf(stderr, "rungs nvcc: note: -l%s is left out: the emulator has no %s\n", name, title);
        missing = missing ? nvcc_text("%s, %s", missing, title) : title;
    }
    return missing;
}

/* ---- linking ---- */

/* The linker's own words, but for objects of two builds, where it says the same of everything they use. */
static int linker_failed(const struct nvcc_work *w, const char *to, const char *said, const char *missing)
{
    if (said && strstr(said, "rungs_nvcc_built_this_as_"))
        return args_fail(EXIT_INPUT, "nvcc",
                         "%s does not link: its objects were not all built as '%s'; build all of them anew",
                         to, w->build->name);
    nvcc_show(said);
    if (missing)
        return args_fail(EXIT_INPUT, "nvcc",
                         "%s does not link: it was left without %s, which the emulator lacks", to, missing);
    return args_fail(EXIT_INPUT, "nvcc", "%s does not link", to);
}

int nvcc_link(struct nvcc_work *w, const struct nvcc_words *objects, const char *to)
{
    struct nvcc_words words = { 0 };
    const struct nvcc_command *c = w->command;
    static const char *const behind[] = { "-lcudadevrt", "-lcudart_static", "-lrt", "-lpthread",
                                          "-ldl",        "-Wl,--end-group", NULL };
    char *said;
    nvcc_add_all(&words, w->compiler.word);
    nvcc_add_all(&words, c->host.word);
    if (c->shared) nvcc_add(&words, "-shared");
    if (!strcmp(w->build->name, "asan")) nvcc_add(&words, emu_asan.flags[2]);
    nvcc_add(&words, "-Wl,--start-group");
    nvcc_add_all(&words, objects->word);
    nvcc_add(&words, nvcc_text("-L%s/lib64", w->toolkit)); /* before a toolkit that has the same names */
    nvcc_add_all(&words, c->link.word);
    const char *missing = add_libraries(&words, w);
    nvcc_add_all(&words, behind);
    nvcc_add(&words, "-o"), nvcc_add(&words, to);
    int code = nvcc_step(w, &words, NULL, &said);
    if (code == 1)
        code = linker_failed(w, to, said, missing);
    else
        nvcc_show(said);
    free(words.word), free(said);
    return code;
}

int nvcc_archive(struct nvcc_work *w, const struct nvcc_words *objects, const char *to)
{
    struct nvcc_words words = { 0 };
    nvcc_add(&words, w->command->archiver ? w->command->archiver : "ar");
    nvcc_add(&words, "rcs"), nvcc_add(&words, to);
    nvcc_add_all(&words, objects->word);
    if (!w->command->dry) unlink(to); /* ar would add to what it holds */
    int code = nvcc_step(w, &words, NULL, NULL);
    free(words.word);
    return code == 1 ? args_fail(EXIT_INPUT, "nvcc", "%s cannot be made", to) : code;
}

/* All code was compiled for one processor; nothing is left to be linked before the host's linker. */
int nvcc_device_link(struct nvcc_work *w, const char *to)
{
    static const char *const nothing[] = { "-c", "-x", "c++", "/dev/null", "-o", NULL };
    struct nvcc_words words = { 0 };
    nvcc_add_all(&words, w->compiler.word);
    nvcc_add_all(&words, nothing);
    nvcc_add(&words, to);
    int code = nvcc_step(w, &words, NULL, NULL);
    free(words.word);
    return code == 1 ? args_fail(EXIT_INPUT, "nvcc", "%s cannot be made", to) : code;
}

/* nvcc_options.c - nvcc's command line as a command; see nvcc.h. The options are in nvcc_table.c. */
#include "nvcc_options.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEEPEST = 20, FILE_MOST = 1 << 20 }; /* files of words within each other; bytes of one */

static int read_words(struct nvcc_command *c, const char *const *word, int depth);

static struct name_list long_names(void)
{
    size_t n = 0;
    while (nvcc_options[n].name) n++;
    return (struct name_list){ &nvcc_options[0].name, n, sizeof *nvcc_options };
}

/* ---- one option ---- */

/* The row of the option in a word; *value is what is joined to it, or NULL. NULL: there is none. */
static const struct nvcc_option *find_option(const char *text, const char **value)
{
    const char *name = text + 1 + (text[1] == '-');
    size_t length = strcspn(name, "=");
    *value = name[length] == '=' ? name + length + 1 : NULL;
    for (const struct nvcc_option *o = nvcc_options; o->name; o++)
        if ((strlen(o->name) == length && !memcmp(o->name, name, length)) ||
            (strlen(o->brief) == length && !memcmp(o->brief, name, length)))
            return o;
    for (const struct nvcc_option *o = nvcc_options; o->name && text[1] != '-'; o++) {
        if (!(o->takes & (JOINED | DIGITS)) || strncmp(o->brief, name, strlen(o->brief))) continue;
        const char *rest = name + strlen(o->brief);
        if (o->takes & DIGITS && !isdigit((unsigned char)*rest)) continue;
        *value = rest;
        return o;
    }
    return NULL;
}

static void put(struct nvcc_words *to, const char *as, const char *value)
{
    size_t length = strlen(as);
    if (length && as[length - 1] == ' ') {
        nvcc_add(to, nvcc_text("%.*s", (int)length - 1, as));
        nvcc_add(to, value);
    } else {
        nvcc_add(to, nvcc_text("%s%s", as, value));
    }
}

/* The words of a file stand in place of its name. */
static int read_file_of_words(struct nvcc_command *c, const char *path, int depth)
{
    struct nvcc_words words = { 0 };
    char *text = malloc(FILE_MOST);
    FILE *file = fopen(path, "r");
    size_t n = text && file ? fread(text, 1, FILE_MOST, file) : 0;
    int code = EXIT_OK;
    if (!text)
        code = args_fail(EXIT_RESOURCES, "nvcc", "out of memory for %s", path);
    else if (!file || ferror(file))
        code = args_fail(EXIT_INPUT, "nvcc", "cannot read the options file %s", path);
    else if (n == FILE_MOST || depth == DEEPEST)
        code = args_fail(EXIT_INPUT, "nvcc", "the options file %s is too long, or includes itself", path);
    if (file) fclose(file);
    if (!code) {
        text[n] = '\0';
        nvcc_split_shell(&words, text);
        if (words.n) code = read_words(c, words.word, depth + 1);
    }
    free(text), free(words.word);
    return code;
}

static int apply(struct nvcc_command *c, const struct nvcc_option *o, const char *value, int depth)
{
    struct nvcc_words part = { 0 };
    void *at = (char *)c + o->at;
    int code = EXIT_OK;
    if ((o->takes & FOLLOWS) == LIST)
        nvcc_split(&part, value, 0);
    else
        nvcc_add(&part, value ? value : "");
    switch (o->effect) {
    case NOTHING: break;
    case SET: *(int *)at = o->number; break;
    case TEXT: *(const char **)at = value; break;
    case HOST: nvcc_split(at, value, 1); break;
    case PUT:
        for (size_t i = 0; i < part.n; i++) put(at, o->as, part.word[i]);
        break;
    case FILE_OF_WORDS:
        for (size_t i = 0; i < part.n && !code; i++) code = read_file_of_words(c, part.word[i], depth);
        break;
    case REFUSED:
        code = args_refuse("nvcc", "-%s asks for code of a GPU, and this compiles for the CPU; leave it out",
                           o->brief);
    }
    free(part.word);
    return code;
}

/* An option that is in no table: for the host's compiler or linker, or refused. */
static int apply_unknown(struct nvcc_command *c, const char *text)
{
    if (c->to_host)
        nvcc_add(&c->host, text);
    else if (c->to_linker)
        nvcc_add(&c->link, text);
    else if (strchr("Wfmp", text[1]) && text[1])
        return args_refuse("nvcc", "unknown option '%s'; one of the host's compiler is written -Xcompiler %s",
                           text, text);
    else
        return args_unknown("nvcc", "unknown option", text, long_names(), "`rungs nvcc --help` lists them");
    return EXIT_OK;
}

/* ---- the words ---- */

/* Those that change how others are read count from the first word on. */
static void look_ahead(struct nvcc_command *c, const char *const *word)
{
    const char *value;
    for (; *word; word++) {
        const struct nvcc_option *o = **word == '-' ? find_option(*word, &value) : NULL;
        if (o && o->effect == SET && !value && strstr(o->name, "forward-unknown"))
            *(int *)((char *)c + o->at) = o->number;
    }
}

static int read_words(struct nvcc_command *c, const char *const *word, int depth)
{
    int code = EXIT_OK;
    look_ahead(c, word);
    for (; *word && !code; word++) {
        const char *text = *word, *value = NULL;
        if (*text == '@' && text[1]) {
            code = read_file_of_words(c, text + 1, depth);
        } else if (*text != '-' || !text[1]) {
            nvcc_add(&c->files, nvcc_text("%s", text));
        } else {
            const struct nvcc_option *o = find_option(text, &value);
            if (!o) {
                code = apply_unknown(c, text);
            } else if ((o->takes & FOLLOWS) == PLAIN) {
                code = value ? args_refuse("nvcc", "-%s takes no value, not '%s'", o->brief, value)
                             : apply(c, o, NULL, depth);
            } else {
                if (!value) value = word[1];
                if (!value) return args_refuse("nvcc", "%s needs a value", text);
                if (value == word[1]) word++;
                code = apply(c, o, nvcc_text("%s", value), depth);
            }
        }
    }
    return code;
}

/* ---- what they mean together ---- */

static int among(const char *text, const char *const *list)
{
    while (*list && strcmp(*list, text)) list++;
    return *list != NULL;
}

static int check_values(const struct nvcc_command *c)
{
    static const char *const languages[] = { "cu", "c++", "c", NULL };
    static const char *const levels[] = { "0", "1", "2", "3", "4", "s", "fast", "g", NULL };
    if (c->language && !among(c->language, languages))
        return args_refuse("nvcc", "-x must be cu, c++ or c, not '%s'", c->language);
    if (c->optimize && !among(c->optimize, levels))
        return args_refuse("nvcc", "-O must be a level from 0 to 4, not '%s'", c->optimize);
    if (c->machine && strcmp(c->machine, "64"))
        return args_refuse("nvcc", "-m must be 64, not '%s'", c->machine);
    if (c->separate && strcmp(c->separate, "true") && strcmp(c->separate, "false"))
        return args_refuse("nvcc", "-rdc must be true or false, not '%s'", c->separate);
    return EXIT_OK;
}

/* "c++11" is less than the headers of the emulator need. */
static int check_standard(struct nvcc_command *c)
{
    static const char *const early[] = { "c++03", "c++98", "c++11", "c++14", "c++0x", "c++1y", NULL };
    static const char *const late[] = { "c++17", "c++20", "c++23", "c++1z", "c++2a", "c++2b", NULL };
    const char *text = c->standard;
    if (!text) {
        c->standard = "gnu++17";
        return EXIT_OK;
    }
    const char *plain = strncmp(text, "gnu++", 5) ? text : nvcc_text("c%s", text + 3);
    if (among(plain, early))
        c->standard = plain == text ? "c++17" : "gnu++17";
    else if (!among(plain, late))
        return args_refuse("nvcc", "-std must be c++03, c++11, c++14, c++17 or c++20, not '%s'", text);
    return EXIT_OK;
}

int nvcc_read(struct nvcc_command *c, const char *const *word)
{
    static const char *const around[] = { "NVCC_PREPEND_FLAGS", "NVCC_APPEND_FLAGS" };
    struct nvcc_words all = { 0 };
    if (getenv(around[0])) nvcc_split_shell(&all, getenv(around[0]));
    nvcc_add_all(&all, word);
    if (getenv(around[1])) nvcc_split_shell(&all, getenv(around[1]));
    nvcc_add(&all, NULL);
    int code = read_words(c, all.word, 0);
    free(all.word);
    if (c->goal == NVCC_DEVICE_OBJECT) c->goal = NVCC_OBJECT, c->separate = "true";
    if (!code) code = check_values(c);
    return code ? code : check_standard(c);
}

const struct nvcc_build *nvcc_choose(const struct nvcc_command *c)
{
    const char *variable = getenv("RUNGS_NVCC"), *name = c->choice;
    if (!name && variable && *variable) name = variable;
    if (!name) return nvcc_builds;
    for (const struct nvcc_build *b = nvcc_builds; b->name; b++)
        if (!strcmp(b->name, name)) return b;
    args_refuse("nvcc", "%s is '%s'; it must be race, plain, fast or asan",
                c->choice ? "the build" : "RUNGS_NVCC", name);
    return NULL;
}

/* ---- help ---- */

/* Appends to a text of `room` bytes; what is too long for it is cut. */
static void append(char *text, size_t room, const char *more)
{
    size_t n = strlen(text);
    snprintf(text + n, room - n, "%s", more);
}

/* The names of options without effect, in lines. */
static void append_ignored(char *text, size_t room)
{
    size_t line = 0;
    for (const struct nvcc_option *o = nvcc_options; o->name; o++) {
        const int has_none = o->effect == NOTHING && !o->help;
        if (!has_none && o->at != offsetof(struct nvcc_command, architectures)) continue;
        if (line && line + strlen(o->brief) > 92) append(text, room, "\n"), line = 0;
        append(text, room, nvcc_text("%s-%s", line ? " " : "", o->brief));
        line += strlen(o->brief) + 2;
    }
}

static const char about[] =
    "Takes nvcc's command line and builds for this CPU: the program then runs in the emulator, which names\n"
    "what is wrong with its kernels. Also a program of its own, rungs-nvcc, for `make NVCC=rungs-nvcc` and\n"
    "`cmake -DCMAKE_CUDA_COMPILER=/path/of/rungs-nvcc`. FILEs end in .cu, .cpp, .cc, .cxx, .c, .o, .a, .so.\n"
    "--emu, the program's name (rungs-nvcc-plain) or the variable RUNGS_NVCC choose how it is built, all\n"
    "objects of a program alike:\n";

static const char with_fast_math[] =
    "--use_fast_math changes nothing: functions stay exact, where a GPU's may be off in the last bits.\n"
    "Accepted, without effect:\n";

void nvcc_print_help(void)
{
    static char text[8000];
    static struct option_row row[60];
    size_t rows = 0;
    append(text, sizeof text, about);
    for (const struct nvcc_build *b = nvcc_builds; b->name; b++)
        append(text, sizeof text,
               nvcc_text("  %-6s %s%s\n", b->name, b->help, b == nvcc_builds ? " (the default)" : ""));
    append(text, sizeof text, with_fast_math);
    append_ignored(text, sizeof text);
    append(text, sizeof text, "\n");
    for (const struct nvcc_option *o = nvcc_options; o->name && rows + 1 < sizeof row / sizeof *row; o++)
        if (o->help)
            row[rows++] = (struct option_row){ .name = o->spelled, .kind = OPTION_FLAG, .help = o->help };
    const struct usage usage = {
        "nvcc",
        "nvcc [options] FILE...",
        text,
        "  rungs nvcc -O3 -o vector_add vector_add.cu\n"
        "  rungs nvcc -arch=sm_80 -dc kernels.cu main.cu\n"
        "  rungs nvcc -o program kernels.o main.o -lm\n"
        "  rungs nvcc --emu=plain -o fast vector_add.cu\n",
        row,
        0,
        0,
    };
    char *words[] = { "nvcc", "--help", NULL };
    const char *word[1];
    int code;
    args_read(&usage, 2, words, word, &code);
}

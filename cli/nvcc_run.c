/* nvcc_run.c - the steps of `rungs nvcc`: programs that are run, one after another, with what -v and -dryrun
 * show of them; see nvcc.h. */
#include "nvcc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/file.h"
#include "../base/interrupt.h"
#include "../base/process.h"
#include "../base/temporary.h"
#include "emu.h"

/* ---- what is shown ---- */

/* The word as a shell would take it. */
static const char *quoted(const char *word)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_./=,:+%@~";
    return *word && word[strspn(word, plain)] == '\0' ? word : nvcc_text("\"%s\"", word);
}

static void show_words(const struct nvcc_words *words, const char *to)
{
    fputs("#$", stderr);
    for (size_t i = 0; i < words->n; i++) fprintf(stderr, " %s", quoted(words->word[i]));
    if (to) fprintf(stderr, " >%s", quoted(to));
    fputc('\n', stderr);
}

/* "86" of "sm_86", "arch=compute_86,code=sm_86" or "86"; "" if it has no number */
static const char *number_of(const char *architecture)
{
    size_t begin = strcspn(architecture, "0123456789"), length = strspn(architecture + begin, "0123456789");
    return nvcc_text("%.*s", (int)length, architecture + begin);
}

void nvcc_show_variables(const struct nvcc_work *w)
{
    const struct nvcc_words *architectures = &w->command->architectures;
    const char *path = getenv("PATH"), *number = "";
    fprintf(stderr, "#$ TOP=%s\n", w->toolkit);
    fprintf(stderr, "#$ NVVMIR_LIBRARY_DIR=%s/nvvm/libdevice\n", w->toolkit);
    fprintf(stderr, "#$ PATH=%s\n", path ? path : "");
    fprintf(stderr, "#$ INCLUDES=%s\n", quoted(nvcc_text("-I%s/include", w->toolkit)));
    fprintf(stderr, "#$ LIBRARIES=%s\n", quoted(nvcc_text("-L%s/lib64", w->toolkit)));
    fprintf(stderr, "#$ EMULATOR=%s", w->build->name);
    for (size_t i = 0; i < architectures->n && !*number; i++) number = number_of(architectures->word[i]);
    fprintf(stderr, " -arch compute_%s\n", *number ? number : "90");
}

/* ---- begin and end ---- */

/* $CXX may have options behind the program. Of -ccbin a folder stands for the compiler in it. */
static struct nvcc_words compiler_of(const struct nvcc_command *c)
{
    struct stat facts;
    struct nvcc_words words = { 0 };
    if (!c->compiler)
        nvcc_split_shell(&words, emu_compiler());
    else if (stat(c->compiler, &facts) || !S_ISDIR(facts.st_mode))
        nvcc_add(&words, c->compiler);
    else
        nvcc_add(&words, nvcc_text("%s/c++", c->compiler));
    if (!words.n) nvcc_add(&words, "c++");
    return words;
}

/* 1: clang, 0: another, -1: there is none, after a sentence */
static int is_clang(const struct nvcc_words *compiler)
{
    char line[400] = "", error[ERROR_TEXT];
    struct nvcc_words words = { 0 };
    int end[2], missing;
    pid_t child;
    if (pipe2(end, O_CLOEXEC)) {
        args_fail(EXIT_RESOURCES, "nvcc", "cannot make a pipe: %s", strerror(errno));
        return -1;
    }
    nvcc_add_all(&words, compiler->word), nvcc_add(&words, "--version");
    int started = process_start(&child, words.word, -1, end[1], -1, &missing, error);
    free(words.word);
    close(end[1]);
    ssize_t n = started ? read(end[0], line, sizeof line - 1) : 0;
    close(end[0]);
    if (started) process_wait(child);
    if (!started)
        args_fail(EXIT_SKIPPED, "nvcc", "there is no C++ compiler %s: set CXX, or apt install g++",
                  compiler->word[0]);
    return started ? n > 0 && strstr(line, "clang") != NULL : -1;
}

int nvcc_begin(struct nvcc_work *w)
{
    char error[ERROR_TEXT];
    w->compiler = compiler_of(w->command);
    w->clang = is_clang(&w->compiler);
    if (w->clang < 0) return EXIT_SKIPPED;
    if (w->command->dry) {
        snprintf(w->folder, sizeof w->folder, "/tmp/rungs-nvcc");
        return EXIT_OK;
    }
    interrupt_watch();
    if (temporary_make(w->folder, "rungs-nvcc", error)) return EXIT_OK;
    *w->folder = '\0';
    return args_fail(EXIT_OUTPUT, "nvcc", "%s", error);
}

void nvcc_finish(struct nvcc_work *w)
{
    if (*w->folder && !w->command->dry) folder_remove(w->folder);
    free(w->compiler.word);
    w->compiler = (struct nvcc_words){ 0 };
    interrupt_end();
}

/* ---- steps ---- */

/* The text of the file; NULL: out of memory, or it cannot be read. */
static char *text_of(const char *path)
{
    struct stat facts;
    int from = open(path, O_RDONLY | O_CLOEXEC);
    char *text = from >= 0 && !fstat(from, &facts) ? malloc((size_t)facts.st_size + 1) : NULL;
    ssize_t n = text ? read(from, text, (size_t)facts.st_size) : 0;
    if (from >= 0) close(from);
    if (!text) return NULL;
    text[n > 0 ? n : 0] = '\0';
    return text;
}

void nvcc_show(const char *said)
{
    if (said) fputs(said, stderr);
    fflush(stderr);
}

int nvcc_step(struct nvcc_work *w, const struct nvcc_words *words, const char *to, char **said)
{
    char error[ERROR_TEXT];
    int missing = 0, code = EXIT_OK, out = -1, err = -1;
    pid_t child;
    if (said) *said = NULL;
    if (w->command->verbose || w->command->dry) show_words(words, to);
    if (w->command->dry) return EXIT_OK;
    const char *log = nvcc_text("%s/said", w->folder);
    if (to && (out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)) < 0)
        return args_fail(EXIT_OUTPUT, "nvcc", "cannot write %s: %s", to, strerror(errno));
    if (said && (err = open(log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)) < 0)
        code = args_fail(EXIT_OUTPUT, "nvcc", "cannot write %s: %s", log, strerror(errno));
    if (!code && process_start(&child, words->word, -1, out, err, &missing, error)) {
        interrupt_pass_to(child);
        code = process_wait(child);
        interrupt_pass_to(0);
    } else if (!code) {
        code = missing ? args_fail(EXIT_SKIPPED, "nvcc", "%s", error)
                       : args_fail(EXIT_RESOURCES, "nvcc", "%s", error);
    }
    if (out >= 0) close(out);
    if (err >= 0) close(err);
    if (said) *said = text_of(log);
    return code;
}

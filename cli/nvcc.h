/* nvcc.h - nvcc's command line, and what becomes of it: steps that a C++ compiler and cu2cpp run.
 *
 *   nvcc_words.c     lists of words, and their texts
 *   nvcc_table.c     the table of nvcc's options
 *   nvcc_options.c   the command that they ask for, and --help
 *   nvcc_run.c       the temporary folder, and the steps: shown by -v and -dryrun, ended by a signal
 *   nvcc_compile.c   a source becomes an object, preprocessed text, or a list of what it includes
 *   nvcc_link.c      objects become a program or a library
 *   nvcc.c           the verb */
#ifndef RUNGS_NVCC_H
#define RUNGS_NVCC_H

#include <stddef.h>

#include "verbs.h"

/* ---- words ---- */

struct nvcc_words {
    const char **word; /* ends with NULL once there is one */
    size_t n, room;
};

/* Out of memory ends the program with a sentence, here and below. */
void nvcc_add(struct nvcc_words *to, const char *word);
void nvcc_add_all(struct nvcc_words *to, const char *const *word); /* ends with NULL */

/* A text of its own, for as long as the program runs. */
const char *nvcc_text(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The parts of a list "a,b\,c": a comma after a backslash or in quotes is part of a word. With `spaces`, also
 * of what a shell would take apart. */
void nvcc_split(struct nvcc_words *to, const char *text, int spaces);

/* As a shell takes a line apart: quotes, backslashes. */
void nvcc_split_shell(struct nvcc_words *to, const char *text);

/* ---- the command ---- */

enum nvcc_goal {
    NVCC_PROGRAM, /* or a shared library */
    NVCC_OBJECT,
    NVCC_DEVICE_OBJECT, /* -dc: of a separate compilation */
    NVCC_ARCHIVE,
    NVCC_DEVICE_LINK,
    NVCC_PREPROCESSED,
    NVCC_CPP,          /* -cuda: the preprocessed text in a file */
    NVCC_INCLUDES,     /* -M: what a source includes, as a rule of make */
    NVCC_OWN_INCLUDES, /* -MM: without the system's headers */
    NVCC_VERSION,
    NVCC_ARCHITECTURES, /* --list-gpu-arch */
    NVCC_CODES          /* --list-gpu-code */
};

struct nvcc_command {
    enum nvcc_goal goal;
    int verbose, dry, run, shared;
    int includes, own_includes, phony; /* -MD, -MMD, -MP */
    int to_host, to_linker;            /* unknown options go there */
    int device_debug;                  /* -G */
    const char *output, *folder;       /* -o, -odir */
    const char *rule, *target;         /* -MF, -MT */
    const char *language, *standard, *optimize, *machine, *compiler, *archiver, *separate, *choice,
        *default_stream;
    struct nvcc_words architectures, files, include, system, compile, host, link, libraries, run_words;
};

/* How programs are built: race, plain, ... */
struct nvcc_build {
    const char *name;
    const char *toolkit; /* the folder of the kit whose lib64 has the emulator for it */
    const char *help;
};
extern const struct nvcc_build nvcc_builds[]; /* ends with name == NULL; the first is the default */

/* Reads the words; EXIT_OK, or EXIT_USAGE or EXIT_INPUT after a sentence. */
int nvcc_read(struct nvcc_command *c, const char *const *word);

/* The row of --emu or $RUNGS_NVCC; NULL after a sentence. */
const struct nvcc_build *nvcc_choose(const struct nvcc_command *c);

/* --help */
void nvcc_print_help(void);

/* ---- steps ---- */

/* What all steps need to know. */
struct nvcc_work {
    const struct nvcc_command *command;
    const struct nvcc_build *build;
    const char *kit, *toolkit;
    struct nvcc_words compiler; /* the C++ compiler, with options that $CXX may have */
    int clang;
    char folder[4096]; /* of working files; empty: none yet */
};

int nvcc_begin(struct nvcc_work *w); /* EXIT_OK, or a code after a sentence */
void nvcc_finish(struct nvcc_work *w);

/* Runs the words, or only shows them. What the program says on stderr goes to said, for the caller to show
 * and free; with NULL it is said at once. Its standard output goes to the file `to`, NULL: ours. Its exit
 * code, or EXIT_RESOURCES, EXIT_OUTPUT, EXIT_SKIPPED after a sentence. */
int nvcc_step(struct nvcc_work *w, const struct nvcc_words *words, const char *to, char **said);
void nvcc_show(const char *said); /* on stderr */

/* The lines "#$ NAME=..." that build systems read. */
void nvcc_show_variables(const struct nvcc_work *w);

/* Makes the object, text or rule of one source, at `to` (NULL: standard output). An exit code. */
int nvcc_compile(struct nvcc_work *w, const char *source, const char *to);
int nvcc_is_source(const struct nvcc_command *c, const char *file);
int nvcc_is_linked(const char *file);

int nvcc_link(struct nvcc_work *w, const struct nvcc_words *objects, const char *to);
int nvcc_archive(struct nvcc_work *w, const struct nvcc_words *objects, const char *to);
int nvcc_device_link(struct nvcc_work *w, const char *to);

#endif

/* emu_build.h - a CUDA program's sources become programs for the emulator, in a temporary folder. */
#ifndef RUNGS_EMU_BUILD_H
#define RUNGS_EMU_BUILD_H

#include "verbs.h"

enum { EMU_MOST = 60, EMU_PATH = 4200 }; /* sources, options for the compiler, arguments */

/* The sources, as real paths, and the user's -I and -D. */
struct emu_program {
    const char *source[EMU_MOST];
    const char *option[EMU_MOST];
    int sources, options;
};

/* How a program is compiled; `name` is its own, `library` that of the emulator, libNAME.a. */
struct emu_variant {
    const char *name, *library;
    const char *flags[8];
    int watched; /* are its accesses shown to the checkers? */
};
extern const struct emu_variant emu_plain, emu_asan, emu_race, emu_explained;

/* Begins the temporary folder. 0 after a sentence. */
int emu_begin(void);
void emu_end(int keep); /* removes it, or says where it is */

const char *emu_file(const char *name); /* its path in the folder; the last four stay valid */

/* Standard input for every run, in the folder's file "input": what a file or a pipe that has something
 * holds. The first call reads it. EXIT_OK, or another code after a sentence. */
int emu_keep_input(void);

/* The sources as C++. EXIT_OK, or an exit code after the reasons; likewise emu_build. */
int emu_rewrite(const struct emu_program *p);
int emu_build(const struct emu_program *p, const struct emu_variant *v);

/* Runs word[0] with these files as its standard streams (NULL: ours). Its exit code, 128 + signal,
 * EMU_NO_PROGRAM, or the others after a sentence. */
enum { EMU_NO_PROGRAM = -1, EMU_NO_PROCESS = -2, EMU_NO_OUTPUT = -3 };
int emu_run(const char *const *word, const char *in, const char *out, const char *err);
int emu_exit_code(int code); /* of a code that is not the program's own; 0 for others */

#endif

/* learn_sandbox.h - a process that can compute and nothing else. */
#ifndef RUNGS_LEARN_SANDBOX_H
#define RUNGS_LEARN_SANDBOX_H

#include <linux/filter.h>
#include <stddef.h>

#include "../base/error.h"

/* From now on this process may read and write what is open, allocate some memory, and end; any other system
 * call is refused with SIGSYS. 0 with error set where the system has no such filter. */
int sandbox_enter(char *error);

/* A filter of system calls that is entered later, by prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER,
 * &f->program): what kernels in the emulator need. with_files: and what loads a library, or writes a
 * report. 0 where there is none for this machine. */
enum { FILTER_RULES = 100 };
struct sandbox_filter {
    struct sock_fprog program;
    struct sock_filter rule[FILTER_RULES];
};
int sandbox_kernel_filter(struct sandbox_filter *f, int with_files);

/* The same for valgrind and what it runs: other processes, the network and other users are refused, with
 * EPERM; files are left to sandbox_files. */
int sandbox_valgrind_filter(struct sandbox_filter *f);

/* ---- learn_files.c ---- */

/* From now on this process and those that it starts can read what these paths name and what is beneath
 * them, and write what `write` does: lists that end with NULL, in which what does not exist is passed
 * over. 0 with error set where the system has no such rules (Landlock, Linux 5.13). */
int sandbox_files(const char *const *read, const char *const *write, char *error);

/* 1 if the system has them; else 0 with error set */
int sandbox_has_files(char *error);

/* What a compiler and the programs that it makes must read: the system's own, and the folders of $CC and
 * $CXX; ends with NULL. */
enum { MOST_PATHS = 40 };
void sandbox_system_paths(const char *path[MOST_PATHS]);

/* ---- learn_object.c ---- */

/* 0 with error set if loading that library would run code of it: constructors, indirect functions. */
int sandbox_may_load(const char *library, const char *shown, char *error);

/* The same of an object file that becomes a part of a program; `initialisers`: how many there may be, of
 * the compiler's own. */
int sandbox_may_link(const char *object, const char *shown, int initialisers, char *error);

/* 0 with error set if it calls anything but what computes: the C library's functions of numbers, memory
 * and strings */
int sandbox_only_computes(const char *object, const char *shown, char *error);

/* ---- learn_sandbox.c ---- */

enum { MOST_GAPS = 24, KEPT_BYTES = 1024 };

/* ranges of this program's code */
struct gaps {
    int n;
    struct {
        void *at;
        size_t bytes;
    } gap[MOST_GAPS];
};

typedef void code_fn(void);

/* All of this program's code but the pages of `kept`, functions of at most KEPT_BYTES. Who takes it away with
 * munmap leaves a process nothing else to call: no oracle, no reference. None where the program's own
 * functions call a sanitizer. */
void sandbox_gaps(code_fn *const *kept, int n, struct gaps *gaps);

#endif

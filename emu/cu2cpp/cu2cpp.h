/* cu2cpp.h - rewriting CUDA as C++: a file's words, the rules that look at them, and the edits they ask for.
 *
 *   kernel<a, b><<<grid, block>>>(x)     EMU_LAUNCH((kernel<a, b>), grid, block)(x)         launches.c
 *   extern __shared__ float tile[];      float *tile = (float *)::emu::dynamic_shared(..);  shared.c
 *   __shared__ alignas(16) float x[4];   alignas(16) __shared__ float x[4];
 *   static __shared__ float x[4];        __shared__ float x[4];
 *   (void *)kernel<a>                    (void *)::emu::known(kernel<a>)                 addresses.c
 *   __noinline__                         __attribute__((noinline)), as C++'s own headers need
 *   asm("mov.u32 %0, 1;" : "=r"(x));     ::emu::ptx::run("..", { ::emu::ptx::out<'r'>(x) });  inline_ptx.c
 *   __device__ int f(int x)              static, with --own                                 linkage.c
 *   __device__ int x;                    __device__ int x; static .. DeviceVariable ..(x);  variables.c
 *   cudaMemcpy(a, b, sizeof(a), ..)      .. ::emu::size_of<decltype(a)>("a", sizeof(a)) ..    sizes.c
 *   #if __CUDA_ARCH__ >= 700             #if EMU_CUDA_ARCH >= 700, in device code              arch.c
 *   __cluster_dims__(2) .. {             .. { EMU_CLUSTER_DIMS(2)                            clusters.c
 *   while (*flag == 0) ;                 while (*flag == 0) ::emu::spin("flag", true);        spins.c
 *   #include "launches.cuh"              the rewritten file, if that header needs it        main.c
 *
 * A function of the host that a kernel calls is refused (calls.c). No line moves, and #line sends
 * diagnostics, gdb and the sanitizers to the .cu file. What a rule does not understand it leaves alone, and
 * says so with the line. */
#ifndef CU2CPP_H
#define CU2CPP_H

#include <stddef.h>

enum word_kind { NAME, NUMBER, STRING, SIGN }; /* a sign is one character; characters in quotes are strings */

/* A word of the file. Space and comments lie between words, and stay as they are. */
struct word {
    enum word_kind kind;
    size_t at, length; /* in the text */
    int line;
    int directive; /* 0: none; else the number of the preprocessor line that it belongs to */
    int scope;     /* braces around it that are not a namespace's; 0: file scope */
};

/* Cuts some of the text and puts other text there. */
struct edit {
    size_t at, cut;
    char *text;
};

struct file {
    const char *path;
    char *text;
    size_t size;
    struct word *word;
    int words, room;
    struct edit *edit;
    int edits, edits_room;
    int refused; /* sentences that are errors */
};

/* ---- tokens.c ---- */

void file_split(struct file *f); /* text to words, by #line; out of memory ends the program, here and below */
void file_free(struct file *f);

int is_word(const struct file *f, int i, const char *text); /* also false outside of the file */
int is_sign(const struct file *f, int i, char sign);
size_t end_of(const struct file *f, int i); /* the place after the word */

/* The matching bracket of the one at i: ( [ { and, backwards only, > to <. -1: none. */
int matching(const struct file *f, int i);
int matching_back(const struct file *f, int i);

/* Replaces `cut` characters; of edits at one place the first comes first. The text is copied. */
void edit(struct file *f, size_t at, size_t cut, const char *text);
void edit_word(struct file *f, int i, const char *text);

char *edited(struct file *f, size_t *size); /* the text with all edits; the caller frees it */
void settle_edits(struct file *f);          /* its text becomes that, and is split again */

/* "FILE:LINE: sentence" on stderr */
void complain(const struct file *f, int line, const char *format, ...) __attribute__((format(printf, 3, 4)));

void *must_grow(void *memory, size_t bytes);

/* ---- the rules ---- */

int rewrite_arch(struct file *f);   /* before all others, which see what it has written; did it write? */
void rewrite_spins(struct file *f); /* before those that write at the same places */
void rewrite_launches(struct file *f);
void rewrite_shared(struct file *f);
void rewrite_asm(struct file *f);
void rewrite_addresses(struct file *f);
void rewrite_clusters(struct file *f);
void rewrite_variables(struct file *f);
void rewrite_linkage(struct file *f); /* after those of the headers that the file includes */
void forget_linkage(void);
void rewrite_sizes(struct file *f);
void check_calls(struct file *f); /* counts in f->refused */

#endif

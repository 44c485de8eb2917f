/* learn_object.c - what is in a library or object file that was compiled from a stranger's source: code
 * that runs before it is asked, and calls; see learn_sandbox.h. */
#include "learn_sandbox.h"

#include <ctype.h>
#include <elf.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct file {
    const unsigned char *at;
    size_t n;
};

static int within(const struct file *f, size_t offset, size_t bytes)
{
    return offset <= f->n && bytes <= f->n - offset;
}

/* 1 if a relocation of the table calls a function */
static int has_call(const struct file *f, const Elf64_Shdr *s)
{
    for (size_t k = 0;
         within(f, s->sh_offset, (k + 1) * sizeof(Elf64_Rela)) && (k + 1) * sizeof(Elf64_Rela) <= s->sh_size;
         k++) {
        Elf64_Rela r;
        memcpy(&r, f->at + s->sh_offset + k * sizeof r, sizeof r);
        if (ELF64_R_TYPE(r.r_info) == R_X86_64_IRELATIVE || ELF64_R_TYPE(r.r_info) == R_AARCH64_IRELATIVE)
            return 1;
    }
    return 0;
}

static int has_indirect(const struct file *f, const Elf64_Shdr *s)
{
    for (size_t k = 0;
         within(f, s->sh_offset, (k + 1) * sizeof(Elf64_Sym)) && (k + 1) * sizeof(Elf64_Sym) <= s->sh_size;
         k++) {
        Elf64_Sym symbol;
        memcpy(&symbol, f->at + s->sh_offset + k * sizeof symbol, sizeof symbol);
        if (ELF64_ST_TYPE(symbol.st_info) == STT_GNU_IFUNC) return 1;
    }
    return 0;
}

static int has_initialiser(const struct file *f, const Elf64_Shdr *s)
{
    for (size_t k = 0;
         within(f, s->sh_offset, (k + 1) * sizeof(Elf64_Dyn)) && (k + 1) * sizeof(Elf64_Dyn) <= s->sh_size;
         k++) {
        Elf64_Dyn d;
        memcpy(&d, f->at + s->sh_offset + k * sizeof d, sizeof d);
        if (d.d_tag == DT_INIT || d.d_tag == DT_INIT_ARRAY || d.d_tag == DT_PREINIT_ARRAY) return 1;
    }
    return 0;
}

static int runs_when_loaded(const struct file *f)
{
    Elf64_Ehdr head;
    if (f->n < sizeof head) return 1;
    memcpy(&head, f->at, sizeof head);
    if (memcmp(head.e_ident, ELFMAG, SELFMAG) || head.e_shentsize != sizeof(Elf64_Shdr) || !head.e_shnum)
        return 1;
    for (size_t k = 0; k < head.e_shnum; k++) {
        Elf64_Shdr s;
        if (!within(f, head.e_shoff + k * sizeof s, sizeof s)) return 1;
        memcpy(&s, f->at + head.e_shoff + k * sizeof s, sizeof s);
        if (s.sh_type == SHT_DYNAMIC && has_initialiser(f, &s)) return 1;
        if (s.sh_type == SHT_RELA && has_call(f, &s)) return 1;
        if (s.sh_type == SHT_DYNSYM && has_indirect(f, &s)) return 1;
        if (s.sh_type == SHT_INIT_ARRAY || s.sh_type == SHT_PREINIT_ARRAY) return 1;
    }
    return 0;
}

/* the whole file in memory; 0 with error set */
static int map_file(const char *path, const char *shown, struct file *f, char *error)
{
    struct stat info;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    void *at = fd >= 0 && !fstat(fd, &info) && info.st_size > 0
                   ? mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, fd, 0)
                   : MAP_FAILED;
    if (fd >= 0) close(fd);
    if (at == MAP_FAILED) return error_set(error, "cannot read what was compiled from %s", shown);
    f->at = at, f->n = (size_t)info.st_size;
    return 1;
}

static void unmap_file(struct file *f)
{
    void *at;
    memcpy(&at, &f->at, sizeof at);
    munmap(at, f->n);
}

static int say_runs(const char *shown, char *error)
{
    return error_set(error, "%s has code that runs when it is loaded (a constructor): not graded", shown);
}

int sandbox_may_load(const char *library, const char *shown, char *error)
{
    struct file f;
    if (!map_file(library, shown, &f, error)) return 0;
    int runs = runs_when_loaded(&f);
    unmap_file(&f);
    return !runs || say_runs(shown, error);
}

/* ---- object files ---- */

static int section_at(const struct file *f, const Elf64_Ehdr *head, size_t k, Elf64_Shdr *s)
{
    if (k >= head->e_shnum || !within(f, head->e_shoff + k * sizeof *s, sizeof *s)) return 0;
    memcpy(s, f->at + head->e_shoff + k * sizeof *s, sizeof *s);
    return 1;
}

/* text that ends within the file; "" if there is none */
static const char *text_in(const struct file *f, const Elf64_Shdr *table, size_t offset)
{
    const char *at = (const char *)f->at + table->sh_offset + offset;
    if (offset >= table->sh_size || !within(f, table->sh_offset, table->sh_size)) return "";
    return memchr(at, '\0', table->sh_size - offset) ? at : "";
}

static int is_initialiser(const Elf64_Shdr *s, const char *name)
{
    static const char *const names[] = { ".init", ".preinit", ".fini", ".ctors", ".dtors" };
    if (s->sh_type == SHT_REL || s->sh_type == SHT_RELA) return 0;
    if (s->sh_type == SHT_INIT_ARRAY || s->sh_type == SHT_PREINIT_ARRAY || s->sh_type == SHT_FINI_ARRAY)
        return 1;
    for (size_t k = 0; k < sizeof names / sizeof *names; k++)
        if (!strncmp(name, names[k], strlen(names[k]))) return 1;
    return 0;
}

static int object_head(const struct file *f, Elf64_Ehdr *head)
{
    if (f->n < sizeof *head) return 0;
    memcpy(head, f->at, sizeof *head);
    return !memcmp(head->e_ident, ELFMAG, SELFMAG) && head->e_shentsize == sizeof(Elf64_Shdr) &&
           head->e_shnum;
}

/* bytes of pointers to functions that run by themselves; more than any where that cannot be said */
static size_t initialiser_bytes(const struct file *f)
{
    Elf64_Ehdr head;
    Elf64_Shdr s, names;
    size_t bytes = 0;
    if (!object_head(f, &head) || !section_at(f, &head, head.e_shstrndx, &names)) return SIZE_MAX;
    for (size_t k = 0; k < head.e_shnum; k++) {
        if (!section_at(f, &head, k, &s)) return SIZE_MAX;
        if (is_initialiser(&s, text_in(f, &names, s.sh_name))) bytes += s.sh_size;
        if (s.sh_type == SHT_SYMTAB && has_indirect(f, &s)) return SIZE_MAX;
    }
    return bytes;
}

int sandbox_may_link(const char *object, const char *shown, int initialisers, char *error)
{
    struct file f;
    if (!map_file(object, shown, &f, error)) return 0;
    int runs = initialiser_bytes(&f) > (size_t)initialisers * sizeof(void *);
    unmap_file(&f);
    return !runs || say_runs(shown, error);
}

/* what computing calls; of those of numbers also the forms of float and long double */
static int computes(const char *name)
{
    static const char *const memory[] = {
        "memcpy", "memmove", "memset", "memcmp",           "malloc",
        "calloc", "realloc", "free",   "aligned_alloc",    "qsort",
        "strlen", "strcmp",  "abort",  "__stack_chk_fail", "_GLOBAL_OFFSET_TABLE_"
    };
    static const char *const numbers[] = {
        "exp",       "exp2",    "expm1",  "log",      "log2",    "log10",  "log1p",  "pow",       "sqrt",
        "cbrt",      "hypot",   "sin",    "cos",      "tan",     "asin",   "acos",   "atan",      "atan2",
        "sinh",      "cosh",    "tanh",   "asinh",    "acosh",   "atanh",  "erf",    "erfc",      "fabs",
        "fmod",      "fmax",    "fmin",   "fma",      "floor",   "ceil",   "trunc",  "round",     "rint",
        "ldexp",     "frexp",   "modf",   "scalbn",   "scalbln", "lround", "lrint",  "nearbyint", "copysign",
        "remainder", "tgamma",  "lgamma", "logb",     "ilogb",   "fdim",   "sincos", "abs",       "labs",
        "llabs",     "llround", "llrint", "nextafter"
    };
    for (size_t k = 0; k < sizeof memory / sizeof *memory; k++)
        if (!strcmp(name, memory[k])) return 1;
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) {
        const size_t n = strlen(numbers[k]);
        if (!strncmp(name, numbers[k], n) && (!name[n] || (strchr("fl", name[n]) && !name[n + 1]))) return 1;
    }
    return 0;
}

/* the first symbol that another file is to have and that does not compute; NULL: there is none */
static const char *foreign_call(const struct file *f)
{
    Elf64_Ehdr head;
    Elf64_Shdr s, names;
    if (!object_head(f, &head)) return "?";
    for (size_t k = 0; section_at(f, &head, k, &s); k++) {
        if (s.sh_type != SHT_SYMTAB) continue;
        if (!section_at(f, &head, s.sh_link, &names) || !within(f, s.sh_offset, s.sh_size)) return "?";
        for (size_t i = 1; (i + 1) * sizeof(Elf64_Sym) <= s.sh_size; i++) {
            Elf64_Sym symbol;
            memcpy(&symbol, f->at + s.sh_offset + i * sizeof symbol, sizeof symbol);
            if (symbol.st_shndx != SHN_UNDEF) continue;
            const char *name = text_in(f, &names, symbol.st_name);
            if (*name && !computes(name)) return name;
        }
    }
    return NULL;
}

int sandbox_only_computes(const char *object, const char *shown, char *error)
{
    struct file f;
    if (!map_file(object, shown, &f, error)) return 0;
    const char *name = foreign_call(&f);
    if (name)
        error_set(error, "%s calls %.60s: what is counted may call what computes alone, of the C library",
                  shown, name);
    unmap_file(&f);
    return !name;
}

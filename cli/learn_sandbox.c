/* learn_sandbox.c - a process that can compute and nothing else; see learn_sandbox.h. */
#include "learn_sandbox.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* ---- system calls ---- */

#if defined __x86_64__
static const unsigned machine = AUDIT_ARCH_X86_64;
#elif defined __aarch64__
static const unsigned machine = AUDIT_ARCH_AARCH64;
#else
static const unsigned machine = 0; /* no filter is written for it */
#endif

/* what computing needs: memory, the clock, what is open already, the end */
static const int allowed[] = { __NR_read,           __NR_write, __NR_mmap,       __NR_munmap,
                               __NR_mremap,         __NR_brk,   __NR_madvise,    __NR_futex,
                               __NR_rt_sigreturn,   __NR_exit,  __NR_exit_group, __NR_clock_gettime,
                               __NR_restart_syscall };

enum { ALLOWED = sizeof allowed / sizeof *allowed };

/* the numbers of another kind of call (x32) are as large as this */
enum { FIRST_FOREIGN = 0x40000000 };

static int filter(void)
{
    struct sock_filter rule[ALLOWED + 8];
    unsigned short n = 0;
    rule[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch));
    rule[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, machine, 1, 0);
    rule[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
    rule[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    rule[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, FIRST_FOREIGN, ALLOWED, 0);
    for (int k = 0; k < ALLOWED; k++)
        rule[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)allowed[k],
                                                 (unsigned char)(ALLOWED - k), 0);
    rule[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP);
    rule[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    const struct sock_fprog program = { .len = n, .filter = rule };
    return !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) && !prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

int sandbox_enter(char *error)
{
    const struct rlimit none = { 0, 0 }, memory = { 512UL << 20, 512UL << 20 };
    if (!machine)
        return error_set(error,
                         "strangers' code is not run on this kind of machine: no filter of system calls");
    setrlimit(RLIMIT_CORE, &none);
    setrlimit(RLIMIT_DATA, &memory);
    if (!filter())
        return error_set(error,
                         "strangers' code is not run here: the system refuses a filter of system calls: %s",
                         strerror(errno));
    return 1;
}

/* ---- the program's own code ---- */

struct range {
    uintptr_t from, to;
};

extern char etext; /* the linker's: the end of the program's code */

/* The first object is the program; one segment of it can be executed. Where a linker has put the program's
 * symbols before its code in that segment, nothing before the address in code->to is taken: whoever loads
 * libraries reads them. */
static int find_code(struct dl_phdr_info *info, size_t size, void *arg)
{
    struct range *code = arg;
    (void)size;
    for (int k = 0; k < info->dlpi_phnum; k++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[k];
        if (part->p_type != PT_LOAD || !(part->p_flags & PF_X)) continue;
        code->from = part->p_offset ? info->dlpi_addr + part->p_vaddr : code->to;
        code->to = (uintptr_t)&etext;
    }
    return 1;
}

static int by_place(const void *a, const void *b)
{
    const struct range *x = a, *y = b;
    return (x->from > y->from) - (x->from < y->from);
}

static void add_gap(struct gaps *gaps, uintptr_t from, uintptr_t to)
{
    if (from >= to) return;
    gaps->gap[gaps->n].bytes = to - from;
    memcpy(&gaps->gap[gaps->n++].at, &from, sizeof from);
}

void sandbox_gaps(code_fn *const *kept, int n, struct gaps *gaps)
{
    struct range code = { 0, 0 }, keep[MOST_GAPS];
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    gaps->n = 0;
    if (RUNGS_SANITIZED || n < 1 || n >= MOST_GAPS) return;
    for (int k = 0; k < n; k++) {
        memcpy(&keep[k].from, &kept[k], sizeof keep[k].from);
        keep[k].to = (keep[k].from + KEPT_BYTES + page - 1) / page * page;
        keep[k].from = keep[k].from / page * page;
    }
    qsort(keep, (size_t)n, sizeof *keep, by_place);
    code.to = keep[0].from;
    if (!dl_iterate_phdr(find_code, &code)) return;
    uintptr_t at = code.from / page * page;
    for (int k = 0; k < n; k++) {
        add_gap(gaps, at, keep[k].from);
        if (keep[k].to > at) at = keep[k].to;
    }
    add_gap(gaps, at, code.to / page * page); /* what is behind in its last page is no code */
}

/* ---- what loading runs ---- */

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

int sandbox_may_load(const char *library, const char *shown, char *error)
{
    struct stat info;
    struct file f = { 0 };
    int fd = open(library, O_RDONLY | O_CLOEXEC);
    void *at = fd >= 0 && !fstat(fd, &info) && info.st_size > 0
                   ? mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, fd, 0)
                   : MAP_FAILED;
    if (fd >= 0) close(fd);
    if (at == MAP_FAILED) return error_set(error, "cannot read what was compiled from %s", shown);
    f.at = at, f.n = (size_t)info.st_size;
    int runs = runs_when_loaded(&f);
    munmap(at, f.n);
    return !runs ||
           error_set(error, "%s has code that runs when it is loaded (a constructor): not graded", shown);
}

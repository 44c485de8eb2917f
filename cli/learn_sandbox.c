/* learn_sandbox.c - a process that can compute and nothing else; see learn_sandbox.h. */
#include "learn_sandbox.h"

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

/* and what the emulator needs beside it: signals and a timer of its own */
static const int for_kernels[] = { __NR_mprotect,       __NR_rt_sigaction, __NR_rt_sigprocmask,
                                   __NR_sigaltstack,    __NR_setitimer,    __NR_getpid,
                                   __NR_gettid,         __NR_sched_yield,  __NR_lseek,
                                   __NR_fstat,          __NR_newfstatat,   __NR_tgkill,
                                   __NR_clock_nanosleep };

/* to load a library, and to write files where sandbox_files allows that */
static const int for_files[] = {
    __NR_openat,     __NR_close,      __NR_pread64,
    __NR_readlinkat, __NR_faccessat,  __NR_fcntl,
    __NR_prlimit64,  __NR_getdents64, __NR_sched_getaffinity,
    __NR_uname,      __NR_prctl,      __NR_seccomp,
    __NR_getrandom,  __NR_ioctl,      __NR_unlinkat,
#if defined __NR_faccessat2
    __NR_faccessat2,
#endif
#if defined __x86_64__
    __NR_open,       __NR_readlink,   __NR_access,
    __NR_stat,       __NR_lstat,      __NR_arch_prctl,
#endif
};

/* the numbers of another kind of call (x32) are as large as this */
enum { FIRST_FOREIGN = 0x40000000 };

/* everything but these n calls is refused with SIGSYS; into rule, which has room for FILTER_RULES; how
 * many they are */
static unsigned short write_filter(struct sock_filter *rule, const int *calls, int calls_n)
{
    unsigned short n = 0;
    rule[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch));
    rule[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, machine, 1, 0);
    rule[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
    rule[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    rule[n++] =
        (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, FIRST_FOREIGN, (unsigned char)calls_n, 0);
    for (int k = 0; k < calls_n; k++)
        rule[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)calls[k],
                                                 (unsigned char)(calls_n - k), 0);
    rule[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP);
    rule[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    return n;
}

static int filter(void)
{
    struct sock_filter rule[FILTER_RULES];
    const struct sock_fprog program = { .len = write_filter(rule, allowed, ALLOWED), .filter = rule };
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

/* ---- kernels ---- */

static int add_calls(int *calls, int n, const int *more, size_t bytes)
{
    memcpy(calls + n, more, bytes);
    return n + (int)(bytes / sizeof *more);
}

int sandbox_kernel_filter(struct sandbox_filter *f, int with_files)
{
    int calls[FILTER_RULES], n = add_calls(calls, 0, allowed, sizeof allowed);
    n = add_calls(calls, n, for_kernels, sizeof for_kernels);
    if (with_files) n = add_calls(calls, n, for_files, sizeof for_files);
    f->program = (struct sock_fprog){ .len = write_filter(f->rule, calls, n), .filter = f->rule };
    return machine != 0;
}

/* ---- valgrind ---- */

/* what starts or reaches other processes, the network, or the system itself */
static const int refused[] = {
    __NR_clone,
    __NR_socket,
    __NR_socketpair,
    __NR_connect,
    __NR_bind,
    __NR_ptrace,
    __NR_process_vm_readv,
    __NR_process_vm_writev,
    __NR_kill,
    __NR_mount,
    __NR_umount2,
    __NR_unshare,
    __NR_setns,
    __NR_execveat,
    __NR_bpf,
    __NR_keyctl,
    __NR_perf_event_open,
    __NR_userfaultfd,
    __NR_setuid,
    __NR_setgid,
    __NR_chroot,
    __NR_pivot_root,
    __NR_personality,
#if defined __x86_64__
    __NR_fork,
    __NR_vfork,
#endif
#if defined __NR_clone3
    __NR_clone3,
#endif
#if defined __NR_io_uring_setup
    __NR_io_uring_setup,
#endif
};

enum { REFUSED = sizeof refused / sizeof *refused };

int sandbox_valgrind_filter(struct sandbox_filter *f)
{
    unsigned short n = 0;
    struct sock_filter *rule = f->rule;
    rule[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch));
    rule[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, machine, 1, 0);
    rule[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
    rule[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    rule[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, FIRST_FOREIGN, REFUSED + 1, 0);
    for (int k = 0; k < REFUSED; k++)
        rule[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)refused[k],
                                                 (unsigned char)(REFUSED - k), 0);
    rule[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    rule[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
    f->program = (struct sock_fprog){ .len = n, .filter = rule };
    return machine != 0;
}

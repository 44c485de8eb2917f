/* learn_tally.c - one call of a function, counted: the student's file and a driver become a program, which
 * runs under valgrind's callgrind; see learn.h.
 *
 * Callgrind tells how often every instruction ran and what it loaded, objdump which instructions multiply.
 * Valgrind has no AVX-512: all code is compiled for AVX2. The simulated caches are fixed here, so that counts
 * depend on the code, not on the machine. */
#include "learn.h"

#include <fcntl.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "../base/memory.h"
#include "../base/process.h"
#include "../optimized/check.h"
#include "gradcheck_compile.h"
#include "gradcheck_guard.h"
#include "learn_sandbox.h"
#include "prototype.h"

static const char how_to_count[] =
    "valgrind is not installed: apt install valgrind, or your system's package";

/* ---- the driver ---- */

static void write_driver(FILE *f, const struct check_case *c)
{
    const int narg = c->op->narg;
    fprintf(f, "#include <stdio.h>\n#include <stdlib.h>\n\nint main(int argc, char **argv)\n{\n");
    fprintf(f, "    static const size_t bytes[] = {");
    for (int a = 0; a < narg; a++) fprintf(f, " %zu,", c->bytes[a]);
    fprintf(f, " };\n    void *argument[%d];\n    FILE *f = argc == 3 ? fopen(argv[1], \"rb\") : NULL;\n",
            narg);
    fputs("    if (!f) return 66;\n    for (int a = 0; a < (int)(sizeof bytes / sizeof *bytes); a++) {\n"
          "        argument[a] = aligned_alloc(64, (bytes[a] + 64) / 64 * 64);\n"
          "        if (!argument[a] || fread(argument[a], 1, bytes[a], f) != bytes[a]) return 66;\n    }\n"
          "    fclose(f);\n    ",
          f);
    prototype_call(f, c->op, c->size);
    fputs("    f = fopen(argv[2], \"wb\");\n    if (!f) return 74;\n"
          "    for (int a = 0; a < (int)(sizeof bytes / sizeof *bytes); a++)\n"
          "        if (fwrite(argument[a], 1, bytes[a], f) != bytes[a]) return 74;\n"
          "    return fclose(f) ? 74 : 0;\n}\n",
          f);
}

static const char *put_driver(const struct check_case *c, char *error)
{
    char *text = NULL;
    size_t length;
    FILE *f = open_memstream(&text, &length);
    if (!f) return error_set(error, "out of memory"), NULL;
    write_driver(f, c);
    const char *path = fclose(f) ? NULL : compile_put("driver.c", text, error);
    free(text);
    return path;
}

static void **buffers_of(const struct check_case *c)
{
    void **buf = memory_need((size_t)c->op->narg, sizeof *buf);
    for (int a = 0; a < c->op->narg; a++) buf[a] = memory_need(c->bytes[a] + 1, 1);
    return buf;
}

static void free_buffers(const struct check_case *c, void **buf)
{
    for (int a = 0; a < c->op->narg; a++) free(buf[a]);
    free(buf);
}

static int put_inputs(const struct tally_case *c)
{
    const struct check_case *p = c->problem;
    FILE *f = fopen(c->inputs, "wb");
    void **buf = buffers_of(p);
    int fine = f != NULL;
    check_case_load(p, buf);
    for (int a = 0; fine && a < p->op->narg; a++) fine = fwrite(buf[a], 1, p->bytes[a], f) == p->bytes[a];
    free_buffers(p, buf);
    return f && !fclose(f) && fine;
}

static int can_count(int is_plain)
{
#if defined __x86_64__
    return is_plain || !rung_lacks(NEED_AVX2);
#else
    (void)is_plain;
    return 0;
#endif
}

int tally_open(struct tally_case *c, const struct submission *s, const struct op *op, char *error)
{
    int size[MAX_SIZES];
    *c = (struct tally_case){ .s = s, .op = op };
    if (!can_count(s->exercise->is_plain))
        return error_set(error, "instructions are counted on x86-64 with AVX2 only"), EXIT_SKIPPED;
    if (!op_parse_shape(op, s->exercise->counted, size, error)) return EXIT_WRONG;
    c->problem = check_case_make(op, size, s->seed);
    c->driver = put_driver(c->problem, error);
    c->inputs = guard_file("inputs"), c->program = guard_file("counted"), c->object = guard_file("counted.o");
    c->listing = guard_file("listing");
    if (!folder_make_temporary(c->written, error)) return EXIT_OUTPUT;
    snprintf(c->outputs, sizeof c->outputs, "%.4000s/outputs", c->written);
    snprintf(c->profile, sizeof c->profile, "%.4000s/profile", c->written);
    if (!c->driver) return EXIT_OUTPUT;
    if (c->listing && put_inputs(c)) return EXIT_OK;
    error_set(error, "the files of a counted program cannot be written; set TMPDIR");
    return EXIT_OUTPUT;
}

void tally_close(struct tally_case *c)
{
    if (c->problem) check_case_free(c->problem);
    if (*c->written) folder_remove(c->written);
    c->problem = NULL;
}

/* ---- the program ---- */

/* the compiler with these words too, to make the file `to` */
static int compile_with(const struct tally_case *c, const char *const *more, const char *to, char *error)
{
    char compiler[512], said[2 * ERROR_TEXT] = "";
    const char *word[40];
    int n = compile_words(compiler, sizeof compiler, word);
    while (*more) word[n++] = *more++;
    if (!c->s->exercise->is_plain) word[n++] = "-mavx2", word[n++] = "-mfma";
    word[n] = NULL;
    if (compile_run(word, "set CC, or install one: apt install gcc", c->s->shown, to, said, sizeof said))
        return EXIT_OK;
    error_set(error, "%s", said);
    return EXIT_WRONG;
}

/* The student's file by itself, so that it can be looked at, then with the driver. A stranger's is what
 * the preprocessor has made of it: there is nothing of another file in it. */
static int compile(const struct tally_case *c, const char *source, char *error)
{
    const char *input = c->s->is_stranger ? source_checked(c->s, "float", error) : source;
    /* -no-pie: addresses are those of the file */
    const char *const object[] = { "-std=gnu11",
                                   "-fno-trapping-math",
                                   "-fno-math-errno",
                                   "-O3",
                                   "-c",
                                   "-fno-pie",
                                   "-w",
                                   "-o",
                                   c->object,
                                   "-Dreal=float",
                                   input,
                                   c->s->is_stranger ? NULL : "-include",
                                   c->s->declarations,
                                   NULL };
    const char *const program[] = { "-std=gnu11",       "-O3",          "-no-pie", "-w",      "-include",
                                    c->s->declarations, "-Dreal=float", c->driver, c->object, "-o",
                                    c->program,         "-lm",          NULL };
    if (!input) return EXIT_WRONG;
    int code = compile_with(c, object, c->object, error);
    if (!code && c->s->is_stranger &&
        (!sandbox_may_link(c->object, c->s->shown, 0, error) ||
         !sandbox_only_computes(c->object, c->s->shown, error)))
        return EXIT_WRONG;
    return code ? code : compile_with(c, program, c->program, error);
}

/* What a stranger's program, and valgrind around it, can reach: files to read, and the folder of what they
 * write. */
static void confine(const struct tally_case *c)
{
    static struct sandbox_filter filter;
    char error[ERROR_TEXT];
    const char *read[MOST_PATHS + 2];
    const char *const write[] = { c->written, "/dev/null", NULL };
    int n = 0;
    setenv("TMPDIR", c->written, 1); /* valgrind keeps files of its own */
    sandbox_system_paths(read);
    while (read[n]) n++;
    read[n] = c->program, read[n + 1] = c->inputs, read[n + 2] = NULL;
    if (!sandbox_files(read, write, error) || !sandbox_valgrind_filter(&filter) ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter.program))
        _exit(EXIT_RESOURCES);
}

/* in the child */
static void become_valgrind(void *arg)
{
    const struct tally_case *c = arg;
    if (c->s->is_stranger) confine(c);
    char profile[FILE_PATH], toggle[200];
    snprintf(profile, sizeof profile, "--callgrind-out-file=%.3000s", c->profile);
    snprintf(toggle, sizeof toggle, "--toggle-collect=%.150s", op_base(c->op)->name);
    execlp("valgrind", "valgrind", "-q", "--vgdb=no", "--tool=callgrind", profile, toggle, "--cache-sim=yes",
           "--simulate-wb=yes", "--I1=32768,8,64", "--D1=32768,8,64", "--LL=65536,16,64", "--dump-instr=yes",
           "--dump-line=no", "--compress-pos=no", "--compress-strings=no", c->program, c->inputs, c->outputs,
           (char *)NULL);
    _exit(127);
}

static int run(const struct tally_case *c, char *error)
{
    struct guard g = { .seconds = 20 + 4.0 * c->s->seconds };
    unlink(c->outputs), unlink(c->profile);
    guard_run(&g, become_valgrind, (void *)c);
    if (g.end == GUARD_EXIT && g.code == 0) return EXIT_OK;
    if (g.end == GUARD_EXIT && g.code == 127) return error_set(error, "%s", how_to_count), EXIT_SKIPPED;
    if (g.end == GUARD_NO_CHILD) return error_set(error, "cannot start valgrind"), EXIT_RESOURCES;
    if (g.end == GUARD_LATE)
        error_set(error, "%s still runs after %g s under valgrind", c->op->name, g.seconds);
    else
        error_set(error, "%s fails under valgrind: %.300s", c->op->name, g.err.head);
    return EXIT_WRONG;
}

/* what is counted must be right, too */
static int is_right(const struct tally_case *c, char *error)
{
    const struct check_case *p = c->problem;
    struct check result = { .verdict = CHECK_PASS };
    FILE *f = fopen(c->outputs, "rb");
    if (!f) return error_set(error, "%s ends the process", c->op->name);
    void **buf = buffers_of(p);
    int whole = 1;
    for (int a = 0; a < p->op->narg; a++) whole &= fread(buf[a], 1, p->bytes[a], f) == p->bytes[a];
    int fine = whole && check_case_compare(p, buf, &result);
    if (!fine)
        error_set(error, "when compiled for counting: %s", whole ? result.reason : "it ends the process");
    free_buffers(p, buf);
    fclose(f);
    return fine;
}

/* ---- which instructions work on vector registers, and which of them multiply ---- */

struct vector {
    unsigned long at;
    int lanes; /* that it multiplies */
};

struct listing {
    struct vector *vector;
    size_t n;
};

/* how many numbers the instruction multiplies: 8 for "vfmadd231ps (%rax),%ymm1,%ymm0"; 0: it does not */
static int lanes_of(const char *text)
{
    static const char *const names[] = { "vfmadd", "vfmsub", "vfnmadd", "vfnmsub", "vmul", "mul" };
    size_t k = 0, end = strcspn(text, " \t\n");
    while (k < sizeof names / sizeof *names && strncmp(text, names[k], strlen(names[k]))) k++;
    if (k == sizeof names / sizeof *names || end < 5) return 0;
    int is_packed = text[end - 2] == 'p', is_double = text[end - 1] == 'd';
    if (!is_packed && text[end - 2] != 's') return 0; /* mul of integers */
    if (!is_packed) return 1;
    return (strstr(text, "%ymm") ? 32 : 16) / (is_double ? 8 : 4);
}

static int add_vector(struct listing *l, unsigned long at, int lanes)
{
    if ((l->n & (l->n - 1)) == 0) {
        struct vector *more = realloc(l->vector, (l->n ? 2 * l->n : 1) * sizeof *more);
        if (!more) return 0;
        l->vector = more;
    }
    l->vector[l->n++] = (struct vector){ at, lanes };
    return 1;
}

/* objdump's lines "  4014fa:\tvfmadd231ss ..." are in the order of their addresses. */
static int read_listing(const struct tally_case *c, struct listing *l, char *error)
{
    const char *const argv[] = { "objdump", "-d", "--no-show-raw-insn", c->program, NULL };
    int to = open(c->listing, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    int code = to < 0 ? 127 : process_run(argv, -1, to, -1, error);
    char line[1000];
    if (to >= 0) close(to);
    if (code) return error_set(error, "objdump is missing: apt install binutils"), EXIT_SKIPPED;
    FILE *f = fopen(c->listing, "r");
    int fine = f != NULL;
    while (fine && fgets(line, sizeof line, f)) {
        char *behind;
        unsigned long at = strtoul(line, &behind, 16);
        int is_vector = *behind == ':' && (strstr(behind, "%xmm") || strstr(behind, "%ymm"));
        if (is_vector) fine = add_vector(l, at, lanes_of(behind + 2));
    }
    if (f) fclose(f);
    return fine ? EXIT_OK : (error_set(error, "out of memory"), EXIT_RESOURCES);
}

/* NULL: the instruction is not in the list */
static const struct vector *vector_at(const struct listing *l, unsigned long at)
{
    size_t low = 0, high = l->n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (l->vector[middle].at < at)
            low = middle + 1;
        else
            high = middle;
    }
    return low < l->n && l->vector[low].at == at ? &l->vector[low] : NULL;
}

/* ---- what was counted ---- */

enum { LINE = 64 }; /* bytes of a cache line */

/* callgrind's events, in the order that follows from the options above; a line omits the zeros at its end */
enum event { IR, DR, DW, I1MR, D1MR, D1MW, ILMR, DLMR, DLMW, ILDMR, DLDMR, DLDMW, EVENTS };

/* Adds a line of the profile, such as "0x4014fa 5 1": an instruction's address, followed by its counts. */
static void add_line(struct tally *t, const char *line, const struct listing *l)
{
    char *at;
    double event[EVENTS] = { 0 };
    unsigned long address = strtoul(line, &at, 16);
    for (int e = 0; e < EVENTS && *at == ' '; e++) event[e] = strtod(at, &at);
    const struct vector *vector = vector_at(l, address);
    t->instructions += event[IR];
    if (vector) { /* callgrind may count a load of eight lanes as eight */
        t->loads += event[DR] < event[IR] ? event[DR] : event[IR];
        if (vector->lanes) t->products += event[IR];
        t->multiplications += event[IR] * vector->lanes;
    }
    t->misses += event[D1MR] + event[D1MW];
    t->bytes += LINE * (event[DLMR] + event[DLMW] + event[DLDMR] + event[DLDMW]);
}

static int read_profile(const struct tally_case *c, const struct listing *l, struct tally *t, char *error)
{
    FILE *f = fopen(c->profile, "r");
    char line[1000];
    int is_known = 0, is_sum = 0; /* the line after "calls=" repeats the events of the called function */
    while (f && fgets(line, sizeof line, f)) {
        if (!strncmp(line, "events: Ir Dr Dw I1mr D1mr D1mw ILmr DLmr DLmw ILdmr DLdmr DLdmw", 64))
            is_known = 1;
        if (!strncmp(line, "0x", 2) && !is_sum) add_line(t, line, l);
        is_sum = !strncmp(line, "calls=", 6);
    }
    if (f) fclose(f);
    if (is_known && t->instructions > 0) return EXIT_OK;
    error_set(error, "this version of valgrind writes a different format");
    return EXIT_SKIPPED;
}

int tally_take(const struct tally_case *c, const char *source, struct tally *t, char *error)
{
    struct listing l = { NULL, 0 };
    *t = (struct tally){ 0 };
    int code = compile(c, source, error);
    if (!code) code = run(c, error);
    if (!code && !is_right(c, error)) code = EXIT_WRONG;
    if (!code) code = read_listing(c, &l, error);
    if (!code) code = read_profile(c, &l, t, error);
    free(l.vector);
    return code;
}

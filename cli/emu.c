/* emu.c - rungs emu: a .cu file of one's own, run on this CPU with all that the emulator sees.
 *
 * The file is rewritten (emu/cu2cpp.cmake), compiled three times (plain, with sanitizers, with every access
 * shown to the checker) and run: in four orders of the threads, which must print the same; with
 * AddressSanitizer; and with the race checker, which also counts the requests to memory. */
#include "verbs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/file.h"
#include "../base/process.h"
#include "emu.h"
#include "emu_mistakes.h"

enum { WORDS = 64, PATH_ROOM = 4200 };

static int quick, keep;

static char folder[PATH_ROOM / 2]; /* of temporary files */
static char kit[PATH_ROOM];        /* headers, cu2cpp.cmake and the emulator as libraries */
static char source[PATH_ROOM];

/* ---- paths ---- */

static const char *in_folder(const char *name)
{
    static char path[4][PATH_ROOM];
    static int next;
    char *p = path[next++ % 4];
    snprintf(p, PATH_ROOM, "%s/%s", folder, name);
    return p;
}

/* beside the program in a build, in share/rungs where it is installed */
static int find_kit(void)
{
    static const char *const place[] = { "emu_kit", "../share/rungs/emu" };
    char program[PATH_ROOM / 2], probe[PATH_ROOM + 32];
    if (!folder_of_program(program, sizeof program)) return 0;
    for (size_t i = 0; i < sizeof place / sizeof *place; i++) {
        snprintf(kit, sizeof kit, "%s/%s", program, place[i]);
        snprintf(probe, sizeof probe, "%s/cu2cpp.cmake", kit);
        if (!access(probe, R_OK)) return 1;
    }
    return 0;
}

const char *emu_kit(void)
{
    return find_kit() ? kit : NULL;
}

/* ---- running programs ---- */

enum { NO_PROGRAM = -1, NO_PROCESS = -2, NO_OUTPUT = -3 };

static int open_new(const char *path)
{
    return path ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1;
}

/* Runs word[0] with its output in the files `out` and `err` (NULL: the terminal's own); its exit code, 128 +
 * signal, NO_PROGRAM, or the others after a sentence. */
static int run(const char *const *word, const char *out, const char *err)
{
    char error[ERROR_TEXT];
    int to = open_new(out), cry = open_new(err), missing = 0, code = NO_OUTPUT;
    pid_t child;
    if ((out && to < 0) || (err && cry < 0))
        args_fail(EXIT_OUTPUT, "emu", "cannot write in %s: %s", folder, strerror(errno));
    else if (process_start(&child, word, -1, to, cry, &missing, error))
        code = process_wait(child);
    else
        code = missing ? NO_PROGRAM : NO_PROCESS;
    if (code == NO_PROCESS) args_fail(EXIT_RESOURCES, "emu", "%s", error);
    if (to >= 0) close(to);
    if (cry >= 0) close(cry);
    return code;
}

/* of a code that is not the program's own; 0 for others */
static int exit_code_of(int code)
{
    return code == NO_PROCESS ? EXIT_RESOURCES : code == NO_OUTPUT ? EXIT_OUTPUT : 0;
}

/* copies a file to stream; 1 if it held anything */
static int show(const char *path, FILE *to)
{
    char block[4096];
    size_t n, all = 0;
    FILE *f = fopen(path, "r");
    if (!f) return 0;
    while ((n = fread(block, 1, sizeof block, f)) > 0) all += fwrite(block, 1, n, to);
    fclose(f);
    fflush(to);
    return all > 0;
}

/* ---- building ---- */

struct variant {
    const char *name; /* of the program, and of the emulator's library libNAME.a */
    const char *flags[8];
};

const char *const emu_flags[] = {
    "-std=c++17",           "-g",       "-gdwarf-4",      "-fno-strict-aliasing",
    "-Wno-unknown-pragmas", "-include", "cuda_runtime.h", NULL
};

static const struct variant plain = { "emu", { "-O2" } };
static const struct variant asan = { "emu_asan",
                                     { "-O1", "-fno-omit-frame-pointer", "-fsanitize=address,undefined",
                                       "-fno-sanitize-recover=undefined" } };
static const struct variant race = { "emu_race", { "-O1", "-fsanitize=thread" } };

/* EXIT_OK, or an exit code after a sentence */
static int rewrite(void)
{
    char in[PATH_ROOM + 8], out[PATH_ROOM + 8], script[PATH_ROOM + 32];
    snprintf(in, sizeof in, "-DIN=%s", source);
    snprintf(out, sizeof out, "-DOUT=%s", in_folder("program.cpp"));
    snprintf(script, sizeof script, "%s/cu2cpp.cmake", kit);
    const char *const word[] = { "cmake", in, out, "-P", script, NULL };
    int code = run(word, NULL, in_folder("said"));
    if (!code) return EXIT_OK;
    if (exit_code_of(code)) return exit_code_of(code);
    if (code == NO_PROGRAM) return args_fail(EXIT_SKIPPED, "emu", "cmake is needed: apt install cmake");
    show(in_folder("said"), stderr);
    return args_fail(EXIT_INPUT, "emu", "%s cannot be rewritten as C++", source);
}

const char *emu_compiler(void)
{
    const char *cxx = getenv("CXX");
    return cxx && *cxx ? cxx : "c++";
}

static int is_clang(void)
{
    char line[200] = "";
    const char *const word[] = { emu_compiler(), "--version", NULL };
    run(word, in_folder("version"), in_folder("said"));
    FILE *f = fopen(in_folder("version"), "r");
    if (f && !fgets(line, sizeof line, f)) *line = '\0';
    if (f) fclose(f);
    return strstr(line, "clang") != NULL;
}

/* EXIT_OK, or an exit code after the compiler's own words and a sentence */
static int build(const struct variant *v)
{
    char include[PATH_ROOM + 16], beside[PATH_ROOM + 8], library[PATH_ROOM + 32], object[PATH_ROOM],
        script[PATH_ROOM + 32];
    const char *word[WORDS], *slash = strrchr(source, '/');
    int n = 0;
    snprintf(include, sizeof include, "-I%s/include", kit);
    snprintf(beside, sizeof beside, "-I%.*s", slash ? (int)(slash - source) : 1, slash ? source : ".");
    snprintf(library, sizeof library, "%s/lib%s.a", kit, v->name);
    snprintf(object, sizeof object, "%s.o", in_folder(v->name));
    snprintf(script, sizeof script, "%s/clang_race.sh", kit);
    if (v == &race && is_clang()) word[n++] = "sh", word[n++] = script;
    word[n++] = emu_compiler();
    /* a float4 is one access, and a volatile access says that it is one; each compiler in its own words */
    if (v == &race && is_clang())
        word[n++] = "-mllvm", word[n++] = "-tsan-distinguish-volatile=1";
    else if (v == &race)
        word[n++] = "-fno-tree-sra", word[n++] = "--param", word[n++] = "tsan-distinguish-volatile=1";
    for (int i = 0; emu_flags[i]; i++) word[n++] = emu_flags[i];
    for (int i = 0; v->flags[i]; i++) word[n++] = v->flags[i];
    word[n++] = include, word[n++] = beside, word[n++] = "-c", word[n++] = in_folder("program.cpp");
    word[n++] = "-o", word[n++] = object, word[n] = NULL;
    int code = run(word, NULL, in_folder("said"));
    if (!code) { /* the sanitizer that listens is ours: -fsanitize=thread is for compiling only */
        n = 0;
        word[n++] = emu_compiler(), word[n++] = object, word[n++] = "-Wl,--whole-archive",
        word[n++] = library;
        word[n++] = "-Wl,--no-whole-archive";
        if (v == &asan) word[n++] = asan.flags[2];
        word[n++] = "-lm", word[n++] = "-ldl", word[n++] = "-lpthread", word[n++] = "-o",
        word[n++] = in_folder(v->name);
        word[n] = NULL;
        code = run(word, NULL, in_folder("said"));
    }
    if (!code) return EXIT_OK;
    if (exit_code_of(code)) return exit_code_of(code);
    if (code == NO_PROGRAM)
        return args_fail(EXIT_SKIPPED, "emu", "a C++ compiler is needed: set CXX, or apt install g++");
    show(in_folder("said"), stderr);
    return args_fail(EXIT_INPUT, "emu", "%s does not compile%s", source,
                     v == &plain ? "" : " with the checks");
}

/* ---- checking ---- */

static const char *const *arguments; /* of the user's program, ends with NULL */
static int mistakes;                 /* that differ */

static void remove_folder(void)
{
    static const char *const name[] = { "program.cpp", "version",  "said",  "first",      "other",     "emu",
                                        "emu_asan",    "emu_race", "emu.o", "emu_asan.o", "emu_race.o" };
    if (keep) {
        printf("kept %s\n", folder);
        return;
    }
    for (size_t i = 0; i < sizeof name / sizeof *name; i++) unlink(in_folder(name[i]));
    rmdir(folder);
}

static int run_program(const struct variant *v, const char *out, const char *err)
{
    const char *word[WORDS];
    int n = 0;
    word[n++] = in_folder(v->name);
    for (int i = 0; arguments[i] && n < WORDS - 1; i++) word[n++] = arguments[i];
    word[n] = NULL;
    int code = run(word, out, err), end = exit_code_of(code);
    if (!end) return code;
    remove_folder();
    exit(end); /* nothing is known of the program */
}

static int failures; /* of runs in which nothing else was found */

/* What a run has shown, after its output: 1 if anything. */
static int judge(int code)
{
    int reports;
    mistakes += emu_mistakes(in_folder("said"), &reports);
    if (!code) return 0;
    if (reports)
        puts("FOUND  see above");
    else if (code > 128)
        printf("FOUND  the program ended with an error (signal %d)\n", code - 128);
    else
        printf("FOUND  the program ended with an error (exit code %d)\n", code);
    failures += !reports;
    return 1;
}

/* the program itself, its output as it comes */
static int first_run(void)
{
    puts("== forward order");
    int code = run_program(&plain, in_folder("first"), in_folder("said"));
    show(in_folder("first"), stdout);
    show(in_folder("said"), stdout);
    return !judge(code);
}

static void other_orders(void)
{
    static const char *const order[] = { "reverse", "random:1", "random:2" };
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        setenv("CUEMU_ORDER", order[i], 1);
        int code = run_program(&plain, in_folder("other"), in_folder("said"));
        if (!code && emu_same_lines(in_folder("first"), in_folder("other"))) {
            printf("== %s order: the same output\n", order[i]);
            continue;
        }
        printf("== %s order\n", order[i]);
        if (!code) show(in_folder("other"), stdout);
        show(in_folder("said"), stdout);
        if (judge(code)) continue;
        puts("FOUND  different output in this order of its threads: a race, or a time that was printed");
        failures++;
    }
    unsetenv("CUEMU_ORDER");
}

static void checked_run(const struct variant *v, const char *title)
{
    printf("== %s\n", title);
    fflush(stdout);
    if (v == &race) setenv("CUEMU_PROFILE", "1", 1);
    if (v == &asan)
        setenv("ASAN_OPTIONS", "detect_leaks=0", 0); /* what the host never frees is not the question */
    int code = run_program(v, "/dev/null", in_folder("said"));
    unsetenv("CUEMU_PROFILE");
    int told = show(in_folder("said"), stdout);
    if (!judge(code) && !told) puts("nothing found");
}

/* A failure that is explained by a mistake is none of its own. */
static int findings(void)
{
    return mistakes ? mistakes : failures > 0;
}

static int check_file(void)
{
    const char *below = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/rungs-emu-XXXXXX", below && *below ? below : "/tmp");
    if (!mkdtemp(folder))
        return args_fail(EXIT_OUTPUT, "emu", "cannot make the temporary folder %s: %s", folder,
                         strerror(errno));
    int code = rewrite();
    if (!code) code = build(&plain);
    if (!code && first_run() && !quick) other_orders();
    if (!code && !quick && !(code = build(&asan)))
        checked_run(&asan, "AddressSanitizer, UndefinedBehaviorSanitizer");
    if (!code && !(code = build(&race))) checked_run(&race, "races, and requests to memory");
    if (!code) printf("%d finding%s\n", findings(), findings() == 1 ? "" : "s");
    remove_folder();
    return code ? code : findings() ? EXIT_WRONG : EXIT_OK;
}

int verb_emu(int argc, char **argv)
{
    const struct option_row options[] = {
        { "--quick", OPTION_FLAG, &quick, 0, 0, "one order and the race checker only" },
        { "--keep", OPTION_FLAG, &keep, 0, 0, "keep the rewritten file and the programs" },
        { 0 },
    };
    const struct usage usage = {
        "emu",
        "emu FILE.cu [options] [ARGUMENT...]",
        "Runs a CUDA program (a .cu file with a main) on this CPU, without a GPU and without nvcc, and tells "
        "what\n"
        "is wrong with it: races, barriers that not all threads reach, indices out of bounds, memory never\n"
        "written, misaligned accesses, wrong masks; each with block, thread and line. Then counts, for each "
        "line,\n"
        "the requests to memory: sectors per request, bank conflicts. ARGUMENTs are the program's own.\n"
        "Exit 0: nothing found, 1: something was, 66: it does not compile, 77: built without the emulator.",
        "  rungs emu my_kernel.cu\n  rungs emu my_kernel.cu --quick\n",
        options,
        1,
        WORDS / 2,
    };
    const char *word[WORDS / 2 + 1] = { NULL };
    struct stat facts;
    int code, words = args_read(&usage, argc, argv, word, &code);
    if (words < 0) return code;
    word[words] = NULL;
    arguments = word + 1;
    if (!realpath(word[0], source) || stat(source, &facts) || !S_ISREG(facts.st_mode))
        return args_fail(EXIT_INPUT, "emu", "%s is not a file that can be read; give the path of a .cu file",
                         word[0]);
    if (!emu_kit())
        return args_fail(
            EXIT_SKIPPED, "emu",
            "this build has no emulator: configure with a C++ compiler (on Debian: apt install g++)");
    return check_file();
}

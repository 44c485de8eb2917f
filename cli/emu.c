/* emu.c - rungs emu: a CUDA program of one's own, run on this CPU with all that the emulator sees.
 *
 * Its sources are rewritten (emu/cu2cpp), compiled three times (plain, with sanitizers, with every access
 * shown to the checker) and run: in four orders of the threads, which must print the same; with
 * AddressSanitizer; and with the race checker, which also counts the requests to memory. */
#include "verbs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "emu.h"
#include "emu_build.h"
#include "emu_explain.h"
#include "emu_mistakes.h"
#include "explain.h"

static int quick, keep, explain, diff;
static struct emu_explain how = { .gpu = "a100" };
static struct emu_program program;

/* ---- files ---- */

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

/* ---- checking ---- */

static const char *const *arguments; /* of the user's program, ends with NULL */
static int mistakes;                 /* that differ */

static int run_program(const struct emu_variant *v, const char *out, const char *err)
{
    const char *word[EMU_MOST + 2];
    int n = 0;
    word[n++] = emu_file(v->name);
    for (int i = 0; arguments[i] && n < EMU_MOST + 1; i++) word[n++] = arguments[i];
    word[n] = NULL;
    int code = emu_run(word, emu_file("input"), out, err), end = emu_exit_code(code);
    if (!end) return code;
    emu_end(keep);
    exit(end); /* nothing is known of the program */
}

static int failures; /* of runs in which nothing else was found */

/* What a run has shown, after its output: 1 if anything. */
static int judge(int code)
{
    int reports;
    mistakes += emu_mistakes(emu_file("said"), &reports);
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
    int code = run_program(&emu_plain, emu_file("first"), emu_file("said"));
    show(emu_file("first"), stdout);
    show(emu_file("said"), stdout);
    return !judge(code);
}

static void other_orders(void)
{
    static const char *const order[] = { "reverse", "random:1", "random:2" };
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        setenv("CUEMU_ORDER", order[i], 1);
        int code = run_program(&emu_plain, emu_file("other"), emu_file("said"));
        if (!code && emu_same_lines(emu_file("first"), emu_file("other"))) {
            printf("== %s order: the same output\n", order[i]);
            continue;
        }
        printf("== %s order\n", order[i]);
        if (!code) show(emu_file("other"), stdout);
        show(emu_file("said"), stdout);
        if (judge(code)) continue;
        puts("FOUND  different output in this order of its threads: a race, or a time that was printed");
        failures++;
    }
    unsetenv("CUEMU_ORDER");
}

static int leaks_are_ours; /* CUEMU_LEAKS was not set by the user: the last run alone tells of them */
static long kernels = -1;  /* that the last run has run; -1: it did not say */

static void checked_run(const struct emu_variant *v, const char *title)
{
    printf("== %s\n", title);
    fflush(stdout);
    setenv("CUEMU_SUMMARY", "1", 1);
    if (v == &emu_race) setenv("CUEMU_PROFILE", "1", 1), setenv("CUEMU_UNWRITTEN", "1", 0);
    if (v == &emu_race && leaks_are_ours) unsetenv("CUEMU_LEAKS");
    if (v == &emu_asan)
        setenv("ASAN_OPTIONS", "detect_leaks=0", 0); /* what the host never frees is not the question */
    int code = run_program(v, "/dev/null", emu_file("said"));
    unsetenv("CUEMU_PROFILE"), unsetenv("CUEMU_SUMMARY");
    show(emu_file("said"), stdout);
    judge(code);
    kernels = emu_kernels(emu_file("said"));
}

/* A failure that is explained by a mistake is none of its own. */
static int findings(void)
{
    return mistakes ? mistakes : failures > 0;
}

/* The last line: what is found, or why that there is nothing says nothing. */
static int conclude(void)
{
    if (findings()) return printf("%d finding%s\n", findings(), findings() == 1 ? "" : "s"), EXIT_WRONG;
    if (kernels > 0) return puts("0 findings"), EXIT_OK;
    if (kernels == 0)
        puts("no kernel ran, so nothing was checked");
    else
        puts(
            "the program ended (by _exit?) before the emulator could say what it saw, so what was checked is not "
            "known");
    return EXIT_SKIPPED;
}

static int check_program(void)
{
    leaks_are_ours = !getenv("CUEMU_LEAKS");
    setenv("CUEMU_LEAKS", "0", 0);
    if (!emu_begin()) return EXIT_OUTPUT;
    int code = emu_rewrite(&program);
    if (!code) code = emu_build(&program, &emu_plain);
    if (!code) code = emu_keep_input();
    if (!code && first_run() && !quick) other_orders();
    if (!code && !quick && !(code = emu_build(&program, &emu_asan)))
        checked_run(&emu_asan, "AddressSanitizer, UndefinedBehaviorSanitizer");
    if (!code && !(code = emu_build(&program, &emu_race)))
        checked_run(&emu_race, "races, and requests to memory");
    if (!code) code = conclude();
    emu_end(keep);
    return code;
}

/* ---- the command line ---- */

/* Takes -I and -D, as a compiler would, out of the words; -1 after a sentence. */
static int take_options(int argc, char **argv)
{
    static char joined[EMU_MOST][EMU_PATH];
    int left = 1, words = 0;
    for (int i = 1; i < argc; i++) {
        int more = !words && (!strncmp(argv[i], "-I", 2) || !strncmp(argv[i], "-D", 2));
        words |= !strcmp(argv[i], "--");
        if (!more) {
            argv[left++] = argv[i];
            continue;
        }
        const char *value = argv[i][2] ? argv[i] + 2 : i + 1 < argc ? argv[i + 1] : NULL;
        if (!value) return args_refuse("emu", "%s needs a value", argv[i]), -1;
        if (program.options == EMU_MOST) return args_refuse("emu", "more than %d -I and -D", EMU_MOST), -1;
        snprintf(joined[program.options], EMU_PATH, "%.2s%s", argv[i], value);
        i += !argv[i][2];
        program.option[program.options] = joined[program.options];
        program.options++;
    }
    argv[left] = NULL;
    return left;
}

static int is_source(const char *word)
{
    static const char *const ending[] = { ".cu", ".cpp", ".cc", ".cxx" };
    const char *dot = strrchr(word, '.');
    for (size_t i = 0; dot && i < sizeof ending / sizeof *ending; i++)
        if (!strcmp(dot, ending[i])) return 1;
    return 0;
}

/* The first word, and those after it that are sources too; returns how many, 0 after a sentence. */
static int take_sources(const char *const *word)
{
    int n = 0;
    for (; word[n] && n < EMU_MOST && (n == 0 || is_source(word[n])); n++) {
        struct stat facts;
        char *path = realpath(word[n], NULL);
        if (!path || stat(path, &facts) || !S_ISREG(facts.st_mode)) {
            free(path);
            args_fail(EXIT_INPUT, "emu", "%s is not a file that can be read; give the path of a .cu file",
                      word[n]);
            return 0;
        }
        program.source[program.sources++] = path; /* for as long as the program runs */
    }
    return n;
}

/* What belongs to --explain alone, and what does not go with it: EXIT_OK, or a code after a sentence. */
static int check_explain(void)
{
    const char *const given = how.json        ? "--json"
                              : how.csv       ? "--csv"
                              : how.html      ? "--html"
                              : how.registers ? "--registers"
                              : how.flops > 0 ? "--flops"
                                              : NULL;
    const char *name[8];
    size_t n = 0;
    if (!explain && given && !(diff && !strcmp(given, "--json")))
        return args_refuse("emu", "%s goes with --explain", given);
    if (diff && explain) return args_refuse("emu", "--diff and --explain do not go together");
    if (diff && program.sources != 2)
        return args_refuse("emu", "--diff takes two programs of one file each, before and after a change");
    if ((explain || diff) && quick)
        return args_refuse("emu", "--quick does not go with --explain or --diff, which run a program once");
    for (const struct explain_gpu *g = explain_gpus; g->word; g++) name[n++] = g->word;
    if (explain_find_gpu(how.gpu)) return EXIT_OK;
    return args_unknown("emu", "there is no GPU", how.gpu, (struct name_list){ name, n, sizeof *name },
                        "name a100, h100 or rtx4090");
}

int verb_emu(int argc, char **argv)
{
    const struct option_row options[] = {
        { "--quick", OPTION_FLAG, &quick, 0, 0, "one order and the race checker only" },
        { "--keep", OPTION_FLAG, &keep, 0, 0, "keep the rewritten file and the programs" },
        { "--explain", OPTION_FLAG, &explain, 0, 0, "why its kernels are slow, line by line" },
        { "--diff", OPTION_FLAG, &diff, 0, 0,
          "what a change did to these counts, from the first file to the second" },
        { "--gpu", OPTION_TEXT, &how.gpu, 0, 0, "whose limits and roofs: a100, h100 or rtx4090" },
        { "--registers", OPTION_INT, &how.registers, 0, 255, "per thread; 0: asked of nvcc, where it is" },
        { "--flops", OPTION_REAL, &how.flops, 0, 1e18, "of one launch; 0: counted" },
        { "--json", OPTION_FILE, &how.json, 0, 0, "writes what --explain or --diff found" },
        { "--csv", OPTION_FILE, &how.csv, 0, 0, "writes its lines as a table" },
        { "--html", OPTION_FILE, &how.html, 0, 0, "writes one page: each line's lanes, sectors, banks" },
        { 0 },
    };
    const struct usage usage = {
        "emu",
        "emu FILE.cu [FILE.cu|FILE.cpp...] [-I FOLDER] [-D NAME[=VALUE]] [options] [ARGUMENT...]",
        "Runs a CUDA program (a .cu file with a main) on this CPU, without a GPU and without nvcc, and tells "
        "what\n"
        "is wrong with it: races, barriers that not all threads reach, indices out of bounds, memory never\n"
        "written, misaligned accesses, wrong masks; each with block, thread and line. Then counts, for each "
        "line,\n"
        "the requests to memory: sectors per request, bank conflicts. ARGUMENTs are the program's own,\n"
        "and it reads the standard input of this command. Local headers with launches in them are found.\n"
        "--explain runs it once and tells why its kernels are slow: for each line sectors per request, bank conflicts\n"
        "and what mends them; for each kernel occupancy, lanes active, arithmetic, and the roof above it on a GPU.\n"
        "Exit 0: nothing found, 1: something was, 66: it does not compile, 77: no kernel ran, or there is no emulator.",
        "  rungs emu my_kernel.cu\n  rungs emu my_kernel.cu --quick\n  rungs emu --explain my_kernel.cu --gpu h100 --html why.html\n  rungs emu --diff before.cu after.cu\n  rungs emu main.cu kernels.cu -I include -D N=128 -- 256 <input.txt\n",
        options,
        1,
        EMU_MOST,
    };
    const char *word[EMU_MOST + 1] = { NULL };
    int code = EXIT_USAGE, words = argc = take_options(argc, argv);
    if (words < 0 || (words = args_read(&usage, argc, argv, word, &code)) < 0) return code;
    word[words] = NULL;
    int sources = take_sources(word);
    if (!sources) return EXIT_INPUT;
    arguments = word + sources;
    if ((code = check_explain())) return code;
    if (!emu_kit())
        return args_fail(
            EXIT_SKIPPED, "emu",
            "this build has no emulator: configure with a C++ compiler (on Debian: apt install g++)");
    how.keep = keep;
    if (diff) {
        struct emu_program after = program;
        after.source[0] = program.source[1];
        program.sources = after.sources = 1;
        return emu_diff(&program, &after, arguments, &how);
    }
    return explain ? emu_explain(&program, arguments, &how) : check_program();
}

/* emu_explain.c - rungs emu --explain: see emu_explain.h. The program runs once, with every access and
 * every basic block shown to the emulator, which leaves its counts in the temporary folder. */
#include "emu_explain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../base/file.h"
#include "emu.h"
#include "explain.h"

/* ---- the run ---- */

/* What the program has said, but for the emulator's reports if only they matter. */
static void show_said(const char *path)
{
    char line[4096];
    FILE *f = fopen(path, "r");
    while (f && fgets(line, sizeof line, f)) fputs(line, stderr);
    if (f) fclose(f);
}

/* EXIT_OK, or EXIT_WRONG where the emulator found mistakes; others after a sentence. */
static int run_it(const char *const *arguments, char folder[FILE_PATH])
{
    const char *word[EMU_MOST + 2];
    int n = 0;
    word[n++] = emu_file(emu_explained.name);
    for (int i = 0; arguments[i] && n < EMU_MOST + 1; i++) word[n++] = arguments[i];
    word[n] = NULL;
    snprintf(folder, FILE_PATH, "%.4000s", emu_file("counts"));
    if (mkdir(folder, 0700)) return args_fail(EXIT_OUTPUT, "emu", "cannot make %s", folder);
    setenv("CUEMU_EXPLAIN", folder, 1);
    setenv("CUEMU_LEAKS", "0", 0);
    int code = emu_run(word, emu_file("input"), "/dev/null", emu_file("said"));
    unsetenv("CUEMU_EXPLAIN");
    if (emu_exit_code(code)) return emu_exit_code(code);
    show_said(emu_file("said"));
    return code ? EXIT_WRONG : EXIT_OK;
}

/* Builds and runs a program, and reads what was counted. report may be freed whatever the code is. */
static int count(const struct emu_program *p, const char *const *arguments, const struct emu_explain *how,
                 struct explain_report *report, const struct explain_gpu *gpu, int *nvcc)
{
    char folder[FILE_PATH], error[ERROR_TEXT];
    int code = emu_rewrite(p), ran;
    if (!code) code = emu_keep_input();
    if (!code) code = emu_build(p, &emu_explained);
    if (code) return code;
    ran = run_it(arguments, folder);
    if (ran != EXIT_OK && ran != EXIT_WRONG) return ran;
    int counted = explain_read(report, folder, error);
    folder_remove(folder);
    if (!counted)
        return args_fail(EXIT_WRONG, "emu", "the program ended before its kernels could be counted%s: %s",
                         ran ? " (see above)" : "", error);
    if (!report->kernels)
        return args_fail(EXIT_SKIPPED, "emu", "no kernel ran, so there is nothing to explain");
    for (int i = 0; i < report->kernels; i++) report->kernel[i].registers = how->registers;
    if (!how->registers) *nvcc = explain_registers(report, p->source, p->sources, p->option, p->options, gpu);
    return ran;
}

/* ---- results ---- */

typedef void writer(FILE *out, const struct explain_report *r, const struct explain_view *v);

static int write_file(const char *path, writer *write, const struct explain_report *r,
                      const struct explain_view *v)
{
    struct file_out file;
    char error[ERROR_TEXT];
    if (!path) return EXIT_OK;
    if (file_open(&file, path, error)) {
        write(file.out, r, v);
        if (file_keep(&file, error)) return EXIT_OK;
    }
    return args_fail(EXIT_OUTPUT, "emu", "%s", error);
}

static int is_stdout(const char *path)
{
    return path && !strcmp(path, "-");
}

static const char *title_of(const struct emu_program *p)
{
    const char *slash = strrchr(p->source[0], '/');
    return slash ? slash + 1 : p->source[0];
}

int emu_explain(const struct emu_program *p, const char *const *arguments, const struct emu_explain *how)
{
    struct explain_report report = { 0 };
    struct explain_view view = { .gpu = explain_find_gpu(how->gpu), .flops = how->flops };
    if (!emu_begin()) return EXIT_OUTPUT;
    view.title = title_of(p);
    int code = count(p, arguments, how, &report, view.gpu, &view.nvcc);
    if (report.kernels) {
        if (!is_stdout(how->json) && !is_stdout(how->csv) && !is_stdout(how->html))
            explain_print(&report, &view);
        int written = write_file(how->json, explain_json, &report, &view);
        if (!written) written = write_file(how->csv, explain_csv, &report, &view);
        if (!written) written = write_file(how->html, explain_html, &report, &view);
        if (written) code = written;
    }
    explain_free(&report);
    emu_end(how->keep);
    return code;
}

/* ---- two programs ---- */

static int write_diff(const struct emu_program *a, const struct explain_report *ra,
                      const struct emu_program *b, const struct explain_report *rb,
                      const struct emu_explain *how)
{
    const struct explain_gpu *gpu = explain_find_gpu(how->gpu);
    struct file_out file;
    char error[ERROR_TEXT];
    if (!is_stdout(how->json)) explain_diff(ra, title_of(a), rb, title_of(b), gpu, NULL);
    if (!how->json) return EXIT_OK;
    if (file_open(&file, how->json, error)) {
        explain_diff(ra, title_of(a), rb, title_of(b), gpu, file.out);
        if (file_keep(&file, error)) return EXIT_OK;
    }
    return args_fail(EXIT_OUTPUT, "emu", "%s", error);
}

/* Each has a temporary folder of its own: headers of one name may differ. */
int emu_diff(const struct emu_program *a, const struct emu_program *b, const char *const *arguments,
             const struct emu_explain *how)
{
    const struct emu_program *program[] = { a, b };
    const struct explain_gpu *gpu = explain_find_gpu(how->gpu);
    struct explain_report report[2] = { { 0 }, { 0 } };
    int code = EXIT_OK, nvcc;
    for (int i = 0; i < 2 && (code == EXIT_OK || code == EXIT_WRONG); i++) {
        if (!emu_begin()) return EXIT_OUTPUT;
        code = count(program[i], arguments, how, &report[i], gpu, &nvcc);
        emu_end(how->keep);
        if (!report[i].kernels && code == EXIT_WRONG) break;
    }
    if (report[0].kernels && report[1].kernels) code = write_diff(a, &report[0], b, &report[1], how);
    explain_free(&report[0]), explain_free(&report[1]);
    return code;
}

/* read.c - rungs read: the text of a lesson in the terminal. */
#include "read.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/file.h"
#include "../base/memory.h"
#include "../base/process.h"
#include "../base/terminal.h"
#include "../lessons/lesson.h"
#include "verbs.h"

enum { NARROWEST_PAGE = 40, WIDEST_PAGE = 110, COMMONLY = 80 };

static int width, plain, no_pager;
static const char *section;

/* ---- which pages there are ---- */

static int is_page(const struct dirent *e)
{
    size_t n = strlen(e->d_name);
    return n > 3 && e->d_name[0] != '.' && !strcmp(e->d_name + n - 3, ".md") &&
           strcmp(e->d_name, "README.md");
}

static int list_pages(void)
{
    for (const struct lesson *l = lessons; l->number; l++) {
        char path[FILE_PATH];
        struct dirent **entry = NULL;
        printf("rungs read %-2s  %s\n", l->number + (*l->number == '0'), l->title);
        if (!lesson_page_find(l, "README", path)) continue;
        *strrchr(path, '/') = '\0';
        int n = scandir(path, &entry, is_page, alphasort);
        for (int i = 0; i < n; i++) {
            printf("           %-2s %.*s\n", l->number + (*l->number == '0'),
                   (int)strlen(entry[i]->d_name) - 3, entry[i]->d_name);
            free(entry[i]);
        }
        free(entry);
    }
    return EXIT_OK;
}

/* ---- pandoc and the pager ---- */

/* A file without a name, for what one program leaves to the next. */
static FILE *working_file(void)
{
    FILE *f = tmpfile();
    if (!f) memory_fail("cannot make a working file in the folder for temporary files");
    return f;
}

/* Lays out the prepared text in lines. pandoc's exit code, 127 if there is no pandoc. */
static int run_pandoc(FILE *text, FILE *lines, int columns)
{
    char option[32], error[ERROR_TEXT];
    snprintf(option, sizeof option, "--columns=%d", columns);
    const char *const argv[] = {
        "pandoc",
        "--from=markdown-tex_math_dollars-raw_tex-smart-citations-example_lists"
        "-subscript-superscript+lists_without_preceding_blankline+east_asian_line_breaks",
        "--to=plain", option, NULL
    };
    if (fflush(text)) memory_fail("cannot write a working file");
    rewind(text);
    return process_run(argv, fileno(text), fileno(lines), -1, error);
}

/* Writes the page's lines on that file; an exit code. */
static int lay_out(const char *page, int columns, FILE *lines)
{
    char error[ERROR_TEXT];
    FILE *ready = working_file(), *broken = working_file();
    int ok = read_prepare(page, section, columns, ready, error),
        code = ok ? run_pandoc(ready, broken, columns) : 0;
    fclose(ready);
    rewind(broken);
    if (ok && !code) read_fill(broken, lines, columns);
    fclose(broken);
    if (ok && code == 127) {
        fputs("rungs read: pandoc is not installed: paragraphs and tables are as wide as they are written\n",
              stderr);
        ok = read_prepare(page, section, 0, lines, error);
        code = 0;
    }
    if (!ok) return args_refuse("read", "%s", error);
    if (code) return args_fail(EXIT_RESOURCES, "read", "pandoc ended with code %d", code);
    if (fflush(lines)) memory_fail("cannot write a working file");
    rewind(lines);
    return EXIT_OK;
}

/* Shows the lines, by a pager if a person is there to turn pages. */
static int show(FILE *lines)
{
    int is_terminal = isatty(STDOUT_FILENO), colour = is_terminal && !plain && !getenv("NO_COLOR");
    const char *pager = getenv("PAGER");
    char error[ERROR_TEXT];
    if (!is_terminal || no_pager) {
        read_colour(lines, stdout, colour);
        return EXIT_OK;
    }
    FILE *pages = working_file();
    read_colour(lines, pages, colour);
    if (fflush(pages)) memory_fail("cannot write a working file");
    rewind(pages);
    setenv("LESS", "FRX", 0);
    const char *const argv[] = { "sh", "-c", pager && *pager ? pager : "less", NULL };
    int code = process_run(argv, fileno(pages), -1, -1, error);
    if (code) { /* no such pager */
        rewind(pages);
        read_colour(pages, stdout, colour);
    }
    fclose(pages);
    return EXIT_OK;
}

static char *read_page(const char *path)
{
    char *text = NULL;
    size_t room = 0;
    FILE *f = fopen(path, "r");
    if (!f || getdelim(&text, &room, '\0', f) < 0) free(text), text = NULL;
    if (f) fclose(f);
    return text;
}

static int read_lesson(const struct lesson *l, const char *page)
{
    char path[FILE_PATH];
    if (!lesson_page_find(l, page, path))
        return args_refuse("read", "lesson %s has no page '%.100s'; `rungs read` lists them", l->number,
                           page);
    char *text = read_page(path);
    if (!text) return args_fail(EXIT_INPUT, "read", "cannot read %s", path);
    int columns = width ? width : terminal_columns(stdout);
    if (!columns) columns = COMMONLY;
    if (columns > WIDEST_PAGE && !width) columns = WIDEST_PAGE;
    if (columns < NARROWEST_PAGE) columns = NARROWEST_PAGE;
    FILE *lines = working_file();
    int code = lay_out(text, columns, lines);
    free(text);
    if (code == EXIT_OK) code = show(lines);
    fclose(lines);
    return code;
}

int verb_read(int argc, char **argv)
{
    const struct option_row options[] = {
        { "--section", OPTION_TEXT, &section, 0, 0, "only the part below the heading that begins so" },
        { "--width", OPTION_INT, &width, 0, 400, "columns of a line; 0: as the terminal has" },
        { "--plain", OPTION_FLAG, &plain, 0, 0, "no bold, no colours" },
        { "--no-pager", OPTION_FLAG, &no_pager, 0, 0,
          "all at once; otherwise $PAGER, or less, turns the pages" },
        { 0 },
    };
    const struct usage usage = {
        "read",
        "read [N [PAGE]] [options]",
        "Shows the text of a lesson, or another page of its folder, in the terminal. Without N it lists all.",
        "  rungs read\n  rungs read 1\n  rungs read 1 --section Maths\n  rungs read 4 muon\n"
        "  rungs read 1 errata --width 72 > errata.txt\n",
        options,
        0,
        2,
    };
    const char *word[2];
    int code, words = args_read(&usage, argc, argv, word, &code);
    if (words < 0) return code;
    if (words == 0)
        return section ? args_refuse("read", "--section needs a lesson: rungs read 1 --section Maths")
                       : list_pages();
    const struct lesson *l = lesson_find(word[0]);
    size_t n = 0;
    while (lessons[n].number) n++;
    if (!l)
        return args_unknown("read", "there is no lesson", word[0],
                            (struct name_list){ &lessons[0].folder, n, sizeof *lessons },
                            "`rungs read` lists them");
    return read_lesson(l, words == 2 ? word[1] : "README");
}

/* main.c - cu2cpp IN OUT [--own] [--headers FOLDER [-I FOLDER]...]: rewrites a CUDA file as C++, as cu2cpp.h
 * says.
 *
 * With --headers the headers that it includes, directly or not, are rewritten into that folder if they
 * need it: those in quotes beside the file, and those in the folders of -I. Exit 0: written, 1: a file cannot
 * be read or written, or a kernel calls the host. */
#include "cu2cpp.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_HEADERS = 500, MOST_FOLDERS = 500, ROOM = PATH_MAX };

static const char *folder; /* of rewritten headers; NULL: they are left alone */
static const char *include[MOST_FOLDERS];
static int includes;
static int own; /* __device__ names belong to their file */

/* Headers that were looked at, so that each is rewritten once, also where two include each other. */
static struct header {
    char path[ROOM], copy[ROOM];
    int busy, needed;
} * headers;
static int header_count;

/* ---- files ---- */

/* 0 after a sentence */
static int read_file(struct file *f, const char *path)
{
    FILE *in = fopen(path, "rb");
    long size = in && !fseek(in, 0, SEEK_END) ? ftell(in) : -1;
    memset(f, 0, sizeof *f);
    f->path = path;
    if (size >= 0 && size < INT_MAX) {
        f->text = must_grow(NULL, (size_t)size + 2);
        rewind(in);
        f->size = fread(f->text, 1, (size_t)size, in);
        memset(f->text + f->size, 0, 2);
    }
    int failed = size < 0 || f->size != (size_t)size || ferror(in);
    if (in) fclose(in);
    if (failed) {
        fprintf(stderr, "cu2cpp: cannot read %s: %s\n", path, strerror(errno));
        free(f->text);
    } else if (memchr(f->text, 0, f->size)) {
        fprintf(stderr, "cu2cpp: %s is not a text file\n", path);
        free(f->text);
        failed = 1;
    }
    return !failed;
}

static int write_file(struct file *f, const char *path)
{
    size_t size;
    char *text = edited(f, &size);
    FILE *out = fopen(path, "wb");
    int written = out && fputs("#line 1 \"", out) >= 0;
    for (const char *c = f->path; written && *c; c++) {
        if (*c == '"' || *c == '\\') fputc('\\', out);
        fputc(*c, out);
    }
    written = written && fputs("\"\n", out) >= 0 && fwrite(text, 1, size, out) == size;
    if (out && fclose(out)) written = 0;
    free(text);
    if (written) return 1;
    fprintf(stderr, "cu2cpp: cannot write %s: %s\n", path, strerror(errno));
    remove(path);
    return 0;
}

/* ---- headers ---- */

static int rewrite_file(const char *path, const char *to, int always);

static int exists(const char *in, size_t length, const char *name, size_t name_length, char *found)
{
    char path[ROOM];
    int n = snprintf(path, sizeof path, "%.*s%.*s", (int)length, in, (int)name_length, name);
    return n > 0 && (size_t)n < sizeof path && !access(path, R_OK) && realpath(path, found) != NULL;
}

/* The path of the header that the file includes, in quotes or not; 0: it is none of ours. */
static int find_header(const struct file *f, const char *name, size_t length, int quotes, char *found)
{
    const char *slash = strrchr(f->path, '/');
    if (quotes && *name == '/') return exists("", 0, name, length, found);
    if (quotes &&
        exists(slash ? f->path : "./", slash ? (size_t)(slash - f->path) + 1 : 2, name, length, found))
        return 1;
    for (int i = 0; i < includes; i++) {
        char in[ROOM];
        int n = snprintf(in, sizeof in, "%s/", include[i]);
        if (n > 0 && (size_t)n < sizeof in && exists(in, (size_t)n, name, length, found)) return 1;
    }
    return 0;
}

/* Rewrites the header if that was not done before; NULL: it failed, or there are too many. */
static struct header *look_at(const char *path)
{
    for (int i = 0; i < header_count; i++)
        if (!strcmp(headers[i].path, path)) {
            headers[i].needed |= headers[i].busy; /* a circle */
            return &headers[i];
        }
    if (header_count == MOST_HEADERS) return NULL;
    const char *slash = strrchr(path, '/');
    struct header *h = &headers[header_count++];
    int n = snprintf(h->copy, sizeof h->copy, "%s/%d_%s", folder, header_count, slash ? slash + 1 : path);
    if (n < 0 || (size_t)n >= sizeof h->copy) return NULL;
    strcpy(h->path, path);
    h->busy = 1;
    int made = rewrite_file(h->path, h->copy, 0);
    h->busy = 0;
    if (made < 0) return NULL;
    h->needed |= made;
    return h;
}

/* Sends the include of words `from`..`to` to where the header, or its copy, is. 1: to a copy; -1: failed. */
static int redirect(struct file *f, int from, int to)
{
    char found[ROOM], line[ROOM + 4];
    size_t begin = f->word[from].at + 1, end = end_of(f, to) - 1;
    int quotes = f->word[from].kind == STRING;
    if (end < begin || !find_header(f, f->text + begin, end - begin, quotes, found)) return 0;
    struct header *h = look_at(found);
    if (!h) return -1;
    snprintf(line, sizeof line, "\"%s\"", h->needed ? h->copy : h->path);
    edit(f, begin - 1, end - begin + 2, line);
    return h->needed;
}

static int rewrite_includes(struct file *f)
{
    int needed = 0;
    for (int i = 0; folder && i + 2 < f->words; i++) {
        if (!f->word[i].directive || !is_sign(f, i, '#') || !is_word(f, i + 1, "include")) continue;
        int from = i + 2, to = from, got = 0;
        while (is_sign(f, from, '<') && to < f->words && !is_sign(f, to, '>')) to++;
        if (to < f->words && (f->word[from].kind == STRING || is_sign(f, from, '<')))
            got = redirect(f, from, to);
        if (got < 0) return -1;
        needed |= got;
    }
    return needed;
}

/* ---- one file ---- */

/* 1: written, 0: it needs no rewriting and was not asked for, -1: failed after a sentence. */
static int rewrite_file(const char *path, const char *to, int always)
{
    struct file f;
    if (!read_file(&f, path)) return -1;
    file_split(&f);
    int for_device = rewrite_arch(&f);
    if (for_device) settle_edits(&f);
    int headers_need = rewrite_includes(&f), redirected = f.edits;
    rewrite_spins(&f);
    rewrite_launches(&f);
    rewrite_shared(&f);
    rewrite_asm(&f);
    rewrite_addresses(&f);
    rewrite_clusters(&f);
    rewrite_variables(&f);
    if (own) rewrite_linkage(&f);
    rewrite_sizes(&f);
    if (always) check_calls(&f);
    int result = f.edits > redirected || for_device || always;
    if (headers_need > 0) result = 1;
    if (headers_need < 0 || f.refused) result = -1;
    for (int i = 0; i < header_count; i++)
        if (!result && headers[i].busy && headers[i].needed && !strcmp(headers[i].path, path)) result = 1;
    if (result > 0 && !write_file(&f, to)) result = -1;
    file_free(&f);
    return result;
}

int main(int argc, char **argv)
{
    int files = 0;
    const char *file[2] = { NULL, NULL };
    for (int i = 1; i < argc; i++) {
        int more = i + 1 < argc;
        if (!strcmp(argv[i], "--headers") && more)
            folder = argv[++i];
        else if (!strcmp(argv[i], "--own"))
            own = 1;
        else if (!strcmp(argv[i], "-I") && more && includes < MOST_FOLDERS)
            include[includes++] = argv[++i];
        else if (files < 2 && *argv[i] != '-')
            file[files++] = argv[i];
        else
            files = 3;
    }
    if (files != 2) {
        fprintf(stderr, "usage: cu2cpp IN OUT [--own] [--headers FOLDER [-I FOLDER]...]\n");
        return 64;
    }
    headers = must_grow(NULL, MOST_HEADERS * sizeof *headers);
    memset(headers, 0, MOST_HEADERS * sizeof *headers);
    int made = rewrite_file(file[0], file[1], 1);
    free(headers);
    forget_linkage();
    return made != 1;
}

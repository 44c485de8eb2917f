/* amalgamate.c - makes one header and one C file of the checker, to be copied into any project.
 *
 *     amalgamate FOLDER VERSION gc.h SOURCE.c ...     writes FOLDER/gc.h, as it is, and FOLDER/gc.c
 *
 * gc.c has all headers that the sources include, then the sources. What a file offers to the others becomes
 * static, so that the public functions of gc.h alone are exported; what none of them reaches is left out
 * (most of base/). Names that several files use for things of their own get the file's name: put_text of
 * json.c is gc_json_put_text there.
 *
 * It reads C as the house's formatter leaves it, and no more of the language than that needs: declarations at
 * file scope, of which braces, brackets and semicolons show the ends. What it misreads does not compile. */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void fail(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    fputs("amalgamate: ", stderr);
    vfprintf(stderr, format, list);
    fputc('\n', stderr);
    va_end(list);
    exit(1);
}

static void *more(void *old, size_t count, size_t size)
{
    void *p = realloc(old, count * size);
    if (!p) fail("out of memory");
    return p;
}

/* ---- tokens ---- */

struct token {
    enum { END, SPACE, DIRECTIVE, WORD, NUMBER, TEXT, SIGN } kind; /* SPACE: blanks or one comment */
    const char *at;
    size_t n;
};

static size_t until(const char *p, const char *end)
{
    const char *found = strstr(p, end);
    return found ? (size_t)(found - p) + strlen(end) : strlen(p);
}

/* the line and those that a backslash joins to it */
static size_t directive_length(const char *p)
{
    size_t n = strcspn(p, "\n");
    while (n && p[n - 1] == '\\' && p[n]) n += 1 + strcspn(p + n + 1, "\n");
    return n;
}

static size_t text_length(const char *p)
{
    size_t n = 1;
    while (p[n] && p[n] != *p) n += p[n] == '\\' ? 2 : 1;
    return n + 1;
}

static size_t word_length(const char *p)
{
    size_t n = 0;
    while (isalnum((unsigned char)p[n]) || p[n] == '_') n++;
    return n;
}

static size_t number_length(const char *p)
{
    size_t n = 1;
    while (isalnum((unsigned char)p[n]) || p[n] == '.' || (strchr("+-", p[n]) && strchr("eEpP", p[n - 1])))
        n++;
    return n;
}

static struct token token_at(const char *p)
{
    if (!*p) return (struct token){ END, p, 0 };
    if (isspace((unsigned char)*p)) return (struct token){ SPACE, p, strspn(p, " \t\n") };
    if (!strncmp(p, "/*", 2)) return (struct token){ SPACE, p, until(p, "*/") };
    if (*p == '#') return (struct token){ DIRECTIVE, p, directive_length(p) };
    if (*p == '"' || *p == '\'') return (struct token){ TEXT, p, text_length(p) };
    if (isdigit((unsigned char)*p)) return (struct token){ NUMBER, p, number_length(p) };
    if (isalpha((unsigned char)*p) || *p == '_') return (struct token){ WORD, p, word_length(p) };
    return (struct token){ SIGN, p, 1 };
}

/* the next one that is no SPACE */
static struct token solid_at(const char *p)
{
    struct token t = token_at(p);
    while (t.kind == SPACE) t = token_at(t.at + t.n);
    return t;
}

static int is(struct token t, const char *text)
{
    return t.n == strlen(text) && !memcmp(t.at, text, t.n);
}

static int is_tag_word(struct token t)
{
    return is(t, "struct") || is(t, "union") || is(t, "enum");
}

/* ---- sets of words ---- */

struct words {
    struct token *at;
    size_t n, room; /* room is a power of two */
};

static size_t place_of(const struct words *w, struct token t)
{
    size_t hash = 5381;
    for (size_t i = 0; i < t.n; i++) hash = hash * 33 + (unsigned char)t.at[i];
    for (hash &= w->room - 1; w->at[hash].n; hash = (hash + 1) & (w->room - 1))
        if (w->at[hash].n == t.n && !memcmp(w->at[hash].at, t.at, t.n)) break;
    return hash;
}

static int has(const struct words *w, struct token t)
{
    return w->room && w->at[place_of(w, t)].n;
}

static void add(struct words *w, struct token t)
{
    if (2 * w->n >= w->room) {
        struct words larger = { NULL, 0, w->room ? 2 * w->room : 256 };
        larger.at = more(NULL, larger.room, sizeof *larger.at);
        memset(larger.at, 0, larger.room * sizeof *larger.at);
        for (size_t i = 0; i < w->room; i++)
            if (w->at[i].n) add(&larger, w->at[i]);
        free(w->at);
        *w = larger;
    }
    if (has(w, t)) return;
    w->at[place_of(w, t)] = t;
    w->n++;
}

/* ---- files and their declarations ---- */

enum { MOST_NAMES = 8 };

/* A declaration at file scope with the comment before it, or a directive */
struct chunk {
    enum { LINE, TYPE, PROTOTYPE, FUNCTION, VARIABLE, REST } kind; /* REST: a macro's calls, the file's end */
    const char *begin, *first, *end;                               /* first: behind the comment */
    struct token name[MOST_NAMES];
    int names, keep, conditional; /* conditional: between #if and #endif */
};

struct file {
    const char *path;
    char *text, stem[64];
    int is_header;
    struct chunk *chunk;
    size_t chunks;
    struct words own; /* names at file scope that other files do not see */
};

static struct file *files;
static size_t file_count;

static char *read_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    size_t room = 1 << 20, n = 0;
    if (!f) fail("cannot read %s: %s", path, strerror(errno));
    char *text = more(NULL, room, 1);
    n = fread(text, 1, room - 1, f);
    if (ferror(f) || n == room - 1) fail("cannot read %s: it is no source of the checker", path);
    fclose(f);
    text[n] = '\0';
    return text;
}

static int begins_with(const struct chunk *c, const char *word)
{
    return is(solid_at(c->first), word);
}

static void add_name(struct chunk *c, struct token name)
{
    if (name.kind == WORD && c->names < MOST_NAMES) c->name[c->names++] = name;
}

/* What is declared: by the first parenthesis behind a word it is a function, else by '=', '[', ',' or ';'. */
static void classify(struct chunk *c, int has_body)
{
    struct token before = { 0 };
    int depth = 0, value = 0;
    int is_type = begins_with(c, "typedef");
    for (struct token t = solid_at(c->first); t.at < c->end && t.kind != END; t = solid_at(t.at + t.n)) {
        int closes = is(t, "}") || is(t, ")") || is(t, "]");
        depth -= closes;
        if (!depth && !value && !is_type && is(t, "(") && before.kind == WORD &&
            !is(before, "__attribute__")) {
            c->kind = has_body ? FUNCTION : PROTOTYPE;
            c->names = 0;
            add_name(c, before);
            return;
        }
        if (!depth && !value && (is(t, "=") || is(t, "[") || is(t, ",") || is(t, ";"))) add_name(c, before);
        if (!depth && is(t, "=")) value = 1;
        if (!depth && is(t, ",")) value = 0;
        depth += is(t, "{") || is(t, "(") || is(t, "[");
        before = t;
    }
    c->kind = VARIABLE;
    int only_tag = is_tag_word(solid_at(c->first)) && c->names == 1 &&
                   !strchr("[=", *solid_at(c->name[0].at + c->name[0].n).at) &&
                   solid_at(solid_at(c->first).at + solid_at(c->first).n).at == c->name[0].at; /* struct x; */
    if (is_type || !c->names || only_tag) c->kind = TYPE;
}

static struct chunk *new_chunk(struct file *f, const char *begin)
{
    f->chunk = more(f->chunk, f->chunks + 1, sizeof *f->chunk);
    struct chunk *c = &f->chunk[f->chunks++];
    memset(c, 0, sizeof *c);
    c->begin = begin;
    return c;
}

/* where a declaration ends, which begins at p; *has_body: it is a function with its body */
static const char *end_of(const char *p, int *has_body)
{
    struct token before = { 0 };
    int depth = 0, body = 0;
    for (struct token t = solid_at(p); t.kind != END; t = solid_at(t.at + t.n)) {
        if (is(t, "{") && is(before, "\"C\"")) return t.at + t.n; /* extern "C" { */
        if (!depth && is(t, "{") && is(before, ")")) body = 1;
        depth += (is(t, "{") || is(t, "(") || is(t, "[")) - (is(t, "}") || is(t, ")") || is(t, "]"));
        *has_body = body && is(t, "}");
        if (depth <= 0 && (is(t, ";") || *has_body || (depth < 0 && is(t, "}")))) return t.at + t.n;
        before = t;
    }
    return before.at + before.n;
}

/* with the comment behind it on its line */
static const char *end_of_line(const char *p)
{
    size_t blanks = strspn(p, " ");
    if (!strncmp(p + blanks, "/*", 2)) p += blanks + until(p + blanks, "*/");
    return p + (*p == '\n');
}

static void cut(struct file *f)
{
    const char *p = f->text;
    int conditional = 0, has_body = 0;
    while (*p) {
        struct chunk *c = new_chunk(f, p);
        struct token t = solid_at(p);
        c->first = t.at;
        if (t.kind == DIRECTIVE) {
            c->kind = LINE;
            conditional -= !strncmp(t.at, "#endif", 6);
            c->conditional = conditional;
            conditional += !strncmp(t.at, "#if", 3);
            c->end = p = t.at + t.n + (t.at[t.n] == '\n');
            continue;
        }
        c->conditional = conditional;
        c->kind = REST;
        c->end = t.kind == END ? t.at : end_of(t.at, &has_body);
        int ends_well = c->end > p && strchr(";}", c->end[-1]);
        if (t.kind != END && ends_well && !is(t, "}")) classify(c, has_body);
        c->end = p = end_of_line(c->end);
    }
}

/* #ifndef X, #define X ... #endif around a header, which is written once anyway */
static void drop_guard(struct file *f)
{
    struct chunk *line[2] = { NULL, NULL }, *last = NULL;
    int lines = 0;
    for (size_t i = 0; i < f->chunks; i++) {
        if (f->chunk[i].kind != LINE) continue;
        if (lines < 2) line[lines++] = &f->chunk[i];
        last = &f->chunk[i];
    }
    if (lines < 2 || strncmp(line[0]->first, "#ifndef ", 8) || strncmp(line[1]->first, "#define ", 8)) return;
    line[0]->first = line[0]->end = line[0]->begin, line[1]->first = line[1]->end = line[1]->begin;
    last->first = last->end = last->begin;
    for (size_t i = 0; i < f->chunks; i++) f->chunk[i].conditional -= f->chunk[i].conditional > 0;
}

/* ---- names at file scope ---- */

static int is_exported(const struct chunk *c)
{
    return (c->kind == FUNCTION || c->kind == VARIABLE) && !begins_with(c, "static") &&
           !begins_with(c, "extern");
}

/* tags, constants of enums and names of types */
static void add_type_names(struct words *w, const struct chunk *c)
{
    struct token before = { 0 }, earlier = { 0 };
    int depth = 0, in_enum = 0, named = 0;
    for (struct token t = solid_at(c->first); t.at < c->end && t.kind != END; t = solid_at(t.at + t.n)) {
        if (is(t, "{")) {
            if (before.kind == WORD && is_tag_word(earlier)) add(w, before);
            in_enum |= is(before, "enum") || is(earlier, "enum");
        }
        int ends_constant = is(t, ",") || is(t, "=") || is(t, "}");
        if (in_enum && depth == 1 && before.kind == WORD && ends_constant && !is(earlier, "="))
            add(w, before);
        if (begins_with(c, "typedef") && !depth && !named && before.kind == WORD &&
            (is(t, "(") || is(t, ";")) && !is(before, "size_t") && !is(before, "int"))
            add(w, before), named = 1;
        if (begins_with(c, "typedef") && depth == 1 && is(before, "*") && is(earlier, "("))
            add(w, t), named = 1;
        depth += (is(t, "{") || is(t, "(")) - (is(t, "}") || is(t, ")"));
        if (!depth) in_enum = 0;
        earlier = before, before = t;
    }
}

static void find_own_names(struct file *f)
{
    for (size_t i = 0; i < f->chunks; i++) {
        const struct chunk *c = &f->chunk[i];
        if (c->kind == LINE) continue;
        if (!is_exported(c))
            for (int k = 0; k < c->names; k++) add(&f->own, c->name[k]);
        add_type_names(&f->own, c);
    }
}

/* a name of this file's own that another file has, too */
static int is_shared(const struct file *f, struct token name)
{
    if (f->is_header || !has(&f->own, name)) return 0;
    for (size_t i = 0; i < file_count; i++)
        if (&files[i] != f && has(&files[i].own, name)) return 1;
    return 0;
}

/* ---- what is needed ---- */

static struct words public, wanted, foreign; /* foreign: exported by base/ */

static void want_words(const struct chunk *c)
{
    for (const char *p = c->first; p < c->end;) {
        struct token t = token_at(p);
        if (t.kind == WORD) add(&wanted, t);
        p = t.kind == DIRECTIVE ? t.at + 1 : t.at + t.n; /* into the line */
    }
}

/* Keeps what is public, and all that it reaches. */
static void keep_needed(void)
{
    int again = 1;
    while (again) {
        again = 0;
        for (size_t i = 0; i < file_count; i++)
            for (size_t k = 0; k < files[i].chunks; k++) {
                struct chunk *c = &files[i].chunk[k];
                int needed = c->kind == LINE || c->kind == TYPE || c->kind == REST;
                for (int n = 0; n < c->names; n++) needed |= has(&wanted, c->name[n]);
                if (c->keep || !needed) continue;
                c->keep = again = 1;
                want_words(c);
            }
    }
}

/* ---- reading ---- */

static int find_file(const char *path)
{
    for (size_t i = 0; i < file_count; i++)
        if (!strcmp(files[i].path, path)) return 1;
    return 0;
}

/* folder of `from` + name, without "x/../" */
static char *path_beside(const char *from, struct token name)
{
    char path[4096];
    const char *slash = strrchr(from, '/');
    snprintf(path, sizeof path, "%.*s%.*s", slash ? (int)(slash - from) + 1 : 0, from, (int)name.n, name.at);
    for (char *up; (up = strstr(path, "/../"));) {
        char *folder = up;
        while (folder > path && folder[-1] != '/') folder--;
        memmove(folder, up + 4, strlen(up + 4) + 1);
    }
    return strcpy(more(NULL, strlen(path) + 1, 1), path);
}

/* the "name" of an #include; n 0: it is none */
static struct token included(const struct chunk *c, char open, char close)
{
    struct token none = { 0 };
    if (c->kind != LINE || strncmp(c->first, "#include ", 9) || c->first[9] != open) return none;
    const char *at = c->first + 10;
    return (struct token){ TEXT, at, (size_t)(strchr(at, close) - at) };
}

/* Reads a source; the headers that it includes come before it. */
static void take(const char *path, const char *public_header)
{
    struct file f = { .path = path, .text = read_file(path) };
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    size_t stem = strcspn(name, ".");
    if (!stem || stem >= sizeof f.stem) fail("%s: it is no source of the checker", path);
    memcpy(f.stem, name, stem); /* and zeros behind it */
    f.is_header = !strcmp(name + stem, ".h");
    cut(&f);
    if (f.is_header) drop_guard(&f);
    for (size_t i = 0; i < f.chunks; i++) {
        struct token header = included(&f.chunk[i], '"', '"');
        if (!header.n) continue;
        char *found = path_beside(path, header);
        if (strcmp(found, public_header) && !find_file(found)) take(found, public_header);
        f.chunk[i].first = f.chunk[i].end = f.chunk[i].begin;
    }
    find_own_names(&f);
    files = more(files, file_count + 1, sizeof *files);
    files[file_count++] = f;
}

static void find_public(const char *header)
{
    struct file f = { .path = header, .text = read_file(header) };
    cut(&f);
    for (size_t i = 0; i < f.chunks; i++)
        for (int k = 0; k < f.chunk[i].names; k++)
            if (f.chunk[i].kind == PROTOTYPE)
                add(&public, f.chunk[i].name[k]), add(&wanted, f.chunk[i].name[k]);
}

static void find_foreign(void)
{
    for (size_t i = 0; i < file_count; i++)
        for (size_t k = 0; strstr(files[i].path, "base/") && !files[i].is_header && k < files[i].chunks; k++)
            if (is_exported(&files[i].chunk[k])) add(&foreign, files[i].chunk[k].name[0]);
}

/* ---- writing ---- */

/* In a struct's body a word is a member's name, unless it is used as a type or as a number. */
static int is_member(struct token before, struct token after, int in_brackets)
{
    return !is_tag_word(before) && !in_brackets && after.kind != WORD && !is(after, "*");
}

static void put_renamed(FILE *out, const struct file *f, struct token t)
{
    if (is_shared(f, t)) fprintf(out, "gc_%s_", f->stem);
    if (has(&foreign, t)) fputs("gc_", out);
    fwrite(t.at, 1, t.n, out);
}

static void put_code(FILE *out, const struct file *f, const char *p, const char *end)
{
    struct token before = { 0 };
    int depth = 0, structs = 0, body[64] = { 0 }, brackets = 0;
    while (p < end) {
        struct token t = token_at(p), after = solid_at(t.at + t.n);
        if (t.n > (size_t)(end - p)) t.n = (size_t)(end - p); /* blanks before the next one */
        int selected = is(before, ".") || (is(before, ">") && before.at[-1] == '-');
        if (t.kind == WORD && !selected && !(structs && is_member(before, after, brackets)))
            put_renamed(out, f, t);
        else
            fwrite(t.at, 1, t.n, out);
        if (is(t, "struct") || is(t, "union")) {
            struct token next = after.kind == WORD ? solid_at(after.at + after.n) : after;
            if (is(next, "{") && depth < 63) body[depth + 1] = 1;
        }
        if (is(t, "{") && depth < 63) structs += body[++depth];
        if (is(t, "}") && depth > 0) structs -= body[depth], body[depth--] = 0;
        brackets += is(t, "[") - is(t, "]");
        if (t.kind != SPACE) before = t;
        p = t.at + t.n;
    }
}

static void put_chunk(FILE *out, const struct file *f, const struct chunk *c)
{
    int hidden =
        (c->kind == FUNCTION || c->kind == PROTOTYPE || c->kind == VARIABLE) && !has(&public, c->name[0]);
    if (included(c, '<', '>').n && !c->conditional) return;                      /* at the top already */
    if (c->kind == VARIABLE && f->is_header && begins_with(c, "extern")) return; /* its file comes first */
    fwrite(c->begin, 1, (size_t)(c->first - c->begin), out);
    if (hidden && !begins_with(c, "static") && !begins_with(c, "extern")) fputs("static ", out);
    put_code(out, f, c->first, c->end);
}

static void put_file(FILE *out, const struct file *f)
{
    fprintf(out, "\n/* ======== %s.%c ======== */\n\n", f->stem, f->is_header ? 'h' : 'c');
    for (size_t i = 0; i < f->chunks; i++)
        if (f->chunk[i].keep) put_chunk(out, f, &f->chunk[i]);
    for (size_t i = 0; i < f->chunks && !f->is_header; i++)
        if (f->chunk[i].kind == LINE && !strncmp(f->chunk[i].first, "#define ", 8))
            fprintf(out, "#undef %.*s\n", (int)word_length(f->chunk[i].first + 8), f->chunk[i].first + 8);
}

static void put_system_headers(FILE *out)
{
    struct words done = { 0 };
    for (size_t i = 0; i < file_count; i++)
        for (size_t k = 0; k < files[i].chunks; k++) {
            struct token name = included(&files[i].chunk[k], '<', '>');
            if (!name.n || files[i].chunk[k].conditional || has(&done, name)) continue;
            add(&done, name);
            fprintf(out, "#include <%.*s>\n", (int)name.n, name.at);
        }
}

/* does it define an array that others use? Of a static one there is no declaration without its length. */
static int has_exported_variable(const struct file *f)
{
    for (size_t i = 0; i < f->chunks; i++)
        if (f->chunk[i].kind == VARIABLE && is_exported(&f->chunk[i])) return 1;
    return 0;
}

static void put_all(FILE *out, const char *version)
{
    fprintf(
        out,
        "/* gc.c - the gradient checker in one file, version %s: made by gradcheck/amalgamate.c, not to be\n"
        " * edited. It needs gc.h beside it, C99, POSIX and libm:\n"
        " *\n"
        " *     cc -c gc.c && cc my_test.c gc.o -lm\n"
        " *\n"
        " * It exports the functions of gc.h and nothing else. */\n"
        "#ifndef _GNU_SOURCE\n#define _GNU_SOURCE\n#endif\n"
        "#include \"gc.h\"\n\n",
        version);
    put_system_headers(out);
    for (size_t i = 0; i < file_count; i++)
        if (files[i].is_header) put_file(out, &files[i]);
    for (int first = 1; first >= 0; first--)
        for (size_t i = 0; i < file_count; i++)
            if (!files[i].is_header && has_exported_variable(&files[i]) == first) put_file(out, &files[i]);
}

static FILE *create(const char *folder, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *out = fopen(path, "wb");
    if (!out) fail("cannot write %s: %s", path, strerror(errno));
    return out;
}

static void finish(FILE *out, const char *name)
{
    int failed = ferror(out);
    if (fclose(out) || failed) fail("cannot write %s: %s", name, strerror(errno));
}

int main(int argc, char **argv)
{
    if (argc < 5) fail("usage: amalgamate FOLDER VERSION gc.h SOURCE.c ...");
    find_public(argv[3]);
    for (int i = 4; i < argc; i++) take(argv[i], argv[3]);
    find_foreign();
    keep_needed();
    FILE *out = create(argv[1], "gc.c");
    put_all(out, argv[2]);
    finish(out, "gc.c");
    out = create(argv[1], "gc.h");
    fputs(read_file(argv[3]), out);
    finish(out, "gc.h");
    return 0;
}

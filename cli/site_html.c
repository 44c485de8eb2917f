/* site_html.c - a page's HTML after pandoc; see site.h. */
#include "site.h"

#include <stdlib.h>
#include <string.h>

#include "../base/json.h"
#include "../base/memory.h"

enum { SHOWN = 320, TITLE = 200 }; /* bytes of a section's text, and of its title, that the search has */

static int starts(const char *s, const char *with)
{
    return !strncmp(s, with, strlen(with));
}

static char *read_all(FILE *f)
{
    char *text = NULL;
    size_t room = 0;
    rewind(f);
    if (getdelim(&text, &room, '\0', f) < 0) {
        free(text);
        text = memory_need(1, 1);
    }
    return text;
}

/* Behind the tag that begins at `at`, and behind what is in <annotation>: a formula's TeX, which nobody
 * sees. */
static const char *behind_tag(const char *at)
{
    const char *end = starts(at, "<annotation") ? strstr(at, "</annotation>") : at;
    end = end ? strchr(end, '>') : NULL;
    return end ? end + 1 : at + strlen(at);
}

/* The text between two places, without tags, one blank between words, cut at `room`. */
static void plain_text(const char *from, const char *to, char *text, size_t room)
{
    size_t n = 0;
    while (from < to && n + 1 < room) {
        if (*from == '<') {
            from = behind_tag(from);
            if (n && text[n - 1] != ' ') text[n++] = ' ';
        } else if (*from == '\n' || *from == ' ') {
            if (n && text[n - 1] != ' ') text[n++] = ' ';
            from++;
        } else if (starts(from, "&lt;") || starts(from, "&gt;") || starts(from, "&amp;")) {
            text[n++] = from[1] == 'l' ? '<' : from[1] == 'g' ? '>' : '&';
            from = strchr(from, ';') + 1;
        } else {
            text[n++] = *from++;
        }
    }
    while (n && ((unsigned char)text[n - 1] & 0x80) && from < to) n--; /* no half letter at a cut */
    text[n] = '\0';
}

/* the next heading with an id at or behind `at` */
static const char *next_heading(const char *at)
{
    while ((at = strstr(at, "<h"))) {
        if (at[2] >= '1' && at[2] <= '3' && (starts(at + 3, " id=\""))) return at;
        at += 2;
    }
    return NULL;
}

static void index_sections(struct site *s, const char *html, const char *name)
{
    char page[TITLE] = "", title[TITLE], text[SHOWN], whole[2 * TITLE + 4], address[SITE_NAME + TITLE];
    for (const char *at = next_heading(html); at;) {
        const char *id = at + 8, *body = strstr(at, "</h"), *next = next_heading(at + 2);
        if (!body) return;
        plain_text(at, body, title, sizeof title);
        plain_text(behind_tag(body), next ? next : html + strlen(html), text, sizeof text);
        if (at[2] == '1') snprintf(page, sizeof page, "%s", title);
        snprintf(whole, sizeof whole, at[2] == '1' ? "%s" : "%s - %s", at[2] == '1' ? page : title, page);
        snprintf(address, sizeof address, "%s#%.*s", name, (int)strcspn(id, "\""), id);
        fputs(s->sections++ ? ",\n[" : "[", s->index);
        json_put_text(s->index, address);
        fputc(',', s->index);
        json_put_text(s->index, whole);
        fputc(',', s->index);
        json_put_text(s->index, text);
        fputc(']', s->index);
        at = next;
    }
}

#define INLINE_MATH "<math display=\"inline\" xmlns=\"http://www.w3.org/1998/Math/MathML\">"

/* A formula in a line of text cannot be broken: where it may be wider than the screen of a phone, it gets
 * a box that scrolls. 1 if this one does. */
static int begin_inline(const char *math, FILE *out)
{
    enum { WIDE = 28 }; /* letters of 9 to 12 pixels, by the font that there is */
    const char *end = strstr(math, "<annotation");
    int n = 0, in_tag = 0;
    for (const char *at = math; end && at < end; at++) {
        if (*at == '<') in_tag = 1;
        n += !in_tag && ((unsigned char)*at & 0xc0) != 0x80;
        if (*at == '>') in_tag = 0;
    }
    if (n < WIDE) return 0;
    fputs("<span class=\"wide\" tabindex=\"0\">", out);
    return 1;
}

/* The page, smaller by a third: without formulas' sources, and without words of MathML that HTML does not
 * need. Blocks that scroll can be reached by the keyboard. */
static void put_page(const char *html, FILE *out)
{
    static const struct {
        const char *from, *to;
    } shorter[] = {
        { INLINE_MATH, "<math>" },
        { "<math display=\"block\" xmlns=\"http://www.w3.org/1998/Math/MathML\">",
          "<math display=\"block\" tabindex=\"0\">" },
        { "<semantics>", "" },
        { "</semantics>", "" },
        { "<pre", "<pre tabindex=\"0\"" },
        { "<table", "<table tabindex=\"0\"" },
    };
    int is_wide = 0;
    while (*html) {
        size_t i = 0;
        if (starts(html, INLINE_MATH)) is_wide = begin_inline(html, out);
        if (is_wide && starts(html, "</math>")) {
            fputs("</math></span>", out);
            html += 7;
            is_wide = 0;
            continue;
        }
        while (i < sizeof shorter / sizeof *shorter && (*html != '<' || !starts(html, shorter[i].from))) i++;
        if (i < sizeof shorter / sizeof *shorter) {
            fputs(shorter[i].to, out);
            html += strlen(shorter[i].from);
        } else if (starts(html, "<annotation")) {
            html = behind_tag(html);
        } else {
            fputc(*html++, out);
        }
    }
}

int site_html(struct site *s, FILE *html, const char *name, char *error)
{
    char path[2 * FILE_PATH], *text = read_all(html);
    struct file_out f;
    snprintf(path, sizeof path, "%s/%s", s->folder.unfinished, name);
    if (!file_open(&f, path, error)) {
        free(text);
        return 0;
    }
    put_page(text, f.out);
    index_sections(s, text, name);
    free(text);
    s->pages++;
    return file_keep(&f, error);
}

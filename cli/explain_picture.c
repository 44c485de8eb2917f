/* explain_picture.c - lanes, sectors, banks and racing threads as HTML; see explain_page.h. */
#include <string.h>

#include "../base/json.h"
#include "explain_page.h"

/* ---- text ---- */

void page_text(FILE *out, const char *text)
{
    for (const unsigned char *c = (const unsigned char *)text; *c;) {
        int n = json_utf8_bytes(c);
        if (*c == '&')
            fputs("&amp;", out);
        else if (*c == '<')
            fputs("&lt;", out);
        else if (*c == '>')
            fputs("&gt;", out);
        else if (*c == '"')
            fputs("&quot;", out);
        else if (*c < ' ' || !n)
            fputc(n ? ' ' : '?', out);
        else
            fwrite(c, 1, (size_t)n, out);
        c += n ? n : 1;
    }
}

/* ---- global memory: lanes by sector ---- */

int explain_sectors(const long at[EXPLAIN_LANES], int which[EXPLAIN_LANES])
{
    long known[EXPLAIN_LANES];
    int sectors = 0;
    for (int lane = 0; lane < EXPLAIN_LANES; lane++) {
        int k = 0;
        which[lane] = -1;
        if (at[lane] < 0) continue;
        while (k < sectors && known[k] != at[lane] / 32) k++;
        if (k == sectors) known[sectors++] = at[lane] / 32;
        which[lane] = k;
    }
    return sectors;
}

static void put_sectors(FILE *out, const struct explain_access *a)
{
    int which[EXPLAIN_LANES];
    explain_sectors(a->at, which);
    fprintf(
        out,
        "<p><small>%.0f sectors, ideal %.0f. In each cell: the lane, the byte of the array, and its sector of "
        "32 bytes, numbered as they come; eight colours come again.</small></p>\n",
        a->worst, a->worst_ideal);
    fputs("<ol class=\"cells\">\n", out);
    for (int lane = 0; lane < EXPLAIN_LANES; lane++) {
        if (a->at[lane] < 0) {
            fprintf(out, "<li class=\"idle\"><b>%d</b>idle</li>\n", lane);
            continue;
        }
        fprintf(out, "<li class=\"s%d\"><b>%d</b>%ld<br/>s%d</li>\n", which[lane] % 8, lane,
                a->at[lane] - a->array_at, which[lane]);
    }
    fputs("</ol>\n", out);
}

/* ---- shared memory: banks ---- */

struct bank {
    int words; /* different ones */
    long word[EXPLAIN_LANES];
    unsigned lanes; /* a bit each */
};

/* The lanes from first that share a wavefront at best: 32, or 16 and 8 of wider accesses. Returns the most
 * words that one bank has to give. */
static int fill_banks(const struct explain_access *a, int first, int together, struct bank bank[32])
{
    int most = 0;
    memset(bank, 0, 32 * sizeof *bank);
    for (int lane = first; lane < first + together; lane++) {
        if (a->at[lane] < 0) continue;
        for (long word = a->at[lane] / 4; word <= (a->at[lane] + a->size - 1) / 4; word++) {
            struct bank *b = &bank[word % 32];
            int k = 0;
            while (k < b->words && b->word[k] != word) k++;
            if (k == b->words && k < EXPLAIN_LANES) b->word[b->words++] = word;
            b->lanes |= 1u << lane;
            if (b->words > most) most = b->words;
        }
    }
    return most;
}

/* "0-3 8 12" */
static void put_lanes(FILE *out, unsigned lanes)
{
    const char *blank = "";
    for (int lane = 0; lane < 32; lane++) {
        int end = lane;
        if (!(lanes >> lane & 1)) continue;
        while (end < 31 && lanes >> (end + 1) & 1) end++;
        fprintf(out, end > lane ? "%s%d-%d" : "%s%d", blank, lane, end);
        blank = " ";
        lane = end;
    }
}

static void put_banks(FILE *out, const struct explain_access *a)
{
    int together = a->size <= 4 ? 32 : a->size <= 8 ? 16 : 8, worst = 0, most = 0;
    struct bank bank[32];
    for (int first = 0; first < 32; first += together) {
        int words = fill_banks(a, first, together, bank);
        if (words > most) most = words, worst = first;
    }
    fill_banks(a, worst, together, bank);
    fprintf(
        out,
        "<p><small>%.0f wavefronts, ideal %.0f; lanes %d to %d go together, and the busiest bank gives %d words, one "
        "per wavefront. In each cell: the bank, how many words it gives, and the lanes that want them.</small></p>\n",
        a->worst, a->worst_ideal, worst, worst + together - 1, most);
    fputs("<ol class=\"cells\">\n", out);
    for (int i = 0; i < 32; i++) {
        int words = bank[i].words, heat = words <= 1 ? words : words < 4 ? 2 : words < 16 ? 3 : 4;
        if (!words) {
            fprintf(out, "<li class=\"idle\"><b>%d</b></li>\n", i);
            continue;
        }
        fprintf(out, "<li class=\"w%d\"><b>%d: %d</b>", heat, i, words);
        put_lanes(out, bank[i].lanes);
        fputs("</li>\n", out);
    }
    fputs("</ol>\n", out);
}

void page_picture(FILE *out, const struct explain_access *a)
{
    if (a->shared)
        put_banks(out, a);
    else
        put_sectors(out, a);
}

/* ---- races ---- */

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* The text of a line that some access is on; "" if there is none. */
static const char *source_of(const struct explain_report *r, const struct explain_side *s)
{
    for (int i = 0; i < r->accesses; i++)
        if (r->access[i].line == s->line && !strcmp(base_name(r->access[i].file), s->file))
            return r->access[i].source;
    return "";
}

static void put_side(FILE *out, const struct explain_report *r, const struct explain_side *s)
{
    fputs("<div>Thread ", out);
    page_text(out, s->thread);
    fputs(" of block ", out);
    page_text(out, s->block);
    fputs("<br/><strong>", out);
    page_text(out, s->what);
    fputs("</strong><br/><code>", out);
    page_text(out, s->file);
    fprintf(out, ":%d&#160; ", s->line);
    page_text(out, source_of(r, s));
    fputs("</code></div>\n", out);
}

void page_races(FILE *out, const struct explain_report *r, int kernel)
{
    for (int i = 0; i < r->races; i++) {
        const struct explain_race *race = &r->race[i];
        if (race->kernel != kernel) continue;
        fputs(
            "<div class=\"line\">\n<h3 class=\"bad\">Race: nothing orders these two</h3>\n<div class=\"race\">\n",
            out);
        put_side(out, r, &race->side[0]);
        put_side(out, r, &race->side[1]);
        fputs("</div>\n<p>Both at ", out);
        page_text(out, race->array);
        fputs(".</p>\n<p><strong>", out);
        page_text(out, race->text);
        fputs(".</strong></p>\n</div>\n", out);
    }
}

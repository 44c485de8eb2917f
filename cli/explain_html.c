/* explain_html.c - the report as one HTML page without script; see explain.h. What a line's worst request
 * does is drawn: the sectors of its 32 lanes, or the 32 banks with the lanes that meet there
 * (explain_picture.c). */
#include <string.h>

#include "explain_page.h"

static const char style[] =
    ":root{color-scheme:light dark;--paper:#fff;--ink:#1b1b1f;--dim:#55555e;--line:#d0d0d8;--box:#f5f5f8;"
    "--bad:#a4120b;--good:#1b6e2d;--fill:#2a62c9}\n"
    "@media(prefers-color-scheme:dark){:root{--paper:#16161a;--ink:#ececf0;--dim:#a9a9b4;--line:#3c3c46;"
    "--box:#202027;--bad:#ff8f85;--good:#7fd68f;--fill:#7fa9ff}}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0 auto;padding:16px;max-width:900px;background:var(--paper);color:var(--ink);"
    "font:16px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}\n"
    "h1{font-size:1.5em}h2{font-size:1.25em;margin:2em 0 .5em;border-top:2px solid var(--line);padding-top:1em}\n"
    "h3{font-size:1em;margin:1.5em 0 .4em}code{font-family:ui-monospace,monospace;font-size:.9em}\n"
    "small,.metric{color:var(--dim);font-size:13px}\n"
    "dl{display:grid;grid-template-columns:1fr;gap:2px 12px;margin:0}dt{color:var(--dim)}dd{margin:0 0 8px}\n"
    "@media(min-width:700px){dl{grid-template-columns:11em 1fr;gap:6px 12px}dd{margin:0}}\n"
    ".line{background:var(--box);border:1px solid var(--line);border-radius:6px;padding:0 12px 12px;"
    "margin:12px 0}\n"
    ".line p{margin:.5em 0}.bad{color:var(--bad);font-weight:600}.good{color:var(--good)}\n"
    ".bar{height:10px;background:var(--line);border-radius:5px;margin:6px 0}"
    ".bar span{display:block;height:10px;background:var(--fill);border-radius:5px}\n"
    ".cells{display:grid;grid-template-columns:repeat(8,1fr);gap:2px;list-style:none;margin:8px 0;padding:0}\n"
    "@media(min-width:700px){.cells{grid-template-columns:repeat(16,1fr)}}\n"
    ".cells li{background:#d9d9e0;color:#111;border-radius:3px;min-height:60px;padding:2px 3px;"
    "font:12px/1.3 ui-monospace,monospace}.cells b{display:block;font-size:11px;font-weight:400}\n"
    ".cells .idle{background:none;border:1px dashed var(--line);color:var(--dim)}\n"
    ".s0{background:#a9cdfd!important}.s1{background:#ffd28a!important}.s2{background:#a8e3b0!important}"
    ".s3{background:#f5b5c8!important}.s4{background:#d5c3f7!important}.s5{background:#f0e68c!important}"
    ".s6{background:#9fe3df!important}.s7{background:#e5c7a8!important}\n"
    ".w1{background:#a8e3b0!important}.w2{background:#f0e68c!important}.w3{background:#ffc078!important}"
    ".w4{background:#ff9d92!important}\n"
    ".race{display:grid;grid-template-columns:1fr;gap:8px}"
    "@media(min-width:700px){.race{grid-template-columns:1fr 1fr}}\n"
    ".race div{border-left:4px solid var(--bad);padding:4px 10px}\n"
    "summary{cursor:pointer;color:var(--dim)}\n";

/* ---- a kernel ---- */

static void put_fact(FILE *out, const char *name, const char *metric)
{
    fprintf(out, "<dt>%s</dt><dd>", name);
    if (metric) fprintf(out, "<span class=\"metric\">%s</span><br/>", metric);
}

static void put_occupancy(FILE *out, const struct explain_kernel *k, const struct explain_view *v)
{
    int threads = k->block[0] * k->block[1] * k->block[2];
    double shared = k->static_bytes + k->dynamic_bytes, grid = (double)k->grid[0] * k->grid[1] * k->grid[2];
    struct explain_occupancy o = explain_occupancy(v->gpu, threads, k->registers, shared, grid);
    double percent = 100. * o.warps / o.most_warps;
    put_fact(out, "Occupancy", "sm__maximum_warps_per_active_cycle_pct");
    fprintf(out, "%.0f %%: %d of %d warps per SM, limited by %s", percent, o.warps, o.most_warps,
            explain_limit_name(o.limit));
    fprintf(out, "<div class=\"bar\"><span style=\"width:%.0f%%\"></span></div>", percent);
    fprintf(out, "%d block%s of %d threads; %.5g bytes of shared memory; ", o.blocks,
            o.blocks == 1 ? "" : "s", threads, shared);
    if (k->registers)
        fprintf(out, "%d registers per thread", k->registers);
    else
        fputs("registers unknown", out);
    fprintf(out, "; %.3g waves%s</dd>\n", o.waves, o.waves < 1 ? ", so a part of the GPU is idle" : "");
}

static void put_roof(FILE *out, const struct explain_kernel *k, const struct explain_view *v)
{
    struct explain_roof r = explain_roof(v->gpu, k, v->flops);
    put_fact(out, "Arithmetic", "smsp__sass_thread_inst_executed_op_fadd_pred_on.sum + _fmul_ + 2 _ffma_");
    if (!r.known)
        fputs("unknown; --flops N gives the operations of one launch</dd>\n", out);
    else if (r.operations <= 0)
        fputs("none: memory is the roof</dd>\n", out);
    else if (r.ridge <= 0)
        fprintf(out, "%.4g FLOP without global memory: the peak is the roof, %.3g TFLOP/s (%s)</dd>\n",
                r.operations, r.peak, r.peak_name);
    else
        fprintf(
            out,
            "%.4g FLOP: %.3g per byte of the sectors asked for, %.3g per byte of distinct ones; the roofs meet at "
            "%.3g. At most %.3g (caches hold nothing) to %.3g (they hold all) of %.3g TFLOP/s (%s)</dd>\n",
            r.operations, r.asked, r.distinct, r.ridge, r.low, r.high, r.peak, r.peak_name);
}

static void put_facts(FILE *out, const struct explain_kernel *k, const struct explain_view *v)
{
    double blocks = (double)k->grid[0] * k->grid[1] * k->grid[2] * k->launches;
    fputs("<dl>\n", out);
    put_fact(out, "Launches", NULL);
    fprintf(out, "%.0f of grid (%d,%d,%d), block (%d,%d,%d)</dd>\n", k->launches, k->grid[0], k->grid[1],
            k->grid[2], k->block[0], k->block[1], k->block[2]);
    put_occupancy(out, k, v);
    put_roof(out, k, v);
    if (k->warps > 0) {
        put_fact(out, "Active lanes", "smsp__thread_inst_executed_per_inst_executed.ratio");
        fprintf(out, "%.1f of 32 in an average basic block", k->threads / k->warps);
        fprintf(out, "<div class=\"bar\"><span style=\"width:%.0f%%\"></span></div></dd>\n",
                100 * k->threads / k->warps / 32);
    }
    put_fact(out, "Barriers", NULL);
    fprintf(out, "%.3g per block</dd>\n", k->barriers / blocks);
    put_fact(out, "Atomics", NULL);
    fprintf(out, "%.10g requests of warps</dd>\n</dl>\n", k->atomics);
}

/* ---- lines ---- */

static void put_place(FILE *out, const char *file, int line, const char *source)
{
    const char *slash = strrchr(file, '/');
    fputs("<h3><code>", out);
    page_text(out, slash ? slash + 1 : file);
    fprintf(out, ":%d&#160; ", line);
    page_text(out, source);
    fputs("</code></h3>\n", out);
}

static void put_access(FILE *out, const struct explain_access *a)
{
    char advice[EXPLAIN_TEXT];
    int wrong = explain_is_bad(a);
    fprintf(out, "<p>%s %s of %d bytes, ", a->shared ? "shared" : "global", a->kind, a->size);
    page_text(out, a->array);
    fprintf(out,
            ": <span class=\"%s\">%.2f %s</span> per request, ideal %.2f; %.10g requests of %.1f lanes<br/>",
            wrong ? "bad" : "good", a->moved / a->requests, a->shared ? "wavefronts" : "sectors",
            a->ideal / a->requests, a->requests, a->lanes / a->requests);
    fprintf(out, "<span class=\"metric\">%s</span></p>\n", explain_each_metric(a));
    explain_advice(a, advice);
    if (*advice) {
        fputs("<p><strong>", out);
        page_text(out, advice);
        fputs("</strong></p>\n", out);
    }
    fprintf(out, "<details%s><summary>Its %s request: warp %d of block %s</summary>\n",
            wrong ? " open=\"open\"" : "", wrong ? "costliest" : "first", a->warp, a->block);
    page_picture(out, a);
    fputs("</details>\n", out);
}

static void put_lines(FILE *out, const struct explain_report *r, const struct explain_kernel *k)
{
    int end = k->access + k->accesses;
    for (int i = k->access; i < end; i++) {
        const struct explain_access *a = &r->access[i];
        int first = i == k->access || a[-1].line != a->line || strcmp(a[-1].file, a->file);
        int last = i + 1 == end || a[1].line != a->line || strcmp(a[1].file, a->file);
        if (first) {
            fputs("<div class=\"line\">\n", out);
            put_place(out, a->file, a->line, a->source);
        }
        put_access(out, a);
        if (last) fputs("</div>\n", out);
    }
}

static void put_parted(FILE *out, const struct explain_report *r, int kernel)
{
    for (int i = 0; i < r->lines; i++) {
        const struct explain_line *l = &r->line[i];
        double lanes = l->threads / l->warps;
        if (l->kernel != kernel || !explain_is_parted(lanes, l->share) || explain_has_access(r, l)) continue;
        fputs("<div class=\"line\">\n", out);
        put_place(out, l->file, l->line, l->source);
        fprintf(out, "<p><span class=\"bad\">%.1f of 32 lanes active</span></p>\n<p><strong>", lanes);
        page_text(out, explain_parted_advice);
        fputs("</strong></p>\n</div>\n", out);
    }
}

/* ---- the page ---- */

static void put_end(FILE *out, const struct explain_view *v)
{
    fputs(
        "<h2>What is counted</h2>\n<p>A request is one access of a source line by one warp. Global memory is served in "
        "sectors of 32 bytes, shared memory in wavefronts: one word of each of 32 banks. Lanes are counted per basic "
        "block of the emulator's build, not per instruction of a GPU; operations in its machine code, without exp and "
        "the like. No time is measured.</p>\n<dl>\n",
        out);
    for (const struct explain_metric *m = explain_metrics; m->plain; m++)
        fprintf(out, "<dt>%s</dt><dd class=\"metric\">%s</dd>\n", m->plain, m->metric);
    fprintf(out, "</dl>\n<p><small>%s: %s.</small></p>\n</body>\n</html>\n", v->gpu->name, v->gpu->source);
}

void explain_html(FILE *out, const struct explain_report *r, const struct explain_view *v)
{
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n<meta name=\"viewport\" "
          "content=\"width=device-width, initial-scale=1\"/>\n<title>Why ",
          out);
    page_text(out, v->title);
    fprintf(out, " is slow</title>\n<style>\n%s</style>\n</head>\n<body>\n<h1>Why ", style);
    page_text(out, v->title);
    fprintf(out, " is slow, or is not</h1>\n<p>Counted by the emulator, for an %s.</p>\n", v->gpu->name);
    for (int i = 0; i < r->kernels; i++) {
        fputs("<h2><code>", out);
        page_text(out, r->kernel[i].name);
        fputs("</code></h2>\n", out);
        put_facts(out, &r->kernel[i], v);
        page_races(out, r, i);
        put_lines(out, r, &r->kernel[i]);
        put_parted(out, r, i);
    }
    put_end(out, v);
}

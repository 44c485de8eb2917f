/* explain_write.c - the report for programs, as JSON and CSV; see explain.h. */
#include <string.h>

#include "../base/json.h"
#include "explain.h"

/* ---- JSON ---- */

static void put_occupancy(struct json *j, const struct explain_kernel *k, const struct explain_gpu *gpu)
{
    int threads = k->block[0] * k->block[1] * k->block[2];
    double shared = k->static_bytes + k->dynamic_bytes, grid = (double)k->grid[0] * k->grid[1] * k->grid[2];
    struct explain_occupancy o = explain_occupancy(gpu, threads, k->registers, shared, grid);
    json_object(j, "occupancy");
    json_number(j, "percent", 100. * o.warps / o.most_warps);
    json_integer(j, "warps", o.warps);
    json_integer(j, "most_warps", o.most_warps);
    json_integer(j, "blocks", o.blocks);
    json_text(j, "limit", explain_limit_name(o.limit));
    if (k->registers)
        json_integer(j, "registers", k->registers);
    else
        json_text(j, "registers", NULL);
    json_number(j, "shared_bytes", shared);
    json_number(j, "waves", o.waves);
    json_end(j);
}

static void put_roof(struct json *j, const struct explain_kernel *k, const struct explain_view *v)
{
    struct explain_roof r = explain_roof(v->gpu, k, v->flops);
    json_object(j, "roof");
    if (r.known)
        json_number(j, "flop", r.operations);
    else
        json_text(j, "flop", NULL);
    json_number(j, "flop_per_byte_asked", r.asked);
    json_number(j, "flop_per_distinct_byte", r.distinct);
    json_number(j, "ridge", r.ridge);
    json_number(j, "tflops_low", r.low);
    json_number(j, "tflops_high", r.high);
    json_number(j, "tflops_peak", r.peak);
    json_text(j, "peak", r.peak_name);
    json_end(j);
}

void explain_put_place(struct json *j, const struct explain_access *a)
{
    json_text(j, "file", a->file);
    json_integer(j, "line", a->line);
    json_text(j, "space", a->shared ? "shared" : "global");
    json_text(j, "access", a->kind);
    json_integer(j, "size", a->size);
}

static void put_access(struct json *j, const struct explain_access *a)
{
    char advice[EXPLAIN_TEXT];
    explain_advice(a, advice);
    json_on_one_line(j);
    json_object(j, NULL);
    explain_put_place(j, a);
    json_text(j, "array", a->array);
    json_number(j, "requests", a->requests);
    json_number(j, "lanes", a->lanes);
    json_text(j, "unit", a->shared ? "wavefronts" : "sectors");
    json_number(j, "counted", a->moved);
    json_number(j, "ideal", a->ideal);
    json_number(j, "each", a->moved / a->requests);
    json_number(j, "ideal_each", a->ideal / a->requests);
    json_number(j, "active_lanes", a->lanes / a->requests);
    json_text(j, "metric", explain_each_metric(a));
    json_text(j, "requests_metric", explain_requests_metric(a));
    json_text(j, "advice", *advice ? advice : NULL);
    json_text(j, "source", a->source);
    json_end(j);
}

/* Basic blocks, line by line. */
static void put_lanes(struct json *j, const struct explain_report *r, int kernel)
{
    json_list(j, "blocks");
    for (int i = 0; i < r->lines; i++) {
        const struct explain_line *l = &r->line[i];
        if (l->kernel != kernel) continue;
        json_on_one_line(j);
        json_object(j, NULL);
        json_text(j, "file", l->file);
        json_integer(j, "line", l->line);
        json_number(j, "warps", l->warps);
        json_number(j, "threads", l->threads);
        json_text(j, "source", l->source);
        json_end(j);
    }
    json_end(j);
}

static void put_races(struct json *j, const struct explain_report *r, int kernel)
{
    json_list(j, "races");
    for (int i = 0; i < r->races; i++) {
        const struct explain_race *race = &r->race[i];
        if (race->kernel != kernel) continue;
        json_on_one_line(j);
        json_object(j, NULL);
        json_list(j, "threads");
        for (int s = 0; s < 2; s++) {
            json_object(j, NULL);
            json_text(j, "thread", race->side[s].thread);
            json_text(j, "block", race->side[s].block);
            json_text(j, "what", race->side[s].what);
            json_text(j, "file", race->side[s].file);
            json_integer(j, "line", race->side[s].line);
            json_end(j);
        }
        json_end(j);
        json_text(j, "array", race->array);
        json_text(j, "advice", race->text);
        json_end(j);
    }
    json_end(j);
}

static void put_size(struct json *j, const char *key, const int size[3])
{
    json_on_one_line(j);
    json_list(j, key);
    for (int d = 0; d < 3; d++) json_integer(j, NULL, size[d]);
    json_end(j);
}

static void put_kernel(struct json *j, const struct explain_report *r, int i, const struct explain_view *v)
{
    const struct explain_kernel *k = &r->kernel[i];
    json_object(j, NULL);
    json_text(j, "kernel", k->name);
    json_number(j, "launches", k->launches);
    put_size(j, "grid", k->grid);
    put_size(j, "block", k->block);
    put_occupancy(j, k, v->gpu);
    put_roof(j, k, v);
    if (k->warps > 0) json_number(j, "active_lanes", k->threads / k->warps);
    json_number(j, "barriers", k->barriers);
    json_number(j, "atomics", k->atomics);
    json_number(j, "sectors_asked", k->asked);
    json_number(j, "distinct_sectors_read", k->read);
    json_number(j, "distinct_sectors_written", k->written);
    json_list(j, "lines");
    for (int a = k->access; a < k->access + k->accesses; a++) put_access(j, &r->access[a]);
    json_end(j);
    put_lanes(j, r, i);
    put_races(j, r, i);
    json_end(j);
}

void explain_json(FILE *out, const struct explain_report *r, const struct explain_view *v)
{
    struct json j = json_begin(out);
    json_object(&j, NULL);
    json_text(&j, "program", v->title);
    json_text(&j, "gpu", v->gpu->name);
    json_text(&j, "gpu_source", v->gpu->source);
    json_list(&j, "kernels");
    for (int i = 0; i < r->kernels; i++) put_kernel(&j, r, i, v);
    json_end(&j);
    json_end(&j);
}

/* ---- CSV ---- */

static void put_number(FILE *out, double x, char end)
{
    fprintf(out, "%.10g%c", x, end);
}

void explain_csv(FILE *out, const struct explain_report *r, const struct explain_view *v)
{
    (void)v;
    fputs(
        "kernel,grid,block,launches,file,line,space,access,size,array,requests,lanes,counted,ideal,active_lanes,"
        "metric,advice,source\n",
        out);
    for (int i = 0; i < r->accesses; i++) {
        const struct explain_access *a = &r->access[i];
        const struct explain_kernel *k = &r->kernel[a->kernel];
        char advice[EXPLAIN_TEXT];
        csv_write(out, k->name, ',');
        fprintf(out, "%dx%dx%d,%dx%dx%d,", k->grid[0], k->grid[1], k->grid[2], k->block[0], k->block[1],
                k->block[2]);
        put_number(out, k->launches, ',');
        csv_write(out, a->file, ',');
        fprintf(out, "%d,%s,%s,%d,", a->line, a->shared ? "shared" : "global", a->kind, a->size);
        csv_write(out, a->array, ',');
        put_number(out, a->requests, ','), put_number(out, a->lanes, ',');
        put_number(out, a->moved, ','), put_number(out, a->ideal, ',');
        put_number(out, a->lanes / a->requests, ',');
        csv_write(out, explain_each_metric(a), ',');
        explain_advice(a, advice);
        csv_write(out, advice, ',');
        csv_write(out, a->source, '\n');
    }
}

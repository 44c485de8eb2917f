/* explain_diff.c - what a change did to a program's counts, kernel by kernel and line by line; see explain.h.
 *
 * Kernels belong together by name, the rest in order; accesses by the text of their line, the rest by space
 * and kind, in order. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../base/json.h"
#include "../base/memory.h"
#include "../base/terminal.h"
#include "explain.h"

/* ---- what belongs together ---- */

typedef int alike(const void *a, const void *b, int pass);

/* of_a[i] becomes the element of b (sizes as given) that belongs to element i of a, or -1. */
static void match(int *of_a, const void *a, int as, const void *b, int bs, size_t size, alike *fits)
{
    char *taken = memory_need((size_t)bs + 1, 1);
    for (int i = 0; i < as; i++) of_a[i] = -1;
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < as; i++)
            for (int k = 0; k < bs && of_a[i] < 0; k++) {
                const char *one = (const char *)a + (size_t)i * size,
                           *two = (const char *)b + (size_t)k * size;
                if (taken[k] || !fits(one, two, pass)) continue;
                of_a[i] = k;
                taken[k] = 1;
            }
    free(taken);
}

static int alike_kernels(const void *a, const void *b, int pass)
{
    const struct explain_kernel *one = a, *two = b;
    return pass || !strcmp(one->name, two->name);
}

static int alike_accesses(const void *a, const void *b, int pass)
{
    const struct explain_access *one = a, *two = b;
    if (one->shared != two->shared || strcmp(one->kind, two->kind)) return 0;
    return pass || (one->size == two->size && !strcmp(one->source, two->source));
}

/* ---- the counts of a kernel ---- */

struct count {
    const char *name, *key;
    double a, b;
};
enum { COUNTS = 9 };

static double wavefronts(const struct explain_report *r, const struct explain_kernel *k)
{
    double sum = 0;
    for (int i = k->access; i < k->access + k->accesses; i++)
        if (r->access[i].shared) sum += r->access[i].moved;
    return sum;
}

static double occupancy(const struct explain_kernel *k, const struct explain_gpu *gpu)
{
    struct explain_occupancy o =
        explain_occupancy(gpu, k->block[0] * k->block[1] * k->block[2], k->registers,
                          k->static_bytes + k->dynamic_bytes, (double)k->grid[0] * k->grid[1] * k->grid[2]);
    return 100. * o.warps / o.most_warps;
}

static double operations(const struct explain_kernel *k)
{
    return k->operations[0] < 0 ? (double)NAN : k->operations[0] + k->operations[1];
}

static void counts_of(struct count c[COUNTS], const struct explain_report *ra, const struct explain_kernel *a,
                      const struct explain_report *rb, const struct explain_kernel *b,
                      const struct explain_gpu *gpu)
{
    const struct count all[COUNTS] = {
        { "launches", "launches", a->launches, b->launches },
        { "sectors asked for", "sectors_asked", a->asked, b->asked },
        { "distinct sectors", "distinct_sectors", a->read + a->written, b->read + b->written },
        { "wavefronts of shared memory", "wavefronts", wavefronts(ra, a), wavefronts(rb, b) },
        { "barriers", "barriers", a->barriers, b->barriers },
        { "atomic requests", "atomics", a->atomics, b->atomics },
        { "FLOP", "flop", operations(a), operations(b) },
        { "active lanes of 32", "active_lanes", a->threads / a->warps, b->threads / b->warps },
        { "occupancy, %", "occupancy", occupancy(a, gpu), occupancy(b, gpu) },
    };
    memcpy(c, all, sizeof all);
}

static int same(double a, double b)
{
    return (isnan(a) && isnan(b)) || fabs(a - b) <= 1e-9 * fabs(a);
}

/* ---- pairs ---- */

struct pairing {
    const struct explain_report *a, *b;
    const struct explain_gpu *gpu;
    int *kernel; /* of a -> of b */
};

/* The accesses of a kernel of a, and those of b that belong to them; free it. */
static int *pair_accesses(const struct pairing *p, const struct explain_kernel *a,
                          const struct explain_kernel *b)
{
    int *of_a = memory_need((size_t)a->accesses + 1, sizeof *of_a);
    match(of_a, p->a->access + a->access, a->accesses, p->b->access + b->access, b->accesses,
          sizeof *p->a->access, alike_accesses);
    return of_a;
}

static int is_paired(const int *of_a, int n, int b)
{
    for (int i = 0; i < n; i++)
        if (of_a[i] == b) return 1;
    return 0;
}

/* ---- on a terminal ---- */

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static void print_place(const char *lead, const struct explain_access *a)
{
    terminal_print(stdout, 8, "  %s %s:%d  %s\n", lead, base_name(a->file), a->line, a->source);
}

static void print_only(const char *lead, const struct explain_access *a)
{
    print_place(lead, a);
    terminal_print(stdout, 10, "      %s %s %d B: %.10g requests, %.2f %s each (ideal %.2f)\n",
                   a->shared ? "shared" : "global", a->kind, a->size, a->requests, a->moved / a->requests,
                   a->shared ? "wavefronts" : "sectors", a->ideal / a->requests);
}

static int print_pair(const struct explain_access *a, const struct explain_access *b)
{
    char size[40] = "";
    if (same(a->requests, b->requests) && same(a->moved, b->moved) && same(a->ideal, b->ideal) &&
        a->size == b->size)
        return 0;
    print_place("a", a);
    print_place("b", b);
    if (a->size != b->size) snprintf(size, sizeof size, "%d -> ", a->size);
    terminal_print(stdout, 10,
                   "      %s %s %s%d B: requests %.10g -> %.10g, %s each %.2f -> %.2f (ideal %.2f -> %.2f)\n",
                   a->shared ? "shared" : "global", a->kind, size, b->size, a->requests, b->requests,
                   a->shared ? "wavefronts" : "sectors", a->moved / a->requests, b->moved / b->requests,
                   a->ideal / a->requests, b->ideal / b->requests);
    return 1;
}

static void print_accesses(const struct pairing *p, const struct explain_kernel *a,
                           const struct explain_kernel *b)
{
    int *of_a = pair_accesses(p, a, b), unchanged = 0;
    for (int i = 0; i < a->accesses; i++) {
        const struct explain_access *one = &p->a->access[a->access + i];
        if (of_a[i] < 0)
            print_only("only a", one);
        else
            unchanged += !print_pair(one, &p->b->access[b->access + of_a[i]]);
    }
    for (int i = 0; i < b->accesses; i++)
        if (!is_paired(of_a, a->accesses, i)) print_only("only b", &p->b->access[b->access + i]);
    if (unchanged)
        terminal_print(stdout, 4, "  %d access%s unchanged\n", unchanged, unchanged == 1 ? " is" : "es are");
    free(of_a);
}

static void print_kernel(const struct pairing *p, const struct explain_kernel *a,
                         const struct explain_kernel *b)
{
    struct count c[COUNTS];
    counts_of(c, p->a, a, p->b, b, p->gpu);
    terminal_print(stdout, 4, "\n%s", a->name);
    if (strcmp(a->name, b->name)) terminal_print(stdout, 4, " -> %s", b->name);
    fputc('\n', stdout);
    for (int i = 0; i < COUNTS; i++) {
        if (same(c[i].a, c[i].b)) continue;
        terminal_print(stdout, 4, "  %s: %.6g -> %.6g", c[i].name, c[i].a, c[i].b);
        if (c[i].a > 0 && c[i].b > 0) printf(" (%.3g times)", c[i].b / c[i].a);
        fputc('\n', stdout);
    }
    print_accesses(p, a, b);
}

static void print_diff(const struct pairing *p)
{
    for (int i = 0; i < p->a->kernels; i++)
        if (p->kernel[i] >= 0)
            print_kernel(p, &p->a->kernel[i], &p->b->kernel[p->kernel[i]]);
        else
            terminal_print(stdout, 4, "\n%s: only in a\n", p->a->kernel[i].name);
    for (int i = 0; i < p->b->kernels; i++)
        if (!is_paired(p->kernel, p->a->kernels, i))
            terminal_print(stdout, 4, "\n%s: only in b\n", p->b->kernel[i].name);
}

/* ---- JSON ---- */

static void put_access(struct json *j, const char *key, const struct explain_access *a)
{
    if (!a) {
        json_text(j, key, NULL);
        return;
    }
    json_on_one_line(j);
    json_object(j, key);
    explain_put_place(j, a);
    json_number(j, "requests", a->requests);
    json_number(j, "counted", a->moved);
    json_number(j, "ideal", a->ideal);
    json_text(j, "source", a->source);
    json_end(j);
}

static void put_accesses(struct json *j, const struct explain_access *a, const struct explain_access *b)
{
    json_object(j, NULL);
    put_access(j, "a", a);
    put_access(j, "b", b);
    json_end(j);
}

static void put_kernel(struct json *j, const struct pairing *p, const struct explain_kernel *a,
                       const struct explain_kernel *b)
{
    struct count c[COUNTS];
    int *of_a = pair_accesses(p, a, b);
    counts_of(c, p->a, a, p->b, b, p->gpu);
    json_object(j, NULL);
    json_text(j, "a", a->name);
    json_text(j, "b", b->name);
    for (int i = 0; i < COUNTS; i++) {
        json_on_one_line(j);
        json_list(j, c[i].key);
        json_number(j, NULL, c[i].a);
        json_number(j, NULL, c[i].b);
        json_end(j);
    }
    json_list(j, "lines");
    for (int i = 0; i < a->accesses; i++)
        put_accesses(j, &p->a->access[a->access + i],
                     of_a[i] < 0 ? NULL : &p->b->access[b->access + of_a[i]]);
    for (int i = 0; i < b->accesses; i++)
        if (!is_paired(of_a, a->accesses, i)) put_accesses(j, NULL, &p->b->access[b->access + i]);
    json_end(j);
    json_end(j);
    free(of_a);
}

/* A kernel that the other program has not. */
static void put_single(struct json *j, const char *a, const char *b)
{
    json_object(j, NULL);
    json_text(j, "a", a);
    json_text(j, "b", b);
    json_end(j);
}

static void put_diff(FILE *out, const struct pairing *p, const char *a, const char *b)
{
    struct json j = json_begin(out);
    json_object(&j, NULL);
    json_text(&j, "a", a);
    json_text(&j, "b", b);
    json_text(&j, "gpu", p->gpu->name);
    json_list(&j, "kernels");
    for (int i = 0; i < p->a->kernels; i++)
        if (p->kernel[i] >= 0)
            put_kernel(&j, p, &p->a->kernel[i], &p->b->kernel[p->kernel[i]]);
        else
            put_single(&j, p->a->kernel[i].name, NULL);
    for (int i = 0; i < p->b->kernels; i++)
        if (!is_paired(p->kernel, p->a->kernels, i)) put_single(&j, NULL, p->b->kernel[i].name);
    json_end(&j);
    json_end(&j);
}

void explain_diff(const struct explain_report *a, const char *title_a, const struct explain_report *b,
                  const char *title_b, const struct explain_gpu *gpu, FILE *json)
{
    struct pairing p = { a, b, gpu, memory_need((size_t)a->kernels + 1, sizeof *p.kernel) };
    match(p.kernel, a->kernel, a->kernels, b->kernel, b->kernels, sizeof *a->kernel, alike_kernels);
    if (json)
        put_diff(json, &p, title_a, title_b);
    else {
        terminal_print(stdout, 2, "What changed from a, %s, to b, %s; occupancy on an %s.\n", title_a,
                       title_b, gpu->name);
        print_diff(&p);
    }
    free(p.kernel);
}

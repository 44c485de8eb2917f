/* cpus.c - affinity, quota and topology from Linux's files; see cpus.h. */
#include "cpus.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH = 512, LINE = 1024 };

/* the first line of root/path without its newline; 0 if there is none */
static int read_line(const char *root, const char *path, char *line, int room)
{
    char full[PATH];
    if (snprintf(full, sizeof full, "%s%s", root, path) >= PATH) return 0;
    FILE *f = fopen(full, "r");
    if (!f) return 0;
    int ok = fgets(line, room, f) != NULL;
    fclose(f);
    if (ok) line[strcspn(line, "\n")] = '\0';
    return ok;
}

/* ---- sets of processors, written like "0-3,8,10-11" ---- */

/* marks them; returns how many there are among 0..CPUS_MOST-1 */
static int parse_list(const char *text, unsigned char *in)
{
    int n = 0;
    memset(in, 0, CPUS_MOST);
    while (*text >= '0' && *text <= '9') {
        char *end;
        long first = strtol(text, &end, 10), last = *end == '-' ? strtol(end + 1, &end, 10) : first;
        for (long id = first; id <= last && id < CPUS_MOST; id++) n += !in[id], in[id] = 1;
        text = *end == ',' ? end + 1 : end;
    }
    return n;
}

static int read_list(const char *root, const char *path, unsigned char *in)
{
    char line[LINE];
    return read_line(root, path, line, sizeof line) ? parse_list(line, in) : 0;
}

/* the mask as /proc/self/status has it; 0: it is not there */
static int mask_from_file(const char *root, unsigned char *in)
{
    static const char key[] = "Cpus_allowed_list:";
    char path[PATH], line[LINE];
    int n = 0;
    if (snprintf(path, sizeof path, "%s/proc/self/status", root) >= PATH) return 0;
    FILE *f = fopen(path, "r");
    while (f && !n && fgets(line, sizeof line, f))
        if (!strncmp(line, key, sizeof key - 1))
            n = parse_list(line + sizeof key - 1 + strspn(line + sizeof key - 1, " \t"), in);
    if (f) fclose(f);
    return n;
}

static int mask_of_this_thread(unsigned char *in)
{
    int n = 0;
    memset(in, 0, CPUS_MOST);
#if defined CPU_SETSIZE
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set)) return mask_from_file("", in);
    for (int id = 0; id < CPU_SETSIZE && id < CPUS_MOST; id++)
        if (CPU_ISSET(id, &set)) n++, in[id] = 1;
#endif
    return n;
}

/* ---- topology ---- */

struct place {
    int id, core; /* core: the first hardware thread of its core */
    int sibling;  /* how many of the mask's on the same core come before it */
    long speed;   /* comparable on one machine; 0 where all are alike */
};

/* Intel names its kinds of core; ARM gives each a capacity, 1024 for the fastest */
static long speed_of(const char *root, int id, const unsigned char *big, const unsigned char *small)
{
    char path[PATH], line[LINE];
    if (big[id] || small[id]) return big[id] ? 2 : 1;
    snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%d/cpu_capacity", id);
    return read_line(root, path, line, sizeof line) ? strtol(line, NULL, 10) : 0;
}

static struct place place_of(const char *root, int id, const unsigned char *mask, const unsigned char *big,
                             const unsigned char *small)
{
    struct place p = { .id = id, .core = id, .speed = speed_of(root, id, big, small) };
    unsigned char together[CPUS_MOST];
    char path[PATH];
    snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%d/topology/thread_siblings_list", id);
    if (!read_list(root, path, together)) return p;
    for (int k = id; k >= 0; k--)
        if (together[k]) p.core = k, p.sibling += k < id && mask[k];
    return p;
}

static int compare_places(const void *a, const void *b)
{
    const struct place *p = a, *q = b;
    if (p->sibling != q->sibling) return p->sibling - q->sibling;
    if (p->speed != q->speed) return p->speed < q->speed ? 1 : -1;
    return p->id - q->id;
}

static void read_topology(struct cpus *c, const char *root, const unsigned char *mask)
{
    static const char *const kind[] = { "/sys/devices/cpu_core/cpus", "/sys/devices/cpu_atom/cpus" };
    unsigned char big[CPUS_MOST] = { 0 }, small[CPUS_MOST] = { 0 };
    struct place place[CPUS_MOST];
    (void)read_list(root, kind[0], big);
    (void)read_list(root, kind[1], small);
    for (int id = 0; id < CPUS_MOST; id++)
        if (mask[id]) place[c->n++] = place_of(root, id, mask, big, small);
    qsort(place, (size_t)c->n, sizeof *place, compare_places);
    for (int k = 0; k < c->n; k++) {
        c->id[k] = place[k].id;
        c->cores += !place[k].sibling;
        c->fast += !place[k].sibling && place[k].speed == place[0].speed;
    }
}

/* ---- the quota: the tightest of the process's group and those above it ---- */

struct hierarchy {
    int version;       /* 1: cpu.cfs_quota_us and cpu.cfs_period_us; 2: cpu.max */
    char mount[PATH];  /* where it is mounted                                   */
    char inside[PATH]; /* the group that is mounted there: "/", or a container's */
    char group[PATH];  /* the process's group                                   */
};

/* "a,b,cpu" has the word cpu */
static int has_word(const char *list, const char *word)
{
    for (size_t n = strlen(word); list && *list; list += strcspn(list, ","), list += *list == ',')
        if (strcspn(list, ",\n") == n && !strncmp(list, word, n)) return 1;
    return 0;
}

/* 36 35 98:0 /inside /mount rw,noatime master:1 - cgroup2 cgroup rw,nsdelegate */
static void find_mount(struct hierarchy *h, const char *root)
{
    char path[PATH], line[LINE], inside[PATH], mount[PATH], type[32], options[PATH];
    if (snprintf(path, sizeof path, "%s/proc/self/mountinfo", root) >= PATH) return;
    FILE *f = fopen(path, "r");
    while (f && !*h->mount && fgets(line, sizeof line, f)) {
        const char *dash = strstr(line, " - ");
        if (sscanf(line, "%*d %*d %*s %511s %511s", inside, mount) != 2 || !dash ||
            sscanf(dash, " - %31s %*s %511s", type, options) != 2)
            continue;
        if (h->version == 2 ? strcmp(type, "cgroup2") != 0
                            : strcmp(type, "cgroup") != 0 || !has_word(options, "cpu"))
            continue;
        snprintf(h->mount, sizeof h->mount, "%s", mount);
        snprintf(h->inside, sizeof h->inside, "%s", strcmp(inside, "/") ? inside : "");
    }
    if (f) fclose(f);
}

/* 0::/group or 4:cpu,cpuacct:/group */
static void find_group(struct hierarchy *h, const char *root)
{
    char path[PATH], line[LINE];
    if (snprintf(path, sizeof path, "%s/proc/self/cgroup", root) >= PATH) return;
    FILE *f = fopen(path, "r");
    while (f && !*h->group && fgets(line, sizeof line, f)) {
        char *names = strchr(line, ':'), *group = names ? strchr(names + 1, ':') : NULL;
        if (!group) continue;
        *group++ = '\0';
        group[strcspn(group, "\n")] = '\0';
        if (h->version == 2 ? !strcmp(names, ":") : has_word(names + 1, "cpu"))
            snprintf(h->group, sizeof h->group, "%.*s", PATH - 1, group);
    }
    if (f) fclose(f);
}

/* CPUs' worth of time that the group's own limit leaves; 0: it has none */
static double limit_of(const char *root, int version, const char *folder)
{
    char path[2 * PATH + 32], line[LINE];
    double quota = 0, period = 0;
    if (version == 2) {
        snprintf(path, sizeof path, "%s/cpu.max", folder);
        if (!read_line(root, path, line, sizeof line) || sscanf(line, "%lf %lf", &quota, &period) != 2)
            return 0;
    } else {
        snprintf(path, sizeof path, "%s/cpu.cfs_quota_us", folder);
        if (read_line(root, path, line, sizeof line)) quota = strtod(line, NULL);
        snprintf(path, sizeof path, "%s/cpu.cfs_period_us", folder);
        if (read_line(root, path, line, sizeof line)) period = strtod(line, NULL);
    }
    return quota > 0 && period > 0 ? quota / period : 0;
}

static void read_quota(struct cpus *c, const char *root, int version)
{
    struct hierarchy h = { .version = version };
    char folder[2 * PATH];
    find_mount(&h, root);
    find_group(&h, root);
    if (!*h.mount || !*h.group) return;
    const char *below = h.group; /* as the mount shows it: a container sees its own group as the top */
    if (!strncmp(below, h.inside, strlen(h.inside))) below += strlen(h.inside);
    if (snprintf(folder, sizeof folder, "%s%s", h.mount, below) >= PATH) return;
    for (size_t top = strlen(h.mount);;) {
        double limit = limit_of(root, version, folder);
        if (limit > 0 && (!(c->quota > 0) || limit < c->quota)) {
            c->quota = limit;
            if (snprintf(c->stat, sizeof c->stat, "%s%.400s/cpu.stat", root, folder) >= PATH) *c->stat = '\0';
        }
        char *slash = strrchr(folder, '/');
        if (!slash || strlen(folder) <= top) return;
        *(slash >= folder + top ? slash : folder + top) = '\0';
    }
}

int cpus_read(struct cpus *c, const char *root)
{
    unsigned char mask[CPUS_MOST];
    int found = root ? mask_from_file(root, mask) : mask_of_this_thread(mask);
    *c = (struct cpus){ 0 };
    if (!found) memset(mask, 0, sizeof mask), mask[0] = 1;
    read_topology(c, root ? root : "", mask);
    read_quota(c, root ? root : "", 2);
    read_quota(c, root ? root : "", 1);
    c->threads = c->quota > 0 && c->quota < c->n ? (c->quota < 1 ? 1 : (int)c->quota) : c->n;
    return found > 0;
}

struct cpus_stops cpus_stops(const struct cpus *c)
{
    struct cpus_stops s = { 0 };
    char line[LINE];
    double number;
    FILE *f = *c->stat ? fopen(c->stat, "r") : NULL;
    while (f && fgets(line, sizeof line, f)) {
        if (sscanf(line, "nr_throttled %lf", &number) == 1) s.times = number;
        if (sscanf(line, "throttled_usec %lf", &number) == 1) s.seconds = 1e-6 * number;
        if (sscanf(line, "throttled_time %lf", &number) == 1) s.seconds = 1e-9 * number; /* version 1 */
    }
    if (f) fclose(f);
    return s;
}

void cpus_text(const struct cpus *c, char *text, int room)
{
    int used = snprintf(text, (size_t)room, "%d CPU%s", c->n, c->n > 1 ? "s" : "");
    if (c->cores < c->n && used < room)
        used += snprintf(text + used, (size_t)(room - used), " on %d core%s (SMT siblings share a core)",
                         c->cores, c->cores > 1 ? "s" : "");
    if (c->fast < c->cores && used < room)
        used += snprintf(text + used, (size_t)(room - used), ", %d fast core%s and %d slower", c->fast,
                         c->fast > 1 ? "s" : "", c->cores - c->fast);
    if (c->quota > 0 && used < room)
        snprintf(text + used, (size_t)(room - used), ", with a quota of %.3g CPUs' time", c->quota);
}

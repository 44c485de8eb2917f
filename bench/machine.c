/* machine.c - machine facts from /proc, /sys and the build; see machine.h. */
#include "machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

#include "../base/cpus.h"
#include "commit.h" /* RUNGS_COMMIT, written by bench/commit.cmake at each build */
#include "pinning.h"
#include "roof_kernels.h"

/* the first line of a small file, without its newline; 0 if there is none */
static int read_line(const char *path, char *text, size_t room)
{
    FILE *f = fopen(path, "r");
    if (!f) return 0;
    int ok = fgets(text, (int)room, f) != NULL;
    fclose(f);
    if (ok) text[strcspn(text, "\n")] = '\0';
    return ok;
}

static void read_cpu(char *cpu, size_t room)
{
    char line[256];
    FILE *f = fopen("/proc/cpuinfo", "r");
    snprintf(cpu, room, "unknown CPU");
    while (f && fgets(line, sizeof line, f)) {
        char *colon = strchr(line, ':');
        if (strncmp(line, "model name", strlen("model name")) || !colon) continue;
        line[strcspn(line, "\n")] = '\0';
        snprintf(cpu, room, "%s", colon[1] ? colon + 2 : "");
        break;
    }
    if (f) fclose(f);
}

static void read_caches(size_t *cache)
{
    for (int i = 0; i < 8; i++) {
        char path[96], level[16], type[32], size[32], *unit;
        snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu0/cache/index%d/level", i);
        if (!read_line(path, level, sizeof level)) break;
        snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu0/cache/index%d/type", i);
        if (!read_line(path, type, sizeof type) || !strcmp(type, "Instruction")) continue;
        snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu0/cache/index%d/size", i);
        if (!read_line(path, size, sizeof size)) continue;
        int k = atoi(level);
        size_t bytes = strtoul(size, &unit, 10);
        if (*unit == 'K') bytes <<= 10;
        if (*unit == 'M') bytes <<= 20;
        if (k >= 1 && k <= CACHE_LEVELS) cache[k - 1] = bytes;
    }
}

/* "always [madvise] never" -> "madvise" */
static void read_huge_pages(char *text, size_t room)
{
    char line[96], *open, *close;
    snprintf(text, room, "unknown");
    if (!read_line("/sys/kernel/mm/transparent_hugepage/enabled", line, sizeof line)) return;
    open = strchr(line, '[');
    close = open ? strchr(open, ']') : NULL;
    if (close) snprintf(text, room, "%.*s", (int)(close - open - 1), open + 1);
}

struct machine machine_facts(void)
{
    struct machine m = { .cores = pinning_cores(),
                         .physical_cores = pinning_cpus()->cores,
                         .fast_cores = pinning_cpus()->fast,
                         .quota = pinning_cpus()->quota,
                         .compiler = RUNGS_COMPILER,
                         .flags = RUNGS_FLAGS,
                         .commit = RUNGS_COMMIT };
    struct utsname system;
    struct tm utc;
    time_t now = time(NULL);
    read_cpu(m.cpu, sizeof m.cpu);
    read_caches(m.cache);
    read_huge_pages(m.huge_pages, sizeof m.huge_pages);
    if (!read_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", m.governor, sizeof m.governor))
        snprintf(m.governor, sizeof m.governor, "unknown");
    for (int isa = 0; isa < ROOF_ISAS; isa++) {
        size_t used = strlen(m.isa);
        if (roof_kernels[isa].name && roof_kernels[isa].present())
            snprintf(m.isa + used, sizeof m.isa - used, "%s%s", used ? " " : "", roof_kernels[isa].name);
    }
    if (!uname(&system)) snprintf(m.system, sizeof m.system, "%.48s %.72s", system.sysname, system.release);
    if (gmtime_r(&now, &utc)) strftime(m.date, sizeof m.date, "%Y-%m-%dT%H:%M:%SZ", &utc);
    return m;
}

static void print_bytes(size_t bytes)
{
    if (!bytes)
        printf("none");
    else if (bytes >= (size_t)1 << 20)
        printf("%g MiB", (double)bytes / (1 << 20));
    else
        printf("%g KiB", (double)bytes / (1 << 10));
}

void machine_print(const struct machine *m)
{
    char cpus[160];
    cpus_text(pinning_cpus(), cpus, sizeof cpus);
    printf("%s, %s, %s;", m->cpu, cpus, m->isa);
    for (int k = 0; k < CACHE_LEVELS; k++) {
        printf(" L%d ", k + 1);
        print_bytes(m->cache[k]);
    }
    printf("\n%s; huge pages: %s; clock governor: %s\n%s %s; commit %s; %s\n", m->system, m->huge_pages,
           m->governor, m->compiler, m->flags, m->commit, m->date);
}

/* cpus.c - what a process may use, read from made-up trees of /proc and /sys: cpus FOLDER, which it fills. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../base/cpus.h"

static int failed;
static char root[1024];

static void expect(int ok, const char *what)
{
    printf("%s  %s\n", ok ? "ok  " : "FAIL", what);
    failed |= !ok;
}

/* ---- trees ---- */

static void put(const char *path, const char *text)
{
    char full[2048];
    snprintf(full, sizeof full, "%s%s", root, path);
    for (char *slash = strchr(full + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(full, 0777);
        *slash = '/';
    }
    FILE *f = fopen(full, "w");
    if (!f || fputs(text, f) < 0 || fclose(f)) {
        perror(full);
        exit(1);
    }
}

static void begin(const char *folder, const char *name, const char *mask)
{
    char status[256];
    snprintf(root, sizeof root, "%s/%s", folder, name);
    snprintf(status, sizeof status, "Name:\trungs\nCpus_allowed:\tff\nCpus_allowed_list:\t%s\nThreads:\t1\n",
             mask);
    put("/proc/self/status", status);
}

static void siblings(int first, int last, const char *list)
{
    for (int id = first; id <= last; id++) {
        char path[128];
        snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%d/topology/thread_siblings_list", id);
        put(path, list);
    }
}

static int ids_are(const struct cpus *c, const char *ids)
{
    char text[512] = "";
    for (int k = 0; k < c->n; k++)
        snprintf(text + strlen(text), sizeof text - strlen(text), k ? " %d" : "%d", c->id[k]);
    if (strcmp(text, ids) != 0) printf("      %s: %s\n", root, text);
    return !strcmp(text, ids);
}

static void mount_v2(const char *inside, const char *group)
{
    char text[512];
    snprintf(text, sizeof text,
             "24 1 0:22 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpuset\n"
             "31 23 0:27 %s /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n",
             inside);
    put("/proc/self/mountinfo", text);
    snprintf(text, sizeof text, "0::%s\n", group);
    put("/proc/self/cgroup", text);
}

/* ---- affinity and topology ---- */

static void check_topology(const char *folder)
{
    struct cpus c;
    char text[160];
    begin(folder, "plain", "0-3");
    expect(cpus_read(&c, root) && c.n == 4 && c.cores == 4 && c.fast == 4 && c.quota == 0 && c.threads == 4,
           "four alike, no limit");
    begin(folder, "smt", "0-3");
    siblings(0, 1, "0-1\n");
    siblings(2, 3, "2-3\n");
    expect(cpus_read(&c, root) && c.n == 4 && c.cores == 2 && ids_are(&c, "0 2 1 3"),
           "two hardware threads of each core: one of each first");
    cpus_text(&c, text, sizeof text);
    expect(!strcmp(text, "4 CPUs on 2 cores (SMT siblings share a core)"), "and it is said");
    begin(folder, "far_siblings", "1,3,5-6");
    siblings(1, 1, "1,5\n");
    siblings(5, 5, "1,5\n");
    siblings(3, 3, "3,7\n");
    siblings(6, 6, "2,6\n");
    expect(cpus_read(&c, root) && c.n == 4 && c.cores == 3 && ids_are(&c, "1 3 6 5"),
           "siblings outside of the mask do not count");
    begin(folder, "hybrid", "0-5");
    siblings(0, 1, "0-1");
    siblings(2, 3, "2-3");
    put("/sys/devices/cpu_core/cpus", "0-3\n");
    put("/sys/devices/cpu_atom/cpus", "4-5\n");
    expect(cpus_read(&c, root) && c.cores == 4 && c.fast == 2 && ids_are(&c, "0 2 4 5 1 3"),
           "Intel's two kinds of core");
    cpus_text(&c, text, sizeof text);
    expect(strstr(text, "2 fast cores and 2 slower") != NULL, "and it is said");
    begin(folder, "big_little", "0-3");
    for (int id = 0; id < 4; id++) {
        char path[128];
        snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%d/cpu_capacity", id);
        put(path, id < 2 ? "446\n" : "1024\n");
    }
    expect(cpus_read(&c, root) && c.cores == 4 && c.fast == 2 && ids_are(&c, "2 3 0 1"), "ARM's capacities");
    begin(folder, "nothing", "");
    expect(!cpus_read(&c, root) && c.n == 1 && c.threads == 1, "without a mask: one");
    begin(folder, "absurd", "0-99999999,7-3,x");
    expect(cpus_read(&c, root) && c.n == CPUS_MOST && c.threads == CPUS_MOST, "a list without an end is cut");
}

/* ---- quotas ---- */

static void check_quota_v2(const char *folder)
{
    struct cpus c;
    struct cpus_stops s;
    begin(folder, "v2", "0-7");
    mount_v2("/", "/user/job");
    put("/sys/fs/cgroup/user/job/cpu.max", "max 100000\n");
    put("/sys/fs/cgroup/user/cpu.max", "250000 100000\n");
    put("/sys/fs/cgroup/user/cpu.stat",
        "usage_usec 5\nnr_periods 9\nnr_throttled 4\nthrottled_usec 2500000\n");
    expect(cpus_read(&c, root) && c.quota == 2.5 && c.threads == 2,
           "the limit of a group above: two threads of 2.5 CPUs");
    s = cpus_stops(&c);
    expect(s.times == 4 && s.seconds == 2.5, "its stops are counted");
    put("/sys/fs/cgroup/user/job/cpu.max", "50000 100000\n");
    expect(cpus_read(&c, root) && c.quota == 0.5 && c.threads == 1,
           "the tightest counts; at least one thread");
    put("/sys/fs/cgroup/user/job/cpu.max", "max 100000\n");
    put("/sys/fs/cgroup/user/cpu.max", "1600000 100000\n");
    expect(cpus_read(&c, root) && c.quota == 16 && c.threads == 8, "a quota above the mask leaves the mask");
    begin(folder, "container", "0-3");
    mount_v2("/docker/4f", "/docker/4f/inner");
    put("/sys/fs/cgroup/cpu.max", "150000 100000");
    expect(cpus_read(&c, root) && c.quota == 1.5 && c.threads == 1, "a container sees its group as the top");
    mount_v2("/", "/");
    put("/sys/fs/cgroup/cpu.max", "max 100000");
    expect(cpus_read(&c, root) && c.quota == 0 && c.threads == 4 && !*c.stat, "max is no limit");
    put("/sys/fs/cgroup/cpu.max", "rubbish");
    expect(cpus_read(&c, root) && c.quota == 0 && c.threads == 4, "a file of another form is no limit");
}

static void check_quota_v1(const char *folder)
{
    struct cpus c;
    struct cpus_stops s;
    begin(folder, "v1", "0-3");
    put("/proc/self/mountinfo", "30 23 0:26 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n"
                                "31 23 0:27 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
                                "32 23 0:28 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n");
    put("/proc/self/cgroup", "5:cpuset:/elsewhere\n4:cpu,cpuacct:/box\n0::/\n");
    put("/sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_quota_us", "200000\n");
    put("/sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_period_us", "100000\n");
    put("/sys/fs/cgroup/cpu,cpuacct/box/cpu.stat",
        "nr_periods 7\nnr_throttled 3\nthrottled_time 1500000000\n");
    expect(cpus_read(&c, root) && c.quota == 2 && c.threads == 2, "version 1");
    s = cpus_stops(&c);
    expect(s.times == 3 && s.seconds == 1.5, "and its stops");
    put("/sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_quota_us", "-1\n");
    expect(cpus_read(&c, root) && c.quota == 0 && c.threads == 4, "-1 is no limit");
}

int main(int argc, char **argv)
{
    struct cpus c;
    if (argc != 2) return 64;
    check_topology(argv[1]);
    check_quota_v2(argv[1]);
    check_quota_v1(argv[1]);
    expect(cpus_read(&c, NULL) && c.n >= 1 && c.cores >= 1 && c.cores <= c.n && c.threads <= c.n,
           "this machine");
    return failed;
}

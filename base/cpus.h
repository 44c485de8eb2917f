/* cpus.h - the processors that this process may use: which, how much of their time, and which of
 * them are as good as others.
 *
 * Three things leave a process less than the machine has: its affinity mask (taskset, cpusets), the quota of
 * its cgroup or of one above it (containers, services: so much CPU time in each period, then all threads stop
 * until the next), and processors that are no whole ones: two hardware threads of a core (SMT) share its
 * arithmetic, and a hybrid machine has slow cores beside fast ones.
 */
#ifndef RUNGS_CPUS_H
#define RUNGS_CPUS_H

enum { CPUS_MOST = 1024 };

struct cpus {
    int n; /* in the affinity mask, at least 1                                                     */
    int id[CPUS_MOST]; /* their numbers: first one of each core, fast cores before slow, then the siblings */
    int cores;      /* the cores that they belong to: n without SMT                                         */
    int fast;       /* of these, the cores of the fastest kind: `cores` where all are alike                 */
    double quota;   /* CPUs' worth of time that the tightest limit leaves; 0: there is no limit             */
    int threads;    /* that can run at the same time without exceeding the quota: 1..n                      */
    char stat[512]; /* the file that counts how often that limit stopped us; "" without a limit             */
};

/* Reads them from /proc and /sys below root, or, if root is NULL, those of this system with the affinity of
 * the calling thread. What cannot be read is taken as absent: no quota, all cores alike. Returns 0 if not
 * even the mask is there; c is then one processor, number 0. */
int cpus_read(struct cpus *c, const char *root);

/* How often, and how long altogether, the limit has stopped the group's threads since it was made */
struct cpus_stops {
    double times, seconds;
};
struct cpus_stops cpus_stops(const struct cpus *c);

/* "4 CPUs on 2 cores, 2 hardware threads each; quota 1.5 CPUs" */
void cpus_text(const struct cpus *c, char *text, int room);

#endif

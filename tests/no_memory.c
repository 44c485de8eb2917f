/* no_memory.c - a kernel that gets no memory to pack into is slow, but right. */
#include <stdio.h>
#include <sys/resource.h>

#include "../optimized/check.h"
#include "../base/memory.h"
#include "../optimized/team.h"
#include "../optimized/workspace.h"

static void nothing(int piece, void *arg)
{
    (void)piece, (void)arg;
}

int main(void)
{
    const int size[] = { 70, 300, 90 };
    int failed = 0, passed = 0;
    team_use(2);
    team_run(2, nothing, NULL); /* the threads themselves need memory, and are to exist before it runs out */
    for (const struct op *const *op = ops; *op; op++) {
        if ((*op)->nsize != 3) continue;
        struct check_case *c = check_case_make(*op, size, 3);
        void *buf[MAX_ARGS];
        for (int a = 0; a < (*op)->narg; a++) buf[a] = memory_need(c->elements[a], sizeof(float));
        struct rlimit old, none = { 0, 0 };
        getrlimit(RLIMIT_AS, &old);
        none.rlim_max = old.rlim_max;
        setrlimit(RLIMIT_AS, &none); /* from here on mmap refuses */
        if (workspace_floats(1)) {
            printf("the limit on memory did not work\n");
            return 1;
        }
        for (const struct rung *r = (*op)->cpu; r->name; r++) {
            struct check result = { .verdict = CHECK_PASS };
            if (rung_lacks(r->needs)) continue;
            check_case_load(c, buf);
            (*op)->call(r->run, size, buf);
            int ok = check_case_compare(c, buf, &result);
            if (!ok) printf("%s %s without memory: %s\n", (*op)->name, r->name, result.why);
            passed += ok;
            failed += !ok;
        }
        setrlimit(RLIMIT_AS, &old);
    }
    printf("%d passed, %d failed\n", passed, failed);
    return failed ? 1 : 0;
}

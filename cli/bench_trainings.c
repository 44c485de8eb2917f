/* bench_trainings.c - a race of trainings from its begin to its end; see bench_trainings.h. */
#include "bench_trainings.h"

#include <stdio.h>

#include "../base/interrupt.h"
#include "../bench/pinning.h"
#include "args.h"

static int write_files(const struct bench_steps *b, const struct rows *rows, const struct machine *m)
{
    int ok = (!b->csv_path || rows_write_csv(rows, m, b->csv_path)) &&
             (!b->json_path || rows_write_json(rows, m, b->json_path));
    if (ok && b->csv_path) printf("wrote %s\n", b->csv_path);
    if (ok && b->json_path) printf("wrote %s\n", b->json_path);
    return ok;
}

int trainings_race(const struct bench_steps *b, const struct trainings_race *race)
{
    struct rows rows = { 0 };
    interrupt_watch();
    pinning_pin_self();
    pinning_start_team();
    struct machine m = machine_facts();
    machine_print(&m);
    if (b->quick) puts("--quick: few and short samples; these numbers are not for quoting");
    fflush(stdout);
    race->open(b);
    int code = race->race_all(b, &rows);
    race->close();
    if (interrupt_asked()) interrupt_end();
    int ok = write_files(b, &rows, &m), failed = rows.failed;
    if (failed) printf("\n%d FAILED: %s\n", failed, race->wrong);
    rows_free(&rows);
    return code ? code : !ok ? EXIT_OUTPUT : failed ? EXIT_WRONG : EXIT_OK;
}

/* learn_autograder.c - the hand-out's files for autograders: a workflow for GitHub Classroom, with GitHub's
 * own grading actions, and the two scripts of a Gradescope autograder; see learn.h. */
#include "learn.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../bench/machine.h"

/* ---- the program that grades ---- */

/* the commit of this program, that it is the same there; NULL: it is none that can be cloned */
static const char *own_commit(void)
{
    static struct machine m;
    m = machine_facts();
    return strcmp(m.commit, "unknown") && !strstr(m.commit, "dirty") ? m.commit : NULL;
}

/* "git clone ... && git checkout ...", into that folder */
static void put_clone(FILE *f, const struct pack_order *o, const char *folder)
{
    const char *commit = own_commit();
    fprintf(f, "git clone %s %s", o->source, folder);
    if (commit) fprintf(f, " && git -C %s checkout %s", folder, commit);
}

/* ---- GitHub Classroom ---- */

/* an identifier of a step: "exercise-1-3" */
static void put_step(FILE *f, const struct exercise *e, int is_upper)
{
    fputs(is_upper ? "EXERCISE-" : "exercise-", f);
    for (const char *at = e->number; *at; at++) fputc(isalnum((unsigned char)*at) ? *at : '-', f);
}

static void put_grader(FILE *f, const struct exercise *e)
{
    fprintf(f, "      - name: %s %s\n        id: ", e->number, e->name);
    put_step(f, e, 0);
    fprintf(f,
            "\n        uses: education/autograding-command-grader@v1\n        with:\n"
            "          test-name: %s %s\n"
            "          command: ${{ runner.temp }}/rungs/rungs learn check %s --dir . --no-race --seed ${{ "
            "github.run_number }}\n"
            "          timeout: 10\n          max-score: %d\n",
            e->number, e->name, e->number, e->minutes);
}

static void put_reporter(FILE *f, const struct pack_order *o)
{
    fputs("      - name: Autograding Reporter\n        uses: education/autograding-grading-reporter@v1\n"
          "        env:\n",
          f);
    for (const struct exercise *e = NULL; (e = pack_next(o, e));) {
        fputs("          ", f);
        put_step(f, e, 1);
        fputs("_RESULTS: \"${{steps.", f);
        put_step(f, e, 0);
        fputs(".outputs.result}}\"\n", f);
    }
    fputs("        with:\n          runners: ", f);
    for (const struct exercise *e = NULL; (e = pack_next(o, e));) {
        put_step(f, e, 0);
        fputs(pack_next(o, e) ? "," : "\n", f);
    }
}

/* Each push is graded with other inputs: the number of the run is their seed. */
static void put_workflow(FILE *f, const struct pack_order *o)
{
    const char *commit = own_commit();
    fputs(
        "# Grades every exercise on each push; its points are its minutes. What counts should be graded from clones, by\n"
        "# rungs learn grade: who may push can change this file, too.\n"
        "name: Autograding Tests\n'on':\n  - push\n  - workflow_dispatch\n  - repository_dispatch\n"
        "permissions:\n  checks: write\n  actions: read\n  contents: read\n"
        "jobs:\n  run-autograding-tests:\n    runs-on: ubuntu-latest\n"
        "    if: github.actor != 'github-classroom[bot]'\n    steps:\n"
        "      - name: Checkout code\n        uses: actions/checkout@v4\n",
        f);
    if (commit)
        fprintf(f,
                "      - name: Rungs, if it was built before\n        uses: actions/cache@v4\n        with:\n"
                "          path: ${{ runner.temp }}/rungs\n          key: rungs-%s\n",
                commit);
    fputs("      - name: Build Rungs\n        run: |\n"
          "          cd ${{ runner.temp }}\n"
          "          test -d rungs || { ",
          f);
    put_clone(f, o, "rungs");
    fputs("; }\n          rungs/rungs learn list\n", f);
    for (const struct exercise *e = NULL; (e = pack_next(o, e));) put_grader(f, e);
    put_reporter(f, o);
}

static void folder_in(const struct folder_out *pack, const char *name, char path[2 * FILE_PATH])
{
    snprintf(path, 2 * FILE_PATH, "%s/%s", pack->unfinished, name);
}

int pack_classroom(const struct folder_out *pack, const struct pack_order *o, char *error)
{
    char path[2 * FILE_PATH];
    folder_in(pack, ".github/workflows", path);
    return folder_make(path, error) &&
           pack_put(pack, ".github/workflows/classroom.yml", put_workflow, o, error);
}

void pack_drop_classroom(const struct folder_out *pack)
{
    char path[2 * FILE_PATH];
    folder_in(pack, ".github/workflows", path);
    folder_remove(path);
    folder_in(pack, ".github", path);
    folder_remove(path);
}

/* ---- Gradescope ---- */

/* 1 if one of the pack's exercises needs the emulator */
static int has_kernels(const struct pack_order *o)
{
    for (const struct exercise *e = exercises(); e->number; e++)
        if (e->kind == EXERCISE_KERNEL && exercise_is_of(e, o->lesson)) return 1;
    return 0;
}

static void put_setup(FILE *f, const struct pack_order *o)
{
    fputs(
        "#!/usr/bin/env bash\n# Runs once, when Gradescope makes the image: Rungs, and what it is built with.\n"
        "set -euo pipefail\nexport DEBIAN_FRONTEND=noninteractive\napt-get update\n"
        "apt-get install -y --no-install-recommends git ca-certificates build-essential cmake ninja-build valgrind\n",
        f);
    put_clone(f, o, "/autograder/rungs");
    if (has_kernels(o)) fputs("\n/autograder/rungs/rungs learn show first_kernel # with the emulator", f);
    fputs("\n/autograder/rungs/rungs learn list\n", f);
}

static void put_run(FILE *f, const struct pack_order *o)
{
    fprintf(
        f,
        "#!/usr/bin/env bash\n"
        "# Runs in /autograder for every submission: its files are a class of one student.\n"
        "set -euo pipefail\nstudents=$(mktemp -d)\ntrap 'rm -rf \"$students\"' EXIT\n"
        "cp -RP submission \"$students/submission\"\n"
        "rungs/rungs learn grade \"$students\" --lesson %d --seed %d --gradescope results/results.json ||\n"
        "    [ -s results/results.json ] # it says what could not be graded\n",
        o->lesson, o->seed);
}

static int put_script(const struct folder_out *pack, const char *name,
                      void (*put)(FILE *f, const struct pack_order *o), const struct pack_order *o,
                      char *error)
{
    char path[2 * FILE_PATH];
    folder_in(pack, name, path);
    if (!pack_put(pack, name, put, o, error)) return 0;
    return !chmod(path, 0755) || error_set(error, "cannot make %s a program", path);
}

int pack_gradescope(const struct folder_out *pack, const struct pack_order *o, char *error)
{
    return put_script(pack, "setup.sh", put_setup, o, error) &&
           put_script(pack, "run_autograder", put_run, o, error);
}

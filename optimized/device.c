/* device.c - finding, opening and asking a CUDA module; see device.h. */
#include "device.h"

#include <dlfcn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../base/file.h"
#include "../base/process.h"

#ifndef RUNGS_LIBRARY_FOLDER /* from the program's folder to that of installed libraries */
#define RUNGS_LIBRARY_FOLDER "../lib"
#endif

static int say(char *error, const char *format, ...) __attribute__((format(printf, 2, 3)));
static int say(char *error, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vsnprintf(error, DEVICE_ERROR, format, list);
    va_end(list);
    return 0;
}

/* ---- finding ---- */

/* path: librungs_cuda_KIND.so beside the program or where it is installed; 0 and a
 * sentence if it is in neither */
static int find_module(const char *kind, char *path, size_t room, char *error)
{
    static const char *const folder[] = { ".", RUNGS_LIBRARY_FOLDER };
    char program[2048];
    if (!folder_of_program(program, sizeof program))
        return say(error,
                   "the system does not say where this program is, and its CUDA modules are beside it");
    for (size_t i = 0; i < sizeof folder / sizeof *folder; i++) {
        snprintf(path, room, "%s/%s/librungs_cuda_%s.so", program, folder[i], kind);
        if (access(path, R_OK) == 0) return 1;
    }
    return say(error, "there is no librungs_cuda_%s.so in %s or %s/%s; %s", kind, program, program,
               RUNGS_LIBRARY_FOLDER,
               strcmp(kind, "gpu")
                   ? "configure with a C++ compiler (on Debian: apt install g++) and build again"
                   : "configure with -DRUNGS_CUDA=ON, which needs nvcc, and build again");
}

/* ---- opening ---- */

static const struct device_module *load(const char *path, char *error)
{
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
        say(error, "the CUDA module cannot be opened: %s", dlerror());
        return NULL;
    }
    const struct device_module *module = dlsym(handle, "rungs_cuda_module");
    if (module && module->version == DEVICE_VERSION) return module;
    say(error,
        module ? "%s was built for another version of this program; build it again"
               : "%s is no CUDA module: it has no rungs_cuda_module",
        path);
    dlclose(handle);
    return NULL;
}

struct answer { /* of a child, in memory that the parent sees */
    int ok;
    struct device_facts facts;
    char reason[DEVICE_ERROR];
};

static void ask_in_child(const struct device_module *module, struct answer *answer)
{
    answer->ok = module->facts(&answer->facts);
    if (!answer->ok) say(answer->reason, "%s", module->error());
    _exit(0);
}

/* the device's facts, asked for in a child: this process then has not touched a GPU, and its children may */
static int ask(struct device *d, char *error)
{
    struct answer *answer =
        mmap(NULL, sizeof *answer, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (answer == MAP_FAILED)
        return say(error, "out of memory for the facts of a device; close other programs and try again");
    say(answer->reason, "the module %s ended its process when asked for its device", d->path);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) ask_in_child(d->module, answer);
    if (child > 0) (void)process_wait(child);
    int ok = child > 0 && answer->ok;
    d->facts = answer->facts;
    if (!ok)
        say(error, "%s%s", child < 0 ? "no child process could be started" : answer->reason,
            strcmp(d->module->kind, "gpu") ? "" : "; without a GPU, RUNGS_CUDA=emu takes the emulator");
    munmap(answer, sizeof *answer);
    return ok;
}

static struct device opened[4]; /* by path */

/* the entry for that path, new or not; NULL and a sentence if there are too many */
static struct device *entry(const char *path, char *error)
{
    struct device *d = opened, *end = opened + sizeof opened / sizeof *opened;
    while (d < end && d->module && strcmp(d->path, path)) d++;
    if (d < end) return d;
    say(error, "more than %zu CUDA modules in one process", sizeof opened / sizeof *opened);
    return NULL;
}

static const struct device *open_path(const char *path, char *error)
{
    struct device *d = entry(path, error);
    if (!d || d->module) return d;
    snprintf(d->path, sizeof d->path, "%s", path);
    d->module = load(path, error);
    if (d->module && !ask(d, error)) d->module = NULL;
    return d->module ? d : NULL;
}

const struct device *device_of(const struct device_module *module, char *error)
{
    struct device *d = entry("this program", error);
    if (!d || d->module) return d;
    snprintf(d->path, sizeof d->path, "this program");
    d->module = module;
    if (!ask(d, error)) d->module = NULL;
    return d->module ? d : NULL;
}

static const struct device *open_kind(const char *kind, char *error)
{
    char path[sizeof opened->path];
    return find_module(kind, path, sizeof path, error) ? open_path(path, error) : NULL;
}

const struct device *device_open(const char *wanted, char *error)
{
    if (!wanted) wanted = getenv("RUNGS_CUDA");
    if (!wanted || !*wanted) {
        const struct device *gpu = open_kind("gpu", error);
        return gpu ? gpu : open_kind("emu", error);
    }
    if (!strcmp(wanted, "gpu") || !strcmp(wanted, "emu")) return open_kind(wanted, error);
    if (strchr(wanted, '/')) return open_path(wanted, error);
    say(error, "'%s' is not a CUDA device; say gpu, emu, or the path of a module (with a slash)", wanted);
    return NULL;
}

/* ---- what it has ---- */

static const struct rung *ladder_of(const struct device_rungs *list, const char *op)
{
    for (; list && list->op; list++)
        if (!strcmp(list->op, op)) return list->rungs;
    return NULL;
}

const struct rung *device_ladder(const struct device *d, const struct op *op)
{
    return ladder_of(d->module->ladders, op_base(op)->name);
}

const struct rung *device_peers(const struct device *d, const struct op *op)
{
    return d->module->peers ? ladder_of(d->module->peers(), op->name) : NULL;
}

const char *device_lacks(const struct device *d, const struct rung *rung)
{
    return rung_lacks_of(rung->needs, d->facts.has);
}

const struct rung *device_rung_at_level(const struct device *d, const struct op *op, const char *level)
{
    const struct rung *ladder = device_ladder(d, op);
    if (!ladder || !strcmp(level, "naive")) return ladder;
    if (!strcmp(level, "best")) return rung_last(ladder, d->facts.has, NULL);
    const struct rung *named = rung_in(device_ladder(d, op_find("dense_forward")), level);
    return named && !device_lacks(d, named) ? rung_last(ladder, d->facts.has, named->name) : NULL;
}

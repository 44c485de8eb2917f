/* emu_bug_zoo.cpp MODE - every wrong kernel of emu/tests/bugs is reported in the right words;
 * every right one is silent.
 *
 * MODE is plain, order, asan or race, as this program was built. Each kernel runs in a child process
 * whose output is read: a wrong one may end it in any way. With `list` it prints the zoo instead; with
 * MODE NAME it shows one kernel. */
#include <cuda_runtime.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "emu/testing.h"
#include "zoo.h"

static const zoo_house *const houses[] = {
    &zoo_shared,      &zoo_async,  &zoo_global,   &zoo_bounds,    &zoo_barrier, &zoo_phases,
    &zoo_launch,      &zoo_host,   &zoo_lanes,    &zoo_unwritten, &zoo_streams, &zoo_host_pointers,
    &zoo_cooperative, &zoo_graphs, &zoo_textures, &zoo_blas,      &zoo_ptx,     &zoo_clusters,
    &zoo_cub,         &zoo_spins,  &zoo_devices,  &zoo_objects
};
static const char *const mode_names[ZOO_MODES] = { "plain", "order", "asan", "race" };

/* The orders in which ZOO_ORDER runs a kernel; the other modes use the first. */
static const struct {
    emu::Order order;
    unsigned long seed;
    bool eager_async;
    emu::Streams streams;
} orders[] = {
    { emu::Order::forward, 1, false, emu::Streams::late },
    { emu::Order::reverse, 1, true, emu::Streams::early },
    { emu::Order::random, 1, false, emu::Streams::random },
    { emu::Order::random, 2, true, emu::Streams::random },
    { emu::Order::random, 3, false, emu::Streams::random },
};
static const size_t ORDERS = sizeof orders / sizeof *orders;

static int failed, passed;

static void complain(const zoo_bug &bug, const char *what, const std::string &output)
{
    printf("NOT OK: %s: %s\n", bug.name, what);
    if (!output.empty()) printf("    it said: %s\n", output.c_str());
    failed++;
}

/* ---- in the child ---- */

static void must(cudaError_t error)
{
    if (error == cudaSuccess) return;
    printf("CUDA error: %s\n", cudaGetErrorString(error));
    exit(1);
}

/* Runs one kernel, and prints a fingerprint of y. */
[[noreturn]] static void run(zoo_run *kernel, int outputs)
{
    std::vector<float> x(ZOO_FLOATS), y(ZOO_FLOATS);
    for (int i = 0; i < ZOO_FLOATS; i++) x[(size_t)i] = (float)(i * 577 % 997) / 997;
    float *in, *out;
    int *count;
    must(cudaMalloc(&in, sizeof(float) * ZOO_FLOATS));
    must(cudaMalloc(&out, sizeof(float) * ZOO_FLOATS));
    must(cudaMalloc(&count, sizeof(int) * 64));
    must(cudaMemcpy(in, x.data(), sizeof(float) * ZOO_FLOATS, cudaMemcpyHostToDevice));
    must(cudaMemset(out, 0xff, sizeof(float) * ZOO_FLOATS));
    must(cudaMemset(count, 0, sizeof(int) * 64));
    must(cudaDeviceSynchronize()); /* for streams that do not wait for the default stream */
    kernel({ in, out, count });
    must(cudaGetLastError());
    must(cudaDeviceSynchronize());
    must(cudaMemcpy(y.data(), out, sizeof(float) * ZOO_FLOATS, cudaMemcpyDeviceToHost));
    for (void *array : { (void *)in, (void *)out, (void *)count }) must(cudaFree(array));
    unsigned long sum = 0;
    int nan = 0;
    for (int i = 0; i < outputs; i++) {
        unsigned bits;
        memcpy(&bits, &y[(size_t)i], sizeof bits);
        sum = sum * 31 + bits;
        nan += y[(size_t)i] != y[(size_t)i];
    }
    if (nan) {
        printf("%d of %d outputs are NaN\n", nan, outputs);
        exit(1);
    }
    printf("outputs %016lx\n", sum);
    exit(0);
}

/* ---- in the parent ---- */

struct outcome {
    bool clean; /* exit code 0 */
    std::string output;
};

static outcome run_apart(zoo_run *kernel, int outputs, size_t order)
{
    int pipe_ends[2];
    fflush(nullptr);
    if (pipe(pipe_ends)) exit((perror("pipe"), 1));
    pid_t child = fork();
    if (child < 0) exit((perror("fork"), 1));
    if (child == 0) {
        dup2(pipe_ends[1], 1);
        dup2(pipe_ends[1], 2);
        close(pipe_ends[0]);
        close(pipe_ends[1]);
        emu::options.order = orders[order].order;
        emu::options.seed = orders[order].seed;
        emu::options.eager_async = orders[order].eager_async;
        emu::options.streams = orders[order].streams;
        emu::options.timeout = 1;
        run(kernel, outputs);
    }
    close(pipe_ends[1]);
    outcome result = { false, "" };
    char buffer[4096];
    for (ssize_t n; (n = read(pipe_ends[0], buffer, sizeof buffer)) > 0;)
        result.output.append(buffer, (size_t)n);
    close(pipe_ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    result.clean = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    return result;
}

/* All orders give the same outputs, cleanly; if not, `output` says how. */
static outcome run_in_all_orders(zoo_run *kernel, int outputs)
{
    outcome first = run_apart(kernel, outputs, 0);
    for (size_t order = 1; order < ORDERS; order++) {
        outcome other = run_apart(kernel, outputs, order);
        if (other.clean == first.clean && other.output == first.output) continue;
        return { false, "results differ: " + first.output + " and " + other.output };
    }
    return first;
}

/* Does text contain the pieces of words, which "..." separates, one after another? "^one": it begins so. */
static bool says(const std::string &text, const std::string &words)
{
    const bool at_once = words[0] == '^';
    size_t at = 0, begin = at_once;
    for (;;) {
        size_t end = words.find("...", begin);
        std::string piece = words.substr(begin, end == std::string::npos ? end : end - begin);
        at = text.find(piece, at);
        if (at == std::string::npos || (at_once && begin == 1 && at > 0)) return false;
        at += piece.size();
        if (end == std::string::npos) return true;
        begin = end + 3;
    }
}

/* The lines marked "BUG: name", as reports write them: "shared.cu:14". */
static std::vector<std::string> marked_lines(const char *file, const char *name)
{
    std::vector<std::string> lines;
    std::ifstream in(file);
    std::string text, marker = std::string("BUG: ") + name + " ";
    for (int number = 1; std::getline(in, text); number++)
        if ((text + " ").find(marker) != std::string::npos)
            lines.push_back(std::string(strrchr(file, '/') + 1) + ":" + std::to_string(number));
    return lines;
}

/* clang's undefined-behaviour checks make it forget the line of some addresses. */
static bool names_lines(zoo_mode mode, const char *words)
{
    for (const char *kind : { "error: ", "lane: ", "note: ", "unwritten: ", "host: ", "illegal address at ",
                              "size: ", "virtual: ", "local: ", "scope: ", "child: ", "time: " })
        if (!strncmp(words, kind, strlen(kind))) return true;
#ifdef __clang__
    return mode == ZOO_RACE;
#else
    return mode == ZOO_ASAN || mode == ZOO_RACE;
#endif
}

static void check_wrong(const zoo_house &house, const zoo_bug &bug, zoo_mode mode)
{
    bool all_orders = mode == ZOO_ORDER, note = !strncmp(bug.words[mode], "note", 4);
    outcome got =
        all_orders ? run_in_all_orders(bug.wrong, bug.outputs) : run_apart(bug.wrong, bug.outputs, 0);
    if (got.clean != note)
        complain(bug, note ? "a note should not fail" : "the wrong kernel passes", got.output);
    else if (!says(got.output, bug.words[mode]))
        complain(bug, bug.words[mode], got.output);
    else
        passed++;
    for (const std::string &line :
         names_lines(mode, bug.words[mode]) ? marked_lines(house.file, bug.name) : std::vector<std::string>())
        if (!says(got.output, line)) complain(bug, ("the report does not name " + line).c_str(), got.output);
}

static void check_right(const zoo_bug &bug, zoo_mode mode)
{
    outcome got =
        mode == ZOO_ORDER ? run_in_all_orders(bug.right, bug.outputs) : run_apart(bug.right, bug.outputs, 0);
    bool silent = got.output.compare(0, 8, "outputs ") == 0 && got.output.find('\n') == got.output.size() - 1;
    if (!got.clean || !silent)
        complain(bug, "the right kernel is not silent", got.output);
    else
        passed++;
}

/* ---- the program ---- */

static void list()
{
    for (const zoo_house *house : houses)
        for (const zoo_bug *bug = house->bugs; bug->name; bug++) {
            printf("%-24s", bug->name);
            for (int mode = 0; mode < ZOO_MODES; mode++)
                printf(" %-5s", bug->words[mode] ? mode_names[mode] : "");
            printf("\n");
        }
}

static int show(zoo_mode mode, const char *name)
{
    for (const zoo_house *house : houses)
        for (const zoo_bug *bug = house->bugs; bug->name; bug++)
            if (!strcmp(bug->name, name)) {
                outcome got = mode == ZOO_ORDER ? run_in_all_orders(bug->wrong, bug->outputs)
                                                : run_apart(bug->wrong, bug->outputs, 0);
                printf("%s", got.output.c_str());
                return got.clean ? 0 : 1;
            }
    fprintf(stderr, "emu_bug_zoo: no kernel '%s'; `list` prints their names.\n", name);
    return 64;
}

int main(int argc, char **argv)
{
    int mode = 0;
    while (argc > 1 && mode < ZOO_MODES && strcmp(argv[1], mode_names[mode])) mode++;
    if (argc == 2 && !strcmp(argv[1], "list")) return list(), 0;
    if (argc < 2 || argc > 3 || mode == ZOO_MODES) {
        fprintf(stderr, "usage: emu_bug_zoo plain|order|asan|race [NAME], or emu_bug_zoo list\n");
        return 64;
    }
    if (argc == 3) return show((zoo_mode)mode, argv[2]);
    for (const zoo_house *house : houses)
        for (const zoo_bug *bug = house->bugs; bug->name; bug++) {
            if (bug->words[mode]) check_wrong(*house, *bug, (zoo_mode)mode);
            check_right(*bug, (zoo_mode)mode);
        }
    printf("%d passed, %d failed\n", passed, failed);
    return failed != 0;
}

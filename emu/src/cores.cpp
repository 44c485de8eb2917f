/* cores.cpp - blocks of a launch on several cores: see cores.h. */
#include "cores.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <dirent.h>
#include <fstream>
#include <map>
#include <sched.h>
#include <stdio_ext.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "host_memory.h"
#include "memory.h"
#include "schedule.h"

namespace emu
{

#ifndef EMU_CORES

void cores_begin(size_t)
{
}
void cores_end()
{
}
bool cores_run(size_t, void (*)(size_t))
{
    return false;
}

#else

static const double START = 3, BYTES_PER_MS = 3e6;   /* of a copy; to look for what has changed */
static const double STUCK = 2000, STUCK_BLOCKS = 50; /* ms, and the time of so many blocks */
static const size_t PAGE = 4096, PORTION = 4096; /* pages that a copy hands over between two signs of life */
static const size_t TURNS = 4; /* ranges of blocks per copy: of neighbouring blocks some take longer */

/* What the copies and the process see alike; then follows a Result for each copy. */
struct Board {
    volatile bool gave_up, done[1024];
    volatile size_t ran[1024]; /* blocks, then portions that were handed over */
};

/* A copy's device memory: only the pages that it has changed. The others cost no memory. */
struct Result {
    char *changed; /* for each page whether it has */
    char *pages;
};

/* Of a kernel, by its code. */
struct Known {
    double ms_per_block = 0; /* 0: not known */
    bool alone = false;      /* it has given up */
};

static Board *board;
static size_t blocks;
static Known *known; /* nullptr: the kernel that runs stays on one core */
static double begun, look_at;
static size_t heap_before;
static bool
    heap_is_used; /* a kernel has allocated by malloc what others may write to: copies have their own */

static double now_ms()
{
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

/* ---- may it? ---- */

enum Threads { none, asleep, awake };

/* R, S, ... of proc(5) */
static char state_of_thread(const std::string &number)
{
    std::ifstream stat("/proc/self/task/" + number + "/stat");
    std::string line;
    std::getline(stat, line);
    size_t name_end = line.rfind(')');
    return name_end == std::string::npos || name_end + 2 >= line.size() ? '?' : line[name_end + 2];
}

/* Of the threads that the program has besides this one, like those which wait for OpenMP's next loop. */
static Threads other_threads()
{
    DIR *tasks = opendir("/proc/self/task");
    if (!tasks) return awake;
    Threads others = none;
    const std::string own = std::to_string(syscall(SYS_gettid));
    while (dirent *task = readdir(tasks)) {
        if (task->d_name[0] == '.' || task->d_name == own) continue;
        if (others != awake) others = state_of_thread(task->d_name) == 'S' ? asleep : awake;
    }
    closedir(tasks);
    return others;
}

/* A thread that wakes up may call nothing of CUDA's before the kernel has ended, but it may touch what the
 * host shares with it. */
static bool others_may_interfere()
{
    const Threads others = other_threads();
    return others == awake || (others == asleep && any_of_host());
}

/* By a debugger, which would lose the copies. */
static bool is_traced()
{
    std::ifstream status("/proc/self/status");
    std::string word;
    while (status >> word)
        if (word == "TracerPid:") return status >> word && word != "0";
    return true;
}

void cores_begin(size_t count)
{
    static std::map<const void *, Known> &all = *new std::map<const void *, Known>;
    bool may = options.cores > 1 && options.order == Order::forward && !listening() && !watches_syncs &&
               !kernel->cooperative && !in_copy;
    known = nullptr;
    heap_before = 0;
    if (!may) return;
    Known *k = &all[kernel->code ? kernel->code : (const void *)kernel->body];
    schedule_reserve();
    blocks = count;
    begun = now_ms();
    look_at = k->ms_per_block > 0 ? 0 : options.patience;
    heap_before = kernels_heap();
    if (count > 1 && !k->alone) known = k;
}

void cores_end()
{
    if (heap_before && kernels_heap() != heap_before) heap_is_used = true;
    heap_before = 0;
}

/* ---- in a copy ---- */

/* Where its output goes; it may have none. */
static int silence()
{
    int file = memfd_create("emu", 0);
    if (file < 0 || dup2(file, 1) < 0 || dup2(file, 2) < 0) copy_gives_up();
    return file;
}

static bool has_said(int file)
{
    struct stat status;
    return __fpending(stdout) || fstat(file, &status) || status.st_size;
}

static std::vector<char> contents(const std::vector<Piece> &pieces)
{
    std::vector<char> all;
    for (const Piece &piece : pieces) all.insert(all.end(), piece.start, piece.start + piece.bytes);
    return all;
}

static bool is_same(const std::vector<Piece> &pieces, const std::vector<char> &as)
{
    const char *at = as.data();
    for (const Piece &piece : pieces) {
        if (memcmp(piece.start, at, piece.bytes)) return false;
        at += piece.bytes;
    }
    return true;
}

static void run_share(size_t next, size_t copy, size_t copies, void (*run)(size_t))
{
    size_t left = blocks - next, ranges = TURNS * copies;
    for (size_t range = copy; range < ranges; range += copies)
        for (size_t i = next + left * range / ranges; i < next + left * (range + 1) / ranges; i++) {
            if (board->gave_up) _exit(1);
            run(i);
            board->ran[copy]++;
        }
}

__extension__ typedef unsigned __int128 Product;

/* A hash of a page, by which two pages are the same: others have it with a probability of 2^-64. */
static uint64_t hash_of(const char *page)
{
    uint64_t hash[4] = { 0x9e3779b97f4a7c15, 0xbf58476d1ce4e5b9, 0x94d049bb133111eb, 0xd6e8feb86659fd93 };
    for (size_t at = 0; at < PAGE; at += sizeof hash)
        for (int i = 0; i < 4; i++) {
            uint64_t word;
            memcpy(&word, page + at + 8 * i, sizeof word);
            Product product = (Product)(hash[i] ^ word) * 0xe7037ed1a0b428db;
            hash[i] = (uint64_t)product + (uint64_t)(product >> 64) + at;
        }
    return hash[0] ^ hash[1] << 16 ^ hash[1] >> 48 ^ hash[2] << 32 ^ hash[2] >> 32 ^ hash[3] << 48 ^
           hash[3] >> 16;
}

static std::vector<uint64_t> hashes_of(const std::vector<Piece> &device)
{
    std::vector<uint64_t> all;
    for (const Piece &piece : device)
        for (size_t at = 0; at < piece.bytes; at += PAGE) all.push_back(hash_of(piece.start + at));
    return all;
}

/* The pages whose hash is another one now. */
static void hand_over(const std::vector<Piece> &device, const std::vector<uint64_t> &before, size_t copy,
                      const Result &result)
{
    size_t number = 0;
    for (const Piece &piece : device)
        for (size_t at = 0; at < piece.bytes; at += PAGE, number++) {
            if (number % PORTION == 0) board->ran[copy]++;
            if (hash_of(piece.start + at) == before[number]) continue;
            result.changed[number] = 1;
            memcpy(result.pages + number * PAGE, piece.start + at, PAGE);
        }
}

[[noreturn]] static void be_copy(size_t next, size_t copy, size_t copies, void (*run)(size_t),
                                 const std::vector<Piece> &device, const std::vector<uint64_t> &hashes,
                                 const Result &result)
{
    in_copy = true;
    copy_has_given_up = &board->gave_up;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int output = silence();
    faults_begin(); /* a timer is not inherited */
    const std::vector<Piece> variables = shared_other_variables();
    const std::vector<char> before = contents(variables);
    size_t heap = kernels_heap();
    try {
        run_share(next, copy, copies, run);
    } catch (...) {
        copy_gives_up();
    }
    if (kernels_heap() != heap || has_said(output) || !is_same(variables, before)) copy_gives_up();
    hand_over(device, hashes, copy, result);
    board->done[copy] = true;
    _exit(0);
}

/* ---- putting together ---- */

/* One page of device memory, as some copies have changed it. False: two have changed one word. */
static bool merge_page(char *page, const std::vector<const char *> &changed, bool write)
{
    for (size_t at = 0; at < PAGE; at += 4) {
        const char *from = nullptr;
        for (const char *one : changed)
            if (memcmp(page + at, one + at, 4)) {
                if (from) return false;
                from = one;
            }
        if (from && write) memcpy(page + at, from + at, 4);
    }
    return true;
}

static bool merge(const std::vector<Piece> &device, const std::vector<Result> &results)
{
    std::vector<const char *> changed;
    for (bool write : { false, true }) {
        size_t number = 0;
        for (const Piece &piece : device)
            for (size_t at = 0; at < piece.bytes; at += PAGE, number++) {
                changed.clear();
                for (const Result &r : results)
                    if (r.changed[number]) changed.push_back(r.pages + number * PAGE);
                if (!changed.empty() && !merge_page(piece.start + at, changed, write)) return false;
            }
    }
    return true;
}

/* ---- in the process ---- */

static size_t ran_in_copies(size_t copies)
{
    size_t sum = 0;
    for (size_t c = 0; c < copies; c++) sum += board->ran[c];
    return sum;
}

/* Waits for a copy's end. False: no block of any copy has come to its end for long, as when one waits for
 * what a block of another copy would write. */
static bool ends(pid_t copy, size_t copies)
{
    const double limit = STUCK + STUCK_BLOCKS * known->ms_per_block;
    size_t ran = ran_in_copies(copies);
    for (double since = now_ms(); now_ms() - since < limit; usleep(100)) {
        pid_t ended = waitpid(copy, nullptr, WNOHANG);
        if (ended == copy || (ended < 0 && errno != EINTR)) return true;
        if (ran_in_copies(copies) == ran) continue;
        ran = ran_in_copies(copies);
        since = now_ms();
    }
    return false;
}

/* Have all of them come to their end? Kills the others once one has not. */
static bool wait_for(const std::vector<pid_t> &copies, size_t wanted)
{
    bool good = copies.size() == wanted;
    for (size_t c = 0; c < copies.size(); c++) {
        good = good && ends(copies[c], copies.size());
        if (!good) {
            kill(copies[c], SIGKILL);
            while (waitpid(copies[c], nullptr, 0) < 0 && errno == EINTR) continue;
        }
        good = good && board->done[c]; /* its status may have gone to another handler of SIGCHLD */
    }
    return good;
}

static size_t rounded(size_t bytes)
{
    return (bytes + PAGE - 1) / PAGE * PAGE;
}

static bool run_copies(size_t next, size_t copies, void (*run)(size_t), const std::vector<Piece> &device,
                       size_t bytes)
{
    const size_t flags = rounded(bytes / PAGE), all = rounded(sizeof(Board)) + copies * (flags + bytes);
    void *memory =
        mmap(nullptr, all, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) return false;
    board = (Board *)memory;
    std::vector<Result> results;
    for (size_t c = 0; c < copies; c++) {
        char *start = (char *)memory + rounded(sizeof(Board)) + c * (flags + bytes);
        results.push_back({ start, start + flags });
    }
    const std::vector<uint64_t> hashes = hashes_of(device);
    std::vector<pid_t> pids;
    fflush(stdout); /* else each copy would have it, too */
    for (size_t c = 0; c < copies; c++) {
        pid_t pid = fork();
        if (pid == 0) be_copy(next, c, copies, run, device, hashes, results[c]);
        if (pid < 0) break;
        pids.push_back(pid);
    }
    bool good = wait_for(pids, copies) && merge(device, results);
    munmap(memory, all);
    return good;
}

/* Bytes that the system can give without swapping; 0: not known. */
static size_t free_memory()
{
    std::ifstream info("/proc/meminfo");
    std::string word;
    size_t kilobytes = 0;
    while (info >> word)
        if (word == "MemAvailable:" && info >> kilobytes) break;
    return kilobytes * 1024;
}

/* Does it pay to run what is left in so many copies? */
static bool pays(size_t left, size_t copies, size_t bytes)
{
    double saved = known->ms_per_block * (double)left * (1 - 1 / (double)copies);
    double cost = START + (double)(bytes * 3) / BYTES_PER_MS; /* once before, once in the copies, together */
    return saved > 2 * cost || options.patience == 0;
}

/* If all copies change every page, each has it twice: as its own, and to hand over. */
static bool there_is_memory(size_t copies, size_t bytes)
{
    return 2 * copies * bytes < free_memory() / 2;
}

static bool try_copies(size_t next, void (*run)(size_t))
{
    size_t left = blocks - next, copies = std::min<size_t>(options.cores, left), bytes = 0;
    std::vector<Piece> device = device_pieces();
    for (const Piece &piece : device) bytes += piece.bytes;
    if (copies < 2 || !pays(left, copies, bytes)) return false;
    bool may = !heap_is_used && !any_registered() && !others_may_interfere() && !is_traced() &&
               there_is_memory(copies, bytes);
    if (!may) return false; /* it may later */
    if (run_copies(next, copies, run, device, bytes)) return true;
    known->alone = true;
    known = nullptr;
    return false;
}

bool cores_run(size_t next, void (*run)(size_t linear))
{
    if (!known || !next) return false; /* the first block finds room for what all need */
    double taken = now_ms() - begun;
    if (taken < look_at) return false;
    look_at = 2 * taken + options.patience;
    known->ms_per_block = taken / (double)next;
    if (kernels_heap() != heap_before) heap_is_used = true;
    bool done = try_copies(next, run);
    heap_before = kernels_heap(); /* what was freed here may still count */
    return done;
}

#endif

} // namespace emu

/* options.cpp - the CUEMU_ environment variables, read once before main; see emu/README.md. */
#include <cstdio>
#include <cstdlib>
#include <sched.h>
#include "devices.h"

namespace emu
{

Options options;

[[noreturn]] static void refuse(const char *name, const char *value, const char *legal)
{
    fprintf(stderr, "emu: %s is '%s'; it must be %s.\n", name, value, legal);
    exit(64);
}

/* The value of a variable that must be one of two words; true: the second. */
static bool second_of(const char *name, const char *first, const char *second)
{
    const char *value = getenv(name);
    if (!value || !strcmp(value, first)) return false;
    if (!strcmp(value, second)) return true;
    refuse(name, value, (std::string(first) + " or " + second).c_str());
}

static bool read_number(const char *text, unsigned long *number)
{
    char *end;
    *number = strtoul(text, &end, 10);
    return *text >= '0' && *text <= '9' && *end == 0;
}

static void read_order()
{
    const char *value = getenv("CUEMU_ORDER");
    if (!value || !strcmp(value, "forward")) return;
    if (!strcmp(value, "reverse"))
        options.order = Order::reverse;
    else if (!strncmp(value, "random:", 7) && read_number(value + 7, &options.seed))
        options.order = Order::random;
    else
        refuse("CUEMU_ORDER", value, "forward, reverse or random:SEED");
}

/* Not said, it goes with the order of threads: whoever tries all of those tries all of these. */
static void read_streams()
{
    static const struct {
        const char *word;
        Streams streams;
    } words[] = { { "late", Streams::late }, { "early", Streams::early }, { "random", Streams::random } };
    const char *value = getenv("CUEMU_STREAMS");
    options.streams = options.order == Order::forward   ? Streams::late
                      : options.order == Order::reverse ? Streams::early
                                                        : Streams::random;
    if (!value) return;
    for (const auto &w : words)
        if (!strcmp(value, w.word)) {
            options.streams = w.streams;
            return;
        }
    refuse("CUEMU_STREAMS", value, "late, early or random");
}

/* "4", or "4:100" */
static void read_cores()
{
    cpu_set_t cores;
    if (!sched_getaffinity(0, sizeof cores, &cores)) options.cores = (unsigned)CPU_COUNT(&cores);
    const char *value = getenv("CUEMU_CORES");
    if (!value) return;
    unsigned long count = 0, patience = options.patience;
    std::string text = value;
    size_t colon = text.find(':');
    bool legal = read_number(text.substr(0, colon).c_str(), &count) && count >= 1 && count <= 1024;
    if (colon != std::string::npos) legal &= read_number(text.c_str() + colon + 1, &patience);
    if (!legal) refuse("CUEMU_CORES", value, "a number from 1 to 1024, or it and milliseconds as in 4:100");
    options.cores = (unsigned)count;
    options.patience = (unsigned)patience;
}

static void read_devices()
{
    const char *value = getenv("CUEMU_DEVICES");
    unsigned long count = 1;
    if (value && (!read_number(value, &count) || count < 1 || count > DEVICES_MOST))
        refuse("CUEMU_DEVICES", value, "a number of GPUs from 1 to 8");
    options.devices = (unsigned)count;
}

static struct ReadOptions {
    ReadOptions()
    {
        read_devices();
        read_order();
        read_streams();
        read_cores();
        options.counting_barrier = second_of("CUEMU_BARRIER", "strict", "count");
        options.eager_async = second_of("CUEMU_ASYNC", "deferred", "eager");
        options.strict_race = second_of("CUEMU_RACE", "note", "strict");
        second_of("CUEMU_UNWRITTEN", "0", "1"); /* race_unwritten.cpp reads it, which may come first */
        options.summary = second_of("CUEMU_SUMMARY", "0", "1");
        if (getenv("CUEMU_LEAKS"))
            options.leaks = second_of("CUEMU_LEAKS", "0", "1") ? Leaks::finding : Leaks::silent;
        const char *value = getenv("CUEMU_TIMEOUT");
        unsigned long seconds;
        if (value && (!read_number(value, &seconds) || seconds > 86400))
            refuse("CUEMU_TIMEOUT", value, "a number of seconds up to 86400 (0: wait for ever)");
        if (value) options.timeout = (unsigned)seconds;
    }
} read_options;

unsigned random_below(unsigned n)
{
    options.seed = options.seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)((options.seed >> 33) % n);
}

} // namespace emu

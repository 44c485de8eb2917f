/* report.cpp - failures, which end the kernel, and findings, which do not; one sentence each. */
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <unistd.h>
#include "fiber.h"
#include "schedule.h"

namespace emu
{

bool failed;
static Failure failure;

/* never destroyed: at_exit.cpp reads them */
static std::vector<Failure> &list = *new std::vector<Failure>;
static std::set<std::string> &known = *new std::set<std::string>;

static std::string text_of(uint3 index)
{
    char text[48];
    snprintf(text, sizeof text, "(%u,%u,%u)", index.x, index.y, index.z);
    return text;
}

std::string name_of(const Thread &thread)
{
    return "thread " + text_of(thread.index);
}

static std::string formatted(const char *format, va_list arguments)
{
    char text[2000];
    vsnprintf(text, sizeof text, format, arguments);
    return text;
}

std::string acting()
{
    std::string text;
    if (kernel) text = kernel->name + ", block " + text_of(block.index);
    if (current) text += ", " + name_of(*current);
    return text;
}

/* "gemm_tiled<16>, block (0,1,0), thread (3,0,0), dense.cu:34: " */
static std::string prefix(Where where)
{
    std::string text = acting();
    if (where.file) text += (text.empty() ? "" : ", ") + source_line(where);
    return text.empty() ? text : text + ": ";
}

void fail(const char *kind, Where where, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    failure = { kind, prefix(where) + formatted(format, arguments) };
    va_end(arguments);
    if (!options.throws) {
        fflush(stdout);
        fprintf(stderr, "emu: %s\n", failure.what.c_str());
        _exit(1);
    }
    if (current) {
        failed = true;
        current->state = State::done;
        fiber_leave(current->fiber); /* for ever: launch.cpp forgets the stack */
    }
    throw failure;
}

/* A finding, and the host's code goes on, as after a GPU's error: launch.cpp catches it. */
static void stop_kernel(Where where, const char *condition)
{
    if (options.throws) fail("assert", where, "assertion '%s' failed", condition);
    report_at("assert", where, "assertion '%s' failed", condition);
    failure = { "assert", "" };
    failed = true;
    current->state = State::done;
    fiber_leave(current->fiber);
}

/* glibc's assert() calls this, in kernels too. */
extern "C" void __assert_fail(const char *condition, const char *file, unsigned line,
                              const char *function) noexcept
{
    if (current) stop_kernel({ file, (int)line }, condition);
    fprintf(stderr, "%s:%u: %s: Assertion `%s' failed.\n", file, line, function, condition);
    abort();
}

void throw_failure()
{
    if (!failed) return;
    failed = false;
    throw failure;
}

void report(const char *kind, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    std::string text = formatted(format, arguments);
    va_end(arguments);
    if (!known.insert(kind + (": " + text)).second) return;
    list.push_back({ kind, (kernel ? kernel->name + ": " : "") + text });
    if (options.throws) return;
    fflush(stdout);
    fprintf(stderr, "emu: %s: %s\n", kind, list.back().what.c_str());
}

/* True the first time for this kernel and line. */
static bool first_time(const char *kind, Where where)
{
    return known.insert(kind + (" " + (kernel ? kernel->name : "")) + " at " + source_line(where)).second;
}

void report_at(const char *kind, Where where, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    std::string text = prefix(where) + formatted(format, arguments);
    va_end(arguments);
    if (where.file && !first_time(kind, where)) return;
    list.push_back({ kind, text });
    if (options.throws) return;
    fflush(stdout);
    fprintf(stderr, "emu: %s: %s\n", kind, text.c_str());
}

void note_at(Where where, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    std::string text = prefix(where) + formatted(format, arguments);
    va_end(arguments);
    if (!first_time("note", where) || options.throws) return;
    fflush(stdout);
    fprintf(stderr, "emu: note: %s\n", text.c_str());
}

unsigned long findings()
{
    return list.size();
}

const std::vector<Failure> &found()
{
    return list;
}

void forget_findings()
{
    list.clear();
    known.clear();
}

} // namespace emu

/* source.cpp - from an instruction to its source line, by addr2line of the binutils, which
 * every compiler brings. */
#include <cstdio>
#include <cstdlib>
#include <map>
#include <set>
#include "emu_internal.h"
#include "modules.h"

namespace emu
{

static std::map<const void *, Where> known;

std::string source_line(Where where)
{
    if (!where.file) return "?";
    const char *slash = strrchr(where.file, '/');
    return std::string(slash ? slash + 1 : where.file) + ":" + std::to_string(where.line);
}

/* The module's path as /proc/self/exe would name addr2line's own program. */
static std::string real_file(const Module &module)
{
    char *path = realpath(module.file.c_str(), nullptr);
    std::string file = path ? path : module.file;
    free(path);
    return file;
}

static std::string quoted(const std::string &text)
{
    std::string result = "'";
    for (char c : text) result += c == '\'' ? "'\\''" : std::string(1, c);
    return result + "'";
}

/* "/home/me/dense.cu:34 (discriminator 2)"; the file's name is kept for ever. */
static Where parse(char *text)
{
    static std::set<std::string> &names = *new std::set<std::string>;
    text[strcspn(text, "\n(")] = 0;
    char *colon = strrchr(text, ':');
    int line = colon ? atoi(colon + 1) : 0;
    if (!line || text[0] == '?') return { nullptr, 0 };
    *colon = 0;
    return { names.insert(text).first->c_str(), line };
}

/* A header of the emulator, in its sources, beside a build's program, or installed? */
bool is_emulators(const char *file)
{
    static const char *const folders[] = { "/emu/include/", "/emu_kit/", "/share/rungs/emu/" };
    for (const char *folder : folders)
        if (strstr(file, folder)) return true;
    return false;
}

/* Of an instruction in an inlined function addr2line names that function's line first, then its callers'. A
 * line of the emulator's own headers is not what the reader wrote: the first caller outside is. */
static void take_answers(FILE *pipe, const std::vector<const void *> &asked)
{
    size_t next = 0;
    Where *answer = nullptr;
    char line[4096];
    while (fgets(line, sizeof line, pipe)) {
        if (!strncmp(line, "0x", 2)) {
            answer = next < asked.size() ? &known[asked[next]] : nullptr;
            next++;
        } else if (answer && (!answer->file || is_emulators(answer->file))) {
            Where where = parse(line);
            if (where.file) *answer = where;
        }
    }
}

/* One addr2line for all of them: it reads the debug information each time it starts. */
void find_sources(const std::vector<const void *> &pcs)
{
    std::map<const Module *, std::vector<const void *>> in;
    for (const void *pc : pcs)
        if (known.emplace(pc, Where{ nullptr, 0 }).second)
            if (const Module *module = module_at(pc)) in[module].push_back(pc);
    for (const auto &entry : in) {
        std::string command = "addr2line -a -i -e " + quoted(real_file(*entry.first));
        for (const void *pc : entry.second) {
            char address[32];
            snprintf(address, sizeof address, " %#zx", (size_t)pc - entry.first->bias - 1);
            command += address;
        }
        if (FILE *pipe = popen((command + " 2>/dev/null").c_str(), "r")) {
            take_answers(pipe, entry.second);
            pclose(pipe);
        }
    }
}

Where source_of(const void *pc)
{
    find_sources({ pc });
    return known[pc];
}

std::string source_line(const void *pc)
{
    return source_line(source_of(pc));
}

std::string source_line(const Access &access)
{
    return access.pc ? source_line(access.pc) : source_line(access.where);
}

} // namespace emu

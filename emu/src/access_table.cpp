/* access_table.cpp - memory requests as a table for people, or as CSV or JSON for programs. */
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <tuple>
#include "access_table.h"

namespace emu
{

void count_request(AccessCount &count, const AccessKey &key, const WarpRequest &request, unsigned warp)
{
    bool shared = key.space == Space::shared;
    unsigned lanes = (unsigned)__builtin_popcount(request.lanes);
    count.requests++;
    count.lanes += lanes;
    count.bytes += (unsigned long)lanes * request.size;
    unsigned transactions = shared ? wavefronts_of(request) : sectors_of(request);
    unsigned ideal = shared ? ideal_wavefronts_of(request) : ideal_sectors_of(request);
    count.transactions += transactions;
    count.ideal += ideal;
    if (!key.kernel_number) return;
    count.same += same_address(request);
    const WorstRequest &worst = count.worst;
    if (!worst.request.lanes || transactions + worst.ideal > worst.transactions + ideal)
        count.worst = { request, transactions, ideal, warp, block.index };
}

bool AccessRow::operator<(const AccessRow &o) const
{
    return std::tie(kernel, kernel_number, file, line, space, start, what, size) <
           std::tie(o.kernel, o.kernel_number, o.file, o.line, o.space, o.start, o.what, o.size);
}

typedef AccessRow Row;
typedef std::map<Row, AccessCount> Table;

/* Made when it is first asked for, because counting is set up before this file's own variables are. */
static Table &table()
{
    static Table rows;
    return rows;
}

static const char *access_name(const AccessKey &key)
{
    return key.atomic ? "atomic" : key.write ? "store" : "load";
}

void add_to_table(const AccessKey &key, const AccessCount &count)
{
    if (!count.requests) return;
    Where where = key.pc ? source_of(key.pc) : key.where;
    std::string path = where.file ? where.file : "?";
    Row row = { key.kernel,
                path.substr(path.rfind('/') + 1),
                where.line,
                key.space,
                key.array.start,
                key.array.name,
                access_name(key),
                key.size,
                path,
                key.array.size,
                key.kernel_number };
    AccessCount &sum = table()[row];
    sum.requests += count.requests;
    sum.lanes += count.lanes;
    sum.bytes += count.bytes;
    sum.transactions += count.transactions;
    sum.ideal += count.ideal;
    sum.same += count.same;
    const WorstRequest &more = count.worst, &most = sum.worst;
    if (!most.request.lanes || more.transactions + most.ideal > most.transactions + more.ideal)
        sum.worst = more;
}

void each_row(const std::function<void(const AccessRow &, const AccessCount &)> &visit)
{
    for (const auto &entry : table()) visit(entry.first, entry.second);
}

/* The text of that line without its indentation; empty if the file is not there. */
static std::string source_text(const std::string &path, int line)
{
    static std::map<std::string, std::vector<std::string>> &files =
        *new std::map<std::string, std::vector<std::string>>;
    auto found = files.find(path);
    if (found == files.end()) {
        found = files.emplace(path, std::vector<std::string>()).first;
        std::ifstream in(path);
        for (std::string text; std::getline(in, text);) found->second.push_back(text);
    }
    if (line < 1 || (size_t)line > found->second.size()) return "";
    const std::string &text = found->second[(size_t)line - 1];
    size_t first = text.find_first_not_of(" \t");
    return first == std::string::npos ? "" : text.substr(first);
}

static const char *space_name(Space space)
{
    return space == Space::shared ? "shared" : "global";
}

/* ---- for people ---- */

static void print_table(FILE *out)
{
    std::string heading;
    for (const auto &entry : table()) {
        const Row &row = entry.first;
        const AccessCount &c = entry.second;
        if (row.kernel != heading) {
            heading = row.kernel;
            fprintf(out,
                    "\nMemory requests of %s: 32-byte sectors (global) or wavefronts (shared) for each\n",
                    heading.c_str());
            fprintf(out, "  %-20s %-20s %9s %8s %8s  %s\n", "line", "access", "requests", "each", "ideal",
                    "array: source");
        }
        std::string line = row.file + ":" + std::to_string(row.line);
        std::string access =
            std::string(space_name(row.space)) + " " + row.what + " " + std::to_string(row.size) + " B";
        std::string source = row.array + ": " + source_text(row.path, row.line);
        double requests = (double)c.requests;
        fprintf(out, "  %-20s %-20s %9lu %8.2f %8.2f  %s\n", line.c_str(), access.c_str(), c.requests,
                (double)c.transactions / requests, (double)c.ideal / requests, source.c_str());
    }
}

/* ---- for programs ---- */

/* In double quotes; a quote inside is doubled (CSV) or takes a backslash (JSON). */
static std::string quoted(const std::string &text, bool json)
{
    std::string result = "\"";
    for (char c : text) {
        if (c == '"') result += json ? '\\' : '"';
        if (c == '\\' && json) result += '\\';
        result += c == '\t' ? ' ' : c;
    }
    return result + "\"";
}

namespace
{
struct Field {
    const char *name;
    std::string text;
    bool number;
};
} // namespace

static std::vector<Field> fields(const Row &row, const AccessCount &c)
{
    auto text = [](unsigned long value) { return std::to_string(value); };
    return { { "kernel", row.kernel, false },
             { "file", row.file, false },
             { "line", std::to_string(row.line), true },
             { "space", space_name(row.space), false },
             { "array", row.array, false },
             { "access", row.what, false },
             { "size", text(row.size), true },
             { "requests", text(c.requests), true },
             { "lanes", text(c.lanes), true },
             { "bytes", text(c.bytes), true },
             { "transactions", text(c.transactions), true },
             { "ideal", text(c.ideal), true },
             { "source", source_text(row.path, row.line), false } };
}

static void print_csv(FILE *out)
{
    const char *separator = "";
    for (const Field &f : fields(Row(), AccessCount())) {
        fprintf(out, "%s%s", separator, f.name);
        separator = ",";
    }
    for (const auto &entry : table()) {
        separator = "\n";
        for (const Field &f : fields(entry.first, entry.second)) {
            fprintf(out, "%s%s", separator, f.number ? f.text.c_str() : quoted(f.text, false).c_str());
            separator = ",";
        }
    }
    fprintf(out, "\n");
}

static void print_json(FILE *out)
{
    const char *row_separator = "[\n";
    for (const auto &entry : table()) {
        const char *separator = "{";
        fprintf(out, "%s", row_separator);
        for (const Field &f : fields(entry.first, entry.second)) {
            fprintf(out, "%s\"%s\": %s", separator, f.name,
                    f.number ? f.text.c_str() : quoted(f.text, true).c_str());
            separator = ", ";
        }
        fprintf(out, "}");
        row_separator = ",\n";
    }
    fprintf(out, "%s]\n", table().empty() ? "[" : "\n");
}

/* ---- at exit ---- */

typedef void Printer(FILE *out);

/* Written beside and renamed, so that nobody reads half of it. */
static void print_to_file(const std::string &name, Printer *print)
{
    std::string beside = name + ".tmp";
    FILE *out = fopen(beside.c_str(), "w");
    if (out) print(out);
    bool written = out && !ferror(out);
    if (out && fclose(out)) written = false;
    if (!written || rename(beside.c_str(), name.c_str())) {
        remove(beside.c_str());
        fprintf(stderr, "emu: CUEMU_PROFILE: %s cannot be written.\n", name.c_str());
    }
}

static bool ends_with(const std::string &text, const char *end)
{
    size_t n = strlen(end);
    return text.size() > n && text.compare(text.size() - n, n, end) == 0;
}

static const char *destination;

static void print_now()
{
    if (!strcmp(destination, "1"))
        print_table(stderr);
    else
        print_to_file(destination, ends_with(destination, ".csv") ? print_csv : print_json);
}

void print_table_at_exit(const char *form)
{
    destination = form;
    if (strcmp(form, "1") && !ends_with(form, ".csv") && !ends_with(form, ".json")) {
        fprintf(stderr, "emu: CUEMU_PROFILE is '%s'; it must be 0, 1 or the name of a .csv or .json file.\n",
                form);
        exit(64);
    }
    table(); /* lives longer than what was registered before it */
    atexit(print_now);
}

} // namespace emu

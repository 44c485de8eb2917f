/* access_explain.cpp - kernels, their requests and races, written for `rungs emu --explain`: see
 * access_explain.h. */
#include "access_explain.h"

#include <cstdio>
#include <cstdlib>
#include <map>
#include <tuple>
#include <unordered_map>
#include "modules.h"

namespace emu
{

/* Which of the 128 sectors in a page of 4 KB were touched. */
class SectorSet
{
  public:
    void add(uintptr_t address, unsigned size)
    {
        for (uintptr_t s = address / 32; s <= (address + size - 1) / 32; s++) {
            uint64_t &word = pages[s / 64], bit = 1ull << s % 64;
            count += !(word & bit);
            word |= bit;
        }
    }
    unsigned long take()
    {
        unsigned long all = count;
        pages.clear();
        count = 0;
        return all;
    }

  private:
    std::unordered_map<uintptr_t, uint64_t> pages;
    unsigned long count = 0;
};

namespace
{
struct Shape {
    std::string name;
    unsigned size[6];
    size_t dynamic_bytes;
    bool operator<(const Shape &o) const
    {
        for (int i = 0; i < 6; i++)
            if (size[i] != o.size[i]) return size[i] < o.size[i];
        return std::tie(name, dynamic_bytes) < std::tie(o.name, o.dynamic_bytes);
    }
};

struct Launched {
    Shape shape;
    std::string symbol;
    Where where;
    size_t static_bytes;
    unsigned long launches, barriers, read,
        written; /* barriers of blocks; distinct sectors, launch by launch */
    bool tensor_cores;
};

struct Race {
    unsigned kernel;
    RaceSide side[2];
    std::string array, text;
};
} // namespace

/* never destroyed: what is registered with atexit reads them */
static std::vector<Launched> &launched = *new std::vector<Launched>;
static std::map<Shape, unsigned> &numbers = *new std::map<Shape, unsigned>;
static std::vector<Race> &races = *new std::vector<Race>;
static SectorSet read_sectors, written_sectors;
static unsigned running;
static const char *folder; /* asked for before the variables above are made */

static Launched &now()
{
    return launched[running - 1];
}

static void write_at_exit();

unsigned explain_kernel()
{
    return running;
}

static std::string symbol_of(const void *code)
{
    const Module *module = module_at(code);
    if (!module) return "";
    auto found = module->functions.find((uintptr_t)code);
    return found == module->functions.end() ? "" : found->second.symbol;
}

void explain_kernel_begin()
{
    dim3 g = kernel->grid, b = kernel->block;
    Shape shape = { kernel->name, { g.x, g.y, g.z, b.x, b.y, b.z }, kernel->dynamic_bytes };
    unsigned &number = numbers[shape];
    if (!number) {
        launched.push_back(
            { shape, symbol_of(kernel->code), kernel->launch, kernel->static_bytes, 0, 0, 0, 0, false });
        number = (unsigned)launched.size();
    }
    running = number;
    blocks_kernel_begin();
    now().launches++;
}

void explain_kernel_end()
{
    if (!running) return;
    now().read += read_sectors.take();
    now().written += written_sectors.take();
    blocks_kernel_end(running);
    running = 0;
    write_at_exit();
}

void explain_request(const AccessKey &key, const WarpRequest &request)
{
    if (!running || key.space != Space::global) return;
    for (unsigned lane = 0; lane < 32; lane++) {
        if (!(request.lanes >> lane & 1)) continue;
        if (!key.write || key.atomic) read_sectors.add(request.address[lane], request.size);
        if (key.write) written_sectors.add(request.address[lane], request.size);
    }
}

void explain_barrier(int)
{
    if (running) now().barriers++;
}

void explain_collective(Collective kind)
{
    if (running && kind == Collective::wmma) now().tensor_cores = true;
}

void explain_meet(unsigned warp)
{
    if (running) blocks_meet(warp);
}

void explain_race(const RaceSide &first, const RaceSide &second, const std::string &array,
                  const std::string &text)
{
    if (running) races.push_back({ running, { first, second }, array, text });
}

/* ---- the files ---- */

/* Asked for twice: a program without kernels writes too; and with one, before what finds its lines is
 * destroyed, which is younger than the first call, and before findings end the process. */
static void write_all();
static void write_at_exit()
{
    static int calls;
    if (calls++ < 2) atexit(write_all);
}

/* A row of CSV, cell by cell. */
class Row
{
  public:
    explicit Row(FILE *to) : out(to)
    {
    }
    ~Row()
    {
        fputc('\n', out);
    }
    Row &text(const std::string &cell)
    {
        std::string quoted;
        for (char c : cell) quoted += c == '"' ? "\"\"" : std::string(1, c);
        fprintf(out, "%s\"%s\"", separator, quoted.c_str());
        separator = ",";
        return *this;
    }
    Row &number(double value)
    {
        fprintf(out, "%s%.17g", separator, value);
        separator = ",";
        return *this;
    }

  private:
    FILE *out;
    const char *separator = "";
};

static FILE *begin(const char *name, const char *header)
{
    std::string path = folder + (std::string("/") + name);
    FILE *out = fopen(path.c_str(), "w");
    if (out)
        fprintf(out, "%s\n", header);
    else
        fprintf(stderr, "emu: CUEMU_EXPLAIN: %s cannot be written.\n", path.c_str());
    return out;
}

static void write_kernels()
{
    FILE *out =
        begin("kernels.csv", "kernel,name,symbol,file,line,grid_x,grid_y,grid_z,block_x,block_y,block_z,"
                             "static_bytes,dynamic_bytes,launches,barriers,read_sectors,written_sectors,"
                             "tensor_cores,blocks_seen,float_operations,double_operations");
    if (!out) return;
    std::vector<Operations> done(launched.size() + 1);
    bool counted = blocks_were_seen() && count_operations(done);
    for (unsigned i = 0; i < launched.size(); i++) {
        const Launched &k = launched[i];
        Row row(out);
        row.number(i + 1).text(k.shape.name).text(k.symbol).text(k.where.file ? k.where.file : "");
        row.number(k.where.line);
        for (unsigned extent : k.shape.size) row.number(extent);
        row.number((double)k.static_bytes).number((double)k.shape.dynamic_bytes).number((double)k.launches);
        row.number((double)k.barriers)
            .number((double)k.read)
            .number((double)k.written)
            .number(k.tensor_cores);
        row.number(blocks_were_seen());
        row.number(counted ? done[i + 1].of_float : -1).number(counted ? done[i + 1].of_double : -1);
    }
    fclose(out);
}

/* The bytes that the lanes name, from the last multiple of 128 at or before the array's start (or before
 * all of them, if they are of several arrays): their sectors and banks are those of the addresses. "-": not
 * active. */
static std::string offsets(const AccessRow &row, const WarpRequest &request, uintptr_t *base)
{
    uintptr_t low = (uintptr_t)row.start, high = low + row.array_bytes;
    for (unsigned lane = 0; lane < 32; lane++)
        if (request.lanes >> lane & 1 && (request.address[lane] < low || request.address[lane] >= high))
            high = 0;
    for (unsigned lane = 0; lane < 32; lane++)
        if (!high && request.lanes >> lane & 1) low = std::min(low, request.address[lane]);
    *base = low & ~(uintptr_t)127;
    std::string text;
    for (unsigned lane = 0; lane < 32; lane++) {
        bool active = request.lanes >> lane & 1;
        text += (lane ? " " : "") + (active ? std::to_string(request.address[lane] - *base) : "-");
    }
    return text;
}

static void write_line(FILE *out, const AccessRow &row, const AccessCount &c)
{
    const WorstRequest &worst = c.worst;
    char index[64];
    uintptr_t base;
    std::string addresses = offsets(row, worst.request, &base);
    snprintf(index, sizeof index, "(%u,%u,%u)", worst.block.x, worst.block.y, worst.block.z);
    Row cell(out);
    cell.number(row.kernel_number).text(row.path).number(row.line);
    cell.text(row.space == Space::shared ? "shared" : "global").text(row.what).number(row.size);
    cell.text(row.array).number((double)row.array_bytes).number((double)c.requests).number((double)c.lanes);
    cell.number((double)c.bytes)
        .number((double)c.transactions)
        .number((double)c.ideal)
        .number((double)c.same);
    cell.text(index).number(worst.warp).number(worst.transactions).number(worst.ideal);
    cell.number((double)((uintptr_t)row.start - base)).text(addresses);
}

static void write_lines()
{
    FILE *out =
        begin("lines.csv", "kernel,file,line,space,access,size,array,array_bytes,requests,lanes,bytes,"
                           "transactions,ideal,same,worst_block,worst_warp,worst_transactions,"
                           "worst_ideal,array_at,worst_bytes");
    if (!out) return;
    each_row([out](const AccessRow &row, const AccessCount &count) {
        if (row.kernel_number) write_line(out, row, count);
    });
    fclose(out);
}

static void write_lanes()
{
    FILE *out = begin("lanes.csv", "kernel,file,line,warps,threads");
    if (!out) return;
    each_line_of_lanes([out](unsigned number, Where where, const Lanes &lanes) {
        Row(out)
            .number(number)
            .text(where.file)
            .number(where.line)
            .number((double)lanes.warps)
            .number((double)lanes.threads);
    });
    fclose(out);
}

static void write_races()
{
    FILE *out = begin("races.csv", "kernel,thread,block,file,line,what,other_thread,other_block,other_file,"
                                   "other_line,other_what,array,text");
    if (!out) return;
    for (const Race &race : races) {
        Row row(out);
        row.number(race.kernel);
        for (const RaceSide &s : race.side)
            row.text(s.thread).text(s.block).text(s.file).number(s.line).text(s.what);
        row.text(race.array).text(race.text);
    }
    fclose(out);
}

/* kernels.csv comes last: where it is, all are. */
static void write_all()
{
    static bool written;
    if (written) return;
    written = true;
    write_lines();
    write_lanes();
    write_races();
    write_kernels();
}

bool explain_asked()
{
    const char *value = getenv("CUEMU_EXPLAIN");
    if (!value || !*value) return false;
    folder = strdup(value);
    each_row([](const AccessRow &, const AccessCount &) {}); /* the table lives longer than this */
    write_at_exit();
    return true;
}

} // namespace emu

/* gradcheck_elf.c - what a file is and which functions it exports, read from its bytes: none of its code
 * runs. The bytes are a stranger's: every offset is checked against the size of the file. */
#include "gradcheck.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct bytes {
    const unsigned char *at;
    size_t n;
};

/* 0 with error set if there is no such file, or nothing in it */
static int map_file(const char *path, struct bytes *b, char *error)
{
    struct stat info;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return error_set(error, "%s cannot be opened: %s", path, strerror(errno));
    int ok = !fstat(fd, &info);
    if (ok && !S_ISREG(info.st_mode)) {
        close(fd);
        return error_set(error, "%s is %s, not a shared object", path,
                         S_ISDIR(info.st_mode) ? "a folder" : "no ordinary file");
    }
    *b = (struct bytes){ 0 };
    if (ok && info.st_size > 0) {
        b->n = (size_t)info.st_size;
        void *at = mmap(NULL, b->n, PROT_READ, MAP_PRIVATE, fd, 0);
        ok = at != MAP_FAILED;
        b->at = at;
    }
    close(fd);
    if (!ok) return error_set(error, "%s cannot be read: %s", path, strerror(errno));
    return b->n ? 1 : error_set(error, "%s is empty", path);
}

static int ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n >= m && !strcmp(text + n - m, end);
}

static int is_no_elf(const char *path, char *error)
{
    if (ends_with(path, ".c"))
        return error_set(error, "%s is C source; compile it first: cc -O2 -fPIC -shared -o lib.so %s -lm",
                         path, path);
    if (ends_with(path, ".a"))
        return error_set(error,
                         "%s is an archive, not a shared object; link it first: cc -shared -o lib.so "
                         "-Wl,--whole-archive %s -Wl,--no-whole-archive -lm",
                         path, path);
    return error_set(error, "%s is not a shared object; make one: cc -O2 -fPIC -shared -o lib.so FILE.c -lm",
                     path);
}

static const char *machine_name(int machine)
{
    switch (machine) {
    case EM_X86_64: return "x86-64";
    case EM_386: return "32-bit x86";
    case EM_AARCH64: return "64-bit ARM";
    case EM_ARM: return "32-bit ARM";
    case EM_RISCV: return "RISC-V";
    case EM_PPC64: return "POWER";
    case EM_S390: return "S/390";
    default: return "another machine";
    }
}

/* what this program runs on: its own header says it */
static int own_machine(void)
{
    Elf64_Ehdr head = { 0 };
    int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    if (fd < 0) return EM_NONE;
    ssize_t n = read(fd, &head, sizeof head);
    close(fd);
    return n == (ssize_t)sizeof head ? head.e_machine : EM_NONE;
}

static int looks_right(const char *path, const struct bytes *b, char *error)
{
    Elf64_Ehdr head; /* e_type and e_machine stand at the same place in 32-bit files */
    if (b->n < sizeof(Elf32_Ehdr) || memcmp(b->at, ELFMAG, SELFMAG)) return is_no_elf(path, error);
    memset(&head, 0, sizeof head);
    memcpy(&head, b->at, b->n < sizeof head ? b->n : sizeof head);
    int machine = own_machine();
    if (machine != EM_NONE && head.e_machine != machine)
        return error_set(error,
                         "%s is built for %s, but this program runs on %s; compile it for this machine", path,
                         machine_name(head.e_machine), machine_name(machine));
    if (head.e_ident[EI_CLASS] != ELFCLASS64 && sizeof(void *) == 8)
        return error_set(error, "%s is a 32-bit library; compile it without -m32", path);
    if (head.e_type == ET_REL)
        return error_set(
            error, "%s is an object file; link it first: cc -shared -o lib.so %s -lm (compiled with -fPIC)",
            path, path);
    if (head.e_type != ET_DYN)
        return error_set(error, "%s is a program or a core file, not a shared object; link it with -shared",
                         path);
    return 1;
}

/* `count` things of `size` bytes at `offset` lie within the file */
static int within(const struct bytes *b, size_t offset, size_t count, size_t size)
{
    return offset <= b->n && count <= (b->n - offset) / size;
}

/* Is all there that will be mapped? A page beyond the end of the file would be a bus error. */
static int is_whole(const struct bytes *b)
{
    Elf64_Ehdr head;
    Elf64_Phdr part;
    if (b->n < sizeof head) return 0;
    memcpy(&head, b->at, sizeof head);
    if (head.e_phentsize != sizeof part || !within(b, head.e_phoff, head.e_phnum, sizeof part)) return 0;
    for (int i = 0; i < head.e_phnum; i++) {
        memcpy(&part, b->at + head.e_phoff + (size_t)i * sizeof part, sizeof part);
        if (part.p_type == PT_LOAD && !within(b, part.p_offset, part.p_filesz, 1)) return 0;
    }
    return 1;
}

int elf_is_library(const char *path, char *error)
{
    struct bytes b;
    if (!map_file(path, &b, error)) return gradcheck_ends(EXIT_INPUT);
    int ok =
        looks_right(path, &b, error) &&
        (sizeof(void *) != 8 || is_whole(&b) ||
         error_set(error, "%s is cut short: a part that its header names is missing; make it again", path));
    munmap((void *)b.at, b.n);
    return ok || gradcheck_ends(EXIT_INPUT);
}

/* ---- names ---- */

struct names {
    const char *wanted;
    char nearest[128], list[256]; /* of exported functions and objects */
    int hidden;                   /* it is there, but static or hidden */
    int mangled;                  /* a C++ name holds it */
};

static void add_name(struct names *names, const char *name)
{
    if (*name == '_' && name[1] != 'Z') return; /* _init, _fini */
    if (!strncmp(name, "_Z", 2) && strstr(name, names->wanted)) names->mangled = 1;
    if (*name == '_') return;
    char near[NEAREST_TEXT];
    if (!*names->nearest && nearest_name(names->wanted, (struct name_list){ &name, 1, sizeof name }, near))
        snprintf(names->nearest, sizeof names->nearest, "%s", name);
    size_t have = strlen(names->list), room = sizeof names->list - have;
    if (strlen(name) + 3 < room) snprintf(names->list + have, room, "%s%s", have ? ", " : "", name);
}

/* one symbol table: of what is exported (dynamic), or of all */
static void read_table(const struct bytes *b, const Elf64_Shdr *table, const Elf64_Shdr *strings,
                       struct names *names)
{
    size_t count = table->sh_size / sizeof(Elf64_Sym);
    if (!within(b, table->sh_offset, count, sizeof(Elf64_Sym)) ||
        !within(b, strings->sh_offset, strings->sh_size, 1) || !strings->sh_size)
        return;
    const char *text = (const char *)b->at + strings->sh_offset;
    if (text[strings->sh_size - 1]) return; /* the last name would not end */
    for (size_t i = 0; i < count; i++) {
        Elf64_Sym symbol;
        memcpy(&symbol, b->at + table->sh_offset + i * sizeof symbol, sizeof symbol);
        int type = ELF64_ST_TYPE(symbol.st_info);
        if (symbol.st_name >= strings->sh_size || symbol.st_shndx == SHN_UNDEF) continue;
        if (type != STT_FUNC && type != STT_OBJECT) continue;
        const char *name = text + symbol.st_name;
        if (table->sh_type == SHT_DYNSYM)
            add_name(names, name);
        else if (!strcmp(name, names->wanted))
            names->hidden = 1;
    }
}

static void read_names(const struct bytes *b, struct names *names)
{
    Elf64_Ehdr head;
    Elf64_Shdr table, strings;
    if (b->n < sizeof head) return;
    memcpy(&head, b->at, sizeof head);
    if (head.e_shentsize != sizeof table || !within(b, head.e_shoff, head.e_shnum, sizeof table)) return;
    for (int i = 0; i < head.e_shnum; i++) {
        memcpy(&table, b->at + head.e_shoff + (size_t)i * sizeof table, sizeof table);
        if ((table.sh_type != SHT_DYNSYM && table.sh_type != SHT_SYMTAB) || table.sh_link >= head.e_shnum)
            continue;
        memcpy(&strings, b->at + head.e_shoff + (size_t)table.sh_link * sizeof strings, sizeof strings);
        read_table(b, &table, &strings, names);
    }
}

int elf_no_symbol(const char *path, const char *shown, const char *name, char *error)
{
    struct bytes b;
    struct names names = { .wanted = name };
    if (!map_file(path, &b, error)) return 0;
    read_names(&b, &names);
    munmap((void *)b.at, b.n);
    if (names.hidden)
        return error_set(error,
                         "%s has a '%.100s', but does not export it: take away its 'static' or its hidden "
                         "visibility",
                         shown, name);
    if (names.mangled)
        return error_set(error, "%s has '%.100s' as a C++ function; declare it extern \"C\"", shown, name);
    if (*names.nearest)
        return error_set(error, "%s exports no '%.100s'; did you mean '%s'?", shown, name, names.nearest);
    if (*names.list)
        return error_set(error, "%s exports no '%.100s'; it exports %s", shown, name, names.list);
    return error_set(error, "%s exports no '%.100s'; `nm -D %s` lists what it exports", shown, name, shown);
}

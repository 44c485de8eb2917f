/* emu_x86.cpp - reads instructions as objdump writes them, one per line, and compares their lengths with what
 * x86.cpp says: `objdump -d --insn-width=16 PROGRAM | emu_x86 LEAST` passes if LEAST instructions or more are
 * alike, and none is not. Addresses are compared with the comment that objdump adds: # 5d5b60. */
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include "../src/x86.h"

/* "  2a853a:\t48 8d 3d 1f d6 32 00 \tlea ..." */
static size_t bytes_of(const char *line, unsigned char *bytes, unsigned long *address)
{
    char *end;
    *address = strtoul(line, &end, 16);
    if (end == line || strncmp(end, ":\t", 2) != 0) return 0;
    size_t count = 0;
    for (end += 2; count < 16; count++) {
        char *next;
        const unsigned long value = strtoul(end, &next, 16);
        if (next != end + 2) break;
        bytes[count] = (unsigned char)value;
        end = next + 1;
    }
    return count;
}

static long addresses; /* that objdump's comments name */

/* Is the address that the instruction names relative to its end the one in objdump's comment? */
static bool is_named(const emu::Instruction86 &is, const unsigned char *bytes, unsigned long address,
                     const char *line)
{
    const char *comment = strstr(line, "        # ");
    if (!comment) return !is.relative || is.jumps;
    int distance;
    addresses++;
    if (!is.relative || is.jumps) return false;
    memcpy(&distance, bytes + is.relative, sizeof distance);
    return strtoul(comment + 10, nullptr, 16) == address + is.length + (unsigned long)(long)distance;
}

int main(int argc, char **argv)
{
    const long least = argc > 1 ? atol(argv[1]) : 1;
    long alike = 0, unlike = 0;
    char line[4096];
    while (fgets(line, sizeof line, stdin)) {
        unsigned char bytes[16];
        unsigned long address;
        const size_t count = bytes_of(line, bytes, &address);
        if (count == 0 || strstr(line, "(bad)") || strstr(line, ".byte")) continue;
        const emu::Instruction86 is = emu::x86_read(bytes, count);
        if (is.length == count && is_named(is, bytes, address, line))
            alike++;
        else if (unlike++ < 20)
            printf("FAIL  %zu bytes, not %zu: %s", is.length, count, line);
    }
    printf("%ld instructions are alike, of which %ld name an address; %ld are not\n", alike, addresses,
           unlike);
    return unlike > 0 || alike < least || addresses < least / 100;
}

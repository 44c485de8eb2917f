/* explain_nvcc.c - registers per thread, as nvcc's assembler reports them; see explain.h. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "emu_build.h"
#include "explain.h"

static const char *find_nvcc(void)
{
    static const char *const place[] = { "/usr/local/cuda/bin/nvcc", "/opt/cuda/bin/nvcc" };
    const char *given = getenv("NVCC");
    if (given) return *given ? given : NULL; /* empty: none */
    for (size_t i = 0; i < sizeof place / sizeof *place; i++)
        if (!access(place[i], X_OK)) return place[i];
    return "nvcc";
}

/* How long the name of an unnamed namespace is at the beginning of the text, as in "12_GLOBAL__N_1"; 0: there
 * is none. */
static size_t unnamed_at(const char *text)
{
    size_t digits = strspn(text, "0123456789"), length = digits ? strtoul(text, NULL, 10) : 0;
    if (strncmp(text + digits, "_GLOBAL__N_", 11) || length > strlen(text + digits)) return 0;
    return digits + length;
}

/* Do both symbols name one kernel? The host's compiler marks a static one by an L, nvcc does not; and each
 * gives unnamed namespaces names of its own. */
static int same_kernel(const char *ours, const char *nvccs)
{
    while (*ours && *nvccs) {
        size_t a = unnamed_at(ours), b = unnamed_at(nvccs);
        if (a && b)
            ours += a, nvccs += b;
        else if (*ours == 'L' && *nvccs != 'L' && isdigit((unsigned char)ours[1]))
            ours++;
        else if (*ours++ != *nvccs++)
            return 0;
    }
    return *ours == *nvccs;
}

/* "... Compiling entry function '_Z4gemmPf' for ..." and, some lines later, "... Used 32 registers ...":
 * the kernel with that symbol gets them. */
static int take_report(struct explain_report *r, const char *path)
{
    char line[4096], symbol[2048] = "";
    int found = 0;
    FILE *f = fopen(path, "r");
    while (f && fgets(line, sizeof line, f)) {
        const char *entry = strstr(line, "entry function '"), *used = strstr(line, "Used ");
        int registers;
        if (entry) sscanf(entry, "entry function '%2047[^']", symbol);
        if (!used || sscanf(used, "Used %d registers", &registers) != 1) continue;
        for (int i = 0; i < r->kernels; i++)
            if (same_kernel(r->kernel[i].symbol, symbol)) r->kernel[i].registers = registers, found = 1;
    }
    if (f) fclose(f);
    return found;
}

int explain_registers(struct explain_report *r, const char *const *source, int sources,
                      const char *const *option, int options, const struct explain_gpu *gpu)
{
    enum { WORDS = EMU_MOST + 20 };
    const char *word[WORDS], *nvcc = find_nvcc();
    int found = 0;
    for (int i = 0; nvcc && i < sources; i++) {
        int n = 0;
        const char *dot = strrchr(source[i], '.');
        if (!dot || strcmp(dot, ".cu")) continue;
        word[n++] = nvcc, word[n++] = "-arch", word[n++] = gpu->arch, word[n++] = "-cubin",
        word[n++] = "-Xptxas", word[n++] = "-v";
        for (int k = 0; k < options; k++) word[n++] = option[k];
        word[n++] = source[i], word[n++] = "-o", word[n++] = emu_file("cubin"), word[n] = NULL;
        if (emu_run(word, NULL, NULL, emu_file("said"))) continue;
        found |= take_report(r, emu_file("said"));
    }
    return found;
}

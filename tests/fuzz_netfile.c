/* fuzz_netfile.c - libFuzzer's target for network files. When the input's first byte is odd, the rest gets
 * the right first line. What is accepted is the same network after it was written and read again, and its
 * layers fit or are refused. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../train/layers.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(int holds)
{
    if (!holds) abort();
}

static void check_accepted(const struct netfile *f)
{
    static struct netfile again;
    static char text[NETFILE_BYTES];
    struct layer layer[LAYERS_MOST];
    const struct net_line *other;
    char error[ERROR_TEXT] = "";
    must(netfile_parse(&again, "again", text, netfile_text(f, text), error));
    must(again.lines == f->lines && !netfile_difference(f, &again, NULL, &other));
    if (!layers_of(f, layer, error)) must(*error && !strchr(error, '\n'));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static const char first[] = "rungs-network 1\n";
    static struct netfile f;
    char error[ERROR_TEXT] = "";
    if (!n) return 0;
    size_t lead = bytes[0] & 1 ? strlen(first) : 0;
    char *text = malloc(lead + n);
    must(text != NULL);
    memcpy(text, first, lead);
    memcpy(text + lead, bytes + 1, n - 1);
    if (netfile_parse(&f, "input", text, lead + n - 1, error))
        check_accepted(&f);
    else
        must(*error && !strchr(error, '\n'));
    free(text);
    return 0;
}

/* network_made.c - see network_made.h. */
#include "network_made.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"
#include "../reference/philox.h"

void made_netfile(struct netfile *f, const char *lines)
{
    char text[4096], error[ERROR_TEXT];
    snprintf(text, sizeof text, "rungs-network 1\n%s", lines);
    if (netfile_parse(f, "made", text, strlen(text), error)) return;
    printf("FAIL: %s\n", error);
    exit(1);
}

void made_mlp(struct netfile *f, int layers, const int *size)
{
    char lines[2048];
    size_t used =
        (size_t)snprintf(lines, sizeof lines, "data mnist\noptimizer sgd lr=0.1\ninput %d\n", size[0]);
    for (int l = 1; l <= layers; l++)
        used += (size_t)snprintf(lines + used, sizeof lines - used, "dense %d\n%s", size[l],
                                 l < layers ? "relu\n" : "loss softmax_xent\n");
    made_netfile(f, lines);
}

void made_replace(struct network *net, const char *op, any_fn *run)
{
    for (int k = 0; k < net->calls; k++)
        if (!strcmp(net->call[k].op->name, op)) net->call[k].run = run;
}

static struct split made_split(int n, int features, uint64_t seed)
{
    size_t f = (size_t)features;
    struct split s = split_make(n, (int)f, 0);
    for (size_t k = 0; k < (size_t)n; k++) {
        s.label[k] = (unsigned char)(philox_word(seed, 0, k) % DATA_CLASSES);
        for (size_t i = 0; i < f; i++) {
            int bright = i % DATA_CLASSES == s.label[k] ? 120 : 0;
            s.image[k * f + i] = (unsigned char)(bright + (int)(philox_word(seed, 1 + k, i) % 100));
        }
        s.image[k * f] = (unsigned char)k;
    }
    return s;
}

struct dataset made_data(int train, int test, int side)
{
    struct dataset data = {
        .set = data_find("mnist"), .channels = 1, .rows = side, .cols = side, .features = side * side
    };
    data.deviation[0] = 45;
    data.mean = memory_need((size_t)data.features, sizeof *data.mean);
    for (int i = 0; i < data.features; i++) data.mean[i] = 62;
    data.train = made_split(train, data.features, 1);
    data.test = made_split(test, data.features, 2);
    return data;
}

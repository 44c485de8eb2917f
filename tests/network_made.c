/* network_made.c - see network_made.h. */
#include "network_made.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void made_netfile(struct netfile *f, const char *lines)
{
    char text[4096], why[ERROR_TEXT];
    snprintf(text, sizeof text, "rungs-network 1\n%s", lines);
    if (netfile_parse(f, "made", text, strlen(text), why)) return;
    printf("FAIL: %s\n", why);
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

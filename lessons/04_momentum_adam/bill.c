/* bill.c - what Muon costs beside the training that it is part of, counted: five steps of Newton-Schulz
 * for each hidden matrix of a network, and one step of training, forward and backward, for a batch. */
#include <stdio.h>
#include "../../optimized/op.h"

/* operations of five steps for a matrix (rows,cols): all products in full; A and A A by their lower halves */
static double iteration(int rows, int cols, double gram, double square)
{
    double k = rows < cols ? rows : cols, n = rows < cols ? cols : rows;
    return 5 * (2 * k * k * n * (1 + gram) + 2 * k * k * k * square);
}

struct bill {
    double full, half_gram, half_both, example; /* example: one through all layers, forward and backward */
};

/* Forward is one product for each layer, backward two, but the first layer needs no gradient of its input. */
static struct bill bill_of(int layers, const int *width)
{
    struct bill b = { 0, 0, 0, 0 };
    for (int l = 0; l < layers; l++) {
        b.example += (l ? 6.0 : 4.0) * width[l] * width[l + 1];
        if (l == layers - 1) continue;
        b.full += iteration(width[l + 1], width[l], 1, 1);
        b.half_gram += iteration(width[l + 1], width[l], 0.5, 1);
        b.half_both += iteration(width[l + 1], width[l], 0.5, 0.5);
    }
    return b;
}

static void show(const char *name, int layers, const int *width)
{
    struct bill b = bill_of(layers, width);
    printf("%s\n", name);
    printf("  Newton-Schulz           %8.3f GFLOP a step\n", b.full / 1e9);
    printf("    X X^T by symmetry     %8.3f GFLOP\n", b.half_gram / 1e9);
    printf("    A A too               %8.3f GFLOP\n", b.half_both / 1e9);
    printf("  training, batch 64      %8.3f GFLOP a step\n", 64 * b.example / 1e9);
    printf("    Muon costs            %8.1f of these steps, by symmetry %.1f\n", b.full / b.example / 64,
           b.half_both / b.example / 64);
    printf("  as much as training at  %8.0f examples a batch, by symmetry %.0f\n", b.full / b.example,
           b.half_both / b.example);
}

int main(void)
{
    const struct op *op = op_find("newton_schulz");
    const int first[MAX_SIZES] = { 512, 784 }, second[MAX_SIZES] = { 256, 512 };
    show("784-512-256-10", 3, (const int[]){ 784, 512, 256, 10 });
    show("784-128-64-10", 3, (const int[]){ 784, 128, 64, 10 });
    double counted = op->flops(first) + op->flops(second),
           here = bill_of(3, (const int[]){ 784, 512, 256, 10 }).half_both;
    printf("the operation itself counts %.3f GFLOP for 512x784 and 256x512, %s\n", counted / 1e9,
           counted == here ? "as by symmetry" : "which is wrong");
    /* of language models, 6 operations for each weight and token; the batches are NanoGPT's and Llama's */
    const double width[] = { 768, 16384 }, tokens[] = { 524288, 16e6 };
    for (int i = 0; i < 2; i++)
        printf("d x d with d = %.0f, %.1f million tokens a batch: %.1f %% of training\n", width[i],
               tokens[i] / 1e6,
               100 * iteration((int)width[i], (int)width[i], 1, 1) / (6 * width[i] * width[i] * tokens[i]));
    return counted != here;
}

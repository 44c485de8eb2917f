/* fuzz_seeds.c - writes small right files for the fuzzers to start from: fuzz_seeds
 * idx|cifar|table|npy|picture|safetensors|checkpoint|netfile FOLDER */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../train/checkpoint.h"
#include "../train/networks.h"
#include "../train/optimizer.h"
#include "../train/source.h"
#include "data_made.h"
#include "npy_made.h"
#include "own_made.h"
#include "tar_made.h"

static void seed(const char *folder, int number, int first, const unsigned char *bytes, size_t n)
{
    char path[600];
    unsigned char *input = malloc(n + 1);
    if (!input) exit(1);
    input[0] = (unsigned char)first;
    memcpy(input + 1, bytes, n);
    snprintf(path, sizeof path, "%s/%d", folder, number);
    made_file(path, input, n + 1);
    free(input);
}

static void seeds_idx(const char *folder)
{
    static const int shape[][3] = { { 1, 1, 1 }, { 3, 2, 5 }, { 2, 28, 28 }, { 100, 3, 3 } };
    for (int k = 0; k < 4; k++)
        for (int labels = 0; labels < 2; labels++) {
            size_t n;
            unsigned char *bytes = made_idx(labels ? 1 : 3, shape[k][0], shape[k][1], shape[k][2], 1, &n);
            seed(folder, 2 * k + labels, labels, bytes, n);
            free(bytes);
        }
}

static void seeds_cifar(const char *folder)
{
    size_t n;
    for (int labels = 1; labels <= 2; labels++) {
        unsigned char *bytes = made_cifar(labels, labels, 10, 1, &n);
        seed(folder, labels, labels - 1, bytes, n);
        free(bytes);
    }
    struct tar_made t = { 0 };
    unsigned char *image = made_cifar(1, 1, 10, 1, &n);
    tar_add(&t, "folder/", '5', NULL, 0);
    tar_add(&t, "a text", '0', image, 700);
    tar_add(&t, "cifar", '0', image, n);
    tar_add(&t, "another", '\0', image, 13);
    tar_end(&t);
    for (int kind = 2; kind < 4; kind++) seed(folder, 1 + kind, kind, t.bytes, t.n);
    seed(folder, 5, 3, t.bytes, 2048); /* cut off, and small */
    free(t.bytes);
    free(image);
}

static void seeds_table(const char *folder)
{
    static const char *const text[] = { "1,2,3\n0,255,0\n",
                                        "label,a,b\r\n7, 0,128\r\n\r\n1,2,3",
                                        "3\n4\n",
                                        "1,2\n3,2.5e-3\n",
                                        "x,1\n12,0,1\n5,4",
                                        "a,\"b\",c\n1,x,\"3\"\n-1,\"y\"\"\n,\",2\n",
                                        "\357\273\2771,2,cat\n0,1.5,dog\n" };
    for (size_t k = 0; k < sizeof text / sizeof *text; k++)
        for (int label = 0; label < 3; label++)
            seed(folder, 3 * (int)k + label, label, (const unsigned char *)text[k], strlen(text[k]));
}

static void seeds_npy(const char *folder)
{
    static const char *const header[] = {
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }          ",
        "{'descr': '>f8', 'fortran_order': True, 'shape': (3, 1), }",
        "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3, 4), }",
        "{\"shape\": (12L,), \"descr\": \"<f2\", \"fortran_order\": False}",
    };
    static const char *const name[] = { "a.npy", "b.npy", "c", "d.npy" };
    static const unsigned char numbers[24] = { 1, 2, 3, 250, 251, 252 };
    struct made array[4] = { { 0 } };
    for (int k = 0; k < 4; k++) {
        made_npy(&array[k], 1 + k % 3, header[k]);
        made_add(&array[k], numbers, sizeof numbers);
        seed(folder, k, 0, array[k].bytes, array[k].n);
    }
    for (int is_deflated = 0; is_deflated < 2; is_deflated++) {
        struct made archive = { 0 };
        made_zip(&archive, 4, name, array, is_deflated);
        seed(folder, 4 + is_deflated, 1, archive.bytes, archive.n);
        free(archive.bytes);
    }
    for (int k = 0; k < 4; k++) free(array[k].bytes);
}

static void seeds_safetensors(const char *folder)
{
    static const char *const text[] = {
        "{\"__metadata__\":{\"a\":\"\\u0041\\n\"},\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}01234567",
        ("{\"x\":{\"dtype\":\"BF16\",\"shape\":[1,2],\"data_offsets\":[2,6]},\"y\":{\"data_offsets\":[0,2],\"dtype\":"
         "\"U8\",\"shape\":[2]}}012345"),
        "{\"x\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[0,8]}}01234567",
        "{}",
    };
    for (size_t k = 0; k < sizeof text / sizeof *text; k++)
        seed(folder, (int)k, 0, (const unsigned char *)text[k], strlen(text[k]));
}

static void seeds_picture(const char *folder)
{
    static const char *const text[] = { "P2 2 1 255 7 8\n", "P5 # c\n2 2 255\nabcd", "P3\n1 1\n15\n1 2 3",
                                        "P6 1 2 65535 abcdefabcdef" };
    static const unsigned char pixels[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 };
    static const struct {
        int bits, color;
        size_t row_bytes;
    } png[] = { { 8, 0, 2 }, { 4, 0, 1 }, { 16, 0, 4 }, { 8, 2, 6 }, { 8, 3, 2 }, { 8, 6, 8 } };
    int number = 0;
    for (size_t k = 0; k < sizeof text / sizeof *text; k++)
        seed(folder, number++, 0, (const unsigned char *)text[k], strlen(text[k]));
    for (size_t k = 0; k < sizeof png / sizeof *png; k++) {
        struct made m = { 0 };
        made_png(&m, 2, 1, png[k].bits, png[k].color, pixels, png[k].row_bytes,
                 png[k].color == 3 ? pixels : NULL, 2);
        seed(folder, number++, 0, m.bytes, m.n);
        free(m.bytes);
    }
}

/* the program's own networks, and one with every value that a line can have */
static void seeds_netfile(const char *folder)
{
    static const char all[] =
        "rungs-network 1\ninput 3x4x5 # three colours\nmaxpool 2\ndense 7\ngelu\ndropout p=0.1\ndense 10\n"
        "loss softmax_xent\noptimizer sgd lr=1e-3\nschedule step every=2 factor=0.5\n"
        "data \"./a b.csv\" label=\"c # d\"\nbatch 3\nepochs 2\ninit he_uniform\nseed 0\n";
    static const char *const schedules[] = {
        "exponential factor=0.9", "linear", "one_cycle start=0.2 div=9 final=1e3",
        "plateau factor=0.5 patience=3 threshold=0 cooldown=1 min_lr=1e-5"
    };
    int number = 0;
    for (const struct network_text *t = network_texts; t->name; t++)
        seed(folder, number++, 0, (const unsigned char *)t->text, strlen(t->text));
    seed(folder, number++, 1, (const unsigned char *)all, strlen(all));
    for (size_t k = 0; k < sizeof schedules / sizeof *schedules; k++) {
        char text[1024];
        snprintf(
            text, sizeof text,
            "rungs-network 1\ninput 4\ndense 10\nloss softmax_xent smoothing=0.1\n"
            "optimizer sgd lr=1\nschedule %s\nwarmup 1.5\ndata mnist\n"
            "split parts train=0.7 validation=0.1\nearly_stop 3 min_delta=1e-4\n"
            "augment shift=2 flip=0.5 crop=0.1 rotate=10 scale=0.2\n"
            "clip value=1 norm=2\nweight_decay coupled=1e-4 decoupled=1 biases=1\nl1 penalty=1 proximal=1e-3\n",
            schedules[k]);
        seed(folder, number++, 0, (const unsigned char *)text, strlen(text));
    }
    for (const struct word *w = grammar_find(grammar, "optimizer")->choices; w->name; w++) {
        char text[512];
        snprintf(text, sizeof text, "input 4\ndense 10\nloss softmax_xent\noptimizer %s lr=1%s\ndata mnist\n",
                 w->name, strcmp(w->name, "momentum") ? "" : " mu=0.5 dampening=0.5 nesterov=1");
        seed(folder, number++, 1, (const unsigned char *)text, strlen(text));
    }
}

static void seeds_checkpoint(const char *folder)
{
    static const char *const text[] = {
        "rungs-network 1\ninput 2\ndense 1\nloss softmax_xent\ndata mnist\noptimizer sgd lr=1\n",
        "rungs-network 1\ninput 1x1x1\ndense 2\ntanh\ndense 2\nloss softmax_xent\ndata mnist\noptimizer sgd "
        "lr=1\n",
        "rungs-network 1\ninput 1x2x2\nmaxpool 2\ndense 1\ndropout\nloss softmax_xent\ndata mnist\n"
        "optimizer adam lr=1\n",
        "rungs-network 1\ninput 2\ndense 1\nloss softmax_xent\ndata mnist\noptimizer schedule_free lr=1\n"
        "split parts\nearly_stop 2\n",
    };
    static const size_t params[] = { 3, 10, 2, 3 };
    static struct checkpoint c[4];
    float param[] = { 1, -2, 3, 0, 5, 6, 7, 8, 9, 10 };
    for (int k = 0; k < 4; k++) {
        char error[ERROR_TEXT];
        if (!netfile_parse(&c[k].file, "it", text[k], strlen(text[k]), error)) exit(1);
        c[k].param = param;
        c[k].params = params[k];
        c[k].states = optimizer_states(netfile_line(&c[k].file, "optimizer"));
        c[k].state[0] = c[k].state[1] = c[k].state[2] = param + 3;
        c[k].best = k == 3 ? param + 1 : NULL;
        c[k].epoch = 3 * k;
        for (int v = 0; v < CHECKPOINT_NUMBERS; v++) c[k].number[v] = k * v;
        strcpy(c[k].options, k ? "batch 64\n" : "");
    }
    for (int k = 0; k < 4; k++) {
        char path[600], error[ERROR_TEXT];
        unsigned char bytes[1024];
        struct source s;
        snprintf(path, sizeof path, "%s/whole", folder);
        if (!checkpoint_write(path, &c[k], error) || !source_open(&s, path, error)) exit(1);
        size_t n = source_read(&s, bytes, sizeof bytes);
        source_close(&s);
        remove(path);
        seed(folder, 2 * k, 0, bytes, n);
        seed(folder, 2 * k + 1, 1, bytes, n - 4);
    }
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr,
                "usage: fuzz_seeds idx|cifar|table|npy|picture|safetensors|checkpoint|netfile FOLDER\n");
        return 64;
    }
    mkdir(argv[2], 0777);
    if (!strcmp(argv[1], "idx"))
        seeds_idx(argv[2]);
    else if (!strcmp(argv[1], "cifar"))
        seeds_cifar(argv[2]);
    else if (!strcmp(argv[1], "table"))
        seeds_table(argv[2]);
    else if (!strcmp(argv[1], "npy"))
        seeds_npy(argv[2]);
    else if (!strcmp(argv[1], "safetensors"))
        seeds_safetensors(argv[2]);
    else if (!strcmp(argv[1], "picture"))
        seeds_picture(argv[2]);
    else if (!strcmp(argv[1], "netfile"))
        seeds_netfile(argv[2]);
    else
        seeds_checkpoint(argv[2]);
    return 0;
}

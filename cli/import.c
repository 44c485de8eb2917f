/* import.c - rungs import: weights from somewhere else as a checkpoint. */
#include "verbs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../export/import.h"
#include "train.h"

static const char *save_path, *map_text;
static int ignores_extra;

static int refuse(int code, const char *error)
{
    return args_fail(code, "import", "%s", error);
}

/* ---- the report ---- */

/* "conv1.weight", and of one that does not fit its shape and what to do */
static void put_match(const struct import *in, const struct foreign *f, int k)
{
    const struct import_match *m = &in->match[k];
    const struct foreign_tensor *theirs = m->theirs < 0 ? NULL : &f->tensor[m->theirs];
    char shape[NPY_SHAPE];
    if (!theirs) {
        puts("missing");
        return;
    }
    printf("%s%s", theirs->name, m->is_transposed ? "^T" : "");
    if (m->verdict == IMPORT_MISSHAPED) printf("  misshaped: %s", npy_shape(&theirs->array, shape));
    if (m->would_fit && !m->is_transposed)
        printf("; --map %s=%s^T would fit", in->named[k].name, theirs->name);
    if (m->would_fit && m->is_transposed) printf("; --map %s=%s would fit", in->named[k].name, theirs->name);
    putchar('\n');
}

static void print_report(const struct import *in, const struct foreign *f)
{
    char shape[NPY_SHAPE];
    printf("%-24s %-20s from\n", "tensor", "shape");
    for (int k = 0; k < in->tensors; k++) {
        const struct named *ours = &in->named[k];
        printf("%-24s %-20s ", ours->name, named_shape(ours->dims, ours->dim, shape));
        put_match(in, f, k);
    }
    for (int k = 0; k < f->tensors; k++)
        if (!in->is_used[k])
            printf("%-24s %-20s %s\n", "extra", npy_shape(&f->tensor[k].array, shape), f->tensor[k].name);
}

/* EXIT_OK, or EXIT_INPUT after a sentence that counts what does not fit */
static int judge(const struct import *in, const char *weights)
{
    const int extra = ignores_extra ? 0 : in->extra;
    if (!in->missing && !in->misshaped && !extra) return EXIT_OK;
    return args_fail(EXIT_INPUT, "import",
                     "%s does not fit the network: %d missing, %d misshaped, %d extra%s; nothing was written",
                     weights, in->missing, in->misshaped, extra,
                     extra && !in->missing && !in->misshaped ? ", which --ignore-extra leaves out" : "");
}

/* ---- the work ---- */

static int open_network(const char *network, struct netfile *file)
{
    const struct training t = { .network = network };
    char options[CHECKPOINT_OPTIONS], error[ERROR_TEXT];
    int code = training_file(&t, NULL, file, options, error);
    return code ? refuse(code, error) : EXIT_OK;
}

static int match(struct import *in, const struct foreign *f, char *error)
{
    static char buffer[1 << 14];
    const char *rule[IMPORT_RULES];
    int rules = map_text ? args_split(map_text, buffer, sizeof buffer, rule, IMPORT_RULES) : 0;
    if (rules < 0)
        return error_set(error, "--map: at most %d names, in %zu bytes", IMPORT_RULES, sizeof buffer - 1);
    return import_match(in, f, rules, rule, error);
}

static int import(struct import *in, const struct foreign *f, const char *weights)
{
    char error[ERROR_TEXT], lost[ERROR_TEXT];
    if (!match(in, f, error)) return refuse(EXIT_USAGE, error);
    print_report(in, f);
    int code = judge(in, weights);
    if (code) return code;
    if (!import_fill(in, f, error)) {
        snprintf(lost, sizeof lost, "%.200s: %.400s", weights, error);
        return refuse(EXIT_INPUT, lost);
    }
    if (!checkpoint_write(save_path, &in->c, error)) return refuse(EXIT_OUTPUT, error);
    printf("\n%d tensors, %zu numbers in %s, after 0 epochs\n", in->tensors, in->c.params + in->c.buffered,
           save_path);
    return EXIT_OK;
}

static const char about[] =
    "Makes a checkpoint of a network, one of the program's or a file like ./mine.net, and of weights from somewhere\n"
    "else: a safetensors file, an .npz archive, or a folder of .npy files. `rungs eval` and `rungs train --resume`\n"
    "take it like any other. Tensors are matched by name; `rungs export --help` says how ours are called. A\n"
    "table tells what became of each, and nothing is written if one is missing, extra or of another shape.\n"
    "--map gives the names of others: dense0.w=fc1.weight for a tensor, or dense0=fc1 for a layer, where PyTorch's\n"
    "`weight` and `bias` are known. A PyTorch Linear weight is (OUT, IN), as ours; ^T behind a name says that it is\n"
    "transposed, as in Keras and JAX: (IN, OUT), and kernels (R, S, C, K). The shape of a square matrix does not\n"
    "show it.\n"
    "A dense layer takes the numbers of an image channel by channel, as PyTorch's flatten gives them; weights\n"
    "behind a flatten of rows, columns, channels must be sorted before.\n"
    "Halves and bfloat16 are widened, doubles rounded. Mean and deviation are the data's: input.mean and\n"
    "input.scale are left out.";

int verb_import(int argc, char **argv)
{
    const struct option_row options[] = {
        { "--save", OPTION_FILE, &save_path, 0, 0, "write the checkpoint there" },
        { "--map", OPTION_TEXT, &map_text, 0, 0, "names: OURS=THEIRS,OURS=THEIRS^T" },
        { "--ignore-extra", OPTION_FLAG, &ignores_extra, 0, 0,
          "leave out tensors that the network does not have" },
        { 0 },
    };
    const struct usage usage = {
        "import",
        "import NETWORK WEIGHTS --save CHECKPOINT [--map OURS=THEIRS,...]",
        about,
        "  rungs import mnist-mlp digits.safetensors --save digits.ckpt\n"
        "  rungs import ./lenet.net lenet.npz --save lenet.ckpt --map conv0=conv1,dense6=fc1,dense8=fc2\n"
        "  rungs import ./keras.net keras.npz --save keras.ckpt --map dense0.w=kernel^T,dense0.b=bias\n",
        options,
        2,
        2,
    };
    static struct import in;
    static struct netfile file;
    struct foreign f = { 0 };
    const char *word[2];
    char error[ERROR_TEXT];
    int code;
    if (args_read(&usage, argc, argv, word, &code) < 0) return code;
    if (!save_path) return args_refuse("import", "say where to: --save CHECKPOINT");
    code = open_network(word[0], &file);
    if (!code && !import_make(&in, &file, error)) code = refuse(EXIT_INPUT, error);
    if (!code && !foreign_read(word[1], &f, error)) code = refuse(EXIT_INPUT, error);
    if (!code) code = import(&in, &f, word[1]);
    foreign_free(&f);
    import_free(&in);
    return code;
}

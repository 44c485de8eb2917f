/* export.c - rungs export: a trained network as a file for others. */
#include "verbs.h"

#include <stdio.h>

#include "../base/file.h"
#include "../export/c_source.h"
#include "../export/npy_folder.h"
#include "../export/onnx.h"
#include "../export/safetensors.h"

static const char *c_path, *onnx_path, *safetensors_path, *npy_path;

static int refuse(int code, const char *error)
{
    return args_fail(code, "export", "%s", error);
}

/* ---- the formats ---- */

static int put_c(FILE *out, const struct snapshot *s, const char *path, char *error)
{
    char origin[300];
    snprintf(origin, sizeof origin, "%.200s, epoch %d", path, s->epoch);
    return c_source_write(out, s, origin, error);
}

static int put_onnx(FILE *out, const struct snapshot *s, const char *path, char *error)
{
    (void)path;
    return onnx_write(out, s, error);
}

static int put_safetensors(FILE *out, const struct snapshot *s, const char *path, char *error)
{
    (void)path;
    return safetensors_write(out, s, error);
}

static const struct format {
    const char *const *to;
    int (*put)(FILE *out, const struct snapshot *s, const char *path,
               char *error); /* path: of the checkpoint */
} formats[] = { { &c_path, put_c }, { &onnx_path, put_onnx }, { &safetensors_path, put_safetensors } };

enum { FORMATS = sizeof formats / sizeof *formats };

static int write_file(const struct format *format, const struct snapshot *s, const char *path)
{
    struct file_out f;
    char error[ERROR_TEXT], lost[ERROR_TEXT];
    if (!file_open(&f, *format->to, error)) return refuse(EXIT_OUTPUT, error);
    if (!format->put(f.out, s, path, error)) {
        file_drop(&f);
        snprintf(lost, sizeof lost, "%.200s: %.400s", path, error);
        return refuse(EXIT_INPUT, lost);
    }
    return file_keep(&f, error) ? EXIT_OK : refuse(EXIT_OUTPUT, error);
}

/* ---- the network ---- */

static int export(const char *path, const struct checkpoint *from, struct trainer *t)
{
    static struct snapshot s;
    char error[ERROR_TEXT], lost[ERROR_TEXT];
    int best = trainer_is_finished(t) ? trainer_take_best(t) : 0, code = EXIT_OK;
    if (!snapshot_make(&s, t, best ? best : from->epoch, error)) {
        snprintf(lost, sizeof lost, "%.200s: %.400s", path, error);
        return refuse(EXIT_INPUT, lost);
    }
    for (int k = 0; k < FORMATS && code == EXIT_OK; k++)
        if (*formats[k].to) code = write_file(&formats[k], &s, path);
    if (npy_path && code == EXIT_OK && !npy_folder_write(npy_path, &s, error))
        code = refuse(EXIT_OUTPUT, error);
    snapshot_free(&s);
    return code;
}

static int load(const char *path, struct checkpoint *from, struct dataset *data, struct trainer *t)
{
    char error[ERROR_TEXT];
    if (!checkpoint_read_file(path, from, error)) return refuse(EXIT_INPUT, error);
    if (!trainer_load(&from->file, data, error)) return refuse(EXIT_INPUT, error);
    if (!trainer_make(t, data, &from->file, "best", error)) return refuse(EXIT_USAGE, error);
    return trainer_take(t, from, error) ? EXIT_OK : refuse(EXIT_INPUT, error);
}

static const char about[] =
    "Writes a trained network as files for others. The data that it was trained on must be here: their mean\n"
    "and deviation belong to the network.\n"
    "--c is one C file without dependencies, which any compiler takes: a function that gives the class and the\n"
    "probabilities of an image, in plain loops, with the parameters in it, and a main that reads images of raw\n"
    "bytes from standard input.\n"
    "--onnx is a model of opset 13. Its input `pixels` is (N, C, H, W), or (N, F) where the network takes rows\n"
    "of features, of numbers as they are in the data; its output `probabilities` is (N, classes).\n"
    "--safetensors and --npy hold the tensors alone, each called after its layer and the layer's number:\n"
    "dense0.w (OUT, IN), dense0.b, conv3.w (K, C, R, S), conv3.b, batchnorm4.gamma, .beta, .running_mean and\n"
    ".running_var, shapes as in PyTorch. What the network sees of a pixel is (pixel - input.mean) * input.scale.\n"
    "`rungs import` reads them again.";

int verb_export(int argc, char **argv)
{
    const struct option_row options[] = {
        { "--c", OPTION_FILE, &c_path, 0, 0, "write the C file there" },
        { "--onnx", OPTION_FILE, &onnx_path, 0, 0, "write the ONNX model there" },
        { "--safetensors", OPTION_FILE, &safetensors_path, 0, 0, "write the tensors into that file" },
        { "--npy", OPTION_FOLDER, &npy_path, 0, 0,
          "write the tensors into that new folder, one .npy file each" },
        { 0 },
    };
    const struct usage usage = {
        "export",
        "export CHECKPOINT --c FILE | --onnx FILE | --safetensors FILE | --npy FOLDER",
        about,
        "  rungs train mnist-mlp --epochs 3 --save digits.ckpt\n  rungs export digits.ckpt --c digits.c\n"
        "  rungs export digits.ckpt --onnx digits.onnx --safetensors digits.safetensors\n",
        options,
        1,
        1,
    };
    static struct trainer t;
    static struct checkpoint from;
    struct dataset data = { 0 };
    const char *path;
    int code;
    if (args_read(&usage, argc, argv, &path, &code) < 0) return code;
    if (!c_path && !onnx_path && !safetensors_path && !npy_path)
        return args_refuse("export",
                           "say what to write: --c FILE, --onnx FILE, --safetensors FILE or --npy FOLDER");
    code = load(path, &from, &data, &t);
    if (!code) code = export(path, &from, &t);
    trainer_free(&t);
    data_free(&data);
    checkpoint_free(&from);
    return code;
}

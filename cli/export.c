/* export.c - rungs export: a trained network as a file for others. */
#include "verbs.h"

#include <stdio.h>

#include "../base/file.h"
#include "../export/c_source.h"

static const char *c_path;

static int refuse(int code, const char *error)
{
    return args_fail(code, "export", "%s", error);
}

static int write_c(struct trainer *t, const char *origin, const char *path)
{
    struct file_out f;
    char error[ERROR_TEXT], lost[ERROR_TEXT];
    if (!file_open(&f, path, error)) return refuse(EXIT_OUTPUT, error);
    if (!c_source_write(f.out, t, origin, error)) {
        file_drop(&f);
        snprintf(lost, sizeof lost, "%.200s: %.250s", origin, error);
        return refuse(EXIT_INPUT, lost);
    }
    return file_keep(&f, error) ? EXIT_OK : refuse(EXIT_OUTPUT, error);
}

static int export(const char *path, const struct checkpoint *from, struct trainer *t)
{
    char origin[300];
    int best = trainer_is_finished(t) ? trainer_take_best(t) : 0;
    snprintf(origin, sizeof origin, "%.200s, epoch %d", path, best ? best : from->epoch);
    return write_c(t, origin, c_path);
}

static int load(const char *path, struct checkpoint *from, struct dataset *data, struct trainer *t)
{
    char error[ERROR_TEXT];
    if (!checkpoint_read_file(path, from, error)) return refuse(EXIT_INPUT, error);
    if (!trainer_load(&from->file, data, error)) return refuse(EXIT_INPUT, error);
    if (!trainer_make(t, data, &from->file, "best", error)) return refuse(EXIT_USAGE, error);
    return trainer_restore(t, from, error) ? EXIT_OK : refuse(EXIT_INPUT, error);
}

static const char about[] =
    "Writes a trained network as a file for others. --c is one C file without dependencies, which any compiler\n"
    "takes: a function that gives the class and the probabilities of an image, in plain loops, with the\n"
    "parameters in it, and a main that reads images of raw bytes from standard input.\n"
    "The data that it was trained on must be here: their mean and deviation belong to the network.";

int verb_export(int argc, char **argv)
{
    const struct option_row options[] = {
        { "--c", OPTION_FILE, &c_path, 0, 0, "write the C file there" },
        { 0 },
    };
    const struct usage usage = {
        "export",
        "export CHECKPOINT --c FILE",
        about,
        "  rungs train mnist-mlp --epochs 3 --save digits.ckpt\n  rungs export digits.ckpt --c digits.c\n",
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
    if (!c_path) return args_refuse("export", "say what to write: --c FILE");
    code = load(path, &from, &data, &t);
    if (!code) code = export(path, &from, &t);
    trainer_free(&t);
    data_free(&data);
    checkpoint_free(&from);
    return code;
}

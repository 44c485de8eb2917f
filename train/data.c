/* data.c - finding and reading data sets; see data.h. */
#include "data.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../base/file.h"
#include "../base/memory.h"
#include "cifar.h"
#include "idx.h"

const struct data_set *data_find(const char *name)
{
    for (const struct data_set *set = data_sets; set->name; set++)
        if (!strcmp(set->name, name)) return set;
    return NULL;
}

int data_is_path(const char *name)
{
    return strpbrk(name, "/.") != NULL;
}

struct name_list data_names(void)
{
    size_t n = 0;
    while (data_sets[n].name) n++;
    return (struct name_list){ &data_sets[0].name, n, sizeof *data_sets };
}

/* ---- where ---- */

static int join(char path[DATA_PATH], const char *folder, const char *rest)
{
    int n = snprintf(path, DATA_PATH, "%s%s", folder, rest);
    return n > 0 && n < DATA_PATH;
}

int data_home(char path[DATA_PATH])
{
    const char *xdg = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
    if (xdg && *xdg) return join(path, xdg, "/rungs");
    return home && *home && join(path, home, "/.local/share/rungs");
}

/* where the link beside the program leads; 0 if there is none */
static int beside_program(char path[DATA_PATH])
{
    char link[DATA_PATH], *real;
    if (!folder_of_program(link, sizeof link - 8)) return 0;
    strcat(link, "/data");
    real = realpath(link, NULL);
    int ok = real && join(path, real, "");
    free(real);
    return ok;
}

int data_folder(const char *pattern, char path[DATA_PATH])
{
    char kept[DATA_PATH];
    const char *slash = strchr(pattern, '/'), *rest = slash ? slash : "";
    size_t n = slash ? (size_t)(slash - pattern) : strlen(pattern);
    if (*pattern != '$') return join(path, pattern, "");
    if (!strncmp(pattern, "$EXTRA", n)) return beside_program(kept) && join(path, kept, rest);
    if (!strncmp(pattern, "$RUNGS_HOME", n)) return data_home(kept) && join(path, kept, rest);
    const char *value = getenv("RUNGS_DATA");
    return value && *value && join(path, value, rest);
}

/* 1 if there is such a file: a regular one, or, if any is set, anything */
static int is_there(const char *path, int any)
{
    struct stat about;
    return !stat(path, &about) && (any || S_ISREG(about.st_mode));
}

/* "train-images-idx3-ubyte" -> "train-images.idx3-ubyte", as some copies have it */
static void with_dot(const char *name, char *renamed, size_t room)
{
    snprintf(renamed, room, "%s", name);
    char *dash = strstr(renamed, "-idx");
    if (dash) *dash = '.';
}

int data_file_in(const struct data_set *set, const char *folder, int file, char path[DATA_PATH])
{
    static const char *const ending[] = { "", ".gz" };
    char renamed[64];
    with_dot(set->file[file], renamed, sizeof renamed);
    const char *const name[] = { set->file[file], renamed };
    for (int any = 0; any < 2; any++)
        for (int k = 0; k < 4; k++) {
            int n = snprintf(path, DATA_PATH, "%s/%s%s", folder, name[k / 2], ending[k % 2]);
            if (n > 0 && n < DATA_PATH && is_there(path, any)) return 1;
        }
    return 0;
}

/* The name of something in the folder that may be that file, renamed; "" if there is nothing like it */
static void find_alike(const char *folder, int file, char *name, size_t room)
{
    const char *const split[] = { file < TEST_IMAGES ? "train" : "t10k",
                                  file < TEST_IMAGES ? "train" : "test" };
    const char *what = file % 2 ? "label" : "image";
    DIR *open = opendir(folder);
    *name = '\0';
    for (struct dirent *entry; open && !*name && (entry = readdir(open));)
        if ((strcasestr(entry->d_name, split[0]) || strcasestr(entry->d_name, split[1])) &&
            strcasestr(entry->d_name, what))
            snprintf(name, room, "%s", entry->d_name);
    if (open) closedir(open);
}

int data_count_files(const struct data_set *set)
{
    int n = 0;
    while (n < DATA_FILES && set->file[n]) n++;
    return n;
}

/* CIFAR's archive is as good as its files */
static int archive_in(const struct data_set *set, const char *folder, char path[DATA_PATH])
{
    int n = set->archive ? snprintf(path, DATA_PATH, "%s/%s", folder, set->archive) : 0;
    return n > 0 && n < DATA_PATH && is_there(path, 0);
}

/* Of CIFAR-10 the first batch to train on is enough; a gap between batches is none of them that lacks. */
static int can_lack(const struct data_set *set, const char *folder, int file)
{
    char path[DATA_PATH];
    const int last = data_count_files(set) - 1;
    if (!set->cifar_labels || file == 0 || file == last) return 0;
    for (int f = file + 1; f < last; f++)
        if (data_file_in(set, folder, f, path)) return 0;
    return 1;
}

/* 0 and a sentence that names the first of its files that the folder lacks; *found: how many it has */
static int has_all(const struct data_set *set, const char *folder, int *found, char *error)
{
    char path[DATA_PATH], alike[256] = "";
    const int files = data_count_files(set);
    int lacks = files;
    *found = archive_in(set, folder, path);
    if (*found) return 1;
    for (int f = files - 1; f >= 0; f--) {
        int is_here = data_file_in(set, folder, f, path);
        *found += is_here;
        if (!is_here && !can_lack(set, folder, f)) lacks = f;
    }
    if (lacks == files) return 1;
    if (!set->cifar_labels) find_alike(folder, lacks, alike, sizeof alike);
    if (*alike)
        return error_set(error, "%s lacks the file %s (plain or .gz); is it %s, renamed?", folder,
                         set->file[lacks], alike);
    return error_set(error, "%s lacks the file %s (plain or .gz)", folder, set->file[lacks]);
}

int data_where(const struct data_set *set, char path[DATA_PATH], char *error)
{
    char lacks[ERROR_TEXT] = "";
    for (const char *const *folder = set->folders; *folder; folder++) {
        char sentence[ERROR_TEXT];
        int found;
        if (!data_folder(*folder, path)) continue;
        if (has_all(set, path, &found, sentence)) return 1;
        if (found && !*lacks) memcpy(lacks, sentence, sizeof lacks);
        if (found && !strncmp(*folder, "$RUNGS_DATA", strlen("$RUNGS_DATA"))) break;
    }
    if (*lacks)
        return error_set(error, "the data set %s is incomplete: %.400s; %s", set->name, lacks, set->to_get);
    return error_set(error, "the data set %s is not on this machine: %s", set->name, set->to_get);
}

/* ---- reading ---- */

static const char *what_is_in(const struct data_set *set, int file)
{
    static const char *const what[] = { "images to train on", "labels to train on", "images to test with",
                                        "labels to test with" };
    return set->cifar_labels ? set->file[file] : what[file];
}

/* How many files have this sum, which are the set's own or not known: 1 or 0. -1 and a sentence if another
 * file is known to have it. */
static int recognize(const struct data_set *set, int file, const char *path, const char *sum, char *error)
{
    for (const struct data_set *of = data_sets; of->name; of++)
        for (int f = 0; f < data_count_files(of); f++) {
            if (!of->sha256[f] || strcmp(sum, of->sha256[f]) != 0) continue;
            if (of == set && f == file) return 1;
            error_set(error, "%s holds the %s of %s (by its SHA-256), not the %s of %s", path,
                      what_is_in(of, f), of->name, what_is_in(set, file), set->name);
            return -1;
        }
    return 0;
}

/* ---- IDX ---- */

/* The SHA-256 of that file as it lies there; "" if it cannot be read */
static void sum_of_file(const char *path, char sum[SHA256_TEXT])
{
    char chunk[1 << 14], error[ERROR_TEXT];
    struct source s;
    struct sha256 hash = sha256_begin();
    *sum = '\0';
    if (!source_open_packed(&s, path, error)) return;
    for (size_t n; (n = source_read(&s, chunk, sizeof chunk));) sha256_add(&hash, chunk, n);
    source_close(&s);
    if (!*s.reason) sha256_end(&hash, sum);
}

/* The sum by which the file may be known. Sums take time: "" if it has as many elements as no known file. */
static void sum_of_idx(const struct data_set *set, const char *path, const struct idx *idx,
                       char sum[SHA256_TEXT])
{
    *sum = '\0';
    if (set->are_packed_sums) {
        sum_of_file(path, sum);
        return;
    }
    for (const struct data_set *of = data_sets; of->name && !*sum; of++)
        for (int f = 0; f < DATA_FILES && !*sum; f++)
            if (of->elements[f] == idx->elements) idx_sha256(idx, sum);
}

/* labels from first_label on become those from 0 on */
static int take_labels(const struct data_set *set, struct idx *labels, const char *path, char *error)
{
    const int first = set->first_label;
    if (!idx_labels_below(labels, first + set->classes, path, error)) return 0;
    for (size_t k = 0; first && k < labels->elements; k++) {
        if (labels->data[k] < first)
            return error_set(error, "%s: label %zu is %d, but the classes of %s are counted from %d", path, k,
                             labels->data[k], set->name, first);
        labels->data[k] = (unsigned char)(labels->data[k] - first);
    }
    return 1;
}

/* Columns become rows */
static void transpose(struct idx *images)
{
    const size_t n = (size_t)images->size[0], rows = (size_t)images->size[1], cols = (size_t)images->size[2];
    unsigned char *old = memory_need(rows * cols, 1), *image = images->data;
    for (size_t k = 0; k < n; k++, image += rows * cols) {
        memcpy(old, image, rows * cols);
        for (size_t c = 0; c < cols; c++)
            for (size_t r = 0; r < rows; r++) image[c * rows + r] = old[r * cols + c];
    }
    images->size[1] = (int)cols;
    images->size[2] = (int)rows;
    free(old);
}

/* Reads one of the four files; 0 and a sentence, and idx is all zero. *known counts it if
 * its contents are known. */
static int read_file(const struct data_set *set, const char *folder, int file, struct idx *idx, int *known,
                     char *error)
{
    char path[DATA_PATH], sum[SHA256_TEXT];
    int is_labels = file % 2, found;
    *idx = (struct idx){ 0 };
    if (!data_file_in(set, folder, file, path)) return has_all(set, folder, &found, error);
    if (!idx_read_file(path, is_labels ? IDX_LABELS : IDX_IMAGES, idx, error)) return 0;
    if (!set->is_own) sum_of_idx(set, path, idx, sum);
    int is_known = set->is_own ? 0 : recognize(set, file, path, sum, error);
    if (is_known >= 0 && (!is_labels || take_labels(set, idx, path, error))) {
        if (!is_labels && set->is_transposed) transpose(idx);
        *known += is_known;
        return 1;
    }
    idx_free(idx);
    return 0;
}

static int read_split(const struct data_set *set, const char *folder, int file, struct split *split,
                      int size[3], int *known, char *error)
{
    struct idx images, labels;
    if (!read_file(set, folder, file, &images, known, error)) return 0;
    if (!read_file(set, folder, file + 1, &labels, known, error)) {
        idx_free(&images);
        return 0;
    }
    memcpy(size, images.size, sizeof images.size);
    *split = (struct split){ .n = images.size[0], .image = images.data, .label = labels.data };
    if (images.size[0] == labels.size[0]) return 1;
    return error_set(error, "%s: there are %d %s, but %d %s", folder, images.size[0], what_is_in(set, file),
                     labels.size[0], what_is_in(set, file + 1));
}

static int load_idx(const char *folder, struct dataset *data, char *error)
{
    int train[3], test[3];
    if (!read_split(data->set, folder, TRAIN_IMAGES, &data->train, train, &data->known, error) ||
        !read_split(data->set, folder, TEST_IMAGES, &data->test, test, &data->known, error))
        return 0;
    if (train[1] != test[1] || train[2] != test[2])
        return error_set(error, "%s: the images to train on are %dx%d, those to test with %dx%d", folder,
                         train[1], train[2], test[1], test[2]);
    if (train[1] > INT_MAX / train[2])
        return error_set(error, "%s: images of %dx%d pixels are too large: at most %d pixels are read",
                         folder, train[1], train[2], INT_MAX);
    data->channels = 1;
    data->rows = train[1];
    data->cols = train[2];
    data->files = 4;
    return 1;
}

/* ---- CIFAR ---- */

/* A file, or a member of the archive in s */
static int read_batch(struct dataset *data, int file, struct source *s, struct tar_member *member,
                      const char *name, struct cifar *batch, char *error)
{
    const struct data_set *set = data->set;
    if (!cifar_read(s, member, name, set->cifar_labels, set->classes, batch, error)) return 0;
    int is_known = recognize(set, file, name, batch->sha256, error);
    data->known += is_known > 0;
    data->files++;
    return is_known >= 0;
}

/* the batches that the folder has */
static int read_batches(struct dataset *data, const char *folder, struct cifar batch[DATA_FILES], char *error)
{
    char path[DATA_PATH];
    struct source s;
    for (int f = 0; f < data_count_files(data->set); f++) {
        if (!data_file_in(data->set, folder, f, path)) continue;
        if (!source_open(&s, path, error)) return 0;
        int ok = read_batch(data, f, &s, NULL, path, &batch[f], error);
        source_close(&s);
        if (!ok) return 0;
    }
    return 1;
}

/* which of the set's files that is, wherever the archive has it; -1: none */
static int file_of_member(const struct data_set *set, const struct tar_member *m)
{
    const char *slash = strrchr(m->name, '/'), *name = slash ? slash + 1 : m->name;
    for (int f = 0; m->is_file && f < data_count_files(set); f++)
        if (!strcmp(name, set->file[f])) return f;
    return -1;
}

static int read_member(struct dataset *data, struct source *s, struct tar_member *m,
                       struct cifar batch[DATA_FILES], char *error)
{
    enum { TEXTS = 1 << 20 }; /* what else is in the archive is some lines of text */
    char name[DATA_PATH + TAR_NAME];
    int f = file_of_member(data->set, m);
    if (f < 0)
        return m->size <= TEXTS || error_set(error, "%s: its member %.200s is not one of %s, and too large",
                                             s->name, m->name, data->set->name);
    if (batch[f].n) return error_set(error, "%s has two members %s", s->name, data->set->file[f]);
    snprintf(name, sizeof name, "%s: %s", s->name, data->set->file[f]);
    return read_batch(data, f, s, m, name, &batch[f], error);
}

static int read_archive(struct dataset *data, const char *path, struct cifar batch[DATA_FILES], char *error)
{
    struct source s;
    struct tar_member m = { 0 };
    int more;
    if (!source_open(&s, path, error)) return 0;
    while ((more = tar_next(&s, &m, error)) > 0)
        if (!read_member(data, &s, &m, batch, error)) break;
    source_close(&s);
    if (more) return 0; /* it was not read to its end */
    for (int f = 0; f < data_count_files(data->set); f++)
        if (!batch[f].n) return error_set(error, "%s lacks the member %s", path, data->set->file[f]);
    return 1;
}

static int load_cifar(const char *folder, struct dataset *data, char *error)
{
    struct cifar batch[DATA_FILES] = { { 0 } };
    char path[DATA_PATH];
    int last = data_count_files(data->set) - 1, found;
    int ok = has_all(data->set, folder, &found, error);
    if (ok && archive_in(data->set, folder, path))
        ok = read_archive(data, path, batch, error);
    else if (ok)
        ok = read_batches(data, folder, batch, error);
    for (int f = 1; ok && f < last; f++) ok = cifar_join(&batch[0], &batch[f], error);
    data->channels = CIFAR_CHANNELS;
    data->rows = data->cols = CIFAR_SIDE;
    if (ok) {
        data->train = (struct split){ .n = batch[0].n, .image = batch[0].image, .label = batch[0].label };
        data->test =
            (struct split){ .n = batch[last].n, .image = batch[last].image, .label = batch[last].label };
    }
    for (int f = 0; !ok && f <= last; f++) cifar_free(&batch[f]);
    return ok;
}

/* ---- points ---- */

static struct split copy_of(const struct data_points *p)
{
    struct split s = split_make(p->n, p->features, 0);
    memcpy(s.image, p->x, (size_t)p->n * (size_t)p->features);
    memcpy(s.label, p->label, (size_t)p->n);
    return s;
}

/* folder, error: as of the other kinds */
static int load_points(const char *folder, struct dataset *data, char *error)
{
    const struct data_points *points = data->set->points;
    (void)folder, (void)error;
    data->train = copy_of(points);
    data->test = copy_of(points);
    data->channels = data->rows = 1;
    data->cols = points->features;
    return 1;
}

/* ---- the whole ---- */

int data_load_folder(const struct data_set *set, const char *folder, struct dataset *data, char *error)
{
    *data = (struct dataset){ .set = set };
    if (!(set->points ? load_points : set->cifar_labels ? load_cifar : load_idx)(folder, data, error)) {
        data_free(data);
        return 0;
    }
    data->features = data->channels * data->rows * data->cols;
    data_measure(data);
    return 1;
}

int data_load(const struct data_set *set, struct dataset *data, char *error)
{
    char folder[DATA_PATH];
    *data = (struct dataset){ 0 };
    if (set->points) return data_load_folder(set, "", data, error);
    return data_where(set, folder, error) && data_load_folder(set, folder, data, error);
}

const char *data_class(const struct data_set *set, int class, char *text)
{
    if (set->names) return set->names[class];
    if (set->classes <= DATA_CLASSES && set->class_name[class]) return set->class_name[class];
    snprintf(text, DATA_CLASS, "class %d", class);
    return text;
}

char *data_note(const struct dataset *data, char *note)
{
    const int unknown = data->files - data->known;
    *note = '\0';
    if (data->set->points || data->set->is_own) return note;
    if (!data->set->sha256[0])
        snprintf(note, DATA_NOTE,
                 "no sums of the files of %s are known: nothing says that they are the originals",
                 data->set->name);
    else if (unknown)
        snprintf(note, DATA_NOTE, "%d of the %d files %s no known copy of %s (by SHA-256)", unknown,
                 data->files, unknown > 1 ? "are" : "is", data->set->name);
    return note;
}

void data_free(struct dataset *data)
{
    free(data->mean);
    free(data->column);
    split_free(&data->train);
    split_free(&data->test);
    split_free(&data->validation);
    *data = (struct dataset){ 0 };
}

/* fetch.c - downloading data sets; see fetch.h. The transfers are curl's. */
#include "fetch.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/exit_code.h"
#include "../base/file.h"
#include "../base/process.h"
#include "sha256.h"
#include "source.h"

struct download {
    char url[DATA_PATH], part[DATA_PATH], file[DATA_PATH];
    const char *name, *sha256;
    int is_packed_sum; /* 1: of the bytes as they come, 0: of what they unpack to */
};

/* 1 if that file has the sum; 0 and a sentence if not, or if it is damaged */
static int verify(const struct download *d, const char *path, char *error)
{
    char chunk[1 << 16], sum[SHA256_TEXT];
    struct source s;
    struct sha256 hash = sha256_begin();
    if (!(d->is_packed_sum ? source_open_packed : source_open)(&s, path, error)) return 0;
    for (size_t n; (n = source_read(&s, chunk, sizeof chunk));) sha256_add(&hash, chunk, n);
    source_close(&s);
    if (*s.reason) return error_set(error, "%s", s.reason);
    sha256_end(&hash, sum);
    if (!strcmp(sum, d->sha256)) return 1;
    return error_set(error, "the contents of %s are not those of the data set (wrong SHA-256)", path);
}

/* ---- downloading ---- */

/* curl's exit code, or -1 and a sentence if there is no curl */
static int curl(const struct download *d, int resume, char *error)
{
    const char *argv[24];
    int n = 0, missing;
    pid_t child;
    argv[n++] = "curl";
    argv[n++] = "--fail";
    argv[n++] = "--location";
    argv[n++] = "--proto";
    argv[n++] = "=http,https,file";
    argv[n++] = "--connect-timeout";
    argv[n++] = "20";
    argv[n++] = "--speed-limit"; /* a mirror that sends less than this in 30 s is as good as down */
    argv[n++] = "1000";
    argv[n++] = "--speed-time";
    argv[n++] = "30";
    argv[n++] = "--show-error";
    argv[n++] = isatty(STDERR_FILENO) ? "--progress-bar" : "--silent";
    if (resume) {
        argv[n++] = "--continue-at";
        argv[n++] = "-";
    }
    argv[n++] = "--output";
    argv[n++] = (char *)d->part;
    argv[n++] = "--url";
    argv[n++] = (char *)d->url;
    argv[n] = NULL;
    if (process_start(&child, argv, -1, -1, -1, &missing, error)) return process_wait(child);
    if (missing) error_set(error, "the program curl is missing; on Debian: apt install curl");
    return -1;
}

static int has_bytes(const char *path)
{
    struct stat about;
    return !stat(path, &about) && about.st_size > 0;
}

/* One mirror. 1 if the part is now whole and right, 0 and a sentence if not, -1 if no mirror can
 * help. A part that some other mirror or an older download began may not fit this mirror's bytes:
 * then it is fetched anew. */
static int from_mirror(const struct download *d, char *error)
{
    enum { CURL_HTTP_ERROR = 22, CURL_NO_RANGES = 33, CURL_CANNOT_RESUME = 36 };
    for (int resume = has_bytes(d->part);; resume = 0) {
        int code = curl(d, resume, error);
        if (code < 0) return -1;
        if (resume && (code == CURL_HTTP_ERROR || code == CURL_NO_RANGES || code == CURL_CANNOT_RESUME))
            continue;
        if (code) return error_set(error, "curl could not download %s (its exit code is %d)", d->url, code);
        if (verify(d, d->part, error)) return 1;
        unlink(d->part);
        if (!resume) return 0;
    }
}

/* what is downloaded first, second, ... of a set; 0: nothing more */
static int pick(const struct data_set *set, int k, char name[64], struct download *d)
{
    if (set->archive ? k > 0 : k == data_count_files(set)) return 0;
    snprintf(name, 64, set->archive ? "%s" : "%s.gz", set->archive ? set->archive : set->file[k]);
    *d = (struct download){ .name = name,
                            .sha256 = set->archive ? set->archive_sha256 : set->sha256[k],
                            .is_packed_sum = set->archive || set->are_packed_sums };
    return 1;
}

static int fetch_file(const struct data_set *set, struct download *d, const char *from, const char *folder,
                      FILE *tell, char *error)
{
    const char *given[] = { from, NULL }, *const *mirror = from ? given : set->mirrors;
    int n = snprintf(d->part, sizeof d->part, "%s/%s.part", folder, d->name), right;
    if (n < 0 || n >= DATA_PATH) return error_set(error, "the path of the folder is too long");
    memcpy(d->file, d->part, sizeof d->file);
    d->file[strlen(d->file) - strlen(".part")] = '\0';
    if (!access(d->file, F_OK) && verify(d, d->file, error)) {
        fprintf(tell, "%s is there already\n", d->file);
        return 1;
    }
    right = has_bytes(d->part) ? verify(d, d->part, error) : 0; /* stopped just before it got its name? */
    for (; right == 0 && *mirror; mirror++) {
        const char *slash = (*mirror)[strlen(*mirror) - 1] == '/' ? "" : "/";
        n = snprintf(d->url, sizeof d->url, "%s%s%s", *mirror, slash, d->name);
        if (n < 0 || n >= DATA_PATH) return error_set(error, "the address of the mirror is too long");
        fprintf(tell, "%s\n", d->url);
        fflush(tell);
        right = from_mirror(d, error);
        if (!right) fprintf(tell, "%s\n", error);
    }
    if (right < 0) return 0;
    if (!right)
        return error_set(
            error,
            "%s could not be had; is there a network? Name another mirror with --from URL, or put "
            "the %s of %s into %s yourself",
            d->name, set->archive ? "archive" : "four .gz files", set->name, folder);
    if (rename(d->part, d->file)) return error_set(error, "cannot rename %s: %s", d->part, strerror(errno));
    return 1;
}

/* ---- the folder ---- */

int fetch_set(const struct data_set *set, const char *from, const char *folder, FILE *tell, char *error)
{
    static struct download d;
    char name[64];
    int lock, ok = 1;
    if (!set->mirrors[0]) {
        error_set(error, "%s is not downloaded by this program: %s", set->name, set->to_get);
        return EXIT_INPUT;
    }
    if (!folder_take(folder, &lock, error))
        return EXIT_OUTPUT; /* two downloads into one .part would spoil each other */
    for (int k = 0; ok && pick(set, k, name, &d); k++) ok = fetch_file(set, &d, from, folder, tell, error);
    folder_release(lock);
    return ok ? EXIT_OK : EXIT_INPUT;
}

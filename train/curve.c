/* curve.c - loss curves on disk; see curve.h. */
#include "curve.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/csv.h"
#include "../base/file.h"

static const char header[] =
    "epoch,step,samples,loss,accuracy,seconds,lr,validation_loss,validation_accuracy,options\n";

FILE *curve_start(const char *path, char *error)
{
    FILE *curve = file_open_growing(path, error);
    if (!curve) return NULL;
    fputs(header, curve);
    fflush(curve);
    return curve;
}

/* 1 if the line is a whole row */
static int parse(const char *line, struct curve_row *row)
{
    int used = 0;
    return sscanf(line, "%lf,%ld,%ld,%lf,%lf,%lf,%n", &row->epoch, &row->step, &row->samples, &row->loss,
                  &row->accuracy, &row->seconds, &used) == 6 &&
           used && strchr(line + used, '\n');
}

FILE *curve_continue(const char *path, double epochs, struct curve_row *last, char *error)
{
    char line[256 + 2 * CURVE_OPTIONS]; /* a quote in an option is doubled */
    struct curve_row row;
    memset(last, 0, sizeof *last);
    struct stat is;
    int regular = !stat(path, &is) && S_ISREG(is.st_mode);
    FILE *curve = regular ? fopen(path, "r+e") : NULL;
    if (!regular) return curve_start(path, error);
    if (!curve) {
        error_set(error, "cannot write the loss curve %s: %s", path, strerror(errno));
        return NULL;
    }
    if (!fgets(line, sizeof line, curve) || strcmp(line, header)) {
        fclose(curve);
        error_set(error, "%s exists but is not a loss curve of rungs train; name another file", path);
        return NULL;
    }
    long end = ftell(curve);
    while (fgets(line, sizeof line, curve) && parse(line, &row) && row.epoch <= epochs) {
        *last = row;
        end = ftell(curve);
    }
    if (end >= 0 && !ftruncate(fileno(curve), end) && !fseek(curve, end, SEEK_SET)) return curve;
    error_set(error, "cannot write the loss curve %s: %s", path, strerror(errno));
    fclose(curve);
    return NULL;
}

void curve_add(FILE *curve, const struct curve_row *row)
{
    fprintf(curve, "%.9g,%ld,%ld,%.6g,%.6g,%.3f,", row->epoch, row->step, row->samples, row->loss,
            row->accuracy, row->seconds);
    const double cell[] = { row->lr, row->validation_loss, row->validation_accuracy };
    for (int k = 0; k < 3; k++)
        if (isnan(cell[k]))
            fputc(',', curve);
        else
            fprintf(curve, "%.6g,", cell[k]);
    csv_write(curve, row->options, '\n');
    fflush(curve);
}

int curve_close(FILE *curve, const char *path, char *error)
{
    int failed = file_failure(curve);
    if (fclose(curve) && !failed) failed = errno;
    return failed ? error_set(error, "cannot write the loss curve %s: %s", path, strerror(failed)) : 1;
}

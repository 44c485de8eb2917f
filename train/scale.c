/* scale.c - see scale.h. */
#include "scale.h"

#include <stdlib.h>
#include <string.h>

int scale_data(struct dataset *data, const struct netfile *file, char *error)
{
    const struct word *choice = netfile_line(file, "normalize")->choice;
    const struct scale_kind *kind = choice->scale;
    if (kind->is_by_column) data_measure_columns(data);
    if (kind->is_measured) return 1; /* data_measure did it */
    if (data->train.real && strcmp(choice->name, "raw"))
        return error_set(
            error,
            "%s: `normalize %s` is about pixels from 0 to 255, and %s holds real numbers; `normalize "
            "measured` or raw would fit",
            file->name, choice->name, data->set->name);
    free(data->column); /* of raw real numbers */
    data->column = NULL;
    if (kind->channels && kind->channels != data->channels)
        return error_set(error,
                         "%s: `normalize %s` has a mean for each of %d channels, and the images of %s have "
                         "%d; `normalize centred` has one for all",
                         file->name, choice->name, kind->channels, data->set->name, data->channels);
    const int plane = data->rows * data->cols;
    for (int c = 0; c < data->channels; c++) {
        for (int i = 0; i < plane; i++) data->mean[c * plane + i] = kind->mean[c];
        data->deviation[c] = kind->deviation[c];
    }
    return 1;
}

/* strangers.c - all fields of the second zoo: walking them, and the points. */
#include "strangers.h"

extern const struct field strangers_awkward, strangers_classic, strangers_finance, strangers_floats,
    strangers_graphics, strangers_habits, strangers_layers, strangers_physics, strangers_ranking,
    strangers_recurrent, strangers_stats, strangers_third_blocks, strangers_third_series,
    strangers_third_shapes;

static const struct field *const fields[] = {
    &strangers_awkward,      &strangers_classic,      &strangers_finance, &strangers_floats,
    &strangers_graphics,     &strangers_habits,       &strangers_layers,  &strangers_physics,
    &strangers_ranking,      &strangers_recurrent,    &strangers_stats,   &strangers_third_blocks,
    &strangers_third_series, &strangers_third_shapes,
};

int strangers(void)
{
    int n = 0;
    for (size_t f = 0; f < sizeof fields / sizeof *fields; f++) n += fields[f]->rows;
    return n;
}

struct stranger stranger_at(int i)
{
    size_t f = 0;
    while (i >= fields[f]->rows) i -= fields[f++]->rows;
    return (struct stranger){ fields[f]->name, &fields[f]->row[i], fields[f]->long_row(i), i };
}

const char *part_name(enum part p)
{
    static const char *const name[PARTS] = { "open", "kept", "third" };
    return name[p];
}

double stranger_random(uint64_t seed, uint64_t k)
{
    uint64_t z = seed * 0x9e3779b97f4a7c15u + (k + 1) * 0xbf58476d1ce4e5b9u;
    for (int round = 0; round < 3; round++) {
        z = (z ^ (z >> 31)) * 0x94d049bb133111ebu;
        z ^= z >> 29;
    }
    return (double)(z >> 11) * 0x1p-53;
}

void stranger_point(const struct unit *u, uint64_t seed, double *x)
{
    for (size_t k = 0; k < u->n; k++) {
        x[k] = u->lo + (u->hi - u->lo) * stranger_random(seed, k);
        if (u->flags & SIZES) x[k] *= stranger_sizes[k % 4];
        if (u->float_loss) x[k] = (double)(float)x[k];
    }
}

/* site_models.c - a hundred random inputs of each interactive figure of the site, with what the suite's
 * functions make of them: a JSON object of lists of [input, output], on stdout. tests/site_models.js compares
 * the figures'. */
#include <stdio.h>

#include "../cli/site_models.h"
#include "../reference/philox.h"

enum { CASES = 100, SEED = 221 };

static uint64_t drawn;

/* in [from, to) */
static double between(double from, double to)
{
    return from + (to - from) * (philox_word(SEED, drawn++, 0) / 4294967296.0);
}

static int whole(int from, int to)
{
    return (int)between(from, to + 1);
}

static void put_numbers(const double *v, int n)
{
    for (int i = 0; i < n; i++) printf("%s%.17g", i ? "," : "[", v[i]);
    putchar(']');
}

static void put_network(void)
{
    double in[NETWORK_IN], out[NETWORK_OUT];
    for (int i = 0; i < NETWORK_IN; i++) in[i] = between(-2, 2);
    model_network(in, out);
    printf("[[");
    put_numbers(in, NETWORK_IN);
    printf("],");
    put_numbers(out, NETWORK_OUT);
    printf("]");
}

static void put_ravine(void)
{
    double rate = between(0, 0.3), momentum = between(0, 0.95);
    int steps = whole(1, 60);
    printf("[[%.17g,%.17g,%d],%.17g]", rate, momentum, steps, model_ravine(rate, momentum, steps));
}

static void put_singular(void)
{
    double s = between(0, 1);
    int steps = whole(0, 8);
    printf("[[%.17g,%d],%.17g]", s, steps, model_singular(s, steps));
}

static void put_sectors(void)
{
    int stride = whole(1, 32), offset = whole(0, 31), size = 4 << whole(0, 2), which[MODEL_LANES];
    double lane[MODEL_LANES];
    printf("[[%d,%d,%d],[%d,", stride, offset, size, model_sectors(stride, offset, size, which));
    for (int i = 0; i < MODEL_LANES; i++) lane[i] = which[i];
    put_numbers(lane, MODEL_LANES);
    printf("]]");
}

static void put_roof(void)
{
    double peak = between(1, 100), bandwidth = between(1, 100), intensity = between(0.01, 10);
    printf("[[%.17g,%.17g,%.17g],%.17g]", peak, bandwidth, intensity, model_roof(peak, bandwidth, intensity));
}

int main(void)
{
    static const struct {
        const char *name;
        void (*put)(void);
    } models[] = { { "model_network", put_network },
                   { "model_ravine", put_ravine },
                   { "model_singular", put_singular },
                   { "model_sectors", put_sectors },
                   { "model_roof", put_roof } };
    for (size_t m = 0; m < sizeof models / sizeof *models; m++) {
        printf("%s\"%s\":[", m ? ",\n" : "{", models[m].name);
        for (int k = 0; k < CASES; k++) {
            if (k) putchar(',');
            models[m].put();
        }
        putchar(']');
    }
    puts("}");
    return fflush(stdout) != 0;
}

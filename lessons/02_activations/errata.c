/* errata.c - the activations as the articles print them: what each formula gives, and the true value.
 *
 * A formula may be right and yet fail when it is typed in; the rows "in float" show where. The truth is what
 * the library's forward routines say in double, or their complex step. */
#include <complex.h>
#undef I
#include <math.h>
#include <stdio.h>
#include "../../reference/reference.h"
#include "../errata.h"

/* ---- the truth ---- */

static double sigmoid(double x)
{
    double y;
    sigmoid_forward_f64(1, &x, &y);
    return y;
}

static double relu(double x)
{
    double y;
    relu_forward_f64(1, &x, &y);
    return y;
}

static double slope(void (*f)(int n, const double _Complex *x, double _Complex *y), double x)
{
    double _Complex in = CMPLX(x, 0x1p-300), y;
    f(1, &in, &y);
    return cimag(y) / 0x1p-300;
}

/* ---- as printed ---- */

static double printed_sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}

static double printed_sigmoid_slope(double x)
{
    return printed_sigmoid(x) * (1 - printed_sigmoid(x));
}

static double printed_tanh(double x)
{
    return (exp(x) - exp(-x)) / (exp(x) + exp(-x));
}

static float sigmoid_in_float(float x)
{
    return 1 / (1 + expf(-x));
}

static float tanh_in_float(float x)
{
    return (expf(x) - expf(-x)) / (expf(x) + expf(-x));
}

static void sigmoids_of_000(void)
{
    float low = expf(-89), s = sigmoid_in_float(20);
    errata_right("000 4.2", "s(x) = 1/(1 + e^-x), x = 2", printed_sigmoid(2), sigmoid(2));
    errata_typed("", "  in float, x = -89", (double)sigmoid_in_float(-89), sigmoid(-89),
                 (double)(low / (1 + low)), "e^89 is infinite; e^x/(1 + e^x)");
    errata_right("", "s'(x) = s(x) (1 - s(x)), x = 2", printed_sigmoid_slope(2),
                 slope(sigmoid_forward_cplx, 2));
    errata_typed("", "  in float, x = 20", (double)(s * (1 - s)), slope(sigmoid_forward_cplx, 20),
                 (double)(s * sigmoid_in_float(-20)), "s has become 1; s(x) s(-x)");
}

static void relus_of_000(void)
{
    const float not_a_number = NAN;
    float y;
    relu_forward_f32(1, &not_a_number, &y);
    errata_right("", "ReLU(x) = max(0, x), x = -2", fmax(0, -2), relu(-2));
    errata_typed("", "  in float, by fmaxf, x = NaN", (double)fmaxf(0, not_a_number), (double)NAN, (double)y,
                 "hides the NaN; x <= 0 ? 0 : x");
    errata_right("", "ReLU'(x) = 1 for x >= 0, from the right", 1, slope(relu_forward_cplx, 1e-9));
    errata_row("", "ReLU'(x) = 1 for x >= 0, from the left", 1, (relu(0) - relu(-1e-9)) / 1e-9,
               slope(relu_forward_cplx, 0), "no slope at the kink; we take 0");
}

static void tanhs_of_000(void)
{
    float y = tanhf(8), e = expf(8) + expf(-8), tiny = 1e-6f;
    errata_right("", "Tanh(x) = (e^x - e^-x)/(e^x + e^-x), x = 2", printed_tanh(2), tanh(2));
    errata_typed("", "  in float, x = 89", (double)tanh_in_float(89), tanh(89),
                 (double)(1 - 2 / (expf(2 * 89.0f) + 1)), "inf/inf; 1 - 2/(e^2x + 1)");
    errata_typed("", "  in float, x = 1e-6", (double)tanh_in_float(tiny), tanh((double)tiny),
                 (double)(tiny - tiny * tiny * tiny / 3), "it cancels; x - x^3/3 + ...");
    errata_right("", "Tanh'(x) = 1 - Tanh^2(x), x = 2", 1 - printed_tanh(2) * printed_tanh(2),
                 slope(tanh_forward_cplx, 2));
    errata_typed("", "  in float, x = 8", (double)(1 - y * y), slope(tanh_forward_cplx, 8),
                 (double)(4 / (e * e)), "y nears 1; 4/(e^x + e^-x)^2");
}

static void articles_001_to_004(void)
{
    static const char *const section[] = { "002 core 1", "002 1.2" };
    errata_row("001 I 4.1", "s'(yhat), yhat = s(z), z = 2", printed_sigmoid_slope(sigmoid(2)),
               slope(sigmoid_forward_cplx, 2), sigmoid(2) * (1 - sigmoid(2)), "s' is at z; yhat (1 - yhat)");
    errata_right("001 II 4.1", "a = max(0, z), z = -2", fmax(0, -2), relu(-2));
    for (int k = 0; k < 2; k++) {
        errata_right(section[k], "s(z) = 1/(1 + e^-z), z = -1", printed_sigmoid(-1), sigmoid(-1));
        errata_right("", "ReLU(z) = max(0, z), z = -1", fmax(0, -1), relu(-1));
        errata_right("", "tanh(z) = (e^z - e^-z)/(e^z + e^-z)", printed_tanh(-1), tanh(-1));
    }
    errata_row("003 4.2", "s(4) = 1", 1, sigmoid(4), printed_sigmoid(4), "rounded: its slope would be 0");
    errata_right("004 4.2", "s(z) = 1/(1 + e^-z), z = 4", printed_sigmoid(4), sigmoid(4));
    errata_right("", "s'(z) = s(z) (1 - s(z)), z = 4", printed_sigmoid_slope(4),
                 slope(sigmoid_forward_cplx, 4));
}

int main(void)
{
    errata_head();
    sigmoids_of_000();
    relus_of_000();
    tanhs_of_000();
    articles_001_to_004();
    return errata_end();
}

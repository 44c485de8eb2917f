/* errata.c - the activations as the articles print them: what each formula gives, and the true value.
 *
 * A formula may be right and yet fail when it is typed in; the rows "in float" show where. The truth is what the
 * library's forward routines say in double, or their complex step. Each wrong row also holds the value of the correct form
 * that its verdict names; the program fails if that is not the truth.
 */
#include <complex.h>
#undef I
#include <math.h>
#include <stdio.h>
#include "../../reference/reference.h"

enum precision { IN_DOUBLE, IN_FLOAT }; /* of the correct form */

static int rows, right_rows, failures;

static int same(double a, double b, double tolerance)
{
    if (isnan(a) || isnan(b)) return isnan(a) && isnan(b);
    return fabs(a - b) <= tolerance * fmax(fabs(a), fabs(b));
}

static void show(double v)
{
    if (isnan(v))
        printf(" %11s", "nan");
    else
        printf(" %11.6g", v);
}

static void row(const char *where, const char *formula, const char *at, double printed, double truth,
                double correct, enum precision in, const char *mistake)
{
    int right = same(printed, truth, 1e-12);
    int good = right == !mistake && same(correct, truth, in == IN_FLOAT ? 1e-6 : 1e-12);
    printf("  %-10s %-34s %-10s", where, formula, at);
    show(printed);
    show(truth);
    printf("  %s%s%s\n", right ? "right" : "wrong: ", right || !mistake ? "" : mistake,
           good ? "" : "  <- CHECK THE CORRECT FORM");
    rows++;
    right_rows += right;
    failures += !good;
}

static void right(const char *where, const char *formula, const char *at, double printed, double truth)
{
    row(where, formula, at, printed, truth, truth, IN_DOUBLE, NULL);
}

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
    right("000 4.2", "s(x) = 1/(1 + e^-x)", "2", printed_sigmoid(2), sigmoid(2));
    row("", "  in float", "-89", (double)sigmoid_in_float(-89), sigmoid(-89), (double)(low / (1 + low)),
        IN_FLOAT, "e^89 is infinite; e^x/(1 + e^x)");
    right("", "s'(x) = s(x) (1 - s(x))", "2", printed_sigmoid_slope(2), slope(sigmoid_forward_cplx, 2));
    row("", "  in float", "20", (double)(s * (1 - s)), slope(sigmoid_forward_cplx, 20),
        (double)(s * sigmoid_in_float(-20)), IN_FLOAT, "s has become 1; s(x) s(-x)");
}

static void relus_of_000(void)
{
    const float not_a_number = NAN;
    float y;
    relu_forward_f32(1, &not_a_number, &y);
    right("", "ReLU(x) = max(0, x)", "-2", fmax(0, -2), relu(-2));
    row("", "  in float, by fmaxf", "nan", (double)fmaxf(0, not_a_number), (double)NAN, (double)y, IN_FLOAT,
        "hides the NaN; x <= 0 ? 0 : x");
    right("", "ReLU'(x) = 1 for x >= 0", "0 + 1e-9", 1, slope(relu_forward_cplx, 1e-9));
    row("", "", "0 - 1e-9", 1, (relu(0) - relu(-1e-9)) / 1e-9, slope(relu_forward_cplx, 0), IN_DOUBLE,
        "a kink, no slope at 0; we take 0");
}

static void tanhs_of_000(void)
{
    float y = tanhf(8), e = expf(8) + expf(-8), tiny = 1e-4f;
    right("", "Tanh(x) = (e^x - e^-x)/(e^x + e^-x)", "2", printed_tanh(2), tanh(2));
    row("", "  in float", "89", (double)tanh_in_float(89), tanh(89), (double)(1 - 2 / (expf(2 * 89.0f) + 1)),
        IN_FLOAT, "infinite both; 1 - 2/(e^2x + 1)");
    row("", "  in float", "0.0001", (double)tanh_in_float(tiny), tanh((double)tiny),
        (double)(tiny - tiny * tiny * tiny / 3), IN_FLOAT, "it cancels; x - x^3/3 + ...");
    right("", "Tanh'(x) = 1 - Tanh^2(x)", "2", 1 - printed_tanh(2) * printed_tanh(2),
          slope(tanh_forward_cplx, 2));
    row("", "  in float", "8", (double)(1 - y * y), slope(tanh_forward_cplx, 8), (double)(4 / (e * e)),
        IN_FLOAT, "y nears 1; 4/(e^x + e^-x)^2");
}

static void articles_001_to_004(void)
{
    static const char *const section[] = { "002 core 1", "002 1.2" };
    right("001 II 4.1", "a = max(0, z)", "-2", fmax(0, -2), relu(-2));
    row("001 I 4.1", "s'(y^), y^ = s(z)", "z = 2", printed_sigmoid_slope(sigmoid(2)),
        slope(sigmoid_forward_cplx, 2), sigmoid(2) * (1 - sigmoid(2)), IN_DOUBLE, "s' is at z; y^ (1 - y^)");
    for (int k = 0; k < 2; k++) {
        right(section[k], "s(z) = 1/(1 + e^-z)", "-1", printed_sigmoid(-1), sigmoid(-1));
        right("", "ReLU(z) = max(0, z)", "-1", fmax(0, -1), relu(-1));
        right("", "tanh(z) = (e^z - e^-z)/(e^z + e^-z)", "-1", printed_tanh(-1), tanh(-1));
    }
    row("003 4.2", "s(4) = 1", "4", 1, sigmoid(4), printed_sigmoid(4), IN_DOUBLE,
        "rounded: its slope would be 0");
    right("004 4.2", "s(z) = 1/(1 + e^-z)", "4", printed_sigmoid(4), sigmoid(4));
    right("", "s'(z) = s(z) (1 - s(z))", "4", printed_sigmoid_slope(4), slope(sigmoid_forward_cplx, 4));
}

int main(void)
{
    printf("  %-10s %-34s %-10s %11s %11s  %s\n", "article", "formula (s: sigma)", "at", "as printed", "true",
           "verdict");
    sigmoids_of_000();
    relus_of_000();
    tanhs_of_000();
    articles_001_to_004();
    printf("%d rows: %d right as printed, %d wrong; %d disagree with their correct form\n", rows, right_rows,
           rows - right_rows, failures);
    return failures != 0;
}

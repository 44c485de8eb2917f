/* lesson_cost.cpp - the operations that lesson 2's table counts, counted: lesson_cost PAGE
 *
 * The reference's own source is compiled once more, with a number for `real` that counts what is done with
 * it. Counts are those of one element, the larger of a positive and a negative one; of softmax, the mean over
 * a long row. Dividing by an integer counts as a product, a change of sign as nothing.
 */
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

enum operation { EXP, EXPM1, LOG1P, TANH, ERFC, QUOTIENT, PRODUCT, SUM, COMPARISON, OPERATIONS };
static const char *const name[OPERATIONS] = { "exp",      "expm1",   "log1p", "tanh",      "erfc",
                                              "quotient", "product", "sum",   "comparison" };
static long count[OPERATIONS];

struct real {
    double v;
    real() : v(0)
    {
    }
    real(double x) : v(x)
    {
    }
};

static real counted(operation o, double v)
{
    count[o]++;
    return real(v);
}

static real operator-(real a)
{
    return real(-a.v);
}
static real operator+(real a, real b)
{
    return counted(SUM, a.v + b.v);
}
static real operator-(real a, real b)
{
    return counted(SUM, a.v - b.v);
}
static real operator*(real a, real b)
{
    return counted(PRODUCT, a.v * b.v);
}
static real operator/(real a, real b)
{
    return counted(QUOTIENT, a.v / b.v);
}
static real operator/(real a, int b)
{
    return counted(PRODUCT, a.v / b);
}
static real &operator+=(real &a, real b)
{
    return a = a + b;
}
static real &operator/=(real &a, real b)
{
    return a = a / b;
}
static bool operator>(real a, real b)
{
    count[COMPARISON]++;
    return a.v > b.v;
}
static bool operator<=(real a, real b)
{
    count[COMPARISON]++;
    return a.v <= b.v;
}
static bool operator==(real a, real b)
{
    count[COMPARISON]++;
    return a.v == b.v;
}
static real exp(real x)
{
    return counted(EXP, std::exp(x.v));
}
static real expm1(real x)
{
    return counted(EXPM1, std::expm1(x.v));
}
static real log1p(real x)
{
    return counted(LOG1P, std::log1p(x.v));
}
static real tanh(real x)
{
    return counted(TANH, std::tanh(x.v));
}
static real erfc(real x)
{
    return counted(ERFC, std::erfc(x.v));
}

#define RUNGS_REAL_H      /* instead of the types of real.h, ours */
#define RUNGS_REFERENCE_H /* and no prototypes                    */
#define REF(name)         name
#define re(x)             (x)
#include "../reference/activation.c"
#include "../reference/activation_real.c"
#include "../reference/softmax.c"

/* "2 products, 1 sum" of what has been counted, over n elements; comparisons, which select, are left
 * out unless they are all */
static std::string text_of(int n)
{
    std::string text;
    for (int o = 0; o < OPERATIONS; o++) {
        long each = std::lround((double)count[o] / n);
        if (!each || (o == COMPARISON && !text.empty())) continue;
        if (!text.empty()) text += ", ";
        if (o == COMPARISON)
            text += name[o];
        else if (o < QUOTIENT && each == 1)
            text += name[o];
        else
            text += std::to_string(each) + " " + name[o] + (each > 1 && o >= QUOTIENT ? "s" : "");
    }
    return text;
}

/* the larger counts of both signs, by how much is done in all */
template <class F> static std::string of_one(F call)
{
    std::string most;
    long largest = -1;
    for (double x : { 1.5, -1.5 }) {
        std::memset(count, 0, sizeof count);
        call(real(x));
        long all = 0;
        for (int o = 0; o < COMPARISON; o++) all += count[o];
        if (all > largest) largest = all, most = text_of(1);
    }
    return most;
}

template <class F> static std::string of_row(F call)
{
    enum { C = 1000 };
    std::vector<real> a(C, real(0.001)), b(C, real(0.5)), c(C);
    std::memset(count, 0, sizeof count);
    call(C, a.data(), b.data(), c.data());
    return text_of(C);
}

static int bad;

static void want(const std::string &page, const char *function, const std::string &forward,
                 const std::string &backward)
{
    std::string start = std::string("\n| ") + function + " |",
                counts = "| " + forward + " | " + backward + " |\n";
    size_t at = page.find(start), end = page.find('\n', at + 1);
    if (at != std::string::npos && page.substr(at, end + 1 - at).find(counts) != std::string::npos) return;
    std::printf("FAIL: the page's row of %s should end with %s", function, counts.c_str());
    bad++;
}

#define ONE(f)                              \
    want(page, #f, of_one([](real x) {      \
             real y;                        \
             f##_forward(1, &x, &y);        \
         }),                                \
         of_one([](real x) {                \
             real dy = 1, dx;               \
             f##_backward(1, &x, &dy, &dx); \
         }))
#define ONE_WITH(f, parameter)                               \
    want(page, #f, of_one([](real x) {                       \
             real y;                                         \
             f##_forward(1, &x, &y, real(parameter));        \
         }),                                                 \
         of_one([](real x) {                                 \
             real dy = 1, dx;                                \
             f##_backward(1, &x, &dy, &dx, real(parameter)); \
         }))

int main(int argc, char **argv)
{
    std::FILE *f = argc == 2 ? std::fopen(argv[1], "r") : nullptr;
    std::string page;
    if (!f) return std::fprintf(stderr, "lesson_cost: say which page, one that can be read\n"), 64;
    for (int c; (c = std::getc(f)) != EOF;) page += (char)c;
    std::fclose(f);
    ONE(relu);
    ONE_WITH(leaky_relu, 0.01);
    ONE_WITH(elu, 1);
    ONE(sigmoid);
    ONE(tanh);
    ONE(softplus);
    ONE(gelu);
    ONE(gelu_tanh);
    ONE(silu);
    want(page, "softmax", of_row([](int C, real *x, real *, real *y) { softmax_forward(1, C, x, y); }),
         of_row([](int C, real *y, real *dy, real *dx) { softmax_backward(1, C, y, dy, dx); }));
    std::printf("%d of 10 rows differ from what is counted\n", bad);
    return bad != 0;
}

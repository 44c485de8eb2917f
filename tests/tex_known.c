/* tex_known.c - formulas as text: known answers, and what must be refused. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../lessons/lesson.h"
#include "../lessons/tex.h"

static int failures;

static const struct known {
    const char *tex, *line, *block;
} known[] = {
    { "z_{no} = b_o + \\sum_{i} x_{ni}\\, w_{oi}", "z_no = b_o + Σ_i x_ni w_oi",
      "z   = b  + Σ x   w\n no    o   i  ni  oi" },
    { "\\frac{\\partial L}{\\partial y_k}\\, (y_k - 1)", "(∂L/∂y_k) (y_k - 1)",
      "∂L\n─── (y  - 1)\n∂y    k\n  k" },
    { "\\frac{1}{1 + e^{-z}}", "1/(1 + e^(-z))", "   1\n───────\n     -z\n1 + e" },
    { "-\\frac{1}{N}", "-1/N", "  1\n- ─\n  N" },
    { "\\frac{a}{2h}", "a/(2h)", "a\n──\n2h" },
    { "10^{-7} \\cdot x^2", "10⁻⁷ · x²", "  -7    2\n10   · x" },
    { "\\hat{m}_t", "m̂_t", "m̂\n t" },
    { "\\sqrt{\\kappa} \\le \\sqrt{a_1}", "√κ ≤ √(a₁)", "      __\n√κ ≤ │a\n     √ 1" },
    { "\\left(\\frac{a}{b}\\right)^2", "(a/b)²", "   2\n⎛a⎞\n⎜─⎟\n⎝b⎠" },
    { "x = \\begin{cases} 1 & \\text{if } a \\\\ 0 & \\text{else} \\end{cases}", "x = {1 if a; 0 else}",
      "    ⎧1  if a\nx = ⎩0  else" },
    { "\\begin{bmatrix} 1 & 22 \\\\ 3 & 4 \\end{bmatrix}", "[1 22; 3 4]", "⎡1  22⎤\n⎣3  4 ⎦" },
    { "\\log p + \\max(0,\\ x)", "log p + max(0, x)", "log p + max(0, x)" },
    { "\\sum_{i=1}^{n} x_{n,i}", "Σ_(i=1)^n x_(n,i)", " n\n Σ  x\ni=1  n,i" },
    { "w_k' = -x", "w_k′ = -x", "w ′ = -x\n k" },
    { "\\text{输出} = y", "输出 = y", "输出 = y" },
};

static const char *const wrong[] = {
    "\\unknown x",
    "\\frac{1}",
    "{a",
    "\\left(a",
    "a}",
    "\\hat",
    "\\begin{array} a",
    "x_",
    "\\left<a\\right)",
    "\\begin{cases} a & b",
    "\\text x",
    "\\sqrt{\\oops{a}}",
    "a & b",
    "\\",
    "\\begin{bmatrix}1&1&1&1&1&1&1&1&1\\end{bmatrix}",
    "{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{a}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}",
};

static void compare(const char *tex, const char *what, char *text, const char *expected, const char *error)
{
    if (!text || strcmp(text, expected)) {
        printf("FAIL  %s, %s:\n%s\nexpected:\n%s\n", tex, what, text ? text : error, expected);
        failures++;
    }
    free(text);
}

/* Whatever a formula is cut to, it is shown or refused with a sentence. */
static void cut_everywhere(const char *tex)
{
    char error[ERROR_TEXT];
    size_t n = strlen(tex);
    for (size_t from = 0; from < n; from++) {
        char part[400];
        snprintf(part, sizeof part, "%.*s", (int)(n - from), tex);
        part[n - from < sizeof part ? n - from : sizeof part - 1] = '\0';
        for (int flat = 0; flat < 2; flat++) {
            char *text = flat ? tex_line(part, error) : tex_block(part, error);
            if (!text && !*error) failures++, printf("FAIL  %s is refused without a sentence\n", part);
            free(text);
            text = flat ? tex_line(tex + from, error) : tex_block(tex + from, error);
            if (!text && !*error) failures++, printf("FAIL  %s is refused without a sentence\n", tex + from);
            free(text);
        }
    }
}

int main(void)
{
    char error[ERROR_TEXT];
    int formulas = 0;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        char *line = tex_line(known[i].tex, error);
        compare(known[i].tex, "line", line, known[i].line, error);
        compare(known[i].tex, "block", tex_block(known[i].tex, error), known[i].block, error);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char *text = tex_line(wrong[i], error);
        if (text || !*error)
            failures++, printf("FAIL  %s is not refused: %s\n", wrong[i], text ? text : "no sentence");
        free(text);
    }
    for (const struct lesson *l = lessons; l->number; l++)
        for (const struct formula *f = l->formula; f->id; f++, formulas++) {
            char *block = tex_block(f->tex, error);
            if (!block || strpbrk(block, "\\{}"))
                failures++, printf("FAIL  %s: %s\n", f->id, block ? block : error);
            free(block);
            cut_everywhere(f->tex);
        }
    printf("%zu known answers, %zu wrong formulas, %d formulas of the lessons: %d failures\n",
           sizeof known / sizeof *known, sizeof wrong / sizeof *wrong, formulas, failures);
    return failures != 0;
}

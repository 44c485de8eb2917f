/* tex_names.c - see tex_names.h. */
#include "tex_names.h"

#include <string.h>

static const struct tex_name names[] = {
    { "alpha", "α", TEX_PLAIN },    { "beta", "β", TEX_PLAIN },     { "gamma", "γ", TEX_PLAIN },
    { "delta", "δ", TEX_PLAIN },    { "epsilon", "ε", TEX_PLAIN },  { "varepsilon", "ε", TEX_PLAIN },
    { "eta", "η", TEX_PLAIN },      { "theta", "θ", TEX_PLAIN },    { "kappa", "κ", TEX_PLAIN },
    { "lambda", "λ", TEX_PLAIN },   { "mu", "μ", TEX_PLAIN },       { "pi", "π", TEX_PLAIN },
    { "rho", "ρ", TEX_PLAIN },      { "sigma", "σ", TEX_PLAIN },    { "tau", "τ", TEX_PLAIN },
    { "phi", "φ", TEX_PLAIN },      { "Sigma", "Σ", TEX_PLAIN },    { "ell", "ℓ", TEX_PLAIN },
    { "infty", "∞", TEX_PLAIN },    { "prime", "′", TEX_PLAIN },    { "ast", "*", TEX_PLAIN },
    { "ldots", "…", TEX_PLAIN },    { "cdots", "⋯", TEX_PLAIN },    { "Phi", "Φ", TEX_PLAIN },
    { "partial", "∂", TEX_PREFIX }, { "Delta", "Δ", TEX_PREFIX },   { "nabla", "∇", TEX_PREFIX },
    { "cdot", "·", TEX_RELATION },  { "times", "×", TEX_RELATION }, { "pm", "±", TEX_RELATION },
    { "le", "≤", TEX_RELATION },    { "leq", "≤", TEX_RELATION },   { "ge", "≥", TEX_RELATION },
    { "geq", "≥", TEX_RELATION },   { "ne", "≠", TEX_RELATION },    { "approx", "≈", TEX_RELATION },
    { "in", "∈", TEX_RELATION },    { "to", "→", TEX_RELATION },    { "odot", "⊙", TEX_RELATION },
    { "lfloor", "⌊", TEX_OPEN },    { "rfloor", "⌋", TEX_CLOSE },   { "langle", "⟨", TEX_OPEN },
    { "rangle", "⟩", TEX_CLOSE },   { "lvert", "|", TEX_OPEN },     { "rvert", "|", TEX_CLOSE },
    { "lVert", "‖", TEX_OPEN },     { "rVert", "‖", TEX_CLOSE },    { "log", "log", TEX_NAME },
    { "ln", "ln", TEX_NAME },       { "exp", "exp", TEX_NAME },     { "tanh", "tanh", TEX_NAME },
    { "cos", "cos", TEX_NAME },     { "sin", "sin", TEX_NAME },     { "max", "max", TEX_NAME },
    { "min", "min", TEX_NAME },     { "arg", "arg", TEX_NAME },     { "sum", "Σ", TEX_LARGE },
    { "prod", "Π", TEX_LARGE },     { "int", "∫", TEX_LARGE },
};

const struct tex_name *tex_name_find(const char *name, size_t n)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strlen(names[i].name) == n && !memcmp(names[i].name, name, n)) return &names[i];
    return NULL;
}

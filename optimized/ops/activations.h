/* activations.h - the activations: the one list of them, in the order in which they are shown.
 *
 * ACTIVATION(name, numbers, at, lesson, the forward's: formula, range of x, terms, bound,
 *            the backward's: formula, range, terms, bound, rate)
 *
 *   numbers   COMPLEX, or REAL where C has no complex function for it
 *   at        where the derivative is taken: y, or x
 *   rate      at y: how much the derivative changes where y does, |df'/dy|; at x: rate_none
 *
 * Each row makes three operations: NAME_forward (x -> y), NAME_backward (y or x, dy -> dx) and
 * NAME_with_derivative (x -> y, s), s = f'(x). ACTIVATION_WITH is for functions with a parameter: its name,
 * value, and smallest and largest legal value. The values are what PyTorch takes if nothing is said.
 *
 * CONTRIBUTING.md tells what a new activation needs beside its row.
 */
ACTIVATION(relu, COMPLEX, y, "01", "y = max(0, x)", 4, four_terms, bound_relative,
           "dx = dy where y > 0, else 0", 4, four_terms, bound_relative, rate_none)
ACTIVATION_WITH(leaky_relu, COMPLEX, y, "02", "y = x where x > 0, else slope x", 4, four_terms,
                bound_relative, "dx = dy where y > 0, else slope dy", 4, four_terms, bound_relative,
                rate_none, "slope", 0.01, 1e-6, 1)
ACTIVATION_WITH(elu, REAL, y, "02", "y = x where x > 0, else alpha (exp(x) - 1)", 8, eight_terms, bound_elu,
                "dx = dy where y > 0, else dy (y + alpha)", 8, four_terms, bound_elu_backward, rate_elu,
                "alpha", 1, 0, 64)
ACTIVATION(sigmoid, COMPLEX, y, "01", "y = 1 / (1 + exp(-x))", 20, eight_terms, bound_gate,
           "dx = dy y (1 - y)", 4, four_terms, bound_relative, rate_sigmoid)
ACTIVATION(tanh, COMPLEX, y, "01", "y = tanh(x)", 8, eight_terms, bound_relative, "dx = dy (1 - y) (1 + y)",
           2, eight_terms, bound_relative, rate_tanh)
ACTIVATION(softplus, REAL, x, "02", "y = log(1 + exp(x))", 20, eight_terms, bound_softplus,
           "dx = dy / (1 + exp(-x))", 20, eight_terms, bound_gate, rate_none)
ACTIVATION(gelu, REAL, x, "02", "y = x P(x), P the normal distribution", 6, eight_terms, bound_gelu,
           "dx = dy (P(x) + x p(x)), p the normal density", 6, eight_terms, bound_gelu_backward, rate_none)
ACTIVATION(gelu_tanh, COMPLEX, x, "02", "y = x / (1 + exp(-w)), w = 1.59577 (x + 0.044715 x^3)", 6,
           eight_terms, bound_gelu_tanh, "dx = dy (s + x s (1 - s) dw/dx), s = 1 / (1 + exp(-w))", 6,
           eight_terms, bound_gelu_tanh_backward, rate_none)
ACTIVATION(silu, COMPLEX, x, "02", "y = x / (1 + exp(-x))", 20, eight_terms, bound_gate,
           "dx = dy s (1 + x (1 - s)), s = 1 / (1 + exp(-x))", 20, eight_terms, bound_silu_backward,
           rate_none)

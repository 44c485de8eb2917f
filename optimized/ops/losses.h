/* losses.h - the losses of n elements: the one list of them, in the order in which they are shown.
 *
 * LOSS(name, numbers, lesson, domain of y, domain of t, range of inputs, formula of an
 * element, formula of its slope)
 *
 *   numbers   COMPLEX, or REAL where C has no complex function for it
 *
 * Each row makes NAME_forward, NAME_backward and NAME_with_gradient, whose scalar `reduction` says whether
 * the mean or the sum is the loss, or each element's. LOSS_WITH is for a loss with a parameter: its name,
 * value, and smallest and largest legal value.
 *
 * bce takes a y outside [0, 1] by less than 2^-20, which a rounded sum of probabilities may be, as the end
 * that it passed; further out, and for a NaN, its loss and slope are NaN. t lies in [0, 1].
 *
 * CONTRIBUTING.md says what a new loss needs.
 */
LOSS(mse, COMPLEX, "01", DOMAIN_ANY, DOMAIN_ANY, 1, "(y - t)^2", "2 (y - t)")
LOSS(mae, COMPLEX, "03", DOMAIN_ANY, DOMAIN_ANY, 1, "|y - t|", "sign(y - t)")
LOSS_WITH(huber, COMPLEX, "03", DOMAIN_ANY, DOMAIN_ANY, 2,
          "d^2/2 where |d| <= delta, else delta (|d| - delta/2); d = y - t", "y - t, from -delta to delta",
          "delta", 1, 0.001, 1000)
LOSS(bce, REAL, "03", DOMAIN_PROBABILITY, DOMAIN_PROBABILITY, 1, "-t log y - (1 - t) log(1 - y)",
     "(y - t) / (y (1 - y))")
LOSS(bce_logits, REAL, "03", DOMAIN_ANY, DOMAIN_PROBABILITY, 20, "log(1 + exp(y)) - y t",
     "1 / (1 + exp(-y)) - t")

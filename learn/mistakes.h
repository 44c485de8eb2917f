/* mistakes.h - the wrong versions that the graders must reject: MISTAKE(operation, function, name, what is
 * wrong). Each function is in one of the files NAME_wrong.c, in float and in double. */

MISTAKE(dense_forward, forward_without_bias, "no bias", "the bias is never added")
MISTAKE(dense_forward, forward_transposed, "transposed weights",
        "w is read as (IN,OUT): w[i][o] where w[o][i] belongs")
MISTAKE(dense_forward, forward_adds, "adds to y", "y is added to, not overwritten, and holds NaN before")
MISTAKE(dense_forward, forward_first_bias, "one bias", "b[0] serves all neurons")
MISTAKE(dense_forward, forward_last_input, "last input lost", "the sum ends one input early")
MISTAKE(dense_forward, forward_first_row, "first example", "every example is computed from the first one")

MISTAKE(dense_backward_dw, dw_averaged, "averaged", "the gradient is divided by the number of examples")
MISTAKE(dense_backward_dw, dw_transposed, "transposed", "dw is written as (IN,OUT)")
MISTAKE(dense_backward_dw, dw_no_upstream, "upstream ignored", "dy counts as 1 everywhere")
MISTAKE(dense_backward_dw, dw_last_example, "last example",
        "dw is set by each example and keeps the last one")
MISTAKE(dense_backward_dw, dw_adds, "adds to dw", "dw is added to, not overwritten, and holds NaN before")
MISTAKE(dense_backward_dw, dw_no_db, "db is one example's", "db is not summed over the batch")
MISTAKE(dense_backward_dw, dw_negative, "sign", "dw has the wrong sign")
MISTAKE(dense_backward_dw, dw_doubled, "doubled", "dw and db are twice as large")

MISTAKE(dense_backward_dx, dx_transposed, "transposed weights", "w is read as (IN,OUT)")
MISTAKE(dense_backward_dx, dx_averaged, "averaged", "the gradient is divided by the number of examples")
MISTAKE(dense_backward_dx, dx_no_upstream, "upstream ignored", "dy counts as 1 everywhere")
MISTAKE(dense_backward_dx, dx_last_neuron, "last neuron", "dx is set by each neuron and keeps the last one")
MISTAKE(dense_backward_dx, dx_adds, "adds to dx", "dx is added to, not overwritten, and holds NaN before")
MISTAKE(dense_backward_dx, dx_negative, "sign", "dx has the wrong sign")

MISTAKE(relu_forward, relu_hides_nan, "hides NaN",
        "a NaN becomes 0, because every comparison with it is false")
MISTAKE(relu_forward, relu_absolute, "absolute value", "a negative x becomes -x, not 0")
MISTAKE(relu_forward, relu_leaks, "leaks", "a negative x passes at a hundredth, as in a leaky ReLU")
MISTAKE(relu_backward, relu_at_the_kink, "1 at the kink",
        "dx = dy where y is 0: the derivative there must be 0")
MISTAKE(relu_backward, relu_no_upstream, "upstream ignored", "dx is 1 or 0, not dy or 0")
MISTAKE(relu_backward, relu_always, "mask missing", "dx = dy everywhere")

MISTAKE(sigmoid_forward, sigmoid_overflows, "overflow",
        "exp(-x) is infinite below x = -88.7, and y is 0 there")
MISTAKE(sigmoid_forward, sigmoid_other_overflow, "infinity over infinity",
        "exp(x) is infinite above x = 88.7, and y is NaN there")
MISTAKE(sigmoid_forward, sigmoid_clamped, "clamped", "x is clamped to [-15, 15]: y stops there")
MISTAKE(sigmoid_forward, sigmoid_mirrored, "mirrored", "y(-x) is returned")
MISTAKE(sigmoid_forward, sigmoid_flushes, "no subnormals",
        "exp is 0 where its exponent leaves the normal range")
MISTAKE(sigmoid_forward, sigmoid_compound, "compound interest", "(1 + x / 1024)^1024 is exp to three digits")
MISTAKE(sigmoid_forward, sigmoid_coarse, "ln 2 in one part",
        "n ln 2 is rounded before it is taken from x, and r loses the digits that the result needs")
MISTAKE(sigmoid_backward, sigmoid_no_upstream, "upstream ignored", "dx = y (1 - y) without dy")
MISTAKE(sigmoid_backward, sigmoid_slope_of_y, "sigmoid taken twice",
        "the derivative is taken at y as if it were x")
MISTAKE(sigmoid_backward, sigmoid_tanh_slope, "slope of tanh", "dx = dy (1 - y^2)")

MISTAKE(tanh_backward, tanh_no_upstream, "upstream ignored", "dx = 1 - y^2 without dy")
MISTAKE(tanh_backward, tanh_of_y, "tanh taken twice", "the derivative is taken at y as if it were x")
MISTAKE(tanh_backward, tanh_sigmoid_slope, "slope of the sigmoid", "dx = dy y (1 - y)")
MISTAKE(tanh_backward, tanh_not_squared, "1 - y", "y is not squared: half of the slope near 1")
MISTAKE(tanh_backward_x, tanh_x_cancels, "by way of y", "1 - tanh(x)^2 has lost the digits that x still has")
MISTAKE(tanh_backward_x, tanh_x_overflows, "exp(2 |x|)", "e grows, and its square overflows from x = 22 on")
MISTAKE(tanh_backward_x, tanh_x_no_upstream, "upstream ignored", "dx is the slope without dy")
MISTAKE(tanh_backward_x, tanh_x_odd, "exp(-2 x)", "|x| is left out: e overflows where x is below -22")

MISTAKE(adam_step, adam_uncorrected, "no correction", "m and v are not divided by 1 - beta^t")
MISTAKE(adam_step, adam_eps_inside, "eps inside", "eps is added under the root")
MISTAKE(adam_step, adam_eps_hat, "eps before the correction", "eps is added before the root of c2 divides")
MISTAKE(adam_step, adam_from_zero, "t from 0", "the correction takes t - 1 for t")
MISTAKE(adam_step, adam_swapped, "betas swapped", "beta1 and beta2 are exchanged")
MISTAKE(adam_step, adam_old_m, "old m", "w moves by m before it is updated")
MISTAKE(adam_step, adam_no_root, "no root", "m is divided by v, not by its root")
MISTAKE(adam_step, adam_not_squared, "|dw| for dw^2", "v is the running mean of |dw|")
MISTAKE(adam_step, adam_corrected_state, "corrected state kept", "the corrected m is stored in m")
MISTAKE(adam_step, adam_uphill, "uphill", "w moves along the gradient")

MISTAKE(softmax_forward, softmax_unshifted, "no shift",
        "exp of the logits themselves overflows, and the row is NaN")
MISTAKE(softmax_forward, softmax_by_first, "shift by the first",
        "the first logit is subtracted, not the largest")
MISTAKE(softmax_forward, softmax_by_zero, "largest from 0",
        "the search for the largest logit begins at 0, and a row far below it is NaN")
MISTAKE(softmax_forward, softmax_by_all, "one shift for all rows",
        "the largest logit of all rows is subtracted, and a row far below it is NaN")
MISTAKE(softmax_forward, softmax_by_columns, "columns", "the sum runs over the batch, not over the classes")
MISTAKE(softmax_forward, softmax_of_all, "one sum for all rows", "all rows together add up to 1")
MISTAKE(softmax_forward, softmax_with_eps, "eps in the sum", "1e-3 in the denominator: no row adds up to 1")

MISTAKE(logsumexp, sum_unshifted, "no shift", "exp of the logits themselves overflows")
MISTAKE(logsumexp, sum_by_first, "shift by the first", "the first logit is subtracted, not the largest")
MISTAKE(logsumexp, sum_not_back, "not added back", "the largest is subtracted and never added back")
MISTAKE(logsumexp, sum_unguarded, "row of -infinity",
        "-infinity minus -infinity is NaN: the result for such a row must be -infinity")
MISTAKE(logsumexp, sum_of_mean, "of the mean", "the sum is divided by C")
MISTAKE(logsumexp, sum_largest_alone, "largest alone", "the other terms are left out")

MISTAKE(softmax_xent_backward, ce_of_sum, "missing 1/N",
        "the gradient of the sum of the losses, not of their mean")
MISTAKE(softmax_xent_backward, ce_over_classes, "over the classes, too", "divided by C as well as by N")
MISTAKE(softmax_xent_backward, ce_no_upstream, "upstream ignored", "dloss counts as 1")
MISTAKE(softmax_xent_backward, ce_no_target, "no label", "p alone, without the 1 of the label")
MISTAKE(softmax_xent_backward, ce_first_label, "rows mixed", "the first row's label serves all rows")
MISTAKE(softmax_xent_backward, ce_label_alone, "label alone", "only the label's class gets a gradient")
MISTAKE(softmax_xent_backward, ce_negative, "sign", "onehot - p in place of p - onehot")

MISTAKE(soft_threshold, threshold_past_zero, "past zero",
        "the subgradient's step: a small weight changes its sign")
MISTAKE(soft_threshold, threshold_nearly, "nearly 0", "a small weight becomes a tiny one, not 0")
MISTAKE(soft_threshold, threshold_hard, "hard threshold", "what stays is not moved towards 0")
MISTAKE(soft_threshold, threshold_without_rate, "rate missing", "the threshold is lambda, not lr lambda")
MISTAKE(soft_threshold, threshold_one_side, "positive weights alone", "every negative weight becomes 0")
MISTAKE(soft_threshold, threshold_shrinks, "weight decay",
        "weights shrink in proportion, as with L2, and none becomes 0")

MISTAKE(conv2d_forward, conv_flipped, "flipped kernel", "the kernel is read from its end, w[R-1-r][S-1-s]")
MISTAKE(conv2d_forward, conv_no_padding, "no padding", "top and left are not subtracted")
MISTAKE(conv2d_forward, conv_top_for_left, "top for left", "the columns are shifted by top")
MISTAKE(conv2d_forward, conv_edge_repeated, "edge repeated",
        "beyond the edge x is what it is at the edge, not 0")
MISTAKE(conv2d_forward, conv_exchanged, "stride and dilation exchanged", "p dilation + r stride - top")
MISTAKE(conv2d_forward, conv_no_dilation, "no dilation", "the kernel's numbers lie next to each other")
MISTAKE(conv2d_forward, conv_no_stride, "no stride", "the windows begin next to each other")
MISTAKE(conv2d_forward, conv_first_group, "first group", "every kernel sees the planes of the first group")
MISTAKE(conv2d_forward, conv_first_plane, "first plane", "a kernel sees one plane of its group")

MISTAKE(conv2d_backward_dx, conv_dx_flipped, "flipped kernel", "the kernel is read from its end")
MISTAKE(conv2d_backward_dx, conv_dx_no_padding, "no padding", "top and left are not subtracted")
MISTAKE(conv2d_backward_dx, conv_dx_no_stride, "no stride", "the windows begin next to each other")
MISTAKE(conv2d_backward_dx, conv_dx_first_group, "first group",
        "all is sent back to the first group's planes")
MISTAKE(conv2d_backward_dx, conv_dx_last, "last window", "dx is set by each window and keeps the last one")
MISTAKE(conv2d_backward_dx, conv_dx_not_cleared, "adds to dx", "dx is not cleared first, and holds NaN")
MISTAKE(conv2d_backward_dx, conv_dx_no_upstream, "upstream ignored", "dy counts as 1 everywhere")
MISTAKE(conv2d_backward_dw, conv_dw_flipped, "flipped kernel", "dw is written from its end")
MISTAKE(conv2d_backward_dw, conv_dw_edge_repeated, "edge repeated",
        "beyond the edge x is what it is at the edge, not 0")
MISTAKE(conv2d_backward_dw, conv_dw_first_group, "first group",
        "every kernel learns from the first group's planes")
MISTAKE(conv2d_backward_dw, conv_dw_first_image, "first image",
        "the other images of the batch send nothing back")
MISTAKE(conv2d_backward_dw, conv_dw_over_images, "averaged",
        "the gradient is divided by the number of images")
MISTAKE(conv2d_backward_dw, conv_dw_not_cleared, "adds to dw", "dw is not cleared first, and holds NaN")
MISTAKE(conv2d_backward_dw, conv_dw_no_upstream, "upstream ignored", "dy counts as 1 everywhere")

MISTAKE(maxpool_forward, pool_last_largest, "last of equals", "of equal numbers the last is taken")
MISTAKE(maxpool_forward, pool_columns, "column by column",
        "of equal numbers the first of the columns is taken")
MISTAKE(maxpool_forward, pool_from_zero, "largest from 0", "a window of negative numbers has the maximum 0")
MISTAKE(maxpool_forward, pool_zeros_beyond, "zeros beyond",
        "beyond the edges are zeros, which may be the largest")
MISTAKE(maxpool_forward, pool_nan_loses, "NaN loses", "a NaN that is not the first is passed over")
MISTAKE(maxpool_forward, pool_in_window, "index in the window",
        "index counts in the window, not in the plane")
MISTAKE(maxpool_forward, pool_in_array, "index in the array", "index counts through all planes")
MISTAKE(maxpool_backward, unpool_overwrites, "overwritten",
        "where windows overlap dx keeps the last one's dy, not the sum")
MISTAKE(maxpool_backward, unpool_not_cleared, "adds to dx", "dx is not cleared first, and holds NaN")
MISTAKE(maxpool_backward, unpool_no_upstream, "upstream ignored", "dx counts windows, and does not add up dy")
MISTAKE(maxpool_backward, unpool_first_plane, "first plane", "all planes send back to the first one")
MISTAKE(maxpool_backward, unpool_first_of_window, "first of the window", "the window's first number gets dy")
MISTAKE(maxpool_backward, unpool_shared, "shared",
        "the largest gets only a share of dy, as in average pooling")

MISTAKE(inverted_forward, inverted_unscaled, "not rescaled", "what is kept is not divided by 1 - p")
MISTAKE(inverted_forward, inverted_by_p, "divided by p", "what is kept is divided by p, not by 1 - p")
MISTAKE(inverted_forward, inverted_by_root, "variance kept", "divided by the root of 1 - p")
MISTAKE(inverted_forward, inverted_times_mask, "times the mask",
        "0 times x is NaN where x is infinite, or p is 1")
MISTAKE(inverted_forward, inverted_not_cleared, "mask not cleared", "bits are added to what the mask held")
MISTAKE(inverted_forward, inverted_signed, "signed words", "half of the random words are taken as negative")
MISTAKE(inverted_forward, inverted_shared_draw, "one draw for 32", "one random word decides for 32 elements")
MISTAKE(inverted_forward, inverted_reversed, "kept with p", "an element is kept with probability p")
MISTAKE(dropout_backward, masked_unscaled, "not rescaled", "dx is not divided by 1 - p")
MISTAKE(dropout_backward, masked_twice, "rescaled twice", "dx is divided by (1 - p)^2")
MISTAKE(dropout_backward, masked_not, "no mask", "what was dropped gets a gradient")
MISTAKE(dropout_backward, masked_reversed, "mask reversed", "only what was dropped gets a gradient")
MISTAKE(dropout_backward, masked_no_upstream, "upstream ignored", "dy counts as 1 everywhere")
MISTAKE(dropout_backward, masked_high_bit_first, "bits reversed", "element k is bit 31 - k % 32 of its word")

MISTAKE(philox_blocks, philox_seven_rounds, "seven rounds", "seven rounds of ten")
MISTAKE(philox_blocks, philox_key_fixed, "key unchanged", "all rounds have the same key")
MISTAKE(philox_blocks, philox_key_early, "key changed early", "the key is changed before the first round")
MISTAKE(philox_blocks, philox_not_crossed, "not crossed", "M0 c0 makes words 0 and 1, not 2 and 3")
MISTAKE(philox_blocks, philox_halves_swapped, "halves exchanged",
        "the high half of a product is where the low one belongs")
MISTAKE(philox_blocks, philox_factors_swapped, "factors exchanged", "M0 multiplies c2, and M1 multiplies c0")
MISTAKE(philox_blocks, philox_narrow, "products of 32 bits", "the high half of each product is lost")
MISTAKE(philox_blocks, philox_one_counter, "first counter", "all calls get the first counter")

MISTAKE(l2_penalty_backward, penalty_doubled, "doubled", "the gradient of lambda w^2, without the 1/2")
MISTAKE(l2_penalty_backward, penalty_halved, "halved", "lambda / 2 is kept in the gradient")
MISTAKE(l2_penalty_backward, penalty_no_upstream, "upstream ignored", "dloss counts as 1")
MISTAKE(l2_penalty_backward, penalty_sign, "sign of w", "the gradient of lambda |w|: that is L1")
MISTAKE(l2_penalty_backward, penalty_over_n, "averaged", "divided by the number of weights")
MISTAKE(sgd_decay_step, coupled_without_rate, "rate missing", "the decay is wd w, not lr wd w")
MISTAKE(sgd_decay_step, coupled_grows, "sign", "weights grow")
MISTAKE(sgd_decay_step, coupled_after, "after the step", "the weight that decays has already moved")
MISTAKE(sgd_decay_step, coupled_sign, "sign of w", "all weights shrink by the same number: that is L1")
MISTAKE(sgd_decay_step, coupled_averaged, "mean of both", "the gradient is weighted with 1 - wd")
MISTAKE(weight_decay_step, decoupled_without_rate, "rate missing", "w shrinks by wd w, not by lr wd w")
MISTAKE(weight_decay_step, decoupled_grows, "sign", "weights grow")
MISTAKE(weight_decay_step, decoupled_implicit, "divided",
        "w / (1 + lr wd), which is the same only to first order")
MISTAKE(weight_decay_step, decoupled_doubled, "doubled", "w shrinks by 2 lr wd w")
MISTAKE(weight_decay_step, decoupled_sign, "sign of w", "all weights shrink by the same number: that is L1")

MISTAKE(spared_step, spared_nobody, "all decay", "biases and gains decay, too")
MISTAKE(spared_step, spared_everybody, "none decays", "weights do not decay either")
MISTAKE(spared_step, spared_weights, "weights spared", "biases and gains decay, and the weights do not")
MISTAKE(spared_step, spared_matrices, "kernels alone", "matrices, of rank 2, do not decay")
MISTAKE(spared_step, spared_scalars_alone, "biases decay", "only tensors of rank 0 are spared")
MISTAKE(spared_step, spared_by_first, "first rank", "the first tensor's rank serves all of them")
MISTAKE(spared_step, spared_by_element, "rank by element", "rank is read by element, not by tensor")
MISTAKE(spared_step, spared_and_frozen, "frozen", "what does not decay does not learn either")

MISTAKE(bce_logits_forward, bce_from_p, "from p", "far from z = 0 p is 1 or 0, and a logarithm is infinite")
MISTAKE(bce_logits_forward, bce_clamped, "clamped p",
        "p is clamped to [1e-7, 1 - 1e-7]: the loss stops at 16")
MISTAKE(bce_logits_forward, bce_overflows, "overflow", "exp(z) is infinite above z = 88.7")
MISTAKE(bce_logits_forward, bce_without_log1p, "log of 1 +",
        "log(1 + e) has lost the digits of a small e; log1p(e) has them")
MISTAKE(bce_logits_forward, bce_cancels, "z - z t", "the two cancel where t is near 1; z (1 - t) does not")
MISTAKE(bce_logits_forward, bce_other_label, "labels exchanged", "t stands for the other class")
MISTAKE(bce_logits_forward, bce_one_side, "one class", "the term of 1 - t is missing")
MISTAKE(bce_logits_forward, bce_summed, "not averaged", "the sum of the losses in place of their mean")
MISTAKE(bce_logits_backward, bce_slope_rounded, "difference from 1",
        "p - t has lost its digits where p is near 1 and t is 1")
MISTAKE(bce_logits_backward, bce_slope_squared, "slope of the squared error",
        "times p (1 - p), which vanishes far from 0")
MISTAKE(bce_logits_backward, bce_slope_negative, "sign", "t - p in place of p - t")
MISTAKE(bce_logits_backward, bce_slope_of_sum, "missing 1/n", "the gradient of the sum, not of the mean")
MISTAKE(bce_logits_backward, bce_slope_no_upstream, "upstream ignored", "dloss counts as 1")
MISTAKE(bce_logits_backward, bce_slope_no_target, "no target", "p alone")

MISTAKE(mean_momentum_step, mean_same_rate, "same rate",
        "a rate meant for a sum moves a mean by only 1 - mu of the way")
MISTAKE(mean_momentum_step, mean_smaller_rate, "rate times 1 - mu",
        "the rate is multiplied by 1 - mu, not divided")
MISTAKE(mean_momentum_step, mean_rate_over_mu, "rate over mu", "the rate is divided by mu, not by 1 - mu")
MISTAKE(mean_momentum_step, mean_is_a_sum, "still a sum",
        "the path is right, but m is the heavy ball's velocity")
MISTAKE(mean_momentum_step, mean_weights_swapped, "mu for 1 - mu", "m = (1 - mu) m + mu dw")
MISTAKE(mean_momentum_step, mean_old_m, "old m", "w moves by m before it is updated")
MISTAKE(mean_momentum_step, mean_nesterov, "Nesterov", "w moves by the m of the next step")
MISTAKE(mean_momentum_step, mean_uphill, "uphill", "w moves along the gradient")

MISTAKE(newton_schulz, schulz_unscaled, "not scaled", "x is not divided by its norm, and its powers explode")
MISTAKE(newton_schulz, schulz_by_largest, "largest element",
        "x is divided by its largest element, and singular values above 1 remain")
MISTAKE(newton_schulz, schulz_no_square, "no A A", "the term c A A X is left out")
MISTAKE(newton_schulz, schulz_swapped, "b and c exchanged", "b A A + c A")
MISTAKE(newton_schulz, schulz_step_less, "a step less", "steps - 1 steps")
MISTAKE(newton_schulz, schulz_classical, "classical", "3/2 X - 1/2 A X, too slow for small singular values")
MISTAKE(newton_schulz, schulz_not_back, "not transposed back", "for a tall matrix y is left transposed")
MISTAKE(newton_schulz, schulz_scaled_back, "scaled back", "y is multiplied by the norm at the end")
MISTAKE(newton_schulz, schulz_gram_of_first, "first A", "A is computed once, not in every step")

MISTAKE(free_pair_step, pair_no_average, "no average", "y goes where z goes")
MISTAKE(free_pair_step, pair_y_for_x, "y for x", "x is not recovered: y is averaged in its place")
MISTAKE(free_pair_step, pair_old_z, "old z", "x is averaged with the z from before the step")
MISTAKE(free_pair_step, pair_swapped, "beta exchanged", "y = (1 - beta) x + beta z")
MISTAKE(free_pair_step, pair_from_zero, "t from 0",
        "z is weighted with 1 / (t + 1): the initial weights count, too")
MISTAKE(free_pair_step, pair_fixed_share, "running mean", "z is weighted with 1 - beta in every step")
MISTAKE(free_pair_step, pair_uphill, "uphill", "z moves along the gradient")
MISTAKE(free_pair_step, pair_y_is_x, "y is x", "the next gradient is taken at the average")
MISTAKE(free_pair_average, average_is_y, "y itself", "the network is evaluated where its gradients are taken")
MISTAKE(free_pair_average, average_is_z, "z itself", "the network is evaluated at the last step's position")
MISTAKE(free_pair_average, average_between, "mixed once more",
        "beta y + (1 - beta) z lies between y and z, and x does not")
MISTAKE(free_pair_average, average_undivided, "not divided", "y - (1 - beta) z is beta x")
MISTAKE(free_pair_average, average_swapped, "beta exchanged", "(y - beta z) / (1 - beta)")
MISTAKE(sgd_decay_step, sgd_decay_missing, "no decay", "wd is not used")
MISTAKE(sgd_decay_step, sgd_decay_uphill, "uphill", "w moves along the gradient")
MISTAKE(sgd_decay_step, sgd_decay_of_gradient, "decay of the gradient", "wd multiplies dw, not w")

MISTAKE(fair_race, race_first_rate, "first rate", "no sweep: the first rate serves both")
MISTAKE(fair_race, race_same_rate, "same rate", "A's best rate serves both: B has drawn the wrong number")
MISTAKE(fair_race, race_best_run, "best run", "the rate of the best single run, not of the best mean")
MISTAKE(fair_race, race_first_seed, "first seed", "rates are compared by their first seed alone")
MISTAKE(fair_race, race_survivors, "survivors",
        "runs that diverged are left out of the mean, and their rate may win")
MISTAKE(fair_race, race_diverged_first, "NaN first",
        "a first rate that diverged is never beaten: every comparison with NaN is false")
MISTAKE(fair_race, race_last_equal, "last of equals", "of equal means the last is taken")
MISTAKE(fair_race, race_by_mean, "by the mean", "the smaller mean wins, whatever the seeds do")
MISTAKE(fair_race, race_mean_outside, "mean outside",
        "a mean outside the other's range proves nothing: the ranges may overlap")
MISTAKE(fair_race, race_touching, "touching", "ranges that touch are taken to be apart")
MISTAKE(fair_race, race_exchanged, "verdicts exchanged", "1 stands for B, and 2 for A")
MISTAKE(dropout_forward, drawn_unscaled, "not rescaled", "what is kept is not divided by 1 - p")
MISTAKE(dropout_forward, drawn_by_p, "divided by p", "what is kept is divided by p, not by 1 - p")
MISTAKE(dropout_forward, drawn_reversed, "reversed", "an element is kept with probability p")
MISTAKE(dropout_forward, drawn_dropped_bits, "mask of the dropped", "the mask's bits say what was dropped")
MISTAKE(dropout_forward, drawn_halves_swapped, "upper half first",
        "neighbours have each other's half of a word")
MISTAKE(dropout_forward, drawn_word_for_two, "one draw for two",
        "two neighbours are kept or dropped together")
MISTAKE(dropout_forward, drawn_without_seed, "seed ignored", "the mask is the same for every seed")

MISTAKE(dropout_backward_recomputed, redrawn_unscaled, "not rescaled", "dx is not divided by 1 - p")
MISTAKE(dropout_backward_recomputed, redrawn_not, "no mask", "what was dropped gets a gradient")
MISTAKE(dropout_backward_recomputed, redrawn_reversed, "reversed", "only what was dropped gets a gradient")
MISTAKE(dropout_backward_recomputed, redrawn_next, "one further", "element k has the bit of element k + 1")
MISTAKE(dropout_backward_recomputed, redrawn_anew, "another mask",
        "it is drawn with a different seed from the forward's")
MISTAKE(dropout_backward_recomputed, redrawn_no_upstream, "upstream ignored", "dy counts as 1 everywhere")

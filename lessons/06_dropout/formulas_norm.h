/* formulas_norm.h - the sides of the formulas of batch_norm.md; a part of formulas.c, whose planes
 * (N,C,HW) are normalized here. */

static const double norm_eps = 1e-5, norm_momentum = 0.25;
static double gain[C], norm_upstream[N * C * HW], old_mean[C], old_var[C];

static void draw_norm(uint64_t from)
{
    fill(from, 21, C, gain), fill(from, 22, N * C * HW, norm_upstream), fill(from, 23, C, old_mean);
    fill(from, 24, C, old_var);
    for (int c = 0; c < C; c++) old_var[c] += 1.5;
}

/* element i of channel c, i < N HW */
static int in_channel(int c, int i)
{
    return (i / HW * C + c) * HW + i % HW;
}

static int channel_of(int k)
{
    return k / HW % C;
}

/* mean of a channel of v, or of its product with w */
static double channel_mean(const double *v, const double *by, int c)
{
    double sum = 0;
    for (int i = 0; i < N * HW; i++) sum += v[in_channel(c, i)] * (by ? by[in_channel(c, i)] : 1);
    return sum / (N * HW);
}

static double channel_var(int c)
{
    double sum = 0, mean = channel_mean(planes, NULL, c);
    for (int i = 0; i < N * HW; i++) sum += pow(planes[in_channel(c, i)] - mean, 2);
    return sum / (N * HW);
}

static double root(int c)
{
    return sqrt(channel_var(c) + norm_eps);
}

/* z (N,C,HW) by its definition */
static const double *normalized(void)
{
    static double z[N * C * HW];
    for (int k = 0; k < N * C * HW; k++)
        z[k] = (planes[k] - channel_mean(planes, NULL, channel_of(k))) / root(channel_of(k));
    return z;
}

static int norm_forward_of(const double *of, double *out)
{
    double mean[C], var[C];
    batch_norm_forward_f64(N, C, HW, of, gain, bias, out, mean, var, norm_eps);
    return N * C * HW;
}

static int norm_forward_left(double *out)
{
    return norm_forward_of(planes, out);
}

static int norm_forward_right(double *out)
{
    for (int k = 0; k < N * C * HW; k++) out[k] = gain[channel_of(k)] * normalized()[k] + bias[channel_of(k)];
    return N * C * HW;
}

static int norm_mean_left(double *out)
{
    double y[N * C * HW], var[C];
    batch_norm_forward_f64(N, C, HW, planes, gain, bias, y, out, var, norm_eps);
    return C;
}

static int norm_mean_right(double *out)
{
    for (int c = 0; c < C; c++) out[c] = channel_mean(planes, NULL, c);
    return C;
}

static int norm_var_left(double *out)
{
    double y[N * C * HW], mean[C];
    batch_norm_forward_f64(N, C, HW, planes, gain, bias, y, mean, out, norm_eps);
    return C;
}

static int norm_var_right(double *out)
{
    for (int c = 0; c < C; c++) out[c] = channel_var(c);
    return C;
}

/* what is added to a channel changes nothing */
static int norm_shift_left(double *out)
{
    double shifted[N * C * HW];
    for (int k = 0; k < N * C * HW; k++) shifted[k] = planes[k] + old_mean[channel_of(k)];
    return norm_forward_of(shifted, out);
}

/* the derivative of sum y upstream along one number: the complex step through the library's forward */
static double along(int x_at, int gain_at, int bias_at)
{
    number cx[N * C * HW], cg[C], cb[C], y[N * C * HW], mean[C], var[C];
    double sum = 0;
    for (int k = 0; k < N * C * HW; k++) cx[k] = CMPLX(planes[k], k == x_at ? step_size : 0);
    for (int c = 0; c < C; c++)
        cg[c] = CMPLX(gain[c], c == gain_at ? step_size : 0),
        cb[c] = CMPLX(bias[c], c == bias_at ? step_size : 0);
    batch_norm_forward_cplx(N, C, HW, cx, cg, cb, y, mean, var, norm_eps);
    for (int k = 0; k < N * C * HW; k++) sum += norm_upstream[k] * cimag(y[k]) / step_size;
    return sum;
}

static int norm_dx_left(double *out)
{
    for (int k = 0; k < N * C * HW; k++) out[k] = along(k, -1, -1);
    return N * C * HW;
}

static int norm_dx_right(double *out)
{
    const double *z = normalized(), *dy = norm_upstream;
    for (int k = 0; k < N * C * HW; k++) {
        int c = channel_of(k);
        out[k] = gain[c] / root(c) * (dy[k] - channel_mean(dy, NULL, c) - z[k] * channel_mean(dy, z, c));
    }
    return N * C * HW;
}

static int norm_dgamma_left(double *out)
{
    for (int c = 0; c < C; c++) out[c] = along(-1, c, -1);
    return C;
}

static int norm_dgamma_right(double *out)
{
    for (int c = 0; c < C; c++) out[c] = N * HW * channel_mean(norm_upstream, normalized(), c);
    return C;
}

static int norm_dbeta_left(double *out)
{
    for (int c = 0; c < C; c++) out[c] = along(-1, -1, c);
    return C;
}

static int norm_dbeta_right(double *out)
{
    for (int c = 0; c < C; c++) out[c] = N * HW * channel_mean(norm_upstream, NULL, c);
    return C;
}

static int norm_running_left(double *out)
{
    double mean[C], var[C], running_mean[C];
    for (int c = 0; c < C; c++)
        mean[c] = channel_mean(planes, NULL, c), var[c] = channel_var(c), running_mean[c] = old_mean[c],
        out[c] = old_var[c];
    batch_norm_update_f64(C, mean, var, running_mean, out, norm_momentum, N * HW, 1);
    return C;
}

static int norm_running_right(double *out)
{
    const double M = N * HW;
    for (int c = 0; c < C; c++)
        out[c] = (1 - norm_momentum) * old_var[c] + norm_momentum * M / (M - 1) * channel_var(c);
    return C;
}

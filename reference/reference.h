/* reference.h - the reference routines, each in three precisions: name_f32, name_f64, name_cplx.
 *
 * All matrices are row-major and dense. Every size is >= 1. Outputs are written, never read, and may
 * not overlap inputs unless a comment allows it. The formulas stand beside the code.
 *
 * Letters: N batch, IN and OUT features of a layer, C classes, n elements of any shape.
 * dx is the gradient of the loss with respect to x, and so on; the upstream gradient is dy.
 */
#ifndef RUNGS_REFERENCE_H
#define RUNGS_REFERENCE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* what becomes of the losses of N rows or n elements */
enum reduction { REDUCE_NONE, REDUCE_MEAN, REDUCE_SUM };

/* of Muon (muon.h): the polynomials of its iteration, and how its rate follows the shape */
enum muon_coefficients { MUON_JORDAN, MUON_POLAR, MUON_CLASSICAL };
enum muon_adjust { MUON_ORIGINAL, MUON_MATCH_RMS_ADAMW };

/* clang-format off */
/* a loss of n elements: loss and dloss hold n numbers if `reduction` is REDUCE_NONE, else one */
#define LOSS_DECLARE_WITH(f, real, K, ...)                                                                           \
    void f##_forward_##K(int n, const real *y, const real *t, real *loss, __VA_ARGS__, int reduction);               \
    void f##_backward_##K(int n, const real *y, const real *t, const real *dloss, real *dy, __VA_ARGS__,             \
                          int reduction);                                                                            \
    void f##_with_gradient_##K(int n, const real *y, const real *t, real *loss, real *dy, __VA_ARGS__, int reduction);
#define LOSS_DECLARE(f, real, K)                                                                                     \
    void f##_forward_##K(int n, const real *y, const real *t, real *loss, int reduction);                            \
    void f##_backward_##K(int n, const real *y, const real *t, const real *dloss, real *dy, int reduction);          \
    void f##_with_gradient_##K(int n, const real *y, const real *t, real *loss, real *dy, int reduction);
#define REFERENCE_DECLARE(real, K)                                                                                   \
    /* dense.c */                                                                                                    \
    void dense_forward_##K(int N, int IN, int OUT, const real *x, const real *w, const real *b, real *y);            \
    void dense_backward_dx_##K(int N, int IN, int OUT, const real *w, const real *dy, real *dx);                     \
    void dense_backward_dw_##K(int N, int IN, int OUT, const real *x, const real *dy, real *dw, real *db);           \
    void dense_sgd_step_##K(int N, int IN, int OUT, const real *x, const real *dy, real *w, real lr);                \
    void dense_relu_forward_##K(int N, int IN, int OUT, const real *x, const real *w, const real *b, real *y);       \
    void dense_relu_backward_dx_##K(int N, int IN, int OUT, const real *a, const real *w, const real *dy, real *dz); \
    /* activation.c */                                                                                               \
    void relu_forward_##K(int n, const real *x, real *y);                                                            \
    void relu_backward_##K(int n, const real *y, const real *dy, real *dx);                                          \
    void sigmoid_forward_##K(int n, const real *x, real *y);                                                         \
    void sigmoid_backward_##K(int n, const real *y, const real *dy, real *dx);                                       \
    void tanh_forward_##K(int n, const real *x, real *y);                                                            \
    void tanh_backward_##K(int n, const real *y, const real *dy, real *dx);                                          \
    void leaky_relu_forward_##K(int n, const real *x, real *y, real slope);                                          \
    void leaky_relu_backward_##K(int n, const real *y, const real *dy, real *dx, real slope);                        \
    void silu_forward_##K(int n, const real *x, real *y);                                                            \
    void silu_backward_##K(int n, const real *x, const real *dy, real *dx);                                          \
    void gelu_tanh_forward_##K(int n, const real *x, real *y);                                                       \
    void gelu_tanh_backward_##K(int n, const real *x, const real *dy, real *dx);                                     \
    /* softmax.c */                                                                                                  \
    void softmax_forward_##K(int N, int C, const real *x, real *y);                                                  \
    void softmax_backward_##K(int N, int C, const real *y, const real *dy, real *dx);                                \
    /* loss.c */                                                                                                     \
    void softmax_xent_forward_##K(int N, int C, const real *z, const int *label, real *p, real *loss);               \
    void softmax_xent_backward_##K(int N, int C, const real *p, const int *label, const real *dloss, real *dz);      \
    LOSS_DECLARE(mse, real, K)                                                                                       \
    LOSS_DECLARE(mae, real, K)                                                                                       \
    LOSS_DECLARE_WITH(huber, real, K, real delta)                                                                    \
    /* xent.c */                                                                                                     \
    void xent_forward_##K(int N, int C, const real *z, const int *label, real *loss, real smoothing,                 \
                         int reduction);                                                                             \
    void xent_backward_##K(int N, int C, const real *z, const int *label, const real *dloss, real *dz,               \
                          real smoothing, int reduction);                                                            \
    void xent_with_gradient_##K(int N, int C, const real *z, const int *label, real *loss, real *dz,                 \
                               real smoothing, int reduction);                                                       \
    void xent_soft_forward_##K(int N, int C, const real *z, const real *t, real *loss, int reduction);               \
    void xent_soft_backward_##K(int N, int C, const real *z, const real *t, const real *dloss, real *dz,             \
                               int reduction);                                                                       \
    void xent_soft_with_gradient_##K(int N, int C, const real *z, const real *t, real *loss, real *dz,               \
                                    int reduction);                                                                  \
    /* optimizer.c */                                                                                                \
    void sgd_step_##K(int n, const real *dw, real *w, real lr);                                                      \
    void momentum_step_##K(int n, const real *dw, real *w, real *m, double lr, double mu, double dampening,          \
                           uint64_t nesterov);                                                                       \
    void rmsprop_step_##K(int n, const real *dw, real *w, real *v, real *m, real *b, double lr, double alpha,        \
                          double eps, uint64_t eps_inside, uint64_t centered, double mu);                            \
    void adagrad_step_##K(int n, const real *dw, real *w, real *v, double lr, double lr_decay, double eps,           \
                          uint64_t t);                                                                               \
    void adadelta_step_##K(int n, const real *dw, real *w, real *v, real *u, double lr, double rho, double eps);     \
    void lion_step_##K(int n, const real *dw, real *w, real *m, double lr, double beta1, double beta2, double wd);   \
    /* adam.c */                                                                                                     \
    void adam_step_##K(int n, const real *dw, real *w, real *m, real *v, double lr, double beta1, double beta2,      \
                       double eps, uint64_t t);                                                                      \
    void adam_step_many_##K(int n, const real *dw, real *w, real *m, real *v, double lr, double beta1, double beta2, \
                            double eps, uint64_t t, uint64_t tensors);                                               \
    void adamw_step_##K(int n, const real *dw, real *w, real *m, real *v, double lr, double beta1, double beta2,     \
                        double eps, double wd, uint64_t t);                                                          \
    void adamw_clipped_step_##K(int n, const real *dw, real *w, real *m, real *v, real *norm, double lr,             \
                                double beta1, double beta2, double eps, double wd, double max_norm,                  \
                                double clip_eps, uint64_t t);                                                        \
    void amsgrad_step_##K(int n, const real *dw, real *w, real *m, real *v, real *vmax, double lr, double beta1,     \
                          double beta2, double eps, uint64_t t);                                                     \
    void nadam_step_##K(int n, const real *dw, real *w, real *m, real *v, double lr, double beta1, double beta2,     \
                        double eps, double momentum_decay, uint64_t t);                                              \
    void schedule_free_step_##K(int n, const real *dw, real *w, real *z, real *v, real *x, double lr,                \
                                double beta1, double beta2, double eps, double wd, uint64_t warmup, uint64_t t);     \
    /* muon.c */                                                                                                     \
    void newton_schulz_##K(int rows, int cols, const real *x, real *y, int coefficients, uint64_t steps,             \
                           double eps);                                                                              \
    void muon_step_##K(int rows, int cols, const real *dw, real *w, real *m, double lr, double mu, uint64_t nesterov,\
                       double wd, int adjust, int coefficients, uint64_t steps, double eps);                         \
    /* clip.c */                                                                                                     \
    void clip_norm_##K(int n, real *dw, real *norm, double max_norm, double eps);                                    \
    void clip_value_##K(int n, real *dw, double clip_value);                                                         \
    /* decay.c; w without the biases */                                                                              \
    void l2_penalty_forward_##K(int n, const real *w, real *loss, double lambda);                                    \
    void l2_penalty_backward_##K(int n, const real *w, const real *dloss, real *dw, double lambda);                  \
    void l1_penalty_forward_##K(int n, const real *w, real *loss, double lambda);                                    \
    void l1_penalty_backward_##K(int n, const real *w, const real *dloss, real *dw, double lambda);                  \
    void elastic_penalty_forward_##K(int n, const real *w, real *loss, double l1, double l2);                        \
    void elastic_penalty_backward_##K(int n, const real *w, const real *dloss, real *dw, double l1, double l2);      \
    void sgd_decay_step_##K(int n, const real *dw, real *w, double lr, double wd);                                   \
    void weight_decay_step_##K(int n, real *w, double lr, double wd);                                                \
    void soft_threshold_##K(int n, real *w, double lr, double lambda);                                               \
    void elastic_net_##K(int n, real *w, double lr, double l1, double l2);                                           \
    void max_norm_##K(int rows, int cols, real *w, double c);                                                        \
    /* dropout.c */                                                                                                  \
    void dropout_forward_##K(int n, const real *x, real *y, uint32_t *mask, double p, uint64_t seed);                \
    void dropout_backward_##K(int n, const uint32_t *mask, const real *dy, real *dx, double p);                      \
    void dropout_backward_recomputed_##K(int n, const real *dy, real *dx, double p, uint64_t seed);                  \
    void dropout_bytes_forward_##K(int n, const real *x, real *y, unsigned char *mask, double p, uint64_t seed);     \
    void dropout_bytes_backward_##K(int n, const unsigned char *mask, const real *dy, real *dx, double p);           \
    void dropout_channels_forward_##K(int N, int C, int HW, const real *x, real *y, uint32_t *mask, double p,        \
                                      uint64_t seed);                                                                \
    void dropout_channels_backward_##K(int N, int C, int HW, const uint32_t *mask, const real *dy, real *dx,         \
                                       double p);                                                                    \
    void bias_relu_dropout_forward_##K(int N, int C, const real *x, const real *b, real *y, uint32_t *mask, double p,\
                                       uint64_t seed);                                                               \
    void bias_relu_dropout_backward_##K(int N, int C, const uint32_t *mask, const real *dy, real *dx, real *db,      \
                                        double p);                                                                   \
    void dropconnect_forward_##K(int N, int IN, int OUT, const real *x, const real *w, const real *b, real *y,       \
                                 uint32_t *mask, double p, uint64_t seed);                                           \
    void dropconnect_backward_dx_##K(int N, int IN, int OUT, const real *w, const uint32_t *mask, const real *dy,    \
                                     real *dx, double p);                                                            \
    void dropconnect_backward_dw_##K(int N, int IN, int OUT, const real *x, const uint32_t *mask, const real *dy,    \
                                     real *dw, real *db, double p);                                                  \
    /* conv.c */                                                                                                     \
    void conv2d_forward_##K(int N, int C, int H, int W, int kernels, int R, int S, int stride, int dilation,         \
                            int groups, int top, int left, int bottom, int right, const real *x, const real *w,      \
                            const real *b, real *y);                                                                 \
    void conv2d_backward_dx_##K(int N, int C, int H, int W, int kernels, int R, int S, int stride, int dilation,     \
                                int groups, int top, int left, int bottom, int right, const real *w,                 \
                                const real *dy, real *dx);                                                           \
    void conv2d_backward_dw_##K(int N, int C, int H, int W, int kernels, int R, int S, int stride, int dilation,     \
                                int groups, int top, int left, int bottom, int right, const real *x,                 \
                                const real *dy, real *dw, real *db);                                                 \
    void conv2d_relu_forward_##K(int N, int C, int H, int W, int kernels, int R, int S, int stride, int dilation,    \
                                 int groups, int top, int left, int bottom, int right, const real *x, const real *w, \
                                 const real *b, real *y);                                                            \
    void conv2d_relu_backward_dx_##K(int N, int C, int H, int W, int kernels, int R, int S, int stride,              \
                                     int dilation, int groups, int top, int left, int bottom, int right,             \
                                     const real *a, const real *w, const real *dy, real *dz);                        \
    void conv2d_transposed_forward_##K(int N, int C, int H, int W, int kernels, int R, int S,                        \
        int stride, int dilation, int groups, int top, int left, int bottom, int right,                              \
        const real *x, const real *w, const real *b, real *y);                                                       \
    void conv2d_transposed_backward_dx_##K(int N, int C, int H, int W, int kernels, int R, int S,                    \
        int stride, int dilation, int groups, int top, int left, int bottom, int right,                              \
        const real *w, const real *dy, real *dx);                                                                    \
    void conv2d_transposed_backward_dw_##K(int N, int C, int H, int W, int kernels, int R, int S,                    \
        int stride, int dilation, int groups, int top, int left, int bottom, int right,                              \
        const real *x, const real *dy, real *dw, real *db);                                                          \
    /* pool.c */                                                                                                     \
    void maxpool_forward_##K(int N, int C, int H, int W, int R, int S, int pad, int stride, int ceil_mode,           \
                             const real *x, real *y, int *index);                                                    \
    void maxpool_backward_##K(int N, int C, int H, int W, int R, int S, int pad, int stride, int ceil_mode,          \
                              const int *index, const real *dy, real *dx);                                           \
    void avgpool_forward_##K(int N, int C, int H, int W, int R, int S, int pad, int stride, int ceil_mode,           \
                             const real *x, real *y, uint64_t count_include_pad);                                    \
    void avgpool_backward_##K(int N, int C, int H, int W, int R, int S, int pad, int stride, int ceil_mode,          \
                              const real *dy, real *dx, uint64_t count_include_pad);                                 \
    void global_avgpool_forward_##K(int N, int C, int HW, const real *x, real *y);                                   \
    void global_avgpool_backward_##K(int N, int C, int HW, const real *dy, real *dx);                                \
    /* norm.c */                                                                                                     \
    void batch_norm_forward_##K(int N, int C, int HW, const real *x, const real *gamma, const real *beta, real *y,   \
                                real *mean, real *var, double eps);                                                  \
    void batch_norm_eval_##K(int N, int C, int HW, const real *x, const real *gamma, const real *beta,               \
                             const real *mean, const real *var, real *y, double eps);                                \
    void batch_norm_backward_##K(int N, int C, int HW, const real *x, const real *gamma, const real *mean,           \
                                 const real *var, const real *dy, real *dx, real *dgamma, real *dbeta, double eps);  \
    void batch_norm_update_##K(int C, const real *mean, const real *var, real *running_mean, real *running_var,      \
                               double momentum, uint64_t count, uint64_t unbiased);                                  \
    /* mlp.c */                                                                                                      \
    size_t mlp_params_##K(int L, const int *size);                                                                   \
    size_t mlp_neurons_##K(int L, const int *size);                                                                  \
    void mlp_forward_##K(int L, const int *size, int N, const real *param, const real *x, const int *label,          \
                         real *act, real *p, real *loss);                                                            \
    void mlp_backward_##K(int L, const int *size, int N, const real *param, const real *x, const int *label,         \
                          const real *act, const real *p, real *dact, real *dparam);                                 \
    void mlp_update_##K(int L, const int *size, const real *dparam, real *param, real lr);

/* what C has for real numbers only: no complex build */
#define REFERENCE_DECLARE_REAL(real, K)                                                                              \
    /* activation_real.c */                                                                                          \
    void elu_forward_##K(int n, const real *x, real *y, real alpha);                                                 \
    void elu_backward_##K(int n, const real *y, const real *dy, real *dx, real alpha);                               \
    void softplus_forward_##K(int n, const real *x, real *y);                                                        \
    void softplus_backward_##K(int n, const real *x, const real *dy, real *dx);                                      \
    void gelu_forward_##K(int n, const real *x, real *y);                                                            \
    void gelu_backward_##K(int n, const real *x, const real *dy, real *dx);                                          \
    /* loss_real.c; y of bce_logits holds logits */                                                                  \
    LOSS_DECLARE(bce, real, K)                                                                                       \
    LOSS_DECLARE(bce_logits, real, K)
/* clang-format on */

REFERENCE_DECLARE(float, f32)
REFERENCE_DECLARE(double, f64)
REFERENCE_DECLARE_REAL(float, f32)
REFERENCE_DECLARE_REAL(double, f64)
#ifndef __cplusplus
REFERENCE_DECLARE(double _Complex, cplx)
#endif

#ifdef __cplusplus
}
#endif
#endif

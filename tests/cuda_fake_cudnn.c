/* cuda_fake_cudnn.c - a library that looks like cuDNN to optimized/cuda/backend/peer_cudnn.h, on
 * the CPU: softmax of the rows that were described, refused unless every argument is what cuDNN's
 * API reference asks for. */
#include <math.h>
#include <stddef.h>

enum { SUCCESS, NOT_SUPPORTED = 3000, BAD_PARAM = 2000 };

static int handles, tensors; /* alive */
static struct tensor {
    int n, c;
} rows;

int cudnnCreate(void **handle);
int cudnnDestroy(void *handle);
int cudnnCreateTensorDescriptor(void **tensor);
int cudnnDestroyTensorDescriptor(void *tensor);
int cudnnSetTensor4dDescriptor(void *tensor, int format, int type, int n, int c, int h, int w);
int cudnnSoftmaxForward(void *handle, int algorithm, int mode, const void *alpha, void *x_is, const void *x,
                        const void *beta, void *y_is, void *y);
int cudnnSoftmaxBackward(void *handle, int algorithm, int mode, const void *alpha, void *y_is, const void *y,
                         void *dy_is, const void *dy, const void *beta, void *dx_is, void *dx);
int fake_alive(void); /* handles and descriptors that nobody gave back */

int fake_alive(void)
{
    return handles + tensors;
}

int cudnnCreate(void **handle)
{
    *handle = &handles;
    handles++;
    return SUCCESS;
}

int cudnnDestroy(void *handle)
{
    handles--;
    return handle == &handles ? SUCCESS : BAD_PARAM;
}

int cudnnCreateTensorDescriptor(void **tensor)
{
    *tensor = &rows;
    tensors++;
    return SUCCESS;
}

int cudnnDestroyTensorDescriptor(void *tensor)
{
    tensors--;
    return tensor == &rows ? SUCCESS : BAD_PARAM;
}

/* NCHW is 0, and so is float. More than 1000 rows are refused, for a test of what is said then. */
int cudnnSetTensor4dDescriptor(void *tensor, int format, int type, int n, int c, int h, int w)
{
    if (tensor != &rows || format != 0 || type != 0 || n < 1 || c < 1 || h != 1 || w != 1) return BAD_PARAM;
    rows = (struct tensor){ n, c };
    return n <= 1000 ? SUCCESS : NOT_SUPPORTED;
}

/* the accurate algorithm is 1; over all of an instance is 0; y = 1 softmax(x) + 0 y */
static int is_asked_well(const void *handle, int algorithm, int mode, const void *alpha, const void *beta)
{
    return handle == &handles && handles == 1 && algorithm == 1 && mode == 0 && *(const float *)alpha == 1 &&
           *(const float *)beta == 0;
}

int cudnnSoftmaxForward(void *handle, int algorithm, int mode, const void *alpha, void *x_is, const void *x,
                        const void *beta, void *y_is, void *y)
{
    if (!is_asked_well(handle, algorithm, mode, alpha, beta) || x_is != &rows || y_is != &rows)
        return BAD_PARAM;
    for (int n = 0; n < rows.n; n++) {
        const float *from = (const float *)x + (size_t)n * (size_t)rows.c;
        float *to = (float *)y + (size_t)n * (size_t)rows.c, max = from[0], sum = 0;
        for (int c = 1; c < rows.c; c++) max = fmaxf(max, from[c]);
        for (int c = 0; c < rows.c; c++) sum += to[c] = expf(from[c] - max);
        for (int c = 0; c < rows.c; c++) to[c] /= sum;
    }
    return SUCCESS;
}

int cudnnSoftmaxBackward(void *handle, int algorithm, int mode, const void *alpha, void *y_is, const void *y,
                         void *dy_is, const void *dy, const void *beta, void *dx_is, void *dx)
{
    if (!is_asked_well(handle, algorithm, mode, alpha, beta) || y_is != &rows || dy_is != &rows ||
        dx_is != &rows)
        return BAD_PARAM;
    for (int n = 0; n < rows.n; n++) {
        size_t begin = (size_t)n * (size_t)rows.c;
        const float *p = (const float *)y + begin, *d = (const float *)dy + begin;
        float *to = (float *)dx + begin, sum = 0;
        for (int c = 0; c < rows.c; c++) sum += p[c] * d[c];
        for (int c = 0; c < rows.c; c++) to[c] = p[c] * (d[c] - sum);
    }
    return SUCCESS;
}

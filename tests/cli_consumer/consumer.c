/* consumer.c - somebody else's program: uses the installed library, and nothing of the source tree. */
#include <rungs/optimized/check.h>
#include <rungs/optimized/op.h>
#include <rungs/reference/philox.h>
#include <rungs/reference/reference.h>

#if !defined WITHOUT_TRAIN /* a cross compiler may have no zlib */
#include <rungs/train/data.h>
#endif

#include <stdio.h>

int main(void)
{
    float x[6], w[6], b[2] = { 0 }, y[4], best[4];
    philox_uniform(1, 0, 6, -1, 1, x);
    philox_uniform(1, 1, 6, -1, 1, w);
    dense_forward_f32(2, 3, 2, x, w, b, y);
    const struct op *op = op_find("dense_forward");
    void *buf[] = { x, w, b, best };
    op_call(op, rung_best(op)->run, (const int[]){ 2, 3, 2 }, buf);
    for (int i = 0; i < 4; i++)
        if (!(best[i] - y[i] < 1e-6f && y[i] - best[i] < 1e-6f)) return 1;
#if !defined WITHOUT_TRAIN
    struct dataset data;
    char error[ERROR_TEXT];
    if (data_load_folder(data_find("mnist"), "no such folder", &data, error)) return 1;
#endif
    struct check c = check_gradient(op_find("softmax_xent_backward"), 1);
    printf("worst gradient error %.1e\n", c.worst);
    return c.verdict == CHECK_PASS ? 0 : 1;
}

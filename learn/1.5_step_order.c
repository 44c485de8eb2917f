/* 1.5 step_order - a step of training that is nearly right
 *
 *   z = x w1^T, a = max(0, z), y = a w2^T, L = mean of (y - t)^2
 *   x (N,IN), w1 (HID,IN), w2 (OUT,HID), y and t (N,OUT)
 *
 * The parts of the step are given, and right: call them. With this step the loss falls, and a network learns.
 * But two lines are in the wrong order: one of them reads what the other has already changed. Correct the
 * order: the weights after each of 20 steps are compared with ours, bit for bit.
 */
void dense(int N, int IN, int OUT, const double *x, const double *w, double *y);      /* y = x w^T    */
void dense_dw(int N, int IN, int OUT, const double *x, const double *dy, double *dw); /* dw = dy^T x  */
void dense_dx(int N, int IN, int OUT, const double *w, const double *dy, double *dx); /* dx = dy w    */
void relu(int n, const double *z, double *a);
void relu_back(int n, const double *a, const double *da, double *dz);
void loss_back(int n, const double *y, const double *t, double *dy);
void descend(int n, const double *dw, double *w, double lr); /* w = w - lr dw */

enum { MOST = 64 };

void step_order(int N, int IN, int HID, int OUT, const double *x, const double *t, double *w1, double *w2,
                double lr)
{
    double z[MOST], a[MOST], y[MOST], dy[MOST], da[MOST], dz[MOST], dw1[MOST], dw2[MOST];
    dense(N, IN, HID, x, w1, z);
    relu(N * HID, z, a);
    dense(N, HID, OUT, a, w2, y);
    loss_back(N * OUT, y, t, dy);
    dense_dw(N, HID, OUT, a, dy, dw2);
    /* STUB */
    descend(OUT * HID, dw2, w2, lr);
    /* END */
    dense_dx(N, HID, OUT, w2, dy, da);
    relu_back(N * HID, a, da, dz);
    dense_dw(N, IN, HID, x, dz, dw1);
    /* SOLUTION */
    descend(OUT * HID, dw2, w2, lr); /* by now nothing reads the old w2 */
    /* END */
    descend(HID * IN, dw1, w1, lr);
}

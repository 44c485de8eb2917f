/* 1.5 step_order - first all gradients, then all weights: a gradient is that of the weights which made the
 * output, and it needs them until it is finished.
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
    dense_dx(N, HID, OUT, w2, dy, da); /* by the w2 that has made y */
    relu_back(N * HID, a, da, dz);
    dense_dw(N, IN, HID, x, dz, dw1);
    descend(OUT * HID, dw2, w2, lr); /* nobody reads the weights any more */
    descend(HID * IN, dw1, w1, lr);
}

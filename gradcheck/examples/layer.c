/* layer.c - functions with arguments of their own: a dense layer in float and a softmax classifier in double.
 *
 *     cc -O2 -fPIC -shared -o layer.so layer.c -lm
 *     rungs gradcheck sig 'double xent(const double W[4,3], const double b[4], const double X[n,3],
 *     const int y[n], int n)' \
 *         --lib ./layer.so --size n=5 --range y=0:3 --grad 'void xent_grad(const double *W, const double *b,
 *             const double *X, const int *y, int n, double *dW, double *db)'
 *     rungs gradcheck sig 'void dense(int n, const float X[n,3], const float W[4,3], float
 *     Y[n,4])' --lib ./layer.so \
 *         --size n=5 --grad 'void dense_dw(int n, const float *X, const float *dY, float *dW)'
 */
#include <math.h>

enum { IN = 3, OUT = 4 };

double xent(const double *W, const double *b, const double *X, const int *y, int n);
void xent_grad(const double *W, const double *b, const double *X, const int *y, int n, double *dW,
               double *db);
void dense(int n, const float *X, const float *W, float *Y);
void dense_dw(int n, const float *X, const float *dY, float *dW);

/* p = softmax(W x + b); returns log sum exp - the score of class y, the loss of this example */
static double softmax(const double *W, const double *b, const double *x, int y, double *p)
{
    double largest = -HUGE_VAL, sum = 0, score = 0;
    for (int k = 0; k < OUT; k++) {
        p[k] = b[k];
        for (int j = 0; j < IN; j++) p[k] += W[k * IN + j] * x[j];
        if (k == y) score = p[k];
        largest = p[k] > largest ? p[k] : largest;
    }
    for (int k = 0; k < OUT; k++) sum += p[k] = exp(p[k] - largest);
    for (int k = 0; k < OUT; k++) p[k] /= sum;
    return largest + log(sum) - score;
}

double xent(const double *W, const double *b, const double *X, const int *y, int n)
{
    double loss = 0, p[OUT];
    for (int i = 0; i < n; i++) loss += softmax(W, b, X + i * IN, y[i], p);
    return loss / n;
}

void xent_grad(const double *W, const double *b, const double *X, const int *y, int n, double *dW, double *db)
{
    double p[OUT];
    for (int k = 0; k < OUT * IN; k++) dW[k] = 0;
    for (int k = 0; k < OUT; k++) db[k] = 0;
    for (int i = 0; i < n; i++) {
        softmax(W, b, X + i * IN, y[i], p);
        for (int k = 0; k < OUT; k++) {
            double d = (p[k] - (k == y[i])) / n;
            db[k] += d;
            for (int j = 0; j < IN; j++) dW[k * IN + j] += d * X[i * IN + j];
        }
    }
}

/* Y (n,OUT) = X (n,IN) W' */
void dense(int n, const float *X, const float *W, float *Y)
{
    for (int i = 0; i < n; i++)
        for (int k = 0; k < OUT; k++) {
            float sum = 0;
            for (int j = 0; j < IN; j++) sum += X[i * IN + j] * W[k * IN + j];
            Y[i * OUT + k] = sum;
        }
}

void dense_dw(int n, const float *X, const float *dY, float *dW)
{
    for (int k = 0; k < OUT; k++)
        for (int j = 0; j < IN; j++) {
            float sum = 0;
            for (int i = 0; i < n; i++) sum += dY[i * OUT + k] * X[i * IN + j];
            dW[k * IN + j] = sum;
        }
}

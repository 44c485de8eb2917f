#!/bin/sh
# gc_cli_sig.sh PROGRAM CC SCRATCH EXAMPLES - rungs gradcheck sig: prototypes become checks, or a caret.
set -u
rungs=$1 cc=$2 scratch="$3/with a space" examples=$4
. "$(dirname "$0")/gc_cli.sh"
CC=$cc
export CC

library layer <"$examples/layer.c"
xent='double xent(const double W[4,3], const double b[4], const double X[n,3], const int y[n], int n)'
xent_grad='void xent_grad(const double *W, const double *b, const double *X, const int *y, int n, double *dW, double db[4])'
gives 0 "^PASS xent" sig "$xent" --lib ./layer.so --grad "$xent_grad" --size n=5 --range y=0:3
gives 0 '"name":"b","shape":\[4\],"elements":4,"checked":true' sig "$xent" --lib layer.so --grad "$xent_grad" --size n=5 --range y=0:3 --only b --json -
gives 0 "" sig "$xent" --lib ./layer.so --grad "$xent_grad" --size=n=5 --range=y=0:3 --quiet
[ -z "$said" ] || bad "--quiet should say nothing, not: $said"
dense='void dense(int n, const float X[n,3], const float W[4,3], float Y[n,4])'
dense_dw='void dense_dw(int n, const float *X, const float *dY, float *dW)'
gives 0 "^PASS dense" sig "$dense" --lib ./layer.so --grad "$dense_dw" --size n=5 --linear W --checks contract,adjoint,direction

# ---- every form of a pair ----
library forms <<'END'
#include <math.h>
/* a loss by pointer and a number by value, which is differentiated too */
int ridge(const double *x, double lambda, double *loss)
{
    *loss = 0;
    for (int i = 0; i < 3; i++) *loss += sin(x[i]) + lambda * x[i] * x[i];
    return 0;
}
int ridge_grad(const double *x, double lambda, double *gx, double *lambda_grad)
{
    *lambda_grad = 0;
    for (int i = 0; i < 3; i++) gx[i] = cos(x[i]) + 2 * lambda * x[i], *lambda_grad += x[i] * x[i];
    return 0;
}
int ridge_wrong(const double *x, double lambda, double *gx, double *lambda_grad)
{
    ridge_grad(x, lambda, gx, lambda_grad);
    gx[1] *= 1.01;
    return 0;
}
/* a cache that the gradient reads, and an upstream gradient by value */
double cached(const double *x, double *squares)
{
    double sum = 0;
    for (int i = 0; i < 3; i++) sum += squares[i] = x[i] * x[i];
    return sum * sum;
}
void cached_grad(double dloss, const double *squares, const double *x, double *dx)
{
    for (int i = 0; i < 3; i++) dx[i] = dloss * 4 * x[i] * (squares[0] + squares[1] + squares[2]);
}
/* loss and gradient in one function */
double both(const double *x, double *dx)
{
    for (int i = 0; i < 3; i++) dx[i] = 2 * x[i];
    return x[0] * x[0] + x[1] * x[1] + x[2] * x[2];
}
/* defined for positive numbers alone, and refuses others */
int logs(const double *v, double *loss) { *loss = log(v[0]) * sqrt(v[1]); return !(v[0] > 0 && v[1] > 0); }
void logs_grad(const double *v, double *dv) { dv[0] = sqrt(v[1]) / v[0], dv[1] = log(v[0]) / (2 * sqrt(v[1])); }
/* only whole numbers from 0 to 2 are legal */
double pick(const double *x, const int *y) { return x[y[0]] * x[y[1]]; }
void pick_grad(const double *x, const int *y, double *dx)
{
    dx[0] = dx[1] = dx[2] = 0;
    dx[y[0]] += x[y[1]], dx[y[1]] += x[y[0]];
}
END
# a function whose name libm has too
library libm <<'END'
double gamma(const double *x) { return x[0] * x[1]; }
void gamma_grad(const double *x, double *dx) { dx[0] = x[1], dx[1] = x[0]; }
END
ridge='int ridge(const double x[3], double lambda, double loss[1])'
gives 0 "^PASS ridge" sig "$ridge" --lib ./forms.so --grad 'int ridge_grad(const double *x, double lambda, double *gx, double *lambda_grad)'
gives 0 "^PASS ridge" sig "$ridge" --lib ./forms.so --set lambda=0.5 --grad 'int ridge_grad(const double *x, double lambda, double *gx, double *lambda_grad)'
gives 1 "dx.*wrong" sig "$ridge" --lib ./forms.so --grad 'int ridge_wrong(const double *x, double lambda, double *gx, double *lambda_grad)'
repeat=$(printf '%s\n' "$said" | sed -n 's/^  repeat   rungs //p')
code=0
again=$(eval "\"\$rungs\" $repeat" 2>&1) || code=$?
[ $code = 1 ] && printf '%s\n' "$again" | grep -q "worst    dx\[1\]" || bad "the repeated command should find dx[1] again: $again"
gives 0 "^PASS cached" sig 'double cached(const double x[3], double squares[3])' --lib ./forms.so \
    --grad 'void cached_grad(double dloss, const double *squares, const double *x, double *dx)'
gives 0 "^PASS both" sig 'double both(const double x[3], double dx[3])' --lib ./forms.so --grad 'double both(const double x[3], double dx[3])'
gives 0 "^PASS gamma" sig 'double gamma(const double x[2])' --lib ./libm.so --grad 'void gamma_grad(const double *x, double *dx)'
gives 0 "^PASS logs" sig 'int logs(const double v[2], double loss[1])' --lib ./forms.so --positive v --grad 'void logs_grad(const double *v, double *dv)'
gives 0 "^PASS logs" sig 'int logs(const double v[2], double loss[1])' --lib ./forms.so --range v=1:2 --grad 'void logs_grad(const double *v, double *dv)'
gives 0 "^PASS pick" sig 'double pick(const double x[3], const int y[2])' --lib ./forms.so --range y=0:2 --grad 'void pick_grad(const double *x, const int *y, double *dx)'
gives 0 "^PASS pick" sig 'double pick(const double a[3], const int y[2])' --lib ./forms.so --range y=0:2 --map out=a --grad 'void pick_grad(const double *a, const int *y, double *out)'
echo "1 2" >y.txt && echo "0.1 0.2 0.3" >"x, too.txt"
gives 0 "^PASS pick" sig 'double pick(const double x[3], const int y[2])' --lib ./forms.so --data y=y.txt --data "x=x, too.txt" --fixed x --grad 'void pick_grad(const double *x, const int *y, double *dx)'
gives 2 "^INCONCLUSIVE" sig 'int logs(const double v[2], double loss[1])' --lib ./forms.so --range v=-2:-1 --grad 'void logs_grad(const double *v, double *dv)'

# ---- the file that joins the two ----
gives 0 "the shim is kept here/shim.c" sig 'double gamma(const double x[2])' --lib ./libm.so --grad 'void gamma_grad(const double *x, double *dx)' --keep "kept here"
"$cc" -std=c99 -Wall -Wextra -Werror -fsyntax-only -I "kept here" "kept here/shim.c" || bad "the shim should compile without a warning"

# ---- refusals ----
refuses "needs --lib and --grad" sig 'double f(const double x[2])'
gives 64 '\^' sig 'double f(const double x[)' --lib ./forms.so --grad 'void g(double *dx)'
[ "$(printf '%s\n' "$said" | wc -l)" = 3 ] || bad "a sentence, the prototype and a caret: $said"
[ "$(printf '%s\n' "$said" | tail -1)" = "                            ^" ] || bad "the caret stands elsewhere: $said"
refuses "exports no 'gama'; did you mean 'gamma'" sig 'double gama(const double x[2])' --lib ./libm.so --grad 'void gamma_grad(const double *x, double *dx)'
refuses "--map: \|--map oops" sig 'double gamma(const double x[2])' --lib ./libm.so --map oops=x --grad 'void gamma_grad(const double *x, double *dx)'
refuses "--set lambda needs a number" sig "$ridge" --lib ./forms.so --set lambda=much --grad 'int ridge_grad(const double *x, double lambda, double *gx, double *lambda_grad)'
CC="no-such-compiler -O2"
refuses_with 77 "'no-such-compiler' cannot be started; set CC" sig 'double gamma(const double x[2])' --lib ./libm.so --grad 'void gamma_grad(const double *x, double *dx)'
CC=false
refuses "does not compile" sig 'double gamma(const double x[2])' --lib ./libm.so --grad 'void gamma_grad(const double *x, double *dx)'
CC=$cc
TMPDIR=/nowhere
refuses_with 74 "set TMPDIR" sig 'double gamma(const double x[2])' --lib ./libm.so --grad 'void gamma_grad(const double *x, double *dx)'
TMPDIR=$scratch/tmp

# ---- a crash in this process leaves nothing ----
library crash <<'END'
double f(const double *x) { return x[0]; }
void g(const double *x, double *dx) { *(volatile double *)8 = x[0]; }
END
"$rungs" gradcheck sig 'double f(const double x[1])' --lib ./crash.so --grad 'void g(const double *x, double *dx)' --no-fork >log 2>&1 &&
    bad "a crash in this process should end it"
leaves_nothing

# ---- an interrupted check leaves nothing ----
library forever <<'END'
double f(const double *x) { for (volatile int i = 0;; i++) if (i < 0) return x[0]; }
void g(const double *x, double *dx) { dx[0] = x[0]; }
END
"$rungs" gradcheck sig 'double f(const double x[1])' --lib ./forever.so --grad 'void g(const double *x, double *dx)' >log 2>&1 &
check=$!
waited=0
until ls "$TMPDIR"/*/shim.so >/dev/null 2>&1 || [ $waited -ge 100 ]; do sleep 0.1 && waited=$((waited + 1)); done
sleep 0.3
kill -TERM $check
wait $check 2>/dev/null && bad "an interrupted check should not end with 0"
sleep 0.3
leaves_nothing
[ $failed = 0 ] && echo "gradcheck sig: prototypes of every form are checked, broken ones told at their column"
exit $failed

#!/bin/sh
# gc_cli_derived.sh PROGRAM CC SCRATCH EXAMPLES - rungs gradcheck map, second, complex and sampled: verdicts, refusals, batch.
set -u
rungs=$1 cc=$2 scratch="$3/with a space" examples=$4
. "$(dirname "$0")/gc_cli.sh"

library beyond <"$examples/beyond.c"
polar="./beyond.so --n 2 --m 2"

# ---- verdicts ----
# shellcheck disable=SC2086 # lists of words
{
    gives 0 "^PASS polar" map $polar --map polar --jvp polar_jvp --vjp polar_vjp
    gives 0 "^PASS polar_jvp" map $polar --jvp polar_jvp --vjp polar_vjp
    gives 1 "dy.2. 1/2 wrong" map $polar --map polar --jvp polar_jvp_wrong
    gives 1 "one matrix and its transpose" map $polar --jvp polar_jvp_wrong --vjp polar_vjp --no-fork
    gives 0 "^PASS" map $polar --map polar --vjp polar_vjp --seed 3
}
gives 0 "^PASS rosenbrock_hvp" second ./beyond.so --grad rosenbrock_grad --n 6 --hvp rosenbrock_hvp
gives 1 "^FAIL rosenbrock_gauss_newton   dg" second ./beyond.so --grad rosenbrock_grad --n 6 --hvp rosenbrock_gauss_newton
gives 0 "^PASS misfit" complex ./beyond.so --loss misfit --grad misfit_grad --n 3 --by torch
gives 0 "^PASS misfit" complex ./beyond.so --loss misfit --grad misfit_grad --n 3 --by tensorflow
gives 1 "the gradient is PyTorch's" complex ./beyond.so --loss misfit --grad misfit_grad --n 3 --by jax
gives 1 "likely: another convention: scale it" complex ./beyond.so --loss misfit --grad misfit_grad --n 3 --by dzbar
gives 0 "^PASS reinforce" sampled ./beyond.so --grad reinforce --n 3 --loss pay --width 0.2
gives 1 "^FAIL reinforce_wrong   dx.3. 3/3 wrong" sampled ./beyond.so --grad reinforce_wrong --n 3 --loss pay --width 0.2
gives 2 "raise the budget" sampled ./beyond.so --grad reinforce --n 3 --loss pay --budget 3000

library other <<'END'
#include <stdint.h>
#include <stddef.h>
#include <stdlib.h>
void map(const double *x, size_t n, double *y, size_t m) { for (size_t i = 0; i < m; i++) y[i] = x[i % n] * x[i % n]; }
void crash(const double *x, size_t n, const double *v, double *jv, size_t m) { *(volatile int *)0 = 0; }
void beyond(const double *x, size_t n, const double *v, double *jv, size_t m) { for (size_t i = 0; i <= m; i++) jv[i] = 2 * x[i % n] * v[i % n]; }
void jacobian(const double *x, size_t n, double *J, size_t m) { for (size_t i = 0; i < m * n; i++) J[i] = i / n % n == i % n ? 2 * x[i % n] : 0; }
double expected(const double *x, size_t n) { return x[0] * x[0]; }
void mean(const double *x, size_t n, uint64_t seed, double *g) { g[0] = 2 * x[0] + (double)(seed % 1000003) / 500001.0 - 1; }
void restless(const double *x, size_t n, uint64_t seed, double *g) { g[0] = 2 * x[0] + rand(); }
END
gives 0 "^PASS map" map ./other.so --map map --n 2 --m 3 --jacobian jacobian
gives 4 "^CRASH" map ./other.so --map map --n 2 --m 3 --jvp crash
gives 3 "past the end of the result of jvp" map ./other.so --map map --n 2 --m 3 --jvp beyond
gives 0 "^PASS mean" sampled ./other.so --grad mean --n 1 --expected expected
gives 3 "draw all random numbers from the seed" sampled ./other.so --grad restless --n 1 --expected expected
echo 0.5 -2 >point.txt
gives 0 "^PASS map" map ./other.so --map map --n 2 --m 3 --jacobian jacobian --x point.txt

# ---- files, and many at once ----
"$rungs" gradcheck map ./other.so --map map --n 2 --m 3 --jacobian jacobian --json - | grep -q '"verdict":"PASS"' || bad "JSON of a Jacobian"
cat >problems.txt <<'END'
map ./other.so --map map --n 2 --m 3 --jacobian jacobian
second ./beyond.so --grad rosenbrock_grad --n 4 --hvp rosenbrock_gauss_newton
END
gives 1 "2 results in .*: 1 PASS, 1 FAIL" batch problems.txt

# ---- refusals ----
refuses "it needs --n, --m and one of" map ./beyond.so --map polar --n 2 --m 2
refuses "without --map only --jvp and --vjp" map ./beyond.so --n 2 --m 2 --jvp polar_jvp
refuses "no room for derivatives by re and im" map ./other.so --map map --n 2 --m 3 --jacobian jacobian --complex jax
refuses "there is no convention 'tourch'; did you mean 'torch'" complex ./beyond.so --loss misfit --grad misfit_grad --n 3 --by tourch
refuses "it needs --loss, --grad, --n and --by" complex ./beyond.so --loss misfit --grad misfit_grad --n 3
refuses "it needs --grad, --n and --hvp or --hessian" second ./beyond.so --grad rosenbrock_grad --n 4
refuses "either --expected or --loss" sampled ./beyond.so --grad reinforce --n 3
refuses "either --expected or --loss" sampled ./beyond.so --grad reinforce --n 3 --loss pay --expected pay
refuses "are for gradients of a real loss" second ./beyond.so --grad rosenbrock_grad --n 4 --hvp rosenbrock_hvp --only x
refuses "there is no such curve" vcurve second ./beyond.so --grad rosenbrock_grad --n 4 --hvp rosenbrock_hvp
refuses "exports no 'polarr'; did you mean 'polar'" map ./beyond.so --map polarr --n 2 --m 2 --jvp polar_jvp
refuses_with 66 "point.txt" map ./other.so --map map --n 5 --m 3 --jacobian jacobian --x point.txt
leaves_nothing
[ $failed = 0 ] && echo "PASS  rungs gradcheck map, second, complex, sampled"
exit $failed

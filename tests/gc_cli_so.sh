#!/bin/sh
# gc_cli_so.sh PROGRAM CC SCRATCH EXAMPLES - rungs gradcheck so: every exit code, every refusal, whatever the code does.
set -u
rungs=$1 cc=$2 scratch="$3/with a space" examples=$4
. "$(dirname "$0")/gc_cli.sh"

for name in logistic logistic_wrong crash endless; do library $name <"$examples/$name.c"; done
logistic="--loss logistic --grad logistic_grad --n 4"

# ---- verdicts ----
# shellcheck disable=SC2086 # lists of words
{
    gives 0 "^PASS logistic" so ./logistic.so $logistic
    gives 0 "^PASS logistic" so logistic.so $logistic --seed 7 --points 1 --dirs 1 --checks contract,direction
    gives 0 "^PASS logistic" so "$scratch/logistic.so" $logistic --no-fork
    gives 1 "pattern  analytic = 8" so ./logistic_wrong.so $logistic
    gives 1 "^FAIL" so ./logistic_wrong.so $logistic --no-fork
    gives 4 "crashed in backward" so ./crash.so --loss square --grad square_grad --n 4
    gives 4 "did not return within 1 s" so ./endless.so --loss search --grad search_grad --n 4 --timeout 1
}
# ---- slow code is no crash ----
library slow <<'END'
#include <stddef.h>
#include <unistd.h>
double f(const double *x, size_t n) { usleep(50000); double s = 0; for (size_t i = 0; i < n; i++) s += x[i] * x[i]; return s; }
void g(const double *x, size_t n, double *d) { for (size_t i = 0; i < n; i++) d[i] = 2 * x[i]; }
void h(const double *x, size_t n, double *d) { for (size_t i = 0; i < n; i++) d[i] = 3 * x[i]; }
END
gives 2 "the check was not done within 1 s: a forward takes 0.05" so ./slow.so --loss f --grad g --n 4 --timeout 1
gives 1 "along a random direction" so ./slow.so --loss f --grad h --n 4 --checks direction,elements --timeout 4

# ---- a large problem ----
library large <<'END'
#include <math.h>
#include <stddef.h>
double f(const double *x, size_t n) { double s = 0; for (size_t i = 0; i < n; i++) s += sin(x[i]); return s; }
void g(const double *x, size_t n, double *d) { for (size_t i = 0; i < n; i++) d[i] = cos(x[i]); }
END
gives 0 "^PASS f.* 7 repeats" so ./large.so --loss f --grad g --n 2000000

# ---- what a gradient check cannot see ----
library unused <"$examples/unused.c"
smooth="--loss smooth --grad smooth_grad --n 5"
printf '1 1 1 1 1\n' >ones.txt
# shellcheck disable=SC2086 # lists of words
{
    gives 0 "warning  1 of 5 elements of x had gradient 0 in all 48 trials, x\[4\] first" so ./unused.so $smooth
    gives 1 "its oracle gives" so ./unused.so $smooth --oracle smooth_plainly
    gives 0 "^PASS smooth" so ./unused.so --loss smooth_plainly --grad smooth_grad --n 5 --checks reference --oracle smooth_plainly
    gives 1 "its oracle gives 10.355" so ./unused.so $smooth --x ones.txt --value 10.355
    gives 0 "^PASS smooth" so ./unused.so $smooth --x ones.txt --value 8.16
    gives 64 "no_such" so ./unused.so $smooth --oracle no_such
    gives 64 "value" so ./unused.so $smooth --value 9.2
    gives 64 "a number" so ./unused.so $smooth --x ones.txt --value 9.2x
}
library noisy <<'END'
#include <stdlib.h>
double f(const double *x, size_t n) { return x[0] * x[0] + 1e-3 * rand() / RAND_MAX; }
void g(const double *x, size_t n, double *d) { d[0] = 2 * x[0]; }
END
gives 2 "^INCONCLUSIVE" so ./noisy.so --loss f --grad g --n 1 --checks direction
library beyond <<'END'
#include <stddef.h>
double f(const double *x, size_t n) { double s = 0; for (size_t i = 0; i < n; i++) s += x[i] * x[i]; return s; }
void g(const double *x, size_t n, double *d) { for (size_t i = 0; i <= n; i++) d[i] = 2 * x[i]; }
void edits(double *x, size_t n, double *d) { for (size_t i = 0; i < n; i++) d[i] = x[i] *= 2; }
void nan_g(const double *x, size_t n, double *d) { for (size_t i = 0; i < n; i++) d[i] = 0.0 / 0.0 * x[i]; }
END
gives 3 "past the end" so ./beyond.so --loss f --grad g --n 4
gives 3 "input" so ./beyond.so --loss f --grad edits --n 4
gives 1 "^FAIL" so ./beyond.so --loss f --grad nan_g --n 4

# ---- another prototype than the one assumed ----
library mismatch <<'END'
#include <stddef.h>
float in_float(const float *x, size_t n) { float s = 0; for (size_t i = 0; i < n; i++) s += x[i] * x[i]; return s; }
void in_float_grad(const float *x, size_t n, float *g) { for (size_t i = 0; i < n; i++) g[i] = 2 * x[i]; }
double f(const double *x, size_t n) { double s = 0; for (size_t i = 0; i < n; i++) s += x[i] * x[i]; return s; }
void g(const double *x, size_t n, double *g) { for (size_t i = 0; i < n; i++) g[i] = 2 * x[i]; }
void without_n(const double *x, double *g) { for (size_t i = 0; i < 6; i++) g[i] = 2 * x[i]; }
double fortran_(const double *x, const int *n) { double s = 0; for (int i = 0; i < *n; i++) s += x[i] * x[i]; return s; }
void fortran_grad_(const double *x, const int *n, double *g) { for (int i = 0; i < *n; i++) g[i] = 2 * x[i]; }
struct net { long n; const double *w; };
double of_struct(const struct net *p) { double s = 0; for (long i = 0; i < 6; i++) s += p->w[i]; return s; }
void half(const double *x, size_t n, double *g) { for (size_t i = 0; i < n / 2; i++) g[i] = 2 * x[i]; }
void of_null(const double *x, size_t n, double *g, struct net *p) { for (size_t i = 0; i < n; i++) g[i] = p->w[0]; }
END
gives 3 "wrong prototype.*--f32" so ./mismatch.so --loss in_float --grad in_float_grad --n 6
gives 3 "calls    as double in_float(const double" so ./mismatch.so --loss in_float --grad in_float_grad --n 7
gives 0 "^PASS in_float" so ./mismatch.so --loss in_float --grad in_float_grad --n 6 --f32
gives 3 "wrong prototype.*leave out --f32" so ./mismatch.so --loss f --grad g --n 6 --f32
gives 3 "wrong prototype.*writes half of g" so ./mismatch.so --loss f --grad in_float_grad --n 6
gives 3 "wrong prototype.*n = 6 for an address" so ./mismatch.so --loss f --grad without_n --n 6
gives 3 "wrong prototype.*rungs gradcheck sig" so ./mismatch.so --loss fortran_ --grad fortran_grad_ --n 6
gives 4 "are they of a struct" so ./mismatch.so --loss of_struct --grad g --n 6
gives 3 "or never writes it" so ./mismatch.so --loss f --grad half --n 6
gives 4 "a null pointer" so ./mismatch.so --loss f --grad of_null --n 6
gives 0 "^PASS fortran_" sig 'double fortran_(const double x[n], const int *n)' --lib ./mismatch.so \
    --grad 'void fortran_grad_(const double x[n], const int *n, double g[n])' --size n=6 --map g=x

# ---- a flat x of several tensors ----
library flat <"$examples/flat.c"
flat="--loss flat --grad flat_grad --n 13"
# shellcheck disable=SC2086 # lists of words
{
    gives 1 "dW1\[3,2\] 6/6 wrong   db1\[3\] 3/3 wrong   dW2 ok   db2 ok" so ./flat.so $flat --tensors W1:3x2,b1:3,W2:3,b2:1
    gives 1 "analytic = .* \* W2, whatever" so ./flat.so $flat --tensors W1:3x2,b1:3,W2:3,b2:1 --only b1
    gives 0 "^PASS flat" so ./flat.so $flat --tensors W1:3x2,b1:3,W2:3,b2:1 --only W2 --no-fork
    gives 0 "by this element" so ./flat.so $flat --tensors W1:3x2,b1:3,W2:3,b2:1 --only W2 --at 2
    refuses "6 elements together, but x has 13" so ./flat.so $flat --tensors W1:3x2
    for tensors in "" :13 a a:3x a:13, "a:13;b"; do refuses "does not begin with NAME:SIZE" so ./flat.so $flat --tensors "$tensors"; done
    refuses "two tensors called a" so ./flat.so $flat --tensors a:6,a:7
    refuses "a has no elements, or too many" so ./flat.so $flat --tensors a:99999999999999999999
    refuses "more than 16 tensors" so ./flat.so $flat --tensors a:1,b:1,c:1,d:1,e:1,f:1,g:1,h:1,i:1,j:1,k:1,l:1,m:1,n:1,o:1,p:1,q:1
}
gives 3 "past the end of" so ./beyond.so --loss f --grad g --n 4 --tensors a:2,b:2
gives 3 "input x" so ./beyond.so --loss f --grad edits --n 4 --tensors a:2,b:2
gives 3 "input" so ./beyond.so --loss f --grad edits --n 4 --tensors a:2,b:2 --no-fork

# ---- float ----
library single <<'END'
#include <math.h>
#include <stddef.h>
float f(const float *x, size_t n) { float s = 0; for (size_t i = 0; i < n; i++) s += x[i] * x[i]; return s; }
void g(const float *x, size_t n, float *d) { for (size_t i = 0; i < n; i++) d[i] = 2 * x[i]; }
void h(const float *x, size_t n, float *d) { for (size_t i = 0; i < n; i++) d[i] = 3 * x[i]; }
END
gives 0 "^PASS f" so ./single.so --loss f --grad g --n 3 --f32
gives 1 "^FAIL f" so ./single.so --loss f --grad h --n 3 --f32
gives 1 "da\[2\] 2/2 wrong   db\[1\] 1/1 wrong" so ./single.so --loss f --grad h --n 3 --f32 --tensors a:2,b:1

# ---- a problem of named tensors ----
header=$(dirname "$examples")
problem() {
    { echo "#include \"$header/gc.h\"" && cat; } | library "$1"
}
problem layer <<'END'
static int forward(void *c, const gc_tensor *in, gc_tensor *out)
{
    const double *W = in[0].data, *x = in[1].data;
    double *y = out[0].data;
    for (int i = 0; i < 3; i++) y[i] = W[2 * i] * x[0] + W[2 * i + 1] * x[1] * x[1];
    return 0;
}
static int backward(void *c, const gc_tensor *in, const gc_tensor *out, const gc_tensor *dout, gc_tensor *din)
{
    const double *W = in[0].data, *x = in[1].data, *v = dout[0].data;
    double *dW = din[0].data, *dx = din[1].data;
    for (int i = 0; i < 3 && dW; i++) dW[2 * i] = v[i] * x[0], dW[2 * i + 1] = v[i] * x[1] * x[1];
    if (dx) dx[0] = dx[1] = 0;
    for (int i = 0; i < 3 && dx; i++) dx[0] += v[i] * W[2 * i], dx[1] += 2.2 * v[i] * W[2 * i + 1] * x[1];
    return 0;
}
static const gc_tensor in[] = { { "W", 0, GC_F64, 2, { 3, 2 }, GC_GRAD }, { "x", 0, GC_F64, 1, { 2 }, GC_GRAD } };
static const gc_tensor out[] = { { "y", 0, GC_F64, 1, { 3 }, 0 } };
gc_problem layer = { .name = "layer", .nin = 2, .nout = 1, .in = in, .out = out, .forward = forward, .backward = backward };
const gc_problem *pointer = &layer;
const gc_problem *make(void) { return &layer; }
const gc_problem *nothing(void) { return 0; }
gc_problem empty;
int number = 3;
END
for name in layer pointer make; do gives 1 "dx\[2\] 1/2 wrong" so ./layer.so --problem $name; done
gives 0 "^PASS layer" so ./layer.so --problem layer --only W
gives 0 "^PASS layer" so ./layer.so --problem layer --only dW --at 2,1
gives 1 "dx\[1\]" so ./layer.so --problem layer --only x --at 1
gives 64 "index 2 of W ends at 1" so ./layer.so --problem layer --only W --at 2,2
gives 64 "has 2 indexes" so ./layer.so --problem layer --only W --at 1,1,1
gives 64 "W has 6 elements" so ./layer.so --problem layer --only W --at 6
gives 64 "needs --only" so ./layer.so --problem layer --at 1
gives 64 "it has W, x" so ./layer.so --problem layer --only V
gives 64 "gives NULL" so ./layer.so --problem nothing
gives 64 "nin = 0" so ./layer.so --problem empty
gives 64 "has 4 bytes, but a gc_problem has" so ./layer.so --problem number

# ---- what code does: none of it takes the checker down ----
library rude <<'END'
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
double talks(const double *x, size_t n) { puts("{ \"I am\": \"no part of a report\""); return x[0] * x[0]; }
double leaves(const double *x, size_t n) { exit(0); }
double aborts(const double *x, size_t n) { fputs("rude.c: this must not be\n", stderr); abort(); }
static void *volatile last;
double hungry(const double *x, size_t n) { for (;;) if (!(last = malloc((size_t)1 << 30))) abort(); }
double deep(const double *x, size_t n) { volatile char room[4096]; room[0] = 1; return room[0] + deep(x, n); }
void g(const double *x, size_t n, double *d) { d[0] = 2 * x[0]; }
END
gives 0 "bytes to stdout, kept out of this report" so ./rude.so --loss talks --grad g --n 1
gives 4 "status 0" so ./rude.so --loss leaves --grad g --n 1
gives 4 "abort.*\|this must not be" so ./rude.so --loss aborts --grad g --n 1
gives 4 "stack overflowed" so ./rude.so --loss deep --grad g --n 1
[ "${RUNGS_TEST_SANITIZED:-}" ] || gives 4 "abort" so ./rude.so --loss hungry --grad g --n 1
for what in "raise(SIGSEGV)" "for (;;) continue" "_exit(3)"; do
    library built <<END
#include <signal.h>
#include <stddef.h>
#include <unistd.h>
__attribute__((constructor)) static void begin(void) { $what; }
double f(const double *x, size_t n) { return x[0]; }
void g(const double *x, size_t n, double *d) { d[0] = 1; }
END
    gives 4 "while it was loaded" so ./built.so --loss f --grad g --n 1 --timeout 1
done

# ---- refusals ----
refuses "needs --loss, --grad and --n" so ./logistic.so
refuses "missing argument" so --loss f
refuses_with 66 "cannot be opened: No such file" so ./nowhere.so --loss f --grad g --n 1
refuses_with 66 "is C source; compile it first" so ./logistic.c --loss f --grad g --n 1
"$cc" -c -o object.o logistic.c
refuses_with 66 "is an object file; link it first" so ./object.o --loss f --grad g --n 1
ar rc archive.a object.o && refuses_with 66 "is an archive" so ./archive.a --loss f --grad g --n 1
: >empty.so
refuses_with 66 "is empty" so ./empty.so --loss f --grad g --n 1
refuses_with 66 "is a folder" so . --loss f --grad g --n 1
echo "no library, but long enough to hold the header of one, whatever it says there" >text.so
refuses_with 66 "is not a shared object" so ./text.so --loss f --grad g --n 1
{ head -c 18 logistic.so; printf '\350\003'; tail -c +21 logistic.so; } >machine.so
refuses_with 66 "built for another machine" so ./machine.so --loss f --grad g --n 1
refuses_with 66 "one line\|is not a shared object\|cannot be loaded" so /bin/sh --loss f --grad g --n 1
for bytes in 64 200 1000 4000; do # cut short anywhere: a sentence
    head -c $bytes logistic.so >cut.so
    refuses_with 66 "is cut short" so ./cut.so --loss f --grad g --n 1
done
refuses "exports no 'logistik'; did you mean 'logistic'" so ./logistic.so --loss logistik --grad g --n 1
refuses "it exports logistic" so ./logistic.so --loss something_else --grad g --n 1
refuses "take away its 'static'" so ./logistic.so --loss feature --grad g --n 1
library mangled <<'END'
double _Z4lossPKdm(const double *x) { return *x; }
END
refuses 'extern "C"' so ./mangled.so --loss loss --grad g --n 1
library needy <<'END'
double not_linked(double);
double f(const double *x) { return not_linked(*x); }
END
refuses_with 66 "needs 'not_linked', which it was not linked with" so ./needy.so --loss f --grad g --n 1
for n in 0 -3 many 1e9; do refuses "whole number" so ./logistic.so --loss f --grad g --n $n; done
# shellcheck disable=SC2086
{
    refuses "did you mean 'contract'" so ./logistic.so $logistic --checks contrct
    refuses "needs the name of a test" so ./logistic.so $logistic --checks ,
    refuses "--only y: logistic has no gradient by a tensor of that name; it has x" so ./logistic.so $logistic --only y
    refuses "index 1 of x ends at 3" so ./logistic.so $logistic --at 4
    refuses "whole numbers" so ./logistic.so $logistic --at one
    refuses "has 1 indexes" so ./logistic.so $logistic --at 1,1
    refuses "leave out" so ./logistic.so $logistic --problem p
    refuses "did you mean '--points'" so ./logistic.so $logistic --point 3
    gives 74 "cannot write /nowhere/file.json: there is no folder /nowhere/" so ./logistic.so $logistic --json /nowhere/file.json
}

# ---- a point from a file ----
printf '# the point\n0.5, -1\n2e-1;3\n' >x.txt
# shellcheck disable=SC2086
{
    gives 0 "^PASS" so ./logistic.so $logistic --x x.txt
    echo 9 >>x.txt && refuses_with 66 "x.txt holds more than 4 numbers" so ./logistic.so $logistic --x x.txt
    echo "1 2" >x.txt && refuses_with 66 "x.txt holds 2 numbers, but 4 are needed" so ./logistic.so $logistic --x x.txt
    printf '1 2\n3 x4\n' >x.txt && refuses_with 66 "x.txt, line 2: 'x4' is not a number" so ./logistic.so $logistic --x x.txt
    echo "1 2 nan 4" >x.txt && refuses_with 66 "nan is not finite" so ./logistic.so $logistic --x x.txt
    head -c 5000 /dev/zero | tr '\0' 1 >x.txt && refuses_with 66 "is not a number" so ./logistic.so $logistic --x x.txt
    refuses_with 66 "cannot be opened" so ./logistic.so $logistic --x nowhere.txt
    refuses_with 66 "is a folder" so ./logistic.so $logistic --x .
}

leaves_nothing
[ $failed = 0 ] && echo "gradcheck so: every verdict and every refusal as it should be"
exit $failed

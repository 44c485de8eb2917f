#!/bin/sh
# with.sh RUNGS CC WORK SOURCE CHECK|STUBS|RACE - kernels from outside (`--with`): a right one passes; each that is wrong is rejected
# with the sentence that says why, and the exit code of its kind. Nothing is left in the folder of temporary files.
# RACE: what is wrong at every shape is not raced, what is wrong at one is not raced there, and no end of it is silent.
# STUBS: the prototype of every operation compiles without a warning, has the type that the operation calls, and is
# refused as wrong.
set -u
rungs=$1 cc=$2 work=$3 source=$4 part=$5
rm -rf "$work" && mkdir -p "$work/tmp" && cd "$work" || exit 1
export CC="$cc" TMPDIR="$work/tmp"
unset CFLAGS
failed=0
bad() {
    echo "FAIL  $*"
    failed=1
}

# ends CODE WORDS...: the program ends with that code
ends() {
    want=$1 code=0
    shift
    "$rungs" "$@" >out 2>err </dev/null || code=$?
    [ $code = "$want" ] || bad "rungs $*: should end with $want, not $code: $(cat out err)"
    [ -z "$(ls tmp)" ] || bad "rungs $*: leaves $(ls tmp) in the temporary folder"
}

# says WORDS: the last command said so, in its table or on stderr
says() {
    cat out err | grep -qF -- "$1" || bad "it should say '$1': $(cat out err)"
}

# ---- the stubs ----

if [ "$part" = STUBS ]; then
    "$rungs" list --json | sed -n 's/^    "op": "\([a-z_]*\)",/\1/p' >ops # without those of another's sets
    [ "$(wc -l <ops)" -gt 55 ] || bad "only $(wc -l <ops) operations are listed"
    while read -r op; do
        "$rungs" list "$op" --prototype || bad "list $op --prototype"
    done <ops >stubs.c
    {
        printf '#include "%s/optimized/op.h"\n#include "stubs.c"\n' "$source"
        sed 's/.*/extern &_fn *const is_&;\n&_fn *const is_& = &;/' ops
    } >typed.c
    warnings="-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wunused -Werror"
    for compiler in gcc clang "$cc"; do
        command -v "$compiler" >/dev/null || continue
        # shellcheck disable=SC2086 # words
        for file in stubs typed; do
            $compiler -std=c11 $warnings -c $file.c -o $file.o || bad "$compiler: $file.c has warnings"
        done
    done
    while read -r op; do "$rungs" list "$op" --prototype --cuda || bad "list $op --prototype --cuda"; done <ops >stubs.cu
    for compiler in g++ clang++; do
        command -v "$compiler" >/dev/null || continue
        $compiler -x c++ -std=c++17 -Wall -Wextra -Wpedantic -Wshadow -Werror -c stubs.cu -o stubs.o || bad "$compiler: stubs.cu has warnings"
    done
    # where an element is
    grep -qF "element (i,j) of x is x[i * IN + j]" stubs.c || bad "the place of an element of a matrix"
    grep -qF "element (i,j,k,l) of x is x[((i * c + j) * h + k) * w + l]" stubs.c || bad "the place of an element of an image"
    # a stub that is not what the operation calls would be noticed
    sed 's/float \*y)/double *y)/' stubs.c >other.c
    sed 's/stubs.c/other.c/' typed.c >other_typed.c
    "$cc" -std=c11 -Werror -c other_typed.c -o other.o 2>/dev/null && bad "types are not compared"
    "$cc" -fPIC -shared -o stubs.so stubs.c || exit 1
    while read -r op; do
        ends 1 check "$op" --with ./stubs.so
        says "elements of"
        says "0 passed, 1 failed"
    done <ops
    [ $failed = 0 ] && echo "$(wc -l <ops) stubs"
    exit $failed
fi

# ---- races ----

if [ "$part" = RACE ]; then
    cat >race.c <<'END'
#include <stdio.h>
#include <stdlib.h>
void right(int n, const float *x, float *y) { for (int i = 0; i < n; i++) y[i] = x[i] > 0 ? x[i] : 0; }
void wrong(int n, const float *x, float *y) { right(n, x, y); y[n / 2] += 1; }
/* what OpenMP's library would export */
void omp_set_num_threads(int n) { FILE *f = fopen("threads", "a"); if (f) fprintf(f, "%d\n", n), fclose(f); }
static int late(void) { static int calls; return ++calls > 1000; } /* a check calls it less often */
void by_shape(int n, const float *x, float *y)
{
    right(n, x, y);
    if (n == 2003) *(volatile int *)0 = 1;
    for (volatile int go = n == 2005; go;) {}
    if (n == 2007) y[5] += 1;
    if (n == 2009 && late()) y[6] = -1;
}
void crashes_late(int n, const float *x, float *y) { right(n, x, y); if (late()) *(volatile int *)0 = 1; }
void leaves_late(int n, const float *x, float *y) { right(n, x, y); if (late()) exit(0); }
END
    "$cc" -O2 -fPIC -shared -w -o race.so race.c || exit 1
    race="--quick --no-peers --threads 1 --rungs naive --limit 2"

    # before anything is measured
    # shellcheck disable=SC2086 # words
    {
        ends 1 bench relu_forward --with ./race.so:wrong $race --csv none.csv
        says "wrong is wrong and is not raced: at 1: 1 of 1 elements of y are wrong"
        ! grep -q roofs out || bad "roofs are measured for a wrong function"
        [ ! -e none.csv ] || bad "a wrong function has a table"
        RUNGS_ISA=portable ends 77 bench relu_forward --with ./race.so:right,needs=avx2 $race
        says "right cannot run here: this machine has no AVX2"
        ends 66 bench relu_forward --with ./race.so:rihgt $race
        ends 66 bench relu_forward --with ./missing.so:right $race
        ends 64 bench relu_forward tanh_forward --with ./race.so:right $race
        ends 64 bench all --with ./race.so:right $race
        ends 64 bench train --with ./race.so:right
        [ ! -e threads ] || bad "it is told of threads before it races"

        # at one shape of several: the others are raced
        ends 1 bench relu_forward --with ./race.so:by_shape $race --shapes 2001,2003,2005,2007,2009 --csv some.csv
        says "by_shape on 1 thread is "
        says "FAIL before timing: at 2003 it crashes with signal 11"
        says "FAIL before timing: at 2005 it ran for over 2 s"
        says "FAIL before timing: at 2007: 1 of 2007 elements"
        says "FAIL while timing: at 2009: 1 of 2009 elements"
        says "4 FAILED"
        [ "$(grep -c "by_shape on" out)" = 1 ] || bad "a wrong function is placed in the ladder"
        [ "$(sort -u threads)" = 1 ] || bad "by_shape is told to use '$(sort -u threads)' threads"
        awk -F, '$2 == "by_shape" { if ($3 != "outside" || ($9 > 0) != ($4 == 2001)) exit 1; n++ } END { exit n != 5 }' some.csv ||
            bad "the table: $(cut -d, -f 1-9 some.csv)"
        if command -v gnuplot >/dev/null; then
            ends 0 plot --data some.csv --out charts
            grep -q by_shape charts/some_ladder_relu_forward.svg || bad "the chart has no by_shape"
            # a row of its kind has its points in every chart of points
            sed 's/^dense_forward,02_tile,rung,/dense_forward,mine,outside,/' "$source/tests/plot_synthetic.csv" >drawn.csv
            ends 0 plot --data drawn.csv --op dense_forward --out charts
            for chart in roofline size; do
                grep -q "<use .*rgb(204, *0, *0)" charts/drawn_${chart}_dense_forward.svg || bad "mine is no point in the $chart chart"
            done
        fi

        # in the middle of a race
        ends 1 bench relu_forward --with ./race.so:crashes_late $race --shape 2001 --csv none.csv
        says "in the race of relu_forward 2001 a call crashes with signal 11"
        ends 1 bench relu_forward --with ./race.so:leaves_late $race --shape 2001 --csv none.csv
        says "in the race of relu_forward 2001 a call ended the program with exit code 0"
        [ ! -e none.csv ] || bad "a table of a race that was not finished"
    }
    [ $failed = 0 ] && echo "races with kernels from outside: all is told"
    exit $failed
fi

# ---- functions of relu_forward's signature, each wrong in its own way ----

cat >kernels.c <<'END'
#include <stdio.h>
#include <stdlib.h>
#include <math.h>
#include <signal.h>
void right(int n, const float *x, float *y) { for (int i = 0; i < n; i++) y[i] = x[i] > 0 ? x[i] : 0; }
void leaky(int n, const float *x, float *y) { for (int i = 0; i < n; i++) y[i] = x[i] > 0 ? x[i] : 1e-6f * x[i]; }
void no_tail(int n, const float *x, float *y) { right(n / 8 * 8, x, y); }
void writes_past(int n, const float *x, float *y) { right(n, x, y); ((volatile float *)y)[n] = 0; }
void writes_before(int n, const float *x, float *y) { right(n, x, y); ((volatile float *)y)[-1] = 0; }
void reads_past(int n, const float *x, float *y) { right(n, x, y); (void)*(volatile const float *)&x[n]; }
void reads_before(int n, const float *x, float *y) { right(n, x, y); (void)*(volatile const float *)&x[-1]; }
void writes_input(int n, const float *x, float *y) { right(n, x, y); *(volatile float *)x = x[0]; }
void crashes(int n, const float *x, float *y) { right(n, x, y); if (n > 3) *(volatile int *)0 = 1; }
void aborts(int n, const float *x, float *y) { right(n, x, y); if (n > 3) abort(); }
void dies(int n, const float *x, float *y) { right(n, x, y); if (n > 3) raise(SIGUSR1); }
void leaves(int n, const float *x, float *y) { right(n, x, y); if (n > 3) exit(0); }
void hangs(int n, const float *x, float *y) { right(n, x, y); for (volatile int go = n > 3; go;) {} }
void changes(int n, const float *x, float *y) { static unsigned turn; right(n, x, y); if (n == 7 && turn++ % 2) for (int i = 0; i < n; i++) y[i] = nextafterf(y[i], 2 * y[i]); }
void prints(int n, const float *x, float *y) { right(n, x, y); printf("n is %d\n", n); }
static __attribute__((noinline)) void hidden(int n, const float *x, float *y) { right(n, x, y); }
void uses_hidden(int n, const float *x, float *y) { hidden(n, x, y); }
int table[4];
END
"$cc" -fPIC -shared -w -o kernels.so kernels.c -lm || exit 1

ends 0 check relu_forward --with ./kernels.so:right
says "PASS  relu_forward             right"
shapes=$(sed -n 's/.* \([0-9]*\) shapes.*/\1/p' out)
"$rungs" check relu_forward --rung naive >naive
grep -q " $shapes shapes" naive || bad "it is checked at $shapes shapes, but a rung at $(cat naive)"
ends 0 check relu_forward --with kernels.so:right --shape 1003

# wrong FUNCTION SENTENCE: rejected, and it gets no other number
wrong() {
    ends 1 check relu_forward --with "./kernels.so:$1" --limit 2
    grep -q "^FAIL  relu_forward  *$1 " out || bad "$1 has no FAIL line: $(cat out err)"
    says "$2"
    ! grep -q "worst error" out || bad "$1: a wrong function has a figure: $(cat out)"
}
wrong leaky "elements of y are wrong"
wrong no_tail "(not written)"
wrong writes_past "touches y 0 bytes past its end"
wrong writes_before "writes outside y"
wrong reads_past "touches x 0 bytes past its end"
wrong reads_before "touches x 4 bytes before its start"
wrong writes_input "writes to its input x"
wrong crashes "crashes with signal 11 (memory that is not its own)"
wrong aborts "crashes with signal 6 (an assertion, or damaged memory"
wrong dies "ended the process by signal 10 ("
wrong leaves "ended the process with exit code 0"
wrong hangs "ran for over 2 s: an endless loop, or far too slow"
wrong changes "a second call gives different bits"

# what it prints does not get into a report
ends 0 check relu_forward --with ./kernels.so:prints --csv
[ "$(wc -l <out)" = 2 ] || bad "--csv of a function that prints: $(cat out)"
grep -q "^n is 1$" err || bad "what it prints is lost"
ends 1 check relu_forward --with ./kernels.so:leaky --csv
grep -q "^relu_forward,leaky,FAIL," out || bad "--csv: $(cat out)"

# ---- needs ----
RUNGS_ISA=portable
export RUNGS_ISA
ends 77 check relu_forward --with ./kernels.so:crashes,needs=avx512
says "this machine has no AVX"
ends 77 check relu_forward --with ./kernels.so:right,needs=avx2
ends 0 check relu_forward --with ./kernels.so:right
unset RUNGS_ISA

# ---- what cannot be loaded ----
cat >loads.c <<'END'
#include <stdlib.h>
void right(int n, const float *x, float *y) { (void)n, (void)x, (void)y; }
__attribute__((constructor)) static void start(void)
{
#if LOADS == 1
    *(volatile int *)0 = 1;
#elif LOADS == 2
    exit(3);
#elif LOADS == 3
    for (volatile int go = 1; go;) {}
#else
    void nobody_has_this(void);
    nobody_has_this();
#endif
}
END
for i in 1 2 3 4; do "$cc" -DLOADS=$i -fPIC -shared -w -o loads$i.so loads.c || exit 1; done
echo "no library" >text.so
: >empty.so
head -c 3000 kernels.so >half.so
loads() {
    ends "$1" check relu_forward --with "$2" --limit 1
    says "$3"
    grep -q "^rungs check: " err || bad "$2: no sentence: $(cat out err)"
    [ ! -s out ] || bad "$2: it prints $(cat out)"
}
loads 1 ./loads1.so:right "crashes while it is loaded: signal 11"
loads 1 ./loads2.so:right "ends the process while it is loaded, with exit code 3"
loads 1 ./loads3.so:right "still being loaded after 1 s"
loads 66 ./loads4.so:right "needs 'nobody_has_this', which it was not linked with"
loads 66 ./missing.so:right "there is no file ./missing.so"
loads 66 ./text.so:right "is not a shared object"
loads 66 ./empty.so:right "is empty"
loads 66 ./half.so:right "cut short"
loads 66 .:right "a folder"
loads 66 ./kernels.so:rihgt "did you mean 'right'?"
loads 66 ./kernels.so:hidden "does not export it: take away its 'static'"
loads 66 ./kernels.so:table "is not a function"
loads 66 ./kernels.so "exports no 'relu_forward'"
loads 64 "./kernels.so:9lives" "is not the name of a C function"
loads 64 "./kernels.so:right,needs=avx51" "did you mean 'avx512'?"
loads 64 "./kernels.so:right,fast" "what may follow is ,needs="
loads 64 ":right" "the file is missing"
ends 64 check all --with ./kernels.so:right
ends 64 check relu_forward --with ./kernels.so:right --rung naive

# ---- source ----
ends 0 check relu_forward --with kernels.c:right
says "compiling: $cc -std=gnu11 -O3"
ends 1 check relu_forward --with kernels.c:leaky
printf 'void relu_forward(int n, const float *x, float *y) { for (int i = 0; i < n; i++) y[i] = x[i] > 0 ? x[i] : 0 }\n' >typo.c
loads 66 typo.c "typo.c does not compile"
says "error: expected"
printf '#include <immintrin.h>\nvoid relu_forward(int n, const float *x, float *y) { for (int i = 0; i < n; i++) y[i] = x[i] > 0 ? x[i] : 0; (void)_mm256_set1_ps; }\n' >wide.c
ends 0 check relu_forward --with wide.c
printf '#include <immintrin.h>\nvoid relu_forward(int n, const float *x, float *y) { int unused;\n_mm256_storeu_ps(y, _mm256_loadu_ps(x)); }\n' >avx.c
case $(uname -m) in x86_64)
    loads 66 avx.c "add ,needs=avx2 to --with"
    says "error" # and not what came before it
    ! grep -q "unused variable" err || bad "warnings are quoted instead of the error: $(cat err)"
    code=0
    "$rungs" check relu_forward --with avx.c,needs=avx2 --limit 2 >out 2>err || code=$?
    case $code in 1) says "touches" ;; 77) ;; *) bad "AVX2: $code $(cat out err)" ;; esac ;;
esac
loads 66 kernels.c:none_such "kernels.c exports no 'none_such'"
printf 'void f(int n, const float *x, float *y) { int unused; for (int i = 0; i < n; i++) y[i] = FACTOR * (x[i] > 0 ? x[i] : 0); }\n' >flags.c
CFLAGS="-DFACTOR=1" ends 0 check relu_forward --with flags.c:f
says "-DFACTOR=1"
says "unused" # the compiler's warning
CFLAGS="-DFACTOR=2" ends 1 check relu_forward --with flags.c:f
CC=./no-such-compiler ends 77 check relu_forward --with kernels.c:right
says "cannot be started"

# ---- Ctrl-C while it compiles ----
printf '#!/bin/sh\n: >started\nexec sleep 60\n' >slow-cc && chmod +x slow-cc
CC=./slow-cc "$rungs" check relu_forward --with kernels.c:right >out 2>err </dev/null &
pid=$!
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do [ -e started ] && break; sleep 0.2; done
[ -n "$(ls tmp)" ] || bad "no folder while it compiles: is it elsewhere?"
kill -TERM $pid
code=0
wait $pid || code=$?
[ $code = 143 ] || bad "ended while it compiles: 143, not $code"
[ -z "$(ls tmp)" ] || bad "ended while it compiles: it leaves $(ls tmp)"

[ $failed = 0 ] && echo "kernels from outside: all is told"
exit $failed

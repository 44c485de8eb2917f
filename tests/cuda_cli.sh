#!/bin/sh
# cuda_cli.sh RUNGS PART EXAMPLES DATA_SET_PROGRAM - CUDA through the program: do check, list, bench, emu and train say what they
# should?
set -u
rungs=$1 part=$2 examples=$3 make_set=$4
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
mkdir "$work/tmp" && export TMPDIR="$work/tmp"
failed=0

# expect CODE WORDS COMMAND...: the command exits with CODE, and its output has WORDS
expect() {
    code=$1 words=$2
    shift 2
    "$@" >"$work/out" 2>&1
    got=$?
    if [ "$got" != "$code" ] || ! grep -q -e "$words" "$work/out"; then
        echo "FAIL  $*: exit $got, expected $code and '$words':"
        cat "$work/out"
        failed=1
    fi
}

case $part in
check)
    export RUNGS_CUDA=emu
    expect 0 "PASS .*dense_forward .*00_naive .*shapes" "$rungs" check dense_forward --cuda --rung naive
    expect 0 "PASS" "$rungs" check dense_backward_dw --cuda --rung 02_tile --shape 7x5x3
    expect 64 "no CUDA rung 'avx2'" "$rungs" check dense_forward --cuda --rung avx2
    expect 64 "has no CUDA rungs" "$rungs" check lion_step --cuda --rung naive
    expect 64 "lion_step has no CUDA rungs" "$rungs" check lion_step --cuda
    expect 0 "CUDA, here on the emulator" "$rungs" list dense_forward
    expect 0 '"cuda": \[' "$rungs" list dense_forward --json
    expect 0 '09_bf16 .*; operands of 8 bits' "$rungs" list dense_forward
    expect 0 '"09_bf16", .*"digits": "operands of 8 bits"' "$rungs" list dense_forward --json
    expect 0 'PASS .*09_bf16 .*of the allowed for operands of 8 bits' "$rungs" check dense_forward --cuda --rung 09_bf16
    RUNGS_CUDA=xyz expect 77 "'xyz' is not a CUDA device" "$rungs" check dense_forward --cuda
    RUNGS_CUDA=/nowhere/at_all.so expect 77 "cannot be opened" "$rungs" check dense_forward --cuda
    ;;
gradcheck)
    export RUNGS_CUDA=emu
    expect 0 "PASS dense_backward_dx 02_tile .*contract; off by" "$rungs" gradcheck run all --cuda
    expect 0 "PASS dense_relu_backward_dx 12_epilogue" "$rungs" gradcheck run dense_relu_backward_dx --cuda
    expect 64 "lion_step has no CUDA rungs" "$rungs" gradcheck run lion_step --cuda
    expect 64 "leave out --only" "$rungs" gradcheck run dense_backward_dx --cuda --only w
    ;;
train)
    export RUNGS_CUDA=emu RUNGS_DATA="$work/sets"
    mkdir "$work/sets"
    "$make_set" "$work/sets/mnist" 6 2 28 28 && cp -r "$work/sets/mnist" "$work/sets/fashion-mnist" && "$make_set" "$work/sets/cifar10" 1 2 cifar10 || exit 1
    for network in fashion-cnn mnist-cnn cifar-cnn cifar-lenet; do
        expect 0 '^test: loss [0-9]' "$rungs" train $network --cuda --batch 2 --steps 2
        grep -q '^operations on the emulator; ' "$work/out" && grep -q 'rung CUDA [0-9][0-9]_' "$work/out" || { echo "FAIL  $network: not on the emulator"; cat "$work/out"; failed=1; }
    done
    expect 0 '^test: loss [0-9]' "$rungs" train a001-toy-bce --cuda --epochs 2
    expect 0 '"rung": "CUDA 00_naive"' "$rungs" train cifar-lenet --cuda --rung naive --batch 2 --steps 1 --json
    expect 0 'rung CUDA 02_tile' "$rungs" train cifar-lenet --cuda --rung tile --batch 2 --epochs 1 --save "$work/ckpt"
    expect 0 'note: the epochs before ran on rung CUDA 02_tile' "$rungs" train cifar-lenet --batch 2 --epochs 2 --resume "$work/ckpt"
    expect 64 "has no CUDA rung '04_avx2'" "$rungs" train cifar-lenet --cuda --rung 04_avx2
    expect 64 "leave out --cuda" "$rungs" train cifar-lenet --cuda --describe
    expect 1 'the first such number is in [a-z ]* of layer [0-9]* (dense); try a smaller' "$rungs" train mnist-mlp --hidden 8,8 --cuda --batch 2 --normalize raw --optimizer "momentum lr=1000"
    RUNGS_CUDA=xyz expect 77 "'xyz' is not a CUDA device" "$rungs" train cifar-lenet --cuda
    ;;
bench)
    RUNGS_CUDA=emu expect 77 "no GPU here" "$rungs" bench dense_forward --cuda
    RUNGS_CUDA=emu expect 64 "is not a shape" "$rungs" bench dense_forward --cuda --shape 7
    ;;
with)
    export RUNGS_CUDA=emu
    cat >"$work/mine.cu" <<'END'
#include <stdio.h>
__global__ void relu(int n, int begin, int end, const float *x, float *y)
{
    int i = begin + blockIdx.x * blockDim.x + threadIdx.x;
    if (i < end) y[i] = x[i] > 0 ? x[i] : 0;
}
#define KERNEL(name, begin, end) \
    extern "C" void name(int n, const float *x, float *y) { relu<<<n / 256 + 1, 256>>>(n, begin, end, x, y); }
KERNEL(right, 0, n)
KERNEL(past, 0, n + 1)
extern "C" void prints(int n, const float *x, float *y) { printf("n is %d\n", n); right(n, x, y); }
extern "C" void on_the_host(int n, const float *x, float *y) { for (int i = 0; i < n; i++) y[i] = x[i]; }
extern "C" void in_place(int n, const float *x, float *y) { relu<<<n / 256 + 1, 256>>>(n, 0, n, x, (float *)x); right(n, x, y); }
extern "C" void hangs(int n, const float *x, float *y) { for (volatile int go = 1; go;) {} }
void mangled(int n, const float *x, float *y) { right(n, x, y); }
END
    echo 'extern "C" void relu_forward(int n) { return 1 }' >"$work/typo.cu"
    "$rungs" list relu_forward --prototype --cuda >"$work/stub.cu"
    expect 0 "PASS .*relu_forward .*right .*1 shapes" "$rungs" check relu_forward --cuda --with "$work/mine.cu:right" --shape 77
    expect 1 "(not written)" "$rungs" check relu_forward --with "$work/stub.cu"
    expect 1 "it writes outside y" "$rungs" check relu_forward --with "$work/mine.cu:past"
    expect 1 "it writes to its input x" "$rungs" check relu_forward --with "$work/mine.cu:in_place"
    expect 1 "host code touches device memory" "$rungs" check relu_forward --with "$work/mine.cu:on_the_host"
    expect 1 "ran for over 1 s" "$rungs" check relu_forward --with "$work/mine.cu:hangs" --limit 1
    expect 66 'declare it extern "C"' "$rungs" check relu_forward --with "$work/mine.cu:mangled"
    expect 66 "there is no file" "$rungs" check relu_forward --with "$work/none.cu"
    expect 66 "does not compile" "$rungs" check relu_forward --with "$work/typo.cu"
    CXX=none-such expect 77 "cannot be started" "$rungs" check relu_forward --with "$work/stub.cu"
    RUNGS_CUDA=xyz expect 77 "is not a CUDA device" "$rungs" check relu_forward --with "$work/stub.cu"
    expect 64 "lion_step has no CUDA rungs" "$rungs" check lion_step --with "$work/stub.cu"
    expect 64 "needs= is about the CPU" "$rungs" check relu_forward --with "$work/stub.cu,needs=avx2"
    echo "void relu_forward(void);" >"$work/mine.c"
    expect 64 "is for the CPU" "$rungs" check relu_forward --cuda --with "$work/mine.c"
    expect 77 "no GPU here" "$rungs" bench relu_forward --with "$work/stub.cu"
    expect 64 "must be a .cu file" "$rungs" bench relu_forward --cuda --with "$work/mine.c"
    "$rungs" check relu_forward --with "$work/mine.cu:prints" --csv >"$work/out" 2>"$work/err"
    [ "$(wc -l <"$work/out")" = 2 ] && grep -q "^relu_forward,prints,PASS,17," "$work/out" && grep -q "^n is 1$" "$work/err" || { echo "FAIL  --csv of what prints:"; cat "$work/out"; failed=1; }
    [ -z "$(ls "$TMPDIR")" ] || { echo "FAIL  a temporary folder was left behind"; failed=1; }
    ;;
emu)
    expect 66 "is not a file" "$rungs" emu "$work/nothing.cu"
    expect 64 "usage\|FILE.cu" "$rungs" emu
    echo 'int main() { return zero; }' >"$work/not C++.cu"
    expect 66 "does not compile" "$rungs" emu "$work/not C++.cu"
    printf '#include <cuda_runtime.h>\n#ifdef __SANITIZE_THREAD__\n#error\n#endif\nint main() { return 0; }\n' >"$work/half.cu"
    case $(${CXX:-c++} --version) in *clang*) ;; *) # a check that cannot be built is no check that was passed
        expect 66 "does not compile with the checks" "$rungs" emu "$work/half.cu" ;;
    esac
    expect 0 "0 findings" "$rungs" emu "$examples/block_sum.cu"
    grep -q "sectors" "$work/out" || { echo "FAIL  no table of requests"; cat "$work/out"; failed=1; }
    expect 1 "block_sum_wrong.cu:1[0-9]" "$rungs" emu "$examples/block_sum_wrong.cu" --quick
    # a kernel that does not run, though nobody asks; one mistake that every run shows is one finding
    cat >"$work/refused.cu" <<'END'
__global__ void fill(float *x) { x[threadIdx.x] = 1; }
int main()
{
    float *x, seen;
    cudaMalloc(&x, 8192);
    fill<<<1, 2048>>>(x);
    cudaMemcpy(&seen, x, 4, cudaMemcpyDeviceToHost);
    return seen != 1;
}
END
    expect 1 "refused.cu:6: fill does not run: its block has 2048 threads; at most 1024" "$rungs" emu "$work/refused.cu" --quick
    grep -qx "1 finding" "$work/out" || { echo "FAIL  one mistake is not one finding"; cat "$work/out"; failed=1; }
    # memory that nobody has written, which no NaN shows
    cat >"$work/unwritten.cu" <<'END'
__global__ void count(int *n) { atomicAdd(n, 1); }
int main()
{
    int *n, seen;
    cudaMalloc(&n, 4);
    count<<<1, 32>>>(n);
    cudaMemcpy(&seen, n, 4, cudaMemcpyDeviceToHost);
    cudaFree(n);
    return seen > 100;
}
END
    expect 1 "unwritten.cu:1: a read of byte 0 of the 4 bytes allocated at unwritten.cu:5, which nobody has written" "$rungs" emu "$work/unwritten.cu" --quick
    grep -qx "1 finding" "$work/out" || { echo "FAIL  not one finding"; cat "$work/out"; failed=1; }
    # a program that launches nothing has not been checked; one that ends without a word neither
    printf 'int main() { float *x; cudaMalloc(&x, 4); cudaFree(x); return 0; }\n' >"$work/none.cu"
    expect 77 "^no kernel ran, so nothing was checked" "$rungs" emu "$work/none.cu" --quick
    printf '#include <unistd.h>\n__global__ void k() {}\nint main() { k<<<1, 1>>>(); cudaDeviceSynchronize(); _exit(0); }\n' >"$work/ends.cu"
    expect 77 "^the program ended (by _exit" "$rungs" emu "$work/ends.cu" --quick
    ! grep -q "0 findings\|nothing found" "$work/out" || { echo "FAIL  nothing found where nothing was seen"; cat "$work/out"; failed=1; }
    # what is never freed is told, once, and is no finding; the checks without the race checker's say what they did not see
    cat >"$work/kept.cu" <<'END'
__global__ void set(float *x) { x[threadIdx.x] = 1; }
int main()
{
    float *x, seen[32];
    cudaMalloc(&x, sizeof seen);
    set<<<1, 32>>>(x);
    cudaMemcpy(seen, x, sizeof seen, cudaMemcpyDeviceToHost);
    return seen[31] != 1;
}
END
    expect 0 "^emu: 1 kernel ran; reads inside kernels were not watched" "$rungs" emu "$work/kept.cu"
    [ "$(grep -c "^emu: note: kept.cu:5: 128 bytes allocated here are never freed" "$work/out")" = 1 ] && grep -q "^0 findings" "$work/out" || { echo "FAIL  a leak is not told once"; cat "$work/out"; failed=1; }
    # the first term of a sum is divided by zero: the result is infinite, which nothing else tells
    cat >"$work/series.cu" <<'END'
__device__ double term(int n) { return (n & 1 ? 1 : -1) / (double)n; }
__global__ void sum(double *x, int first) { atomicAdd(x, term(first + (int)threadIdx.x)); }
int main(int argc, char **)
{
    double *x, seen;
    cudaMalloc(&x, sizeof seen);
    cudaMemset(x, 0, sizeof seen);
    sum<<<1, 32>>>(x, argc - 1);
    cudaMemcpy(&seen, x, sizeof seen, cudaMemcpyDeviceToHost);
    cudaFree(x);
    return seen > 1;
}
END
    expect 1 "series.cu:1:[0-9]*: runtime error: division by zero" "$rungs" emu "$work/series.cu"
    grep -qx "1 finding" "$work/out" || { echo "FAIL  a division by zero is not one finding"; cat "$work/out"; failed=1; }
    expect 0 "^0 findings" "$rungs" emu "$work/series.cu" from-one
    # its bits come to the host in one run, and where they are read is seen in another: one mistake
    cat >"$work/nans.cu" <<'END'
__global__ void add(const float *x, float *y) { y[threadIdx.x] = x[threadIdx.x] + 1; }
int main()
{
    float *x, *y, seen[32];
    cudaMalloc(&x, sizeof seen);
    cudaMalloc(&y, sizeof seen);
    add<<<1, 32>>>(x, y);
    cudaMemcpy(seen, y, sizeof seen, cudaMemcpyDeviceToHost);
    cudaFree(x);
    cudaFree(y);
    return 0;
}
END
    expect 1 "nans.cu:8: cudaMemcpy copies 128 bytes to the host, of which 128 are as cudaMalloc left them" "$rungs" emu "$work/nans.cu" --quick
    grep -qx "1 finding" "$work/out" || { echo "FAIL  unwritten memory is not one finding"; cat "$work/out"; failed=1; }
    # the host reads managed memory before it has waited: a fault in some runs, under AddressSanitizer in its words, one mistake
    cat >"$work/early.cu" <<'END'
#include <cstdio>
__global__ void set(float *x) { x[threadIdx.x] = threadIdx.x; }
int main()
{
    float *x;
    cudaMallocManaged(&x, 32 * sizeof(float));
    set<<<1, 32>>>(x);
    printf("%g\n", x[31]);
    cudaFree(x);
    return 0;
}
END
    expect 1 "host code touches, at early.cu:8, .*nothing has waited for kernel set at early.cu:7" "$rungs" emu "$work/early.cu"
    grep -qx "1 finding" "$work/out" || { echo "FAIL  a wait that is missing is not one finding"; cat "$work/out"; failed=1; }
    # a kernel that reads memory of malloc, which the program does not notice here
    printf '#include <cstdlib>\n__global__ void k(int *x) { *x = 1; }\nint main() { int *x = (int *)malloc(4); k<<<1, 1>>>(x); cudaDeviceSynchronize(); free(x); return 0; }\n' >"$work/heap.cu"
    expect 1 "host: k, .*heap.cu:2: a write of host memory, of malloc or new, which a GPU cannot reach" "$rungs" emu "$work/heap.cu" --quick
    # several files, a local header with a launch in it, -I, -D, an argument, standard input
    mkdir "$work/sub" "$work/inc"
    printf '__global__ void set(int *x, int n) { x[threadIdx.x] = n; }\ninline void go(int *x, int n) { set<<<1, 4>>>(x, n); }\n' >"$work/sub/go.cuh"
    echo '#define MORE 100' >"$work/inc/more.h"
    echo 'int twice(int x) { return 2 * x; }' >"$work/twice.cpp"
    cat >"$work/main.cu" <<'END'
#include <cstdio>
#include <more.h>
#include "sub/go.cuh"
int twice(int x);
int main(int argc, char **argv)
{
    int *x, seen, n = 0;
    if (scanf("%d", &n) != 1) return 3;
    cudaMalloc(&x, 16);
    go(x, twice(n) + MORE + N);
    cudaMemcpy(&seen, x + 3, 4, cudaMemcpyDeviceToHost);
    printf("%d %s\n", seen, argc > 1 ? argv[1] : "none");
    return 0;
}
END
    echo 7 | expect 0 "^1114 word" "$rungs" emu "$work/main.cu" "$work/twice.cpp" --quick -I "$work/inc" -DN=1000 -- word
    printf '__global__ void k() {}\nint main() { k<<<1; }\n' >"$work/unended.cu"
    expect 66 "unended.cu:2: left as it is: no '>>>(' ends the launch" "$rungs" emu "$work/unended.cu"
    # lines of threads in any order, a dynamic array that is not used, 160 KB of local memory
    cat >"$work/legal.cu" <<'END'
#include <cstdio>
__global__ void say(int *seen)
{
    extern __shared__ int unused[];
    volatile int big[40000];
    big[39999] = threadIdx.x;
    printf("thread %d\n", threadIdx.x);
    seen[threadIdx.x] = big[39999];
}
int main()
{
    int *seen, last;
    cudaMalloc(&seen, 16);
    say<<<1, 4>>>(seen);
    cudaMemcpy(&last, seen + 3, 4, cudaMemcpyDeviceToHost);
    cudaFree(seen);
    return last != 3;
}
END
    expect 0 "^0 findings" "$rungs" emu "$work/legal.cu"
    grep -q "reverse order: the same output" "$work/out" || { echo "FAIL  lines in another order"; cat "$work/out"; failed=1; }
    [ -z "$(ls "$TMPDIR")" ] || { echo "FAIL  a temporary folder was left behind"; failed=1; }
    ;;
esac
exit $failed

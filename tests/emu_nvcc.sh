#!/bin/sh
# emu_nvcc.sh RUNGS_NVCC PROJECT WORK [CMAKE] - `rungs nvcc` in nvcc's place: its command line, its answers to build systems, a
# Makefile and a CMake project that know nothing of it (PROJECT), what it refuses, and what it leaves behind.
set -u
nvcc=$1 project=$2 work=$3 cmake=${4:-}
unset RUNGS_NVCC NVCC_PREPEND_FLAGS NVCC_APPEND_FLAGS CUDA_PATH MAKEFLAGS MAKELEVEL CMAKE_GENERATOR CUDAFLAGS CUDACXX
failed=0
bad() {
    echo "FAIL  $*"
    failed=1
}
rm -rf "$work" && mkdir -p "$work/tmp" && cd "$work" || exit 1
TMPDIR=$work/tmp
export TMPDIR

# says CODE PATTERN WORDS...: ends so, with one line of ours that matches
says() {
    code=$1 pattern=$2
    shift 2
    "$nvcc" "$@" >out 2>err
    ended=$?
    [ $ended = "$code" ] || bad "$*: ends with $ended, not $code: $(cat err)"
    [ "$(grep -c '^rungs nvcc: ' err)" = 1 ] || bad "$*: one sentence, not: $(cat err)"
    grep '^rungs nvcc: ' err | grep -qe "$pattern" || bad "$*: should say '$pattern', not: $(cat err)"
}
# makes WORDS...: without a word
makes() {
    "$nvcc" "$@" >out 2>err || bad "$*: $(cat err)"
    [ ! -s err ] || bad "$*: says $(cat err)"
}
# prints TEXT PROGRAM...
prints() {
    text=$1
    shift
    "$@" >out 2>err || bad "$*: ends with $?: $(cat err)"
    [ "$(cat out)" = "$text" ] || bad "$*: prints '$(cat out)', not '$text'"
}

cat >one.cu <<'END'
#include <cstdio>
#include "size.h"
__global__ void add(int *x) { x[threadIdx.x] += VALUE; }
int main(int argc, char **argv)
{
    int *x, y[N];
    cudaMalloc(&x, sizeof y);
    cudaMemset(x, 0, sizeof y);
    add<<<1, N>>>(x);
    cudaMemcpy(y, x, sizeof y, cudaMemcpyDeviceToHost);
    printf("%d%s\n", y[N - 1], argc > 1 ? argv[1] : "");
    cudaFree(x);
}
END
mkdir "a folder" && echo 'const int N = 64;' >"a folder/size.h"

# ---- the command line: each way to write an option means the same ----
# same WORDS...: the steps are those of the first such line, whatever GPU the code is for
same() {
    "$nvcc" -dryrun "$@" one.cu >out 2>err || bad "$*: $(cat err)"
    sed 's/ -DEMU_CUDA_ARCH=900//' err >steps
    case "$*" in *sm_90*) cmp -s err steps && bad "$*: the GPU's number is not handed on" ;; esac
    [ -s wanted ] || cp steps wanted
    cmp -s steps wanted || bad "$*: other steps than the first: $(diff wanted steps)"
}
echo '-DVALUE=6 "-Ia folder" -std=c++17 -O2' >words
same -D VALUE=6 -I "a folder" -std=c++17 -O 2 -o one
same --define-macro=VALUE=6 "--include-path=a folder" --std c++14 --optimize=2 -o=one
same -DVALUE=6 "-I=a folder" -std c++11 -O2 --output-file one -gencode arch=compute_90,code=sm_90 --generate-code=arch=sm_90
same -optf words -o one -arch=sm_90 -lineinfo --use_fast_math -maxrregcount 32 -Xptxas -v,-O3 -t4 -m64 -g -res-usage
same @words -o one -Werror all-warnings --keep --keep-dir tmp -cudart static --default-stream=legacy -rdc=false
NVCC_PREPEND_FLAGS='-DVALUE=6' NVCC_APPEND_FLAGS='-I"a folder" -O2' same -o one -std=c++17
rm wanted
same @words -Xcompiler -Wall,-O1 -forward-unknown-to-host-compiler -Wno-unused -march=native
same @words -Xcompiler=-Wall --compiler-options '-O1' -Xcompiler "-Wno-unused -march=native"

makes @words one.cu && prints 6 ./a.out
cp one.cu one.cpp && makes -x cu @words one.cpp -o one -run -run-args " of" && [ "$(cat out)" = "6 of" ] || bad "-run: $(cat out)"
makes @words -E one.cu -o text && grep -q 'N = 64' text || bad "-E"
makes -cuda @words one.cu && grep -q 'N = 64' one.cu.cpp.ii || bad "-cuda"
makes -odir "a folder" @words -c one.cu && [ -f "a folder/one.o" ] || bad "-odir"
# joined FILE: a rule in one line; where the compiler breaks it depends on how long the folders' names are
joined() { sed ':next; /\\$/ { N; s/ *\\\n */ /; b next }' "$1"; }
makes -M @words one.cu && joined out | grep -q '^one.o: one.cu' && joined out | grep -q 'a.* folder/size.h' || bad "-M: $(cat out)"
makes @words -MMD -MF rule -MT here -MP -c one.cu -o one.o && joined rule | grep -q '^here: one.cu' && grep -q 'a.* folder/size.h:$' rule ||
    bad "-MMD: $(cat rule)"
! grep -q rungs-nvcc- rule || bad "a rule names working files: $(cat rule)"

# ---- libraries; C and C++ among the sources ----
cat >twice.cu <<'END'
__global__ void twice(int *x) { *x *= 2; }
extern "C" int twice_on_gpu(int v)
{
    int *x;
    cudaMalloc(&x, 4);
    cudaMemcpy(x, &v, 4, cudaMemcpyHostToDevice);
    twice<<<1, 1>>>(x);
    cudaMemcpy(&v, x, 4, cudaMemcpyDeviceToHost);
    cudaFree(x);
    return v;
}
END
echo 'int twice_on_gpu(int v); int from_c(void) { int *class = 0; return twice_on_gpu(class ? 1 : 4); }' >c.c
cat >cc.cpp <<'END'
#include <cuda_runtime.h>
#include <cstdio>
#ifdef __CUDACC__
#error this is a file of the host
#endif
extern "C" int from_c();
int main() { printf("%d\n", from_c()); return cudaDeviceSynchronize(); }
END
makes -o mixed twice.cu c.c cc.cpp && prints 8 ./mixed
echo old >libtwice.a
makes -lib -o libtwice.a twice.cu c.c && makes cc.cpp -L. -ltwice -o mixed && prints 8 ./mixed
makes -Xcompiler -fPIC -shared -o libtwice.so twice.cu c.c
makes cc.cpp -L. -ltwice -Xlinker -rpath,. -o mixed && prints 8 ./mixed

# ---- the host's functions from C, with their header and without, in a program that gcc links ----
toolkit=$("$nvcc" -dryrun one.cu 2>&1 | sed -n 's/^#\$ TOP=//p')
cat >host.c <<'END'
#include <cuda_runtime.h>
int twice_on_gpu(int v), without_header(void);
int main(void)
{
    float4 *x, y = make_float4(1, 2, 3, 4);
    struct cudaDeviceProp properties;
    dim3 grid = { 1, 1, 1 };
    if (cudaGetDeviceProperties(&properties, 0) != cudaSuccess || properties.warpSize != 32 || without_header()) return 1;
    if (cudaMalloc((void **)&x, sizeof y) || cudaMemcpy(x, &y, sizeof y, cudaMemcpyHostToDevice) || cudaFree(x)) return 2;
    return twice_on_gpu((int)grid.x) != 2 || cudaThreadSynchronize() != cudaSuccess;
}
END
echo 'int without_header(void) { return cudaSetDevice(0); }' >none.c
makes -c twice.cu && gcc -w -g -c host.c none.c -I"$toolkit/include" && gcc host.o none.o twice.o -L"$toolkit/lib64" -lcudart -lcuda -o from_c ||
    bad "a program of C files: $(cat err)"
prints '' ./from_c
sed 's/(x, &y, sizeof y/(x, \&y, 2 * sizeof y/' host.c >beyond.c
gcc -w -g -c beyond.c -I"$toolkit/include" && gcc beyond.o none.o twice.o -L"$toolkit/lib64" -lcudart -o beyond
./beyond >out 2>&1 && bad "a copy past the end from C passes"
grep -q '^emu: .*beyond.c:9' out || bad "a copy past the end from C: $(cat out)"

# ---- without separate compilation, names of the device are each file's own ----
echo '__constant__ int scale; __device__ int at() { return threadIdx.x; }' >both.cuh
for file in one two; do
    printf '#include <cstdio>\n#include "both.cuh"\n__device__ int value() { return N; }
__global__ void k_%s() { if (at() == 3) printf("%%d\\n", value() * scale); }
void %s() { int v = 10; cudaMemcpyToSymbol(scale, &v, 4); k_%s<<<1, 4>>>(); cudaDeviceSynchronize(); }\n' $file $file $file >own_$file.cu
done
echo 'void one(); void two(); int main() { one(); two(); }' >own.cpp
makes -c own_one.cu -DN=1 && makes -c own_two.cu -DN=2 && makes own_one.o own_two.o own.cpp -o own && prints '10
20' ./own
makes -dc own_one.cu -DN=1 && makes -dc own_two.cu -DN=2
"$nvcc" own_one.o own_two.o own.cpp -o own 2>err && bad "-dc: two functions of one name link"

# ---- what build systems read ----
"$nvcc" --version >out && grep -q 'nvcc: NVIDIA (R) Cuda compiler driver' out && grep -q ' V13\.[0-9]*\.[0-9]*$' out || bad "--version"
"$nvcc" -dryrun -arch=sm_86 @words -o none one.cu >out 2>err || bad "-dryrun"
[ ! -s out ] && [ ! -e none ] && ! grep -qv '^#\$ ' err || bad "-dryrun does or says other than steps: $(cat err)"
for line in 'TOP=/.*race' 'PATH=' 'INCLUDES=-I/' 'LIBRARIES=-L/' '.*-arch compute_86' '.*cu2cpp one.cu ' '.*-c .*program.cpp' \
    '.*-lcudart_static .*-o none'; do
    grep -q "^#\\$ $line" err || bad "-dryrun has no line $line: $(cat err)"
done
prints compute_90 "$nvcc" --list-gpu-arch
for build in plain fast asan; do
    RUNGS_NVCC=race "$nvcc-$build" -dryrun one.cu 2>err && grep -q "^#\\$ EMULATOR=$build" err || bad "rungs-nvcc-$build: $(cat err)"
done

# ---- what it refuses ----
says 64 "unknown option '--optimise'; did you mean '.*optimize" --optimise one.cu
says 64 'unknown option .-Wall.; .*-Xcompiler -Wall' -Wall one.cu
says 64 "unexpected argument 'one.txt'" one.txt
says 64 'missing argument' -O3
says 64 'missing argument' -c one.o
says 64 "needs a value" one.cu -o
says 64 'asks for code of a GPU' -ptx one.cu
says 64 '-o names one file' -c one.cu twice.cu -o x.o
says 64 "-std must be" -std=c++16 one.cu
says 64 "-O must be" -O7 one.cu
says 64 "-m must be 64" -m32 one.cu
says 64 "-rdc must be" -rdc=yes one.cu
says 64 "-c takes no value" -c=x one.cu
says 64 "it must be race, plain" --emu=slow one.cu
says 66 'cannot read none.cu' none.cu
says 66 'cannot read the options file none' @none
echo @again >again
says 66 'includes itself' @again
says 77 'no C++ compiler none' -ccbin none one.cu
for header in cuda driver_functions host_defines math_functions common_functions device_atomic_functions; do echo "#include <$header.h>"; done >parts.cu
makes -c parts.cu -o parts.o
for header in cufft.h thrust/complex.h cublas.h; do
    echo "#include <$header>" >library.cu
    says 66 'library.cu does not compile' -c library.cu
    grep -q '#error .* is not part of the emulator' err || bad "$header: $(cat err)"
    ! grep '[: ]error' err | grep -qv '#error' || bad "$header: other errors too: $(cat err)"
done
says 0 'note: -lcufft is left out: the emulator has no cuFFT' @words one.cu -lcufft -lm -lpthread -lcuda -lcudart -o one
prints 6 ./one
echo 'extern "C" int cufftDestroy(int); int main() { return cufftDestroy(0); }' >gen.cpp
"$nvcc" gen.cpp -lcufft 2>err && bad "it links without cuFFT"
grep -q '^rungs nvcc: a.out does not link: it was left without cuFFT' err || bad "a library that is missed: $(cat err)"

# ---- stream 0 per thread: a race with a kernel in another stream, which the legacy one waits for ----
cat >streams.cu <<'EOF'
__global__ void fill(int *x) { x[threadIdx.x] = 1; }
__global__ void add(int *x) { x[threadIdx.x]++; }
int main()
{
    int *x;
    cudaStream_t s;
    cudaStreamCreateWithFlags(&s, cudaStreamDefault);
    cudaMalloc(&x, 32 * sizeof *x);
    fill<<<1, 32, 0, s>>>(x);
    add<<<1, 32>>>(x);
    cudaDeviceSynchronize();
    cudaFree(x);
}
EOF
makes streams.cu -o streams
./streams 2>err || bad "the legacy stream 0 waits for others: $(cat err)"
makes --default-stream per-thread streams.cu -o streams
! ./streams 2>err && grep -q 'in streams that do not wait for each other' err || bad "stream 0 per thread: $(cat err)"

# ---- the libraries that are here; helpers of the samples, behind the program's own ----
cat >libraries.cu <<'END'
#include <cublasLt.h>
#include <cublas_v2.h>
#include <curand.h>
#include <helper_cuda.h>
#include <helper_functions.h>
int main(int argc, char **argv)
{
    cublasHandle_t blas;
    cublasLtHandle_t lt;
    curandGenerator_t random;
    checkCudaErrors(cublasCreate(&blas));
    checkCudaErrors(cublasLtCreate(&lt));
    checkCudaErrors(curandCreateGenerator(&random, CURAND_RNG_PSEUDO_DEFAULT));
    printf("%d %s\n", getCmdLineArgumentInt(argc, (const char **)argv, "n"), _cudaGetErrorEnum(CUBLAS_STATUS_NOT_SUPPORTED));
    checkCudaErrors(cublasLtDestroy(lt));
    checkCudaErrors(cublasDestroy(blas));
}
END
makes libraries.cu -lcublas -lcublasLt -lcurand_static -lcublas_static -o libraries && prints '7 CUBLAS_STATUS_NOT_SUPPORTED' ./libraries -n=7
mkdir -p mine && echo '#define HELPER "own"' >mine/helper_cuda.h
printf '#include <cstdio>\n#include <helper_cuda.h>\nint main() { puts(HELPER); }\n' >own_helper.cu
makes -I mine own_helper.cu -o own_helper && prints own ./own_helper

echo 'int x = y;' >wrong.cu
says 66 'wrong.cu does not compile' -c wrong.cu && grep -q '^wrong.cu:1' err || bad "the line: $(cat err)"
[ ! -e wrong.o ] || bad "half an object"

# ---- $CXX may have options behind the compiler ----
printf '#include <cstdio>\nint main() { puts(FROM_CXX); }\n' >cxx.cu
CXX="c++ -g0 '-DFROM_CXX=\"two words\"'" makes cxx.cu -o cxx && prints 'two words' ./cxx
CXX="none_such -O2" says 77 'there is no C++ compiler none_such: set CXX' -c one.cu

# ---- a mistake is named, whatever the build; builds are not mixed ----
cat >race.cu <<'END'
#include "both.h"
__global__ void sum(int *x) { *x += threadIdx.x; }
void run(int *x) { sum<<<1, 64>>>(x); }
END
echo 'void run(int *x);' >both.h
echo '#include "both.h"
int main() { int *x; cudaMalloc(&x, 4); cudaMemset(x, 0, 4); run(x); cudaDeviceSynchronize(); cudaFree(x); }' >main.cu
makes race.cu main.cu -o race
./race >out 2>&1 && bad "a race passes"
grep -q 'race.cu:2' out || bad "a race without its line: $(cat out)"
makes --emu=plain -c race.cu main.cu
says 66 "a.out does not link: its objects were not all built as 'race'" race.o main.o
[ "$(wc -l <err)" = 1 ] || bad "the linker's words are shown: $(cat err)"
RUNGS_NVCC=plain makes race.o main.o -o race && ./race || bad "the plain build sees races"

# ---- nothing is left behind, also after a kill ----
[ -z "$(ls tmp)" ] || bad "left in the temporary folder: $(ls tmp)"
printf '#!/bin/sh\n[ "$1" = --version ] || exec sleep 20\n' >slow && chmod +x slow
for signal in HUP-nvcc TERM-emu TERM-nvcc KILL-nvcc; do # a shell lets its background commands ignore SIGINT
    case $signal in
    *-emu) CXX=./slow "$(dirname "$nvcc")/rungs" emu one.cu -I "a folder" >out 2>err & ;;
    *) "$nvcc" -ccbin ./slow @words -c one.cu -o killed.o 2>err & ;;
    esac
    child=$!
    n=0
    while [ -z "$(ls tmp)" ] && [ $n -lt 100 ]; do sleep 0.02 && n=$((n + 1)); done
    sleep 0.05
    kill -${signal%-*} $child
    wait $child 2>/dev/null && bad "ended by $signal as if nothing had been"
    [ $signal = KILL-nvcc ] || [ -z "$(ls tmp)" ] || bad "left after $signal: $(ls tmp)"
done
[ -n "$(ls tmp)" ] || bad "SIGKILL should leave a folder, or the next test shows nothing"
mkdir "tmp/rungs-nvcc-$$-abcdef" tmp/rungs-nvcc-mine
makes @words -c one.cu && [ "$(ls tmp | wc -l)" = 2 ] || bad "what a killed one has left stays, or others' folders go: $(ls tmp)"

# ---- projects that know nothing of this ----
if command -v make >/dev/null; then
    cp -r "$project" make && cd make || exit 1
    make NVCC="$nvcc" >../out 2>&1 || bad "make: $(cat ../out)"
    prints '2993.5 after 2 launches' ./blur
    [ "$(make NVCC="$nvcc")" = "make: 'blur' is up to date." ] || bad "make builds again"
    touch blur.cuh
    [ "$(make -n NVCC="$nvcc" | grep -c -- ' -dc ')" = 3 ] || bad "make does not know what depends on the header"
    cd ..
fi
if [ -n "$cmake" ]; then
    "$cmake" -S "$project" -B cmake -DCMAKE_CUDA_COMPILER="$nvcc" >out 2>&1 && "$cmake" --build cmake >>out 2>&1 ||
        bad "cmake: $(cat out)"
    prints '2993.5 after 2 launches' cmake/blur
fi
exit $failed

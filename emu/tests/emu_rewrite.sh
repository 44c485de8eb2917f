#!/bin/sh
# emu_rewrite.sh CU2CPP - what the rewriter writes, and what it says of text that it does not understand or refuses.
cu2cpp=$1
script=$(realpath "$0")
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failed=0

# writes 'TEXT' 'RESULT': the result, without the #line before it and with single spaces
writes() {
    printf '%s\n' "$1" >in.cu
    "$cu2cpp" in.cu out.cpp >said 2>&1 || { echo "FAIL  '$1': $(cat said)"; failed=1; }
    got=$(sed 1d out.cpp | tr -s ' ')
    [ "$got" = "$2" ] && [ ! -s said ] || { echo "FAIL  '$1' becomes '$got', not '$2'; it says: $(cat said)"; failed=1; }
}

# says CODE WORDS 'TEXT': the words on stderr, which begin with the line; the text stays as it is
says() {
    printf '%s\n' "$3" >in.cu
    rm -f out.cpp
    "$cu2cpp" in.cu out.cpp >said 2>&1
    code=$?
    [ $code = "$1" ] && grep -q "^in.cu:$2" said || { echo "FAIL  '$3': code $code, and it says: $(cat said)"; failed=1; }
    [ "$1" = 0 ] || [ ! -e out.cpp ] || { echo "FAIL  '$3' was written"; failed=1; }
    [ "$1" != 0 ] || sed 1d out.cpp | cmp -s - in.cu || { echo "FAIL  '$3' was changed"; failed=1; }
}

writes 'k<<<1, 2>>>(x);' 'EMU_LAUNCH((k),1, 2)(x);'
writes 'k << <1, 2 >> > (x);' 'EMU_LAUNCH((k) , 1, 2 ) (x);'
writes 'a::b<c<1>, (2 > 1)>::k<3><<<g<4>>>>(x);' 'EMU_LAUNCH((a::b<c<1>, (2 > 1)>::k<3>),g<4>)(x);'
writes '(*table[i])<<<1, 2>>>(x);' 'EMU_LAUNCH(((*table[i])),1, 2)(x);'
writes 'if (a < b) o->list[i].k<<<1, 2>>>(x);' 'if (a < b) EMU_LAUNCH((o->list[i].k),1, 2)(x);'
writes 'return ::k<<<1, 2>>>(x);' 'return EMU_LAUNCH((::k),1, 2)(x);'
writes '#define GO(K) K<<<1, 1>>>()' '#define GO(K) EMU_LAUNCH((K),1, 1)()'
writes 'void f() { g((void *)k<1, (2)>, (const void *) &n::k); p = (void *)q[1]; h = reinterpret_cast<void *>(k<3>); }' \
    'void f() { g((void *)::emu::known(k<1, (2)>), (const void *) ::emu::known(&n::k)); p = (void *)q[1]; h = reinterpret_cast<void *>(::emu::known(k<3>)); }'
writes 'void f() { g((const void *)pick(2), 1); }' 'void f() { g((const void *)::emu::known(pick(2)), 1); }'
writes 'void f() { cudaMalloc((void **)&p, sizeof(p)); cudaMemcpy(a, b, sizeof b, c); }' \
    'void f() { cudaMalloc((void **)&p, ::emu::size_of<decltype(p)>("p", sizeof(p))); cudaMemcpy(a, b, ::emu::size_of<decltype(b)>("b", sizeof b), c); }'
for kept in 'cudaMemcpy(p, &h, sizeof(h), c);' 'cudaMemcpy(p, h, 4 * sizeof(h), c);' 'cudaMemcpy(p, q, sizeof(*p), c);' 'cudaMalloc(&p, sizeof(a));' \
    'cudaMemcpy(p->a, q, sizeof(a), c);'; do
    writes "void f() { $kept }" "void f() { $kept }"
done
writes 'struct s { void f(void *) const; bool b = (void *)p < q; void *n = (void *)NULL; };' 'struct s { void f(void *) const; bool b = (void *)p < q; void *n = (void *)NULL; };'
writes 'f("k<<<1, 2>>>(x)", R"(k<<<1>>>(x))", 1'\''000); // k<<<1, 2>>>(x)' 'f("k<<<1, 2>>>(x)", R"(k<<<1>>>(x))", 1'\''000); // k<<<1, 2>>>(x)'
writes 'int n = 1 << 2; bool b = n < 3 && 4 > n; std::cout << x << y;' 'int n = 1 << 2; bool b = n < 3 && 4 > n; std::cout << x << y;'
writes 'void f() { extern __shared__ T<int> a[][3]; }' 'void f() { T<int> (*a)[3] = (T<int> (*)[3])::emu::dynamic_shared({ __FILE__, __LINE__ }); }'
writes 'void f() { extern unsigned int __shared__ a[]; }' 'void f() { unsigned int *a = (unsigned int *)::emu::dynamic_shared({ __FILE__, __LINE__ }); }'
writes '#define S(t, n) extern __shared__ t n[]' '#define S(t, n) extern __shared__ t n[]'
writes '#define S(t, n) { extern __shared__ t n[]; }' '#define S(t, n) { t *n = (t *)::emu::dynamic_shared({ __FILE__, __LINE__ }); }'
writes 'namespace n { volatile extern __shared__ int a[]; }' 'namespace n { static EMU_FILE_SHARED volatile int *a; static const ::emu::FileShared a_file_shared_((void **)&a); }'
writes 'void f() { static __shared__ alignas(16) int a[2]; }' 'void f() { alignas(16) __shared__ int a[2]; }'
# lines that end with a carriage return, or with a blank behind the \ that continues them, as compilers take them
crlf=$(printf '#define GO(e) do { \\\r\n if (e) { \\\r\n f(); \\\r\n g(e); \\ \n } } while (0)\r\n// \\\r\n k<<<1>>>();\r\n__global__ void k() { if (1) f("\\\r\n"); }')
writes "$crlf" "$crlf"
# loops that may wait: those that only read, and those that name what is volatile, in any shape
writes 'void f(int *p) { while (*p == 0); g(); }' 'void f(int *p) { while (*p == 0)::emu::spin("p", true); g(); }'
writes 'void f(int *p) { int v; do { v = p[1]; } while (!v); }' 'void f(int *p) { int v; do { ::emu::spin("p", true); v = p[1]; } while (!v); }'
writes 'void f(int *p) { for (;;) { const int v = *p; if (v) return; } }' 'void f(int *p) { for (;;) { ::emu::spin("p", true); const int v = *p; if (v) return; } }'
writes 'void f(volatile int *p) { if (a) while (*p) if (b) g(); else do h(); while (c); else i(); }' \
    'void f(volatile int *p) { if (a) while (*p) { ::emu::spin("p", false); if (b) g(); else do h(); while (c); } else i(); }'
writes 'struct s { volatile int ready; }; void f(s *a) { while (!a->ready) g(); }' \
    'struct s { volatile int ready; }; void f(s *a) { while (!a->ready) { ::emu::spin("ready", false); g(); } }'
writes '__device__ int look(volatile int *p) { return *p; } void f(int *q) { while (!look(q)) { } }' \
    '__device__ int look(volatile int *p) { return *p; } void f(int *q) { while (!look(q)) { ::emu::spin("q", false); } }'
writes 'void f(int *p) { while (*(volatile int *)p) k<<<1, 2>>>(); }' 'void f(int *p) { while (*(volatile int *)p) { ::emu::spin("p", false); EMU_LAUNCH((k),1, 2)(); } }'
for kept in 'void f(int *p) { while (p) p = p->next; for (int i = 0; i < n; i++) p[i] = 0; do { g(); } while (0); }' \
    'void f(volatile int *x) { } void g(int *x) { for (int i = 0; i < 9; i++) x[i] = 1; }' \
    'void f(int *p) { while (*p) { *p = 1; } while (*p) { v += *p; } while (*p) { p = q; q = p; } }'; do
    writes "$kept" "$kept"
done
# variables of which each device has its own
told() {
    for told; do printf ' static const ::emu::DeviceVariable emu_variable_%s __attribute__((unused))(%s);' $told $told; done
}
writes '__device__ int x = 1;' "__device__ int x = 1;$(told x)"
writes 'namespace n { static __constant__ __device__ float w[3] = { 1, f(2, 3) }, *p, q; }' \
    "namespace n { static __constant__ __device__ float w[3] = { 1, f(2, 3) }, *p, q;$(told w p q) }"
writes 'const __device__ volatile int __align__(8) x;' "const __device__ volatile int __align__(8) x;$(told x)"
for kept in '__device__ int f(int x), g();' 'extern __device__ int x;' '__device__ X;' '__device__ __managed__ int x;' \
    'template <class T> __device__ T x;' '__device__ int (*f)(int);' '__device__ int a = f<b, c>(1), d;' 'struct s { __device__ int x; };' \
    'void f() { __device__ int x; }' '__device__ constexpr int x = 1;' '__device__ int s::x;' '#define D __device__ int x;'; do
    writes "$kept" "$kept"
done
writes '__noinline__ void f();' '__attribute__((noinline)) void f();'
writes '__attribute__((__noinline__)) void f();' '__attribute__((__noinline__)) void f();'
# __CUDA_ARCH__ is the GPU's in its functions, and about them
arch() {
    printf '%s\n' "$1" >in.cu
    "$cu2cpp" in.cu out.cpp >said 2>&1 || { echo "FAIL  '$1': $(cat said)"; failed=1; }
    got=$(sed 1d out.cpp | tr '\n' ' ')
    [ "$got" = "$2 " ] && if [ "$3" ]; then grep -q "$3" said; else [ ! -s said ]; fi ||
        { echo "FAIL  '$1' becomes '$got', not '$2'; it says: $(cat said)"; failed=1; }
}
arch '__global__ void k() { f(__CUDA_ARCH__); }' '__global__ void k() { f(EMU_CUDA_ARCH); }'
arch 'void h() { f(__CUDA_ARCH__); }' 'void h() { f(__CUDA_ARCH__); }'
arch 'HD T f() { g(__CUDA_ARCH__); }' 'HD T f() { g(__CUDA_ARCH__); }'
arch 'HOST_DEVICE int f() { g(__CUDA_ARCH__); }' \
    'HOST_DEVICE int f() { if (::emu::in_device_code()) { #line 1  g(EMU_CUDA_ARCH);  #line 1 } else { g(__CUDA_ARCH__); }}'
arch '#if __CUDA_ARCH__ < 600
__device__ void f() {}
#endif' '#if EMU_CUDA_ARCH < 600 __device__ void f() {} #endif'
arch '#ifndef __CUDA_ARCH__
#include <vector>
#endif' '#ifndef __CUDA_ARCH__ #include <vector> #endif'
arch '#ifdef __CUDA_ARCH__
#define GPU 1
#endif' '#ifdef __CUDA_ARCH__ #define GPU 1 #endif' '^in.cu:1: note: .*read as the host reads it'
arch '#define NEW (__CUDA_ARCH__ >= 800)' '#define NEW (EMU_CUDA_ARCH >= 800)' '^in.cu:1: note: .*in host code, too'
arch '#define NEW (__CUDA_ARCH__)' '#define NEW (__CUDA_ARCH__)' '^in.cu:1: note: .*not even in kernels'
arch '#define __CUDA_ARCH__ 900
__global__ void k() { f(__CUDA_ARCH__); }' '#define __CUDA_ARCH__ 900 __global__ void k() { f(__CUDA_ARCH__); }'

says 0 '2: .*no kernel.s name stands before' '
<<<1, 2>>>(x);'
says 0 "1: .*no '>>>(' ends" 'k<<<1, 2;'
says 0 '1: .*without a grid' 'k<<<>>>(x);'
says 0 '1: .*declared as extern __shared__ TYPE NAME' 'void f() { extern __shared__ int a[4]; }'
says 1 '2: k runs on the GPU and calls f, a function of the host (line 1)' 'float f(float x) { return x; }
__global__ void k(float *x) { x[0] = f(x[0]); }'

# --own: what is of the device only is of its file
owns() {
    printf '%s\n' "$1" >in.cu
    "$cu2cpp" in.cu out.cpp --own >said 2>&1 || { echo "FAIL  --own '$1': $(cat said)"; failed=1; }
    got=$(sed 1d out.cpp | sed 's/ static const ::emu::DeviceVariable [^;]*;//g; s/static __attribute__((unused))/OWN/g')
    [ "$got" = "$2" ] || { echo "FAIL  --own: '$1' becomes '$got', not '$2'"; failed=1; }
}
owns '__device__ float f(int x) { return x; }' 'OWN __device__ float f(int x) { return x; }'
owns '__device__ int f(int); __device__ int f(int x) { return g(x); }' 'OWN __device__ int f(int); OWN __device__ int f(int x) { return g(x); }'
owns 'int a; const __constant__ float w[3]; namespace n { __device__ int x = 1; }' 'int a; OWN const __constant__ float w[3]; namespace n { OWN __device__ int x = 1; }'
for kept in '__device__ __host__ int f(int x) { return x; }' 'extern __device__ int x; __device__ int x;' 'static __device__ int x;' \
    'struct A { __device__ int f(); }; __device__ int A::f() { return 1; }' '__global__ void k() {}' '__device__ inline void f() {}' \
    'template <class T> __device__ T f(T x) { return x; }' 'struct A { friend __device__ int f(A); }; __device__ int f(A) { return 1; }' \
    'extern "C" __device__ int f();' 'A *f(int); __device__ A *f(int x) { return 0; }' '__device__ A operator+(A a, A b);' '#define FUNCTION __device__ int f()' \
    'auto f = [] __device__ (int x) { return x; };'; do
    owns "$kept" "$kept"
done

# a function that may be both, or is not surely of the host, may be called
for head in __device__ '__host__ __device__' HOST_DEVICE constexpr 'template <class T>' '#define f(x) x
float g(float x) { return x; } __device__'; do
    printf '%s float f(float x) { return x; }\n__global__ void k(float *x) { x[0] = f(x[0]); }\n' "$head" >in.cu
    "$cu2cpp" in.cu out.cpp 2>said || { echo "FAIL  $head f may be called: $(cat said)"; failed=1; }
done

# headers: those that need it are copied, also where two include each other
mkdir sub copies
printf '#pragma once\n#include "b.h"\ninline void go() { k<<<1, 1>>>(); }\n' >sub/a.h
printf '#pragma once\n#include "a.h"\n#include "plain.h"\n' >sub/b.h
echo 'int plain;' >sub/plain.h
printf '#include "sub/a.h"\n#include <plain.h>\n#include <stdio.h>\n' >in.cu
"$cu2cpp" in.cu out.cpp --headers copies -I sub || failed=1
grep -q "^#include \"copies/1_a.h\"" out.cpp && grep -q "sub/plain.h\"" out.cpp && grep -q '<stdio.h>' out.cpp &&
    grep -q EMU_LAUNCH copies/1_a.h && grep -q 'copies/1_a.h' copies/2_b.h && [ ! -e copies/3_plain.h ] ||
    { echo "FAIL  headers:"; head -20 out.cpp copies/*; failed=1; }

"$cu2cpp" none.cu out.cpp 2>said && failed=1
grep -q "cannot read none.cu" said || { echo "FAIL  no file: $(cat said)"; failed=1; }
"$cu2cpp" in.cu none/out.cpp 2>said && failed=1
grep -q "cannot write none/out.cpp" said || { echo "FAIL  no folder: $(cat said)"; failed=1; }

# half a file, files of noise: an answer, whatever it is, and no crash
n=1
while [ $n -lt 400 ]; do
    head -c $n "$script" >in.cu
    "$cu2cpp" in.cu out.cpp >/dev/null 2>&1
    [ $? -le 1 ] || { echo "FAIL  $n characters of this file"; failed=1; }
    n=$((n + 37))
done
for seed in 1 2 3 4 5 6 7 8 9 10; do
    awk -v seed=$seed 'BEGIN { srand(seed)
        n = split("a __CUDA_ARCH__ __device__ __host__ #line extern __shared__ __global__ alignas #include #if #else #endif { } ( ) < > <<< >>> [ ] ; , \" . : \\", w, " ")
        for (i = 0; i < 3000; i++) printf "%s%s", w[int(rand() * n) + 1], rand() < 0.1 ? "\n" : rand() < 0.5 ? " " : "" }' >in.cu
    "$cu2cpp" in.cu out.cpp >/dev/null 2>&1
    [ $? -le 1 ] || { echo "FAIL  noise of seed $seed"; failed=1; }
done
exit $failed

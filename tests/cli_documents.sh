#!/bin/sh
# cli_documents.sh SOURCE BUILD WORK - every command of the documents works in a fresh copy of the tree in which nothing but
# `./rungs list` ran. The commands are found in the pages, not listed here: a new one is run as it is written, or, if that would
# take minutes or another machine, by a rule of `shortened`. BUILD lends its objects (borrow.sh).
# shellcheck disable=SC2016 # patterns are commands, dollars and all
set -u
source=$1 build=$2
here=$(cd "$(dirname "$0")" && pwd)
for tool in pkg-config gnuplot; do
    command -v $tool >/dev/null || { echo "skipped: there is no $tool here (on Debian: apt install pkg-config gnuplot-nox)"; exit 77; }
done
rm -rf "$3" && mkdir -p "$3/bin" "$3/tree" && work=$(cd "$3" && pwd) && tree=$work/tree || exit 1

bad() {
    echo "FAIL  $*"
    cat "$work/said"
    exit 1
}

# ---- the commands of a page ----

# commands_of PAGE FENCES: one a line, from fences of `console` (after the dollar) and `sh`, unless FENCES is 0, from indented
# lines, where two spaces begin the explanation, and from `spans` of the text.
commands_of() {
    awk -v fences="$2" '
        function spans(    i, n, part) {
            n = split(paragraph, part, "`")
            for (i = 2; i <= n; i += 2) print part[i]
            paragraph = ""
        }
        /^```/ { spans(); fence = fence == "" ? substr($0, 4) : ""; if (fence != "" && fence !~ /^(console|sh|c|cmake)$/) print "./a-fence-of-" fence; next }
        fence == "console" && sub(/^\$ /, "") || fence == "sh" { if (fences) print; next }
        fence != "" { next }
        /^    / {
            spans()
            part = substr($0, 5)
            if (line != "") sub(/^ */, " ", part)
            line = line part
            if (sub(/ *\\$/, "", line)) next # a continued line
            sub(/^\$ /, "", line); sub(/   *[^ ].*/, "", line)
            print line
            line = ""
            next
        }
        /^$/ { spans(); next }
        { paragraph = paragraph " " $0 }
        END { spans() }' "$1"
}

# Is this text a command? A path that can be run, or a program with something to do; `rungs verb` is a mention, which cli_readme reads.
is_command() {
    case $1 in
    ./* | .ci/* | build/*/* | cmake\ * | ctest\ *) return 0 ;;
    rungs\ * | *=*\ ./* | -*) return 1 ;;
    *\ *) case $(command -v "${1%% *}") in /*) ;; *) return 1 ;; esac ;;
    *) return 1 ;;
    esac
}

# A page in all notations: each of its commands is found, and nothing else.
finder_works() {
    cat >"$work/page.md" <<'END'
Text with `./rungs one` and `code`, `a + b`, a mention of `rungs two`, and `cmake --three
--four`, and a [link](there).

    ./rungs five     what it does
    tree/            a folder
    cc -c six.c \
        -o six.o

```console
$ seven | sort
what it prints
```
```sh
export EIGHT=8
```
```c
./rungs nine;
```
END
    printf '%s\n' './rungs one' 'cmake --three --four' './rungs five' 'cc -c six.c -o six.o' 'seven | sort' 'export EIGHT=8' >"$work/expected"
    commands_of "$work/page.md" 1 | while read -r command; do
        case $command in seven* | export*) echo "$command" ;; *) ! is_command "$command" || echo "$command" ;; esac
    done | diff "$work/expected" - >"$work/said" || bad "the commands of a page are not found"
    printf '```fortran\n```\n' >"$work/page.md"
    commands_of "$work/page.md" 1 | grep -q fence || bad "a fence of another language is unnoticed"
}

# ---- how each is run ----

# Words that stand for something, and what they stand for here
filled() {
    printf '%s\n' "$1" | sed -e "s|\bDIR\b|$work/prefix|g; s|\bFOLDER\b|$work/folder|g; s|--rung NAME|--rung 00_naive|; s|\bOP\b|mse_backward|; s| N\$| 1|"
}

# Prints what is run for a command, and nothing for one that is run as it is written.
shortened() {
    case $1 in
    # the tests themselves
    "./rungs test" | "./rungs test --rare" | "./rungs test --all" | "./rungs demo") echo "${1%% --*} --help" ;; # the demo runs in cli_demo
    .ci/run) echo "bash -n .ci/run" ;;
    *"ctest --preset default") echo "cmake --preset default && cmake --build --preset default --target rungs && ctest --preset default -N" ;;
    # mentions of a program
    ./rungs) echo "./rungs --help" ;;
    "cmake --install" | "clang-format -i") echo "${1%% *} --version" ;;
    "cc my_test.c"*) echo "cp gradcheck/examples/sphere.c my_test.c && $1" ;;
    # minutes
    "./rungs ulp all --exhaustive"*) echo "./rungs ulp gelu_forward${1#*--exhaustive}" ;;
    "./rungs gradcheck selftest" | "time ./rungs gradcheck selftest") echo "$1 --fast --unit dense" ;;
    *gc_strangers_peers.sh*) echo "sh -n tests/gc_strangers_peers.sh" ;; # the Python packages of four checkers
    "./rungs learn pack "*) echo "rm -rf exercises autograder && $1" ;; # a folder that must not be there
    "./rungs learn grade "*) echo "mkdir -p students/anna && $1" ;;
    "./rungs learn skip "*) echo "./rungs learn skip --help" ;; # what a student begins with skips nothing; tests/learn.sh
    "./rungs learn") echo "./rungs learn show" ;; # it watches, and what a student begins with is wrong
    "./rungs look "*) echo "./rungs look --help" ;; # of a training's epoch; tests/look.sh runs it
    "./rungs eval "* | "./rungs export "*) echo "${1%% cnn.ckpt*} --help" ;; # likewise; tests/eval.sh and export_c.sh
    "./rungs import "*) echo "./rungs import --help" ;; # likewise; tests/import.sh
    "./rungs train "*--help | "./rungs train "*--describe | "./rungs train --list") ;;
    "./rungs train a0"*) echo "${1%% --*} --describe" ;; # MNIST is in no package
    "./rungs train "*--gradcheck) echo "$1 --hidden 16" ;;
    "./rungs train "*--cuda*) echo "./rungs train --help" ;; # all test images, in the emulator; tests/cuda_cli.sh runs it
    "./rungs train ./mine.net") echo "cp train/networks/fashion-mlp.net mine.net && $1 --hidden 16 --steps 2" ;;
    "./rungs train "*) echo "$(echo "$1" | sed "s,--epochs.*,,; s,--steps.*,,") --hidden 16 --steps 2" ;;
    "./rungs check dense_forward"*) echo "$1 --shape 5x7x9" ;;
    "./rungs bench relu_forward"*) echo "$1 --quick --no-peers --threads 1 --rungs 00_naive --shape 1003" ;;
    "./rungs bench all --table") echo "./rungs bench relu_forward mse_backward --table --no-peers" ;;
    "./rungs bench train"*) echo "$1 --quick --threads 1" ;;
    "./rungs bench steps"*--memory*) echo "./rungs bench steps --memory --no-peers --threads 1" ;;
    "./rungs bench steps"*) echo "./rungs bench steps --no-peers --quick --threads 1" ;;
    "./rungs bench dense_forward"*) echo "$1 $(echo "$1" | grep -q -e --shape || echo "--shape 64x64x64") --quick --no-peers --threads 1 --rungs 00_naive,02_tile" ;;
    build/default/lesson_text* | *"build/default/lesson_text --update"*) echo "cmake --build build/default --target lesson_text && build/default/lesson_text 1" ;;
    *"gradcheck_accuracy gradcheck") echo "mkdir -p '$work/folder' && ${1% *} '$work/folder' --points 1" ;;
    # a project of the reader's
    "make NVCC="* | "make CUDA_PATH="*) echo "make -C emu/tests/project NVCC=$tree/build/default/rungs-nvcc" ;;
    "cmake "*CMAKE_CUDA_COMPILER*) echo "env -u CMAKE_TOOLCHAIN_FILE cmake -S emu/tests/project -B blur -DCMAKE_CUDA_COMPILER=$tree/build/default/rungs-nvcc && cmake --build blur" ;;
    # another machine
    "./rungs site "*) echo "./rungs site --help" ;; # tests/site.sh makes it
    "./rungs data get "*) echo "./rungs data get --help" ;;
    "gdb "*) echo "test -x ${1#gdb }" ;;
    esac
}

# may CODE COMMAND: is this exit code what the page lets one expect?
may() {
    case $1:$2 in
    0:*) ;;
    77:*,needs=avx2) ;; # a machine without
    77:"./rungs bench "*--cuda*) ;;                                        # no GPU here
    66:"./rungs train "* | 66:"./rungs bench train"*) grep -q dataset-fashion-mnist "$work/said" ;;    # no images here: a sentence that names them
    *) return 1 ;;
    esac
}

# ---- the copy of the tree, and what the pages take for granted ----

tar -C "$source" --exclude=./build --exclude=./out --exclude=./.git -cf - . | tar -C "$tree" -xf - || exit 1
cat >"$work/borrow.cmake" <<END
set(CMAKE_C_COMPILER_LAUNCHER sh "$here/borrow.sh")
set(CMAKE_CXX_COMPILER_LAUNCHER sh "$here/borrow.sh")
set(RUNGS_CUDA OFF CACHE STRING "") # nvcc takes minutes
END
emulator=yes
if ! [ -e "$build/librungs_cuda_emu.so" ]; then
    emulator=
    echo 'set(RUNGS_EMU OFF CACHE STRING "")' >>"$work/borrow.cmake"
fi
export CMAKE_TOOLCHAIN_FILE="$work/borrow.cmake" BORROW_TREE="$source" BORROW_BUILD="$build" BORROW_HERE="$tree"
export CMAKE_BUILD_PARALLEL_LEVEL=2 PKG_CONFIG_PATH="$work/prefix/lib/pkgconfig:$work/prefix/lib64/pkgconfig"
printf '#!/bin/sh\necho installed\n' >"$work/bin/dpkg-query" # a test installs nothing
chmod +x "$work/bin/dpkg-query"
PATH=$work/bin:$PATH

finder_works
cd "$tree" || exit 1
began=$(date +%s)
./rungs list >"$work/said" 2>&1 || bad "./rungs list ended with $?"
printf "%3d s  ./rungs list\n" $(($(date +%s) - began))
./rungs --version >"$work/said" 2>&1 || bad "./rungs --version ended with $?"
grep -q "^rungs [0-9]" "$work/said" || bad "./rungs --version should say the version"
[ ! -e build/default/librungs.a ] || bad "./rungs list built more than the program"

cp emu/examples/block_sum.cu my_kernel.cu
cp my_kernel.cu better.cu
printf '__global__ void relu(int n, const float *x, float *y) { int i = blockIdx.x * blockDim.x + threadIdx.x; if (i < n) y[i] = x[i] > 0 ? x[i] : 0; }
extern "C" void relu_forward(int n, const float *x, float *y) { relu<<<(n + 255) / 256, 256>>>(n, x, y); }\n' >mine.cu
cp emu/examples/block_sum.cu theirs.cu
mkdir include
echo 'void twice(int threads, float *x);' >include/twice.cuh
printf '#include "twice.cuh"
__global__ void add(float *x) { int i = blockIdx.x * blockDim.x + threadIdx.x; if (i < N) x[i] += x[i]; }
void twice(int threads, float *x) { add<<<(N + threads - 1) / threads, threads>>>(x); }\n' >kernels.cu
printf '#include <cstdio>
#include <cstdlib>
#include "twice.cuh"
int main(int, char **argv)
{
    float x[N], *d;
    for (float &one : x) if (scanf("%%f", &one) != 1) return 1;
    cudaMalloc(&d, sizeof x);
    cudaMemcpy(d, x, sizeof x, cudaMemcpyHostToDevice);
    twice(atoi(argv[1]), d);
    cudaMemcpy(x, d, sizeof x, cudaMemcpyDeviceToHost);
    cudaFree(d);
    return x[N - 1] != 2 * N;
}\n' >main.cu
seq 128 >input.txt
printf 'double f(const double *x, unsigned long n, void *c) { (void)c; double s = 0; for (unsigned long i = 0; i < n; i++) s += x[i] * x[i]; return s; }
void g(const double *x, unsigned long n, double *g, void *c) { (void)c; for (unsigned long i = 0; i < n; i++) g[i] = 2 * x[i]; }
void relu_forward(int n, const float *x, float *y) { for (int i = 0; i < n; i++) y[i] = x[i] > 0 ? x[i] : 0; }
void relu_fast(int n, const float *x, float *y) { relu_forward(n, x, y); }\n' >mine.c
cc -shared -fPIC -o mine.so mine.c || exit 1
echo "so ./mine.so --loss f --grad g --n 4" >problems.txt
mkdir mine
for part in train test; do
    awk 'BEGIN { for (n = 0; n < 200; n++) { line = n % 10; for (k = 0; k < 784; k++) line = line "," (n * 7 + k * 13) % 256; print line } }' >mine/$part.csv
done
mkdir "my data" pictures
sed 's/^\([^,]*\),\(.*\)/\2,\1/' mine/train.csv >"my data/digits.csv"
for k in $(seq 0 29); do
    mkdir -p pictures/$((k % 10))
    { printf 'P5 28 28 255\n'; head -c 784 rungs; } >pictures/$((k % 10))/$k.pgm
done
cp plots/data/amd-epyc-zen4-2core.csv race.csv
cp plots/data/ulp_amd-epyc-zen4-2core.csv ulp.csv

# ---- run them ----

# A build that fails must leave no half installation behind.
cp base/clock.c "$work/clock.c"
echo '#error broken' >>base/clock.c
cmake --install build/default --prefix "$work/half" >"$work/said" 2>&1 && bad "cmake --install of a broken tree ended with 0"
grep -q "nothing has been installed" "$work/said" || bad "a failed installation should say that nothing was installed"
[ ! -e "$work/half" ] || bad "a failed installation left something behind"
cp "$work/clock.c" base/clock.c

: >"$work/done"
pages="README.md CONTRIBUTING.md emu/README.md gradcheck/README.md"
if [ -z "$emulator" ]; then
    echo "this build has no emulator: emu/README.md and --cuda were not tried"
    pages="README.md CONTRIBUTING.md gradcheck/README.md"
fi
for page in $pages; do
    case $page in gradcheck*) fences=0 ;; *) fences=1 ;; esac # that session is run below
    commands_of "$page" $fences >"$work/commands"
    found=0
    while read -r command <&3; do
        is_command "$command" || continue
        case $emulator:$command in :*" --cuda"* | :*"--with mine.cu"* | :*"rungs emu "* | :*"rungs nvcc "*) continue ;; esac
        found=$((found + 1))
        runs=$(filled "$command")
        ! grep -qxF -- "$runs" "$work/done" || continue
        echo "$runs" >>"$work/done"
        short=$(shortened "$runs")
        code=0
        began=$(date +%s)
        sh -c "${short:-$runs}" </dev/null >"$work/said" 2>&1 || code=$?
        may $code "$runs" || bad "$page: $command${short:+ (here: $short)} ended with $code"
        printf '%3d s  %s: %s%s\n' $(($(date +%s) - began)) "$page" "$command" "${short:+ (here: $short)}"
    done 3<"$work/commands"
    [ "$found" -ge 2 ] || bad "$page should have commands"
done

# The session in gradcheck/README.md runs in one shell, and what it prints is compared.
sh "$here/gc_report_readme.sh" "$tree/rungs" "$tree" "$work/gradcheck" >"$work/said" 2>&1 || bad "gradcheck/README.md: $?"
echo "$(wc -l <"$work/done") commands, and the session of gradcheck/README.md"

#!/bin/sh
# learn_strangers.sh - what a class hands in is graded as its author's is: every stub fails at its own gate, counts and kernels
# among them; and no file of kernels can cheat, stop the grading, or reach what others wrote:
# learn_strangers.sh RUNGS SOLUTIONS_PROGRAM SCRATCH CC NUMBER_GATE_WRONG...
set -u
rungs=$1 solutions=$2 scratch=$3
export CC=$4 LC_ALL=C
shift 4
here=$(cd "$(dirname "$0")" && pwd)
rm -rf "$scratch"
mkdir -p "$scratch/class/stub" "$scratch/solved" "$scratch/elsewhere"
cd "$scratch" || exit 1
# shellcheck source=/dev/null
. "$here/learn_lib.sh"
"$solutions" solved >/dev/null || fail "the solutions cannot be written"

# ---- every stub ----

for stub in "$@"; do
    learn 0 show "${stub%%_*}"
    cp rungs-learn/"${stub%%_*}"_* class/stub
done

# ---- kernels that do more than compute: each a student's 2.5, and the words of its verdict ----

: >cheats
# cheat NAME WORDS IN_THE_FUNCTION [BEFORE_IT]: what the host function does first, and what is in front of it
cheat() {
    mkdir -p "class/$1"
    { printf '#include <cstdio>\n#include <cstdlib>\n#include <cstring>\n#include <unistd.h>\n#include <sys/socket.h>\n'
      sed '/^extern "C"/,$d' solved/2.5_no_branches.cu
      printf '%s\nextern "C" void relu_backward(int n, const float *y, const float *dy, float *dx)\n{\n%s\n' "${4-}" "$3"
      sed '1,/^extern "C"/d' solved/2.5_no_branches.cu | sed 1d; } >"class/$1/2.5_no_branches.cu"
    printf '%s\t%s\n' "$1" "$2" >>cheats
}
cp solved/2.5_no_branches.cu elsewhere
cheat endless_kernel 'timeout\|still run\|endless' 'spin<<<1, 1>>>(dx);' '__global__ void spin(float *x) { for (volatile int k = 0;; k++) *x = k; }'
cheat endless_host 'endless loop' 'for (volatile int k = 0;; k++) continue;'
cheat constructor 'runs when it is loaded' '' 'static void __attribute__((constructor)) first() { FILE *f = fopen("marks.csv", "w"); if (f) fclose(f); }'
cheat early_constructor 'runs when it is loaded' '' 'static void __attribute__((constructor(101))) first() { fork(); }'
cheat initialiser 'runs when it is loaded' '' 'static int child = fork();'
cheat object 'runs when it is loaded' '' 'struct Opens { Opens() { f = fopen("marks.csv", "r"); } FILE *f; } opens;'
cheat destructor 'runs when it is loaded' '' 'static void __attribute__((destructor)) last() { _exit(0); }'
cheat indirect 'runs when it is loaded' 'if (n < 0) one();' 'static int uno() { return 1; }
extern "C" { static int (*choose())() { return uno; } int one() __attribute__((ifunc("choose"))); }'
cheat writes 'asks the system' 'FILE *f = fopen("marks.csv", "w"); if (f) fputs("pass", f), fclose(f);'
cheat reads 'asks the system' "FILE *f = fopen(\"$scratch/elsewhere/2.5_no_branches.cu\", \"r\"); if (f) fclose(f);"
cheat forks 'asks the system' 'fork();'
cheat runs 'asks the system' 'if (system("touch stolen")) return;'
cheat calls_home 'asks the system' 'if (socket(2, 1, 0) >= 0) return;'
cheat kills 'asks the system' 'kill(getppid(), 9);' '#include <signal.h>'
cheat exits 'ends the process\|exit' 'puts("PASS  2.5 no_branches"); fflush(stdout); _exit(0);'
cheat silences 'asks the system' 'close(2);'
cheat copies 'does not compile' '' "#include \"$scratch/elsewhere/2.5_no_branches.cu\""
cheat copies_class 'does not compile' '' "#include \"$scratch/class/stub/2.5_no_branches.cu\""
cheat assembler 'does not compile' '' "__asm__(\".incbin \\\"$scratch/elsewhere/2.5_no_branches.cu\\\"\");"
cheat on_the_host 'no kernel' 'static float a[1 << 20], b[1 << 20]; cudaMemcpy(a, y, n * 4, cudaMemcpyDeviceToHost); cudaMemcpy(b, dy, n * 4, cudaMemcpyDeviceToHost);
    for (int k = 0; k < n; k++) b[k] = a[k] > 0 ? b[k] : 0;
    cudaMemcpy(dx, b, n * 4, cudaMemcpyHostToDevice); return;'
offset() { nm "$rungs" | sed -n "s/^0*\([0-9a-f]*\) T relu_backward_f32\$/\1/p"; }
cheat asks_the_oracle 'crashes\|signal' 'char *at = (char *)((size_t)__builtin_return_address(0) & -4096UL);
    while (memcmp(at, "\177ELF", 4)) at -= 4096;
    void (*f)(int, const float *, const float *, float *) = (void (*)(int, const float *, const float *, float *))(at + 0x'"$(offset)"');
    static float a[1 << 20], b[1 << 20]; f(n, a, b, b);'

# ---- a function that asks where it is counted, and one that is right and slow ----

mkdir -p class/asks class/slow
{ printf '#include <stdlib.h>\n'; sed 's/^void dense_forward(.*/static int once(void) { return getenv("LD_PRELOAD") != NULL; }\n&/; s/= b\[o\] +/= b[o] + once() * 0 +/' solved/1.8_partial_sums.c; } >class/asks/1.8_partial_sums.c
cp class/stub/1.8_* class/slow

"$rungs" learn grade class --seed 2718 --limit 3 --csv marks.csv --board board.html >said 2>&1 </dev/null || fail "grade ended with $?: $(cat said)"
if grep -q '^no CUDA kernels' said; then
    ! grep -q 'emulator is not built' said || fail "the emulator, which is built, is not found"
    echo "skipped: $(grep '^no CUDA kernels' said)"
    [ $failed = 1 ] || failed=77 # the system has no rules for files
    finish
fi
[ ! -e stolen ] || fail "a stranger has written a file"
for stub in "$@"; do
    number=${stub%%_*} gate=${stub#*_}
    gate=${gate%_*}
    grep -q "^stub,$number,[a-z_0-9]*,fail,$gate," marks.csv || fail "the stub of $number does not fail at $gate: $(grep "^stub,$number," marks.csv)"
done
while IFS="$(printf '\t')" read -r name words; do
    grep "^$name,2.5," marks.csv >row
    grep -q '^[a-z_]*,2.5,no_branches,fail,' row && grep -q "$words" row || fail "the kernel $name is not caught ('$words'): $(cat row)"
done <cheats
[ "$(wc -l <cheats)" -ge 20 ] || fail "there are fewer cheats"
grep -q '^asks,1.8,.*,fail,counts,.*calls getenv' marks.csv || fail "who asks where it is counted is not caught: $(grep ^asks,1.8 marks.csv)"
grep -q '^slow,1.8,.*,fail,counts,.*instructions per FLOP' marks.csv || fail "what is right and slow passes: $(grep ^slow,1.8 marks.csv)"
finish

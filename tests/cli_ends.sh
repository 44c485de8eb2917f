#!/bin/sh
# cli_ends.sh PROGRAM MAKE_SET WORK README - each kind of end, in each verb that can have it, has its exit code (base/exit_code.h).
# What takes long (a demo, a race) or a wrong rung (check, ulp, bench: 1) is provoked by tests of their own.
set -u
rungs=$1 make_set=$2 work=$3 readme=$4
rm -rf "$work"
mkdir -p "$work/sets"
cd "$work" || exit 1
"$make_set" "$work/sets/mnist" 300 100 28 28 || exit 1
failed=0
bad() {
    echo "FAIL  $*"
    failed=1
}

# ends CODE WORDS...: the program ends with that code, and says why on stderr, or that it skipped something on stdout
ends() {
    want=$1 code=0
    shift
    RUNGS_DATA=$work/sets "$rungs" "$@" >out 2>err </dev/null || code=$?
    [ $code = "$want" ] || bad "rungs $*: should end with $want, not $code: $(head -2 err)"
    [ "$want" -lt 64 ] || grep -q "^rungs" err || { [ "$want" = 77 ] && grep -qi skip out; } || bad "rungs $*: ends with $want without a sentence: $(cat err)"
    printf '%s %s\n' "$1" "$want" >>covered
}

# ---- 0, and 64: in every verb ----
for verb in $("$rungs" --help | sed -n 's/^  \([a-z]*\)  .*/\1/p' | grep -vx -e test -e rungs); do
    ends 0 "$verb" --help
    ends 64 "$verb" --xyzzyplugh
    # ---- 74: help that cannot be printed ----
    if [ -w /dev/full ]; then
        code=0
        "$rungs" "$verb" --help >/dev/full 2>err || code=$?
        [ $code = 74 ] || bad "rungs $verb --help >/dev/full: should end with 74, not $code"
    fi
done
ends 64 xyzzyplugh
ends 64 check mse_backward --shape 3x
ends 64 plot --data "$work/sets" --shape # a value is missing

# ---- 1: wrong ----
ends 1 train mnist-mlp --hidden 100,100,100 --lr 1000
cat >wrong.c <<'END'
#include <stddef.h>
double f(const double *x, size_t n) { double s = 0; for (size_t i = 0; i < n; i++) s += x[i] * x[i]; return s; }
void g(const double *x, size_t n, double *d) { for (size_t i = 0; i < n; i++) d[i] = x[i]; }
void good(const double *x, size_t n, double *d) { for (size_t i = 0; i < n; i++) d[i] = 2 * x[i]; }
END
if ${CC:-cc} -fPIC -shared -o wrong.so wrong.c; then
    ends 1 gradcheck so ./wrong.so --loss f --grad g --n 3
    ends 0 gradcheck so ./wrong.so --loss f --grad good --n 3
    echo "so ./wrong.so --loss f --grad good --n 3" >right.txt
    echo "so ./wrong.so --loss f --grad g --n 3" | cat right.txt - >both.txt
    ends 0 gradcheck batch right.txt
    ends 1 gradcheck batch both.txt
    ends 74 gradcheck batch right.txt --sarif /nowhere/r.sarif
    ends 74 gradcheck so ./wrong.so --loss f --grad good --n 3 --json /nowhere/r.json
    ends 74 gradcheck so ./wrong.so --loss f --grad g --n 3 --svg /proc/nowhere
fi

# ---- 66: an input is missing or damaged ----
echo "no table" >damaged
: >empty
for path in missing damaged empty; do
    ends 66 plot --data $path
    ends 66 train mnist-mlp --resume $path
    ends 66 look $path
    ends 66 gradcheck so ./$path --loss f --grad g --n 3
    ends 66 gradcheck batch ./$path
    ends 66 gradcheck sig 'double f(const double x[3])' --lib ./$path --grad 'void g(const double *x, double *dx)'
done
ends 66 gradcheck twin missing.c --loss f --grad g --n 3
ends 66 emu missing.cu
mkdir -p sets/fashion-mnist
cp sets/mnist/* sets/fashion-mnist
for file in sets/fashion-mnist/*; do : >"$file"; done
ends 66 train fashion-mlp --steps 1
ends 66 data get mnist --into got --from "file://$work/nowhere"

# ---- 71: more than there is (cli_resources.sh has time, address space and processes) ----
for words in "check dense_forward" "bench dense_forward" "gradcheck run dense_backward_dw"; do
    # shellcheck disable=SC2086 # a list of words
    ends 71 $words --shape 1000000x1000000x1000000
done

# ---- 74: an output cannot be written ----
ends 74 train mnist-mlp --steps 1 --save /nowhere/c.ckpt
ends 74 train mnist-mlp --steps 1 --log /nowhere/c.csv
ends 74 bench relu_forward --csv /nowhere/r.csv
ends 74 ulp relu_forward --json /nowhere/r.json
ends 74 plot --data "$work/sets" --out /proc/nowhere
ends 74 look missing --out /proc/nowhere
ends 74 look missing --csv /nowhere/f.csv
ends 74 demo --out /proc/nowhere
ends 74 data get mnist --into /proc/nowhere

# ---- 77: nothing can be done here ----
RUNGS_ISA=portable
export RUNGS_ISA
ends 77 check dense_forward --rung avx2
ends 77 ulp tanh_forward --rung avx2 --no-peers
ends 77 train mnist-mlp --rung avx2
ends 77 gradcheck run dense_backward_dw --rung avx2
unset RUNGS_ISA
RUNGS_CUDA=xyz
export RUNGS_CUDA
for words in "list" "check dense_forward" "bench dense_forward" "gradcheck run dense_backward_dw"; do
    # shellcheck disable=SC2086 # a list of words
    ends 77 $words --cuda
done
unset RUNGS_CUDA

# every code of the README's table was provoked
for code in $(sed -n '/^| code |/,/^$/s/^| \([0-9][0-9]*\) |.*/\1/p' "$readme"); do
    grep -q " $code\$" covered || bad "no verb was made to end with $code"
done
[ $failed = 0 ] && echo "$(sort -u covered | wc -l) ends of $(cut -d ' ' -f 1 covered | sort -u | wc -l) verbs"
exit $failed

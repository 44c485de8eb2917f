#!/bin/sh
# cuda_cli.sh RUNGS PART EXAMPLES - CUDA through the program: do check, list, bench and emu say what they should?
set -u
rungs=$1 part=$2 examples=$3
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
    expect 64 "has no CUDA rungs" "$rungs" check sgd_step --cuda --rung naive
    expect 64 "sgd_step has no CUDA rungs" "$rungs" check sgd_step --cuda
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
    expect 64 "sgd_step has no CUDA rungs" "$rungs" gradcheck run sgd_step --cuda
    expect 64 "leave out --only" "$rungs" gradcheck run dense_backward_dx --cuda --only w
    ;;
bench)
    RUNGS_CUDA=emu expect 77 "no GPU here" "$rungs" bench dense_forward --cuda
    RUNGS_CUDA=emu expect 64 "is not a shape" "$rungs" bench dense_forward --cuda --shape 7
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
    [ -z "$(ls "$TMPDIR")" ] || { echo "FAIL  a temporary folder was left behind"; failed=1; }
    ;;
esac
exit $failed

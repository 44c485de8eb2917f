#!/bin/sh
# courses.sh COLLECTION CHECKOUT BUILD - counts which programs of a public course are right in the emulator.
# COLLECTION is olcf (olcf/cuda-training-series), bruce (brucefan1983/CUDA-Programming) or beef
# (CoffeeBeforeArch/cuda_programming). Every program is built by rungs-nvcc, or by its own makefile, and must print
# what its author says it prints when it is right. Exercises with gaps stand for their solutions.
#   WAY=race ONLY=hw5 sh courses.sh olcf cuda-training-series build/gcc       some of them, with all checks on
here=$(cd "$(dirname "$0")" && pwd)
[ -d "$2" ] && [ -d "$3" ] || { echo "usage: courses.sh olcf|bruce|beef CHECKOUT BUILD" >&2; exit 2; }
. "$here/count.sh"
folder "$3"
work=$(mktemp -d "${TMPDIR:-/tmp}/courses.XXXXXX") || exit 2
trap '[ "$KEEP" ] || rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
logs=$work/logs
mkdir -p "$logs" && cp -r "$2"/. "$work/checkout" && cd "$work/checkout" || exit 2

# one FILE WORDS [ARGUMENT...] : WORDS, a regular expression for a whole line, must be in what the program prints;
# with a ! before it, must not; empty: the program has no check.
one()
{
    file=$1 words=$2
    shift 2
    dir=$(dirname "$file") name=$(basename "$file" .cu) check=""
    log=$logs/$(echo "${file%.cu}" | tr / _)
    case $words in
    "") ;;
    !*) check="! grep -qE '${words#!}' $log.out $log.err && test \$(cat $log.code) = 0" ;;
    *) check="grep -hE '$words' $log.out $log.err || { tail -n 1 $log.out; false; }" ;;
    esac
    program "${file%.cu}" "cd $dir && $nvcc -o $name.exe $name.cu $flags" "cd $dir && ./$name.exe $*" "$check"
}

# with FLAGS one ... : words for rungs-nvcc besides the file
with()
{
    flags=$1
    shift
    "$@"
    flags=""
}

olcf()
{
    cd exercises || exit 2
    one hw1/hello_solution.cu 'Hello from block: 1, thread: 1'
    one hw1/matrix_mul_solution.cu Success
    one hw1/vector_add_solution.cu ''
    one hw2/matrix_mul_shared_solution.cu Success
    one hw2/stencil_1d_solution.cu Success
    one hw3/vector_add_solution.cu ''
    one hw4/matrix_sums_solution.cu 'column sums correct'
    one hw5/matrix_sums_solution.cu 'column sums correct'
    one hw5/max_reduction_solution.cu 'reduction output: 5.0+, .*max reduction output: 5.0+'
    one hw5/reductions.cu 'warp shuffle sum correct'
    one hw6/array_inc_solution.cu 'success'
    one hw6/linked_list_solution.cu 'key = 3'
    CUEMU_DEVICES=4 one hw7/multi_solution.cu 'elapsed time' # as many GPUs as it says
    one hw7/overlap_solution.cu '!mismatch'
    for n in 1 2 3; do one hw8/task$n/task${n}_solution.cu '^PASS'; done
    one hw9/task1_solution.cu 'group partial sum'
    one hw9/task2_solution.cu '!mismatch|error|not supported'
    with -Xcompiler=-fopenmp one hw10/streams_solution.cu '!mismatch'
    with "-DNO_MPI" one hw11/test.cu 'Time per kernel' 1048576 2
    one hw12/task1_solution.cu Success
    one hw12/task2_solution.cu 'Estimated value: 0.69314[78] Expected value: 0.693147'
    with -lcublas one hw13/Solutions/axpy_cublas_solution.cu 'Number of the nodes'
    one hw13/Solutions/axpy_stream_capture_solution.cu 'Number of the nodes'
}

bruce()
{
    cd src || exit 2
    for n in 1 2 3 4 5; do one 02-thread-organization/hello$n.cu 'Hello World'; done
    one 03-basic-framework/add1.cu '^No errors'
    one 03-basic-framework/add2wrong.cu 'emu: .*Memcpy'
    one 03-basic-framework/add3if.cu '^No errors'
    one 03-basic-framework/add4device.cu '^No errors'
    one 04-error-check/check1api.cu 'CUDA Error'
    one 04-error-check/check2kernel.cu 'CUDA Error'
    one 04-error-check/memcheck.cu 'emu: .*illegal address'
    one 05-prerequisites-for-speedup/add1cpu.cu '^No errors'
    one 05-prerequisites-for-speedup/add2gpu.cu '^No errors'
    one 05-prerequisites-for-speedup/add3memcpy.cu '^No errors'
    one 05-prerequisites-for-speedup/arithmetic1cpu.cu ''
    one 05-prerequisites-for-speedup/arithmetic2gpu.cu '' 10000
    one 06-memory/query.cu 'Device name'
    one 06-memory/static.cu 'h_y\[0\] = 11, h_y\[1\] = 21'
    one 07-global-memory/matrix.cu '' 256
    one 08-shared-memory/bank.cu '' 256
    one 08-shared-memory/reduce1cpu.cu 'sum = '
    one 08-shared-memory/reduce2gpu.cu 'sum = 1230000'
    one 09-atomic/neighbor1cpu.cu ''
    one 09-atomic/neighbor2gpu.cu ''
    one 09-atomic/reduce.cu 'sum = 1230000'
    one 10-warp/reduce.cu 'sum = 1230000'
    one 10-warp/reduce1parallelism.cu 'sum = 1230000'
    one 10-warp/reduce2static.cu 'sum = 1230000'
    one 10-warp/warp.cu 'FULL_MASK = ffffffff'
    one 11-stream/host-kernel.cu 'With CPU-GPU overlap .ratio = 1000'
    one 11-stream/kernel-kernel.cu ''
    one 11-stream/kernel-transfer.cu ''
    one 12-unified-memory/add.cu '^No errors'
    for n in 1 2 3; do one 12-unified-memory/oversubscription$n.cu ''; done
    one 12-unified-memory/prefetch.cu '^No errors'
    for way in cpp force-only whole-code; do # energy.txt: kinetic and potential energy, whose sum must stay
        program 13-md/$way "cd 13-md/$way && make" "cd 13-md/$way && ./ljmd 4 200" ""
    done
    with -lcublas one 14-libraries/cublas_gemm.cu 'C = A x B'
    for n in 1 2; do with -lcurand one 14-libraries/curand_host$n.cu ''; done
    with -lcusolver one 14-libraries/cusolver.cu 'Eigenvalues'
    for way in pointer vector; do one 14-libraries/thrust_scan_$way.cu '0 1 3 6 10 15|1 3 6 10 15'; done
    one for-version-2/max/max.cu ''
}

beef()
{
    for file in $(find . -name '*.cu' | sort); do
        file=${file#./}
        case $file in
        04_*) one "$file" '!Assertion' ;;
        *) one "$file" 'COMPLETED SUCCESSFULLY' ;;
        esac
    done
}

flags=""
case $1 in
olcf | bruce | beef) "$1" ;;
*) echo "there is no collection $1" >&2; exit 2 ;;
esac
summary

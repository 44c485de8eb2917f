#!/bin/sh
# gc_cli_cuda.sh PROGRAM CC SCRATCH EXAMPLES - rungs gradcheck cuda in the emulator: right and wrong gradients on the device, and
# what kernels must not do.
set -u
rungs=$1 cc=$2 scratch="$3" examples=$4
tests=$(cd "$(dirname "$0")" && pwd)
. "$tests/gc_cli.sh"
RUNGS_CUDA=emu
export RUNGS_CUDA
"$rungs" gradcheck cuda "$examples/sphere.cu" --loss sphere --grad sphere_grad --n 3 --points 1 >said 2>&1
[ $? != 77 ] || { echo "SKIP  $(cat said)"; exit 77; }

file=$tests/gc_cli_cuda.cu
quick="--points 1 --dirs 1"
# shellcheck disable=SC2086 # lists of words
{
    gives 0 "^PASS sphere" cuda "$examples/sphere.cu" --loss sphere --grad sphere_grad --n 40 $quick
    gives 1 "analytic = numeric / 2" cuda "$examples/sphere.cu" --loss sphere --grad sphere_grad_wrong --n 40 $quick
    for grad in squares_right squares_one_block; do
        gives 0 "^PASS squares" cuda "$file" --loss squares --grad $grad --n 100 $quick
    done
    for grad in waves_scattered waves_gathered waves_through_memory; do
        gives 0 "^PASS waves" cuda "$file" --loss waves --grad $grad --n 70 $quick
    done
    gives 0 "^PASS energy" cuda "$file" --loss energy --grad energy_right --n 6 --f32 $quick

    gives 1 "analytic = numeric / 2" cuda "$file" --loss squares --grad half --n 100 $quick
    gives 1 "analytic = -numeric" cuda "$file" --loss squares --grad negative --n 100 $quick
    gives 1 "^FAIL waves" cuda "$file" --loss waves --grad forgets_neighbour --n 70 $quick
    gives 1 "^FAIL energy" cuda "$file" --loss energy --grad energy_wrong --n 6 --f32 $quick
    gives 3 "never writes it" cuda "$file" --loss squares --grad tail_left_out --n 100 $quick
    gives 3 "adds to it" cuda "$file" --loss waves --grad adds --n 70 $quick
    gives 1 "^FAIL squares" cuda "$file" --loss squares --grad races --n 128 $quick
    gives 3 "writes outside of the gradient" cuda "$file" --loss squares --grad past_the_end --n 100 $quick
    gives 3 "write to x: work on a copy" cuda "$file" --loss squares --grad edits_x --n 100 $quick
    gives 4 "the device failed: launching a kernel failed" cuda "$file" --loss squares --grad too_many_threads --n 100 $quick
    gives 4 "^CRASH" cuda "$file" --loss squares --grad on_the_host --n 100 $quick
}
echo 1 2 3 >point.txt
gives 0 "^PASS squares" cuda "$file" --loss squares --grad squares_right --n 3 --x point.txt --points 1
printf 'cuda %s --loss squares --grad half --n 9\n' "$file" >problems.txt
gives 1 "1 result in .*: 1 FAIL" batch problems.txt

# ---- refusals ----
echo 'int typo(' >typo.cu
refuses_with 66 "does not compile" cuda typo.cu --loss f --grad g --n 3
refuses_with 66 "cannot be opened" cuda none.cu --loss f --grad g --n 3
refuses "its name must end with .cu" cuda point.txt --loss f --grad g --n 3
refuses "it needs --loss, --grad and --n" cuda "$file" --loss squares --n 3
refuses "need a check on the CPU" cuda "$file" --loss squares --grad half --n 3 --svg charts
refuses "need a check on the CPU" vcurve cuda "$file" --loss squares --grad half --n 3
refuses_with 66 "point.txt" cuda "$file" --loss squares --grad half --n 4 --x point.txt
refuses_with 66 "exports no 'none'" cuda "$file" --loss squares --grad none --n 4
leaves_nothing
[ $failed = 0 ] && echo "PASS  rungs gradcheck cuda"
exit $failed

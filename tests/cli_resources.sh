#!/bin/sh
# cli_resources.sh PROGRAM NO_FORK MAKE_SET SCRATCH - a lack of memory, time, address space or processes is nobody's mistake: one sentence that
# says what is lacking, exit 71, and no verdict on a rung. NO_FORK is a library that lets no process be started; MAKE_SET
# makes a small data set.
set -u
unset OPENBLAS_CORETYPE OPENBLAS_L2_SIZE # or a race says first that it clears them
rungs=$1 no_fork=$2 RUNGS_DATA=$4
export RUNGS_DATA
mkdir -p "$RUNGS_DATA"
"$3" "$RUNGS_DATA/mnist" 1990 500 11 9 || exit 1
said=$(mktemp) told=$(mktemp)
trap 'rm -f "$said" "$told"' EXIT
failed=0
bad() {
    echo "FAIL  $*"
    failed=1
}

# lacks PATTERN LIMIT WORDS...: under the limit (of the shell's ulimit, or ""), the verb ends with 71, says one line on stderr
# that matches the pattern, and nothing that was measured or judged
lacks() {
    pattern=$1 limit=$2 code=0
    shift 2
    ( # shellcheck disable=SC2086 # "-v 60000" are two words
        [ -z "$limit" ] || ulimit $limit || exit 99
        exec "$rungs" "$@" >"$told" 2>"$said" </dev/null
    ) || code=$?
    [ $code = 71 ] || bad "rungs $*${limit:+ (ulimit $limit)}: should end with 71, not $code: $(head -3 "$said")"
    [ "$(wc -l <"$said")" = 1 ] && grep -q -e "$pattern" "$said" || bad "rungs $*: should say '$pattern', not: $(cat "$said")"
    ! grep -q -e FAIL -e CRASH -e roofs "$told" || bad "rungs $*: judged or measured without the means: $(cat "$told")"
}

# ---- more than there is, known before anything begins ----
lacks "out of memory: cannot allocate [0-9]* bytes for dense_forward at 100000x100000x100000" "" check dense_forward --shape 100000x100000x100000
lacks "out of memory: .*softmax_forward at 67108864x67108864" "" check softmax_forward --shape 67108864x67108864
for verb in bench "gradcheck run"; do
    # shellcheck disable=SC2086 # one or two words
    lacks "out of memory: cannot allocate [0-9]* bytes for dense_backward_dw at 100000x100000x100000" "" $verb dense_backward_dw --shape 100000x100000x100000
done
lacks "out of memory: .*softmax_forward at 67108864x67108864" "" bench softmax_forward --shapes 5x5,67108864x67108864 --quick
lacks "out of memory: cannot allocate [0-9]* bytes for a network of [0-9]* parameters" "-v 400000" train mnist-mlp --input 1x11x9 --hidden 100000,800
lacks "out of memory: cannot allocate .* try a smaller shape" "-v 60000" check dense_forward --shape 1000x1000x1000

# ---- less than it seemed: noticed on the way ----
lacks "out of memory: cannot allocate .* for .*dense_forward at 1000x1000x1000" "-v 90000" check dense_forward --shape 1000x1000x1000
lacks "out of memory: the self-test needs" "-v 48000" gradcheck selftest --unit dense --fast
lacks "out of memory" "-v 48000" gradcheck run relu_backward
lacks "out of memory for the bandwidth measurement" "-v 60000" bench relu_forward --shape 1000 --quick --no-peers --threads 1
lacks "out of memory or time\|out of time" "-t 2" check dense_forward --shape 2000x2000x2000

# under any limit: either right, or 71 with a sentence, and never a verdict that the limit made. Threads that do not start are
# done without.
for limit in 28000 32000 36000 40000 42000 44000 46000 48000 52000 60000; do
    { (ulimit -v $limit && exec "$rungs" --version >/dev/null 2>&1); } 2>/dev/null || continue # too little to load the program
    code=0
    (ulimit -v $limit && exec "$rungs" check dense_forward --rung threads --threads 4 >"$told" 2>"$said") || code=$?
    case $code in
    0) ;;
    71) grep -q "^rungs.*: out of memory\|^rungs.*: cannot start" "$said" || bad "ulimit -v $limit: $(cat "$said")" ;;
    *) bad "check under ulimit -v $limit ends with $code: $(cat "$told" "$said")" ;;
    esac
done

# ---- no processes ----
LD_PRELOAD=$no_fork
export LD_PRELOAD
lacks "cannot start a process for the check: fork: " "" check relu_forward
lacks "cannot start a process for the check" "" gradcheck run relu_backward --shape 5
lacks "cannot start a process for the check" "" gradcheck selftest --unit dense --fast
unset LD_PRELOAD

[ $failed = 0 ] && echo "lack of memory, time, address space and processes: a sentence, and 71"
exit $failed

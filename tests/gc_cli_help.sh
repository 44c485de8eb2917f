#!/bin/sh
# gc_cli_help.sh PROGRAM CC SCRATCH EXAMPLES - the pages of rungs gradcheck, its own gradients, and its self-test's words.
set -u
rungs=$1 cc=$2 scratch="$3/with a space"
. "$(dirname "$0")/gc_cli.sh"

subcommands=$("$rungs" gradcheck --help | sed -n '/^subcommands:/,/^$/s/^  \([a-z]*\) .*/\1/p')
[ "$(printf '%s\n' "$subcommands" | wc -l)" -ge 7 ] || bad "gradcheck --help should list the subcommands: $subcommands"
pages=$subcommands
for mode in vcurve taylor; do
    for kind in so sig twin run; do pages="$pages $mode,$kind"; done
done
for page in $pages; do
    words=$(printf '%s' "$page" | tr , ' ')
    # shellcheck disable=SC2086 # one or two words
    help=$("$rungs" gradcheck $words --help 2>&1) || bad "gradcheck $words --help should end with 0"
    for section in NAME SYNOPSIS DESCRIPTION OPTIONS "EXIT STATUS" EXAMPLES; do
        printf '%s\n' "$help" | grep -qx "$section" || bad "gradcheck $words --help should have the section $section"
    done
    printf '%s\n' "$help" | sed -n '/^EXAMPLES/,$p' | grep -q "^    rungs gradcheck $words" || bad "gradcheck $words --help has no example"
    printf '%s\n' "$help" | sed -n '/^SYNOPSIS/,/^DESC/p' | grep -q "^    rungs gradcheck $words" || bad "gradcheck $words --help: its synopsis"
    printf '%s\n' "$help" | awk 'length > 120 { exit 1 }' || bad "gradcheck $words --help: a line is longer than 120"
done
for word in so sig twin run vcurve,so taylor,run; do
    word=$(printf '%s' "$word" | tr , ' ')
    # shellcheck disable=SC2086 # one or two words
    {
        refuses "there is no option '--xyzzyplugh'" $word --xyzzyplugh
        refuses "missing argument" $word
        refuses "unexpected argument" $word one two
        refuses "must be a whole number" $word one --seed x
        refuses "needs a value" $word one --seed
    }
done
refuses "did you mean 'twin'" twni
refuses "did you mean 'selftest'" selftset
refuses "gradcheck --help" xyzzyplugh
refuses "missing argument" vcurve
refuses "missing argument"

# ---- the suite's own gradients ----
gives 0 "^PASS dense_backward_dw 00_naive" run dense_backward_dw --seed 3
gives 0 "^PASS dense_backward_dw" run dense_backward_dw --shape=5x4x3 --rung=naive
gives 0 "^PASS dense_backward_dw" run dense_backward_dw --rung reference --only w --at 2,1
gives 0 "^PASS mlp" run mlp --only w1
gives 0 "ladder: it settles" vcurve run dense_backward_dw --out .
refuses "did you mean 'dense_backward_dw'" run dense_backward_dww
refuses "has no gradient to check" run dense_forward
refuses "need one operation" run all --only w
refuses "as a whole" run dense_backward_dw --rung naive --only w
refuses "is not a shape" run dense_backward_dw --shape 5x4
refuses "no rung 'fast'" run dense_backward_dw --rung fast
refuses "has no gradient by a tensor of that name; it has x, w, b\|it has w, b" run dense_backward_dw --only q
RUNGS_ISA=portable
export RUNGS_ISA
code=0
"$rungs" gradcheck run dense_backward_dw --rung 04_avx2 >/dev/null 2>&1 || code=$?
[ $code = 77 ] || bad "a rung that this machine lacks is skipped, not $code"
gives 0 "^SKIP dense_backward_dw 04_avx2 .*lacks" run dense_backward_dw
unset RUNGS_ISA

# ---- the self-test's words ----
refuses "positive numbers" selftest --scales 1,none
refuses "positive numbers" selftest --scales -1
refuses "did you mean 'dense'" selftest --unit dnse
gives 0 "dense" selftest --unit dense --fast --mutations -1 --seeds 1 --scales 1

leaves_nothing
[ $failed = 0 ] && echo "every subcommand explains itself and refuses in a sentence"
exit $failed

#!/bin/sh
# learn_exercise.sh - one exercise: its stub fails at its gate, its solution passes, its grader rejects every wrong version:
# learn_exercise.sh RUNGS SOLUTIONS_PROGRAM SCRATCH CC NUMBER GATE WRONG, as many as there are wrong versions
set -u
rungs=$1 solutions=$2 scratch=$3 number=$5 gate=$6 wrong=$7
export CC=$4 LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
rm -rf "$scratch"
mkdir -p "$scratch"
cd "$scratch" || exit 1
# shellcheck source=/dev/null
. "$here/learn_lib.sh"

# counts that were not taken do not pass
skip_uncounted() {
    if grep 'without counts' said; then
        ! { valgrind --version && objdump --version && grep -w avx2 /proc/cpuinfo; } >/dev/null 2>&1 || fail "valgrind is here, and nothing is counted"
        [ $failed = 0 ] || exit 1
        echo "skipped: nothing counts here"
        exit 77
    fi
}

if [ "$gate" = race ]; then # a race is no matter of a test
    learn 0 check "$number" --no-race
else
    learn 1 check "$number" --no-race
    skip_uncounted
    says "^FAIL  $number .* at the gate '$gate'"
    [ "$gate" != checkers ] || says '^ *[0-9]* | .*;$' # the line of the student's file
fi
! grep -q warns said || fail "the stub does not compile without warnings: $(cat said)"

cp rungs-learn/"$number"_* stub
"$solutions" rungs-learn >/dev/null || fail "the solutions cannot be written"
sed -n 's/^ \* \(prediction: .*\) = \([0-9.e+-]*\)$/s|^ \\* \1 =$|\& \2|/p' rungs-learn/"$number"_* >predictions
if [ -s predictions ]; then # who has predicted right still has to write the function
    cp rungs-learn/"$number"_* solution
    sed -f predictions stub >"$(echo rungs-learn/"$number"_*)"
    ! cmp -s stub "$(echo rungs-learn/"$number"_*)" || fail "nothing is predicted in the stub: $(cat predictions)"
    learn 1 check "$number" --no-race
    skip_uncounted
    [ "$gate" = numbers ] || says 'the gate allows at most '
    [ "$gate" != numbers ] || says "at the gate '\(gradient\|property\|values\)'"
    cp solution "$(echo rungs-learn/"$number"_*)"
fi
rm -f rungs-learn/progress.txt
learn 1 solution "$number"
says 'once you have passed'
learn 0 check "$number" --no-race
says "^PASS  $number"
if ls rungs-learn/"$number"_*.cu >/dev/null 2>&1; then
    says "the wrong versions that its grader rejects: rungs learn matrix $number\$" # of kernels they take long
else
    says "rejects $wrong of $wrong wrong versions"
fi
learn 0 solution "$number"
cmp -s said rungs-learn/"$number"_* || fail "the solution shown is not the one that passes"

# a kernel that is a known mistake is told so, at whatever gate it fails; not where the emulator's sentence fits two
named=0 kernels=0
for k in 0 3 5; do
    name=$("$solutions" rungs-learn "$number" $k) || continue
    kernels=1
    learn 1 check "$number" --no-race
    if grep -q 'this is the known mistake' said; then says "this is the known mistake \"$name\"" && named=1; else says "at the gate 'checkers'"; fi
done
[ $named = $kernels ] || fail "no known mistake of the kernels is named"

learn 0 matrix "$number"
[ "$(grep -c "^rejected  *$number " said)" = "$wrong" ] || fail "not $wrong versions are rejected: $(cat said)"
[ "$(wc -l <said)" = "$wrong" ] || fail "there are other lines: $(cat said)"
finish

#!/bin/sh
# learn.sh - the words of rungs learn, what is said of a wrong submission, the screen; learn_exercise.sh has the exercises:
# learn.sh RUNGS SOLUTIONS_PROGRAM SCRATCH CC "1.1 1.2 ...", the numbers of all exercises
set -u
unset RUNGS_COMMAND
rungs=$1 solutions=$2 scratch=$3 numbers=$5
export CC=$4 LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
rm -rf "$scratch"
mkdir -p "$scratch"
cd "$scratch" || exit 1
# shellcheck source=/dev/null
. "$here/learn_lib.sh"

# the numbers given that begin so; what the list just shown has, with that mark
numbers_of() { echo "$numbers" | tr ' ' '\n' | grep "^$1"; }
marked() { sed -n "s/^  \[$1\] \([0-9.]*\) .* min   lesson .*/\1/p" said; }
count=$(numbers_of . | wc -l) count6=$(numbers_of 6. | wc -l)

# ---- the list ----

learn 0 list
[ ! -e rungs-learn ] || fail "list makes a folder"
[ "$(marked ' ')" = "$(numbers_of .)" ] || fail "the list has other exercises than $numbers: $(cat said)"
says "^0 of $count passed; "
mkdir none # a valgrind that is not there
printf '#!/bin/sh\nexit 127\n' >none/valgrind
chmod +x none/valgrind
for _ in 1 2 3; do # a function that is eight times too slow does not pass; on a busy machine it may be too slow even to race
    got=0
    PATH=$PWD/none:$PATH "$rungs" learn check 1.8 >said 2>&1 || got=$?
    grep -q 'too slow at this size' said || break
done
case $got in 1) says "at the gate 'race'" ;; 71) says 'too noisy' ;; *) fail "a slow rung ends with $got: $(cat said)" ;; esac
says '01_order .* GFLOP/s'
says 'without counts: .* apt install valgrind'
rm -rf rungs-learn && mkdir rungs-learn
[ "$("$solutions" rungs-learn)" = "$count" ] || fail "the solutions are others, or a wrong version is of no exercise"
numbers_of . | sed 's/$/ passed/' >rungs-learn/progress.txt # learn_exercise.sh checks that they do pass
learn 0 check
says 'nothing is left'
learn 0 list
says 'passed; the files'
[ "$(marked x)" = "$(numbers_of .)" ] || fail "not all are passed: $(cat said)"
says "^$count of $count passed; "

# ---- what a student does wrong is named ----

# submit BODY: 1.3 with this body
submit() { printf '#ifndef real\n#define real float\n#endif\n%s\n{\n%s\n}\n' "$dw" "$1" >rungs-learn/1.3_dense_dw.c; }
submit "$right"
learn 0 check 1.3
submit "$(echo "$right" | sed 's/= sum;/= sum \/ N;/; s/^    for (int i/    db[o] \/= N;\n&/')"
learn 1 check 1.3
says 'known mistake "averaged"'
RUNGS_COMMAND=./rungs learn 1 check 1.3
says 'hint: ./rungs learn hint 1.3$'
submit "$(echo "$right" | sed 's/dy\[n \* OUT + o\] \* x/x/')"
learn 1 check 1.3
says "at the gate 'gradient'"
says 'first wrong element  dw\[0\]\[0\]'
says 'db is right in'
submit "$(echo "$right" | sed 's/real sum/double sum/; s/= sum;/= sum * (1 + 1e-5);/')" # right to five digits
learn 1 check 1.3
submit "$right"'
dw[OUT * IN] = 0; /* beyond the end */'
learn 1 check 1.3
submit "$(echo "$right" | sed 's/= sum;/= IN > 500 ? 0 : sum;/')" # wrong where the gradient is not looked at
learn 1 check 1.3
says "at the gate 'values'"
submit "$(echo "$right" | sed 's/= sum;/= IN > 1100 \&\& IN < 4000 ? 0 : sum;/')" # right at all shapes that are known beforehand
learn 1 check 1.3 --seed 5
says "at the gate 'values'"
submit 'for (;;) db[0] = N + IN + OUT + x[0] + dy[0] + dw[0];'
learn 1 check 1.3 --limit 1
submit 'db[0] = N + IN + OUT + x[0] + dy[0] + dw[0]; *(volatile int *)0 = 1;'
learn 1 check 1.3
submit 'undeclared = 1;'
learn 1 check 1.3
says "at the gate 'compile'"
dw='void dense_backward_dw(int N, const real *x)'
submit '(void)N, (void)x;'
learn 1 check 1.3
says "at the gate 'compile'"
sed -i 's/bytes of cols =.*/bytes of cols = 56449/' rungs-learn/7.5_im2col_bill.c # a byte too many
learn 1 check 7.5
says 'the bill is wrong: bytes of cols = 56449'
sed -i 's/per FLOP =$/per FLOP = 0.75/' rungs-learn/1.8_partial_sums.c
learn 0 check 1.8 --no-race
says 'without counts\|instructions per FLOP  *0.75 '
sed 's/^y =.*/y = -1/' rungs-learn/1.2_by_hand.txt >wrong && cp wrong rungs-learn/1.2_by_hand.txt
learn 1 check 1.2
says 'the first 2 of 9'

# ---- the folder ----

learn 0 reset 1.3
[ -s rungs-learn/1.3_dense_dw.c.old ] || fail "reset loses what was written"
learn 0 check 1.4 # others are as they were
learn 0 hint 1.3
learn 0 hint 1.3
says '^2/3'
grep -q '^1.3 hints 2$' rungs-learn/progress.txt || fail "hints are not kept: $(cat rungs-learn/progress.txt)"
# ---- a lesson is skipped by its harder exercise, which must be passed; what is skipped is not passed ----

learn 1 skip 6 --dir skipping
says 'passing 6.2 philox skips the rest of lesson 6'
! grep -q skipped skipping/progress.txt 2>/dev/null || fail "a lesson is skipped by a stub"
mkdir solved && "$solutions" solved >/dev/null
cp solved/6.2* skipping
learn 0 skip 6 --dir skipping
says '^PASS  6.2'
says "^lesson 6: 1 of $count6, $((count6 - 1)) skipped"
grep -qx '6.2 passed' skipping/progress.txt && grep -qx '6.1 skipped' skipping/progress.txt || fail "$(cat skipping/progress.txt)"
[ "$(sed 's/ .*//' skipping/progress.txt)" = "$(numbers_of 6.)" ] || fail "others are skipped, too: $(cat skipping/progress.txt)"
learn 0 list --lesson 6 --dir skipping
[ "$(marked x)" = 6.2 ] && [ "$(marked -)" = "$(numbers_of 6. | grep -v '^6.2$')" ] || fail "the list shows others as skipped: $(cat said)"
says "^1 of $count6 passed, $((count6 - 1)) skipped"
learn 0 check --lesson 6 --dir skipping
says 'nothing is left'
learn 1 solution 6.1 --dir skipping # it is shown who has passed it
learn 0 reset 6.1 --dir skipping
! grep -q '6.1 skipped' skipping/progress.txt || fail "what is begun again is still skipped"
for lesson in 1 2 3 4 5 6 7; do
    learn 0 list --lesson $lesson --dir none
    [ "$(marked ' ')" = "$(numbers_of $lesson.)" ] || fail "the list of lesson $lesson has other exercises: $(cat said)"
done
learn 64 skip 99
learn 64 skip three
says 'not the number of a lesson'

learn 0 show dense_dw
says 'file: rungs-learn/1.3_dense_dw.c'
learn 1 </dev/null # no terminal: plain lines, graded once
says "^FAIL  1.3"
learn 64 check 9.9
says "no exercise '9.9'"
learn 64 chekc
says "did you mean"
learn 64 solution
learn 64 list 1.1
echo nonsense >>rungs-learn/progress.txt
learn 74 list
says 'progress.txt:.* cannot be understood'
echo file >file
learn 74 check 1.1 --dir file

# ---- the screen: keys, a save, the end ----

# prompted N: waits until the screen has asked for a key that many times
prompted() {
    waits=0
    until [ "$(grep -c '^> ' said)" -ge "$1" ] || [ $waits = 300 ]; do sleep 0.1 && waits=$((waits + 1)); done
}
# keys KEY...: types them at a terminal, each when it is asked for; what it shows is in said. Three are no keys: `touch` touches
# the file of 1.1, `other` as well, where that is not graded, because the exercise is another, and `saved` waits for a grading
keys() {
    : >said
    shown=0
    for key in "$@"; do
        [ "$key" = other ] || shown=$((shown + 1))
        prompted $shown
        case $key in
        touch) touch screen/1.1_one_neuron.c ;;
        other) touch screen/1.1_one_neuron.c && sleep 1 ;;
        saved) ;;
        *) printf '%b' "$key" ;;
        esac
    done | script -qefc "$rungs learn --dir screen" /dev/null >said 2>&1
}
if command -v script >/dev/null; then
    TERM=xterm keys h l n other k q || fail "the screen ends with $?"
    says '^1/3 '
    says "^0 of $count passed"
    says '1.2 by_hand   about'
    ! grep -q 'FAIL  1.1' said || fail "a file is graded that is not the exercise's: $(cat said)"
    says 'skips the rest of lesson 1'
    says '^  \[ \] 1.3 .*min'
    says '^lesson 7: 0 of'
    ! grep -q '^  \[ \] 7' said || fail "the list fills more than a screen: $(cat said)"
    TERM=xterm keys touch q || fail "the screen ends with $?"
    says 'FAIL  1.1 one_neuron'
    # a newcomer: from the first screen to the first exercise passed by one key, which opens an editor that writes what is missing
    printf '#!/bin/sh\ncp "%s"/solved/1.1_* "$1"\n' "$scratch" >edit && chmod +x edit
    rm -rf screen
    # TERM=dumb, and narrow: plain lines, and none of the words of a person's is too long
    TERM=dumb COLUMNS=40 EDITOR=$scratch/edit keys e saved '\r' q || fail "the screen ends with $?"
    tr -d '\r' <said >plain && mv plain said
    says 'The file is there'
    says 'PASS  1.1 one_neuron'
    says 'n continues with 1.2 by_hand'
    says '^1.2 by_hand .*lesson 1: 1 of'
    ! grep -q "$(printf '\033')" said || fail "a terminal that only prints gets commands: $(cat -v said)"
    [ "$(sed '/PASS/,$d' said | awk '{ if (length > n) n = length } END { print n }')" -le 72 ] || fail "too wide for 40 columns: $(cat said)"
    grep -qx '1.1 passed' screen/progress.txt || fail "what was passed on the screen is not kept"
else
    echo "script(1) is not installed: the screen was not tried"
fi
finish

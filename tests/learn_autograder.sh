#!/bin/sh
# learn_autograder.sh - a hand-out for GitHub Classroom and an autograder for Gradescope have the documented formats, and what they
# run grades a submission: learn_autograder.sh RUNGS SOLUTIONS_PROGRAM SCRATCH CC PYTHON
set -u
rungs=$1 solutions=$2 scratch=$3 python=$5
export CC=$4 LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
rm -rf "$scratch"
mkdir -p "$scratch/solved" "$scratch/bin"
cd "$scratch" || exit 1
# shellcheck source=/dev/null
. "$here/learn_lib.sh"
from=https://example.org/rungs.git
"$solutions" solved >/dev/null || fail "the solutions cannot be written"

# format KIND FILE: 0 if it has the format; what it has is in said
format() { "$python" "$here/learn_autograder.py" "$@" >said 2>&1; }

# ---- Gradescope: its image has the autograder's files in /autograder/source, and the submission in /autograder/submission ----

learn 0 pack --out gradescope --for gradescope --source $from --lesson 3 --seed 77
learn 0 pack --out gradescope.again --for gradescope --source $from --lesson 3 --seed 77
diff -r gradescope gradescope.again || fail "two packs differ"
[ "$(ls gradescope | tr '\n' ' ')" = 'run_autograder setup.sh ' ] || fail "the autograder has $(ls gradescope)"
for script in run_autograder setup.sh; do
    [ -x gradescope/$script ] && [ "$(head -c 2 gradescope/$script)" = '#!' ] || fail "$script is no program"
    bash -n gradescope/$script || fail "$script is no Bash"
done
mkdir -p autograder/submission autograder/results autograder/rungs # as setup.sh leaves it
ln -s "$rungs" autograder/rungs/rungs
for program in git apt-get; do printf '#!/bin/sh\necho %s "$@"\n' $program >bin/$program && chmod +x bin/$program; done
sed "s,/autograder/,$scratch/autograder/," gradescope/setup.sh >setup.sh
PATH=$scratch/bin:$PATH bash setup.sh >said 2>&1 || fail "setup.sh ended with $?: $(cat said)"
says "^git clone $from $scratch/autograder/rungs"
says '^apt-get install -y'
says '^0 of [0-9]* passed'
cp solved/3.1_* autograder/submission
printf 'undeclared\n' >autograder/submission/3.2_softmax_ce_grad.c
(cd autograder && "$scratch/gradescope/run_autograder") >said 2>&1 || fail "run_autograder ended with $?: $(cat said)"
format results autograder/results/results.json || fail "results.json: $(cat said)"
says '^3.1 passed PASS  3.1'
says "^3.2 failed FAIL  3.2 softmax_ce_grad at the gate 'compile'"
! grep -q '^[^3]' said || fail "another lesson is graded: $(cat said)"
rm autograder/submission/3.1*
mv autograder/results/results.json one.json
(cd autograder && "$scratch/gradescope/run_autograder") >said 2>&1
format results autograder/results/results.json || fail "results.json: $(cat said)"
says '^3.1 failed 3.1_softmax_safe.c is not among'
for wrong in 's/"visible"/"seen"/' 's/"score": 0/"score": true/' 's/"number"/"nummer"/' 's/"failed"/"passed"/' 's/"max_score": [0-9]*/"max_score": 1/'; do
    sed "$wrong" one.json >wrong.json
    ! cmp -s wrong.json one.json && ! format results wrong.json || fail "a results.json that is wrong ($wrong) has the format"
done
mkdir -p two/anna two/zoe
learn 66 grade two --gradescope results.json
says 'for each student'
[ ! -e results.json ] || fail "a refused grading wrote a file"

# ---- GitHub Classroom ----

learn 0 pack --out classroom --for classroom --source $from
flow=classroom/.github/workflows/classroom.yml
got=0
format workflow $flow || got=$?
case $got in
0)
    sed 's/.* learn check \([0-9.]*\) .*/\1/' said >commands
    ls classroom/[1-9]* | sed 's,.*/,,; s/_.*//' | sort -uV | cmp -s - commands || fail "the workflow does not grade all exercises: $(cat said)"
    for wrong in 's/max-score/points/' 's/runners: exercise-1-1,/runners: /' 's/EXERCISE-1-1/EXERCISE_1_1/' 's/id: exercise-1-1/id: 1.1/'; do
        sed "$wrong" $flow >wrong.yml
        ! format workflow wrong.yml || fail "a workflow that is wrong ($wrong) has the format"
    done
    # what a step runs, with the runner's words filled in
    command=$(sed -n 's/^ *command: //p' $flow | head -n 1 | sed 's,\${{ runner.temp }},.,; s,\${{ github.run_number }},7,')
    mkdir classroom/rungs && ln -s "$rungs" classroom/rungs/rungs
    (cd classroom && $command) >said 2>err && fail "the exercise as it was handed out passes"
    says "^FAIL  1.1"
    cp solved/1.1_* classroom
    (cd classroom && $command) >said 2>err || fail "'$command' ended with $?: $(cat said err)"
    [ ! -s err ] || fail "what is written to stderr counts as a failure: $(cat err)"
    ;;
77) grep -q 'education/autograding-command-grader@v1' $flow || fail "$(cat $flow)" ;;
*) fail "classroom.yml: $(cat said)" ;;
esac
ls classroom/README.md classroom/1.1_one_neuron.c >/dev/null || fail "the hand-out is not with it: $(ls classroom)"
printf x >file && learn 74 pack --out file/x --for classroom --source $from

# ---- refusals ----

learn 64 pack --out x --for moodle --source $from
learn 64 pack --out x --for classroom
says 'say from where'
learn 64 pack --out x --source "a;b"
learn 64 list --gradescope x
[ ! -e x ] || fail "a refused command wrote a folder"
finish

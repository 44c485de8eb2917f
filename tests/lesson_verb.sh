#!/bin/sh
# lesson_verb.sh RUNGS MAIN SOURCE - the verb `rungs lesson`: what it prints and what it refuses.
rungs=$1 main=$2 verb=lesson
. "$(dirname "$0")/want_lib.sh"
cd "$3" || exit 1
want 0 "01  Backpropagation"
want 0 "rungs lesson 1 rate"
want 0 "lessons/01_mlp_backprop/README.md" 1
want 0 "0.5733" 01
want 0 "0 wrong" 1 --check
want 0 "0 wrong" 1 --check --seed 12345
want 0 "0 disagree with their correct form" 1 errata
want 0 "  0 of 120 wrong" 1 train
want 0 "lessons/02_activations/README.md" 2
want 0 "0 wrong" 2 --check --seed 12345
want 0 "0 disagree with their correct form" 2 errata
want 0 "0 disagree with their correct form" 3 errata
want 0 "0 wrong" 3 known
want 0 "0 wrong" 3 --check
want 0 "lessons/04_momentum_adam/README.md" 4
want 0 "lessons/05_weight_decay/README.md" 5
want 0 "0 wrong" 4 --check --seed 12345
want 0 "0 disagree with their correct form" 4 errata
want 0 "0 disagree with their correct form" 6 errata
want 0 "0 wrong" 6 --check --seed 12345
want 0 "examples:" --help
want 64 "there is no lesson '99'" 99
want 64 "there is no lesson '1x'" 1x
want 64 "did you mean 'rate'" 1 rates
want 64 "needs a lesson" --check
want 64 "leave out 'rate'" 1 rate --check

# an experiment whose data are broken says so
broken=$(mktemp -d) || exit 1
mkdir "$broken/fashion-mnist"
for file in train-images-idx3 train-labels-idx1 t10k-images-idx3 t10k-labels-idx1; do echo no data >"$broken/fashion-mnist/$file-ubyte"; done
RUNGS_DATA=$broken want 1 "lesson 2 depth: $broken/fashion-mnist/train-images-idx3-ubyte" 2 depth
RUNGS_DATA=$broken want 1 "lesson 6 unsure: $broken/fashion-mnist/train-images-idx3-ubyte" 6 unsure
RUNGS_DATA=$broken want 1 "lesson 4 effective: $broken/fashion-mnist/train-images-idx3-ubyte" 4 effective
rm -rf "$broken"

# the text is found from another folder too
(cd / && "$rungs" lesson 1 | grep -q '/lessons/01_mlp_backprop/README.md$') || { echo "FAIL: text not found from /"; bad=1; }

# main.c on its own prints what the verb prints first
alone=$("$main") || bad=1
case $("$rungs" lesson 1) in "$alone"*) ;; *) echo "FAIL: main.c alone prints something else"; bad=1 ;; esac
exit $bad

#!/bin/sh
# eval.sh - rungs eval as people use it: eval.sh RUNGS DATA_SET_PROGRAM SCRATCH
# shellcheck source=/dev/null
. "$(dirname "$0")/train_lib.sh"
"$make_set" "$scratch/sets/mnist" 300 100 11 9
"$make_set" "$scratch/sets/fashion-mnist" 200 77 11 9
"$make_set" "$scratch/sets/kmnist" 200 77 9 9

value() { sed -n "s/^  \"$2\": \\(.*\\),\$/\\1/p" "$1" | head -1; }

# ---- the same numbers as the training's own test ----
"$rungs" train mnist-mlp --input 1x11x9 --hidden 20 --epochs 2 --split "files validation=0.2" --save a.ckpt --json >trained 2>log
"$rungs" eval a.ckpt --json >json
[ "$(value trained test_accuracy)" = "$(value json accuracy)" ] || fail "accuracy: $(value json accuracy), trained $(value trained test_accuracy)"
awk -v a="$(value trained test_loss)" -v b="$(value json loss)" 'BEGIN { exit !(a - b < 1e-5 && b - a < 1e-5) }' ||
    fail "loss: $(value json loss), trained $(value trained test_loss)"
sed -n '/"confusion"/,/^  \]/p' trained | tr -d ' ' >one
sed -n '/"confusion"/,/^  \]/p' json | tr -d ' ,' >two
tr -d ',' <one | cmp -s - two || fail "the confusion is not the training's: $(cat two)"
if command -v python3 >/dev/null; then python3 -m json.tool json >/dev/null || fail "no JSON: $(cat json)"; fi
[ "$(value json examples)" = 100 ] || fail "not the 100 test images"
"$rungs" eval a.ckpt --part validation --json >json
[ "$(value json examples)" = 60 ] && [ "$(value json accuracy)" = "$(value trained validation_accuracy)" ] || fail "validation: $(cat json)"
"$rungs" eval a.ckpt --part train --json >json
[ "$(value json examples)" = 240 ] || fail "train: $(cat json)"
for option in "--rung naive" "--threads 1"; do
    # shellcheck disable=SC2086 # an option and its value
    "$rungs" eval a.ckpt $option --json >other
    [ "$(value other accuracy)" ] || fail "$option: $(cat other)"
done

# ---- stopped in the middle of an epoch, the first, too: the parameters of that step, also on other data ----
for optimizer in "sgd lr=0.1" "schedule_free lr=0.01"; do
    for steps in 2 7; do
        "$rungs" train mnist-mlp --input 1x11x9 --hidden 20 --epochs 2 --optimizer "$optimizer" --steps $steps --save part.ckpt --json >trained 2>log
        "$rungs" eval part.ckpt --json >json
        [ "$(value trained test_loss | cut -c1-7)" = "$(value json loss | cut -c1-7)" ] || fail "$optimizer, $steps steps: $(value json loss), trained $(value trained test_loss)"
        "$rungs" eval part.ckpt --data fashion-mnist >text || fail "$optimizer, $steps steps: other data"
        grep -q "^part.ckpt, epoch $((steps / 5)) and $((steps % 5 * 64)) examples, rung " text || fail "$steps steps: $(head -1 text)"
    done
done

# ---- tables: what they hold sums up, and the text says the same ----
"$rungs" eval a.ckpt --csv classes.csv --curves curves.csv >text
awk -F, 'NR > 1 && NR < 12 { n += $2; g += $3; r += $4 } $1 == "macro" { ok = $2 == n && $3 == g && $4 == r } END { exit !(ok && n == 100 && NR == 14) }' classes.csv ||
    fail "the classes do not sum up: $(cat classes.csv)"
# the area under the ROC curve's points is the AUC of the table
awk -F, 'FNR == NR { if (FNR > 1) auc[$1] = $8; next }
    $1 == "roc" { if ($2 in x) area[$2] += ($4 - x[$2]) * ($5 + y[$2]) / 2; x[$2] = $4; y[$2] = $5 }
    END { for (c in area) { if ((area[c] - auc[c])^2 > 1e-16) exit 1; n++ } exit n != 10 }' classes.csv curves.csv ||
    fail "the areas under the curves are not the AUCs: $(cat classes.csv)"
grep -q "^macro .* $(awk -F, '$1 == "macro" { printf "%.4f", $8 }' classes.csv) " text || fail "the text: $(cat text)"
grep -q '^expected calibration error 0\.[0-9]*$' text || fail "the text: $(cat text)"

# ---- other data, scaled as in training; one number for two classes; smoothed and separate probabilities ----
"$rungs" eval a.ckpt --data fashion-mnist --json >json
[ "$(value json examples)" = 77 ] && [ "$(value json data)" = '"fashion-mnist"' ] || fail "other data: $(cat json)"
"$rungs" train a001-toy-bce --epochs 2 --save toy.ckpt >log
"$rungs" eval toy.ckpt >text && grep -q 'epoch 2, .*: 3 test images of three-points' text || fail "two classes: $(cat text)"
for loss in "softmax_xent smoothing=0.1" bce_logits mse; do
    printf 'rungs-network 1\ninput 1x11x9\ndense 10\nloss %s\noptimizer sgd lr=0.1\ndata mnist\nepochs 2\n' "$loss" >mine.net
    "$rungs" train ./mine.net --save mine.ckpt --json >trained 2>log
    "$rungs" eval mine.ckpt --json >json
    [ "$(value trained test_accuracy)" = "$(value json accuracy)" ] || fail "$loss: $(value json accuracy), trained $(value trained test_accuracy)"
done

# ---- pictures ----
if command -v gnuplot >/dev/null; then
    "$rungs" eval a.ckpt --out pictures --worst 20 >text || fail "no pictures: $(cat text)"
    for what in confusion roc calibration worst; do
        [ -s pictures/a_$what.png ] && grep -q '</svg>' pictures/a_$what.svg || fail "no picture of $what"
    done
    grep -q '100 test images' pictures/a_confusion.svg && grep -q 'the 20 images' pictures/a_worst.svg || fail "other words are in the pictures"
    [ "$(grep -c '^test image [0-9]*: ' text)" = 20 ] || fail "20 images are named: $(cat text)"
    "$rungs" eval toy.ckpt --out pictures >text || fail "no pictures of two classes: $(cat text)" # points are no images
    [ -s pictures/toy_roc.svg ] && [ ! -e pictures/toy_worst.svg ] || fail "pictures of two classes: $(ls pictures)"
fi
got=0
PATH=/nowhere "$rungs" eval a.ckpt --out pictures >text 2>said || got=$?
[ $got = 77 ] && grep -q 'gnuplot' said || fail "without gnuplot: $got, $(cat said)"

# ---- refusals ----
refuse 66 "No such file" "$rungs" eval none.ckpt
refuse 64 "unknown data set 'mnits'; did you mean .*'mnist'" "$rungs" eval a.ckpt --data mnits
refuse 66 "the images of kmnist are not of the size of those of mnist" "$rungs" eval a.ckpt --data kmnist
refuse 64 "part all: it must be test, validation or train" "$rungs" eval a.ckpt --part all
refuse 64 "kept no images apart" "$rungs" eval mine.ckpt --part validation
refuse 74 "cannot" "$rungs" eval a.ckpt --csv "$scratch/none/x.csv"
printf 'damaged' | cat a.ckpt - >damaged.ckpt
refuse 66 "damaged.ckpt" "$rungs" eval damaged.ckpt

exit $failed

#!/bin/sh
# train_net.sh - network files as people use them, and --describe and --gradcheck: train_net.sh RUNGS DATA_SET_PROGRAM SCRATCH
# shellcheck source=/dev/null
. "$(dirname "$0")/train_lib.sh"
"$make_set" "$scratch/sets/mnist" 300 100 11 9

cat >mine.net <<'END'
rungs-network 1
# three kinds of layers
input 1x11x9
dense 20
gelu        # smooth
dense 15
tanh
dense 10
loss softmax_xent
data mnist
optimizer sgd lr=0.05
schedule cosine
batch 50
epochs 3
END

# ---- a file of one's own trains; options change it and are kept in the log, the JSON and the checkpoint ----
"$rungs" train ./mine.net --save a.ckpt >log
grep -q '^\./mine.net: 99-20-15-10, 2475 parameters' log && grep -q '^batch 50, lr 0.05' log || fail "the log: $(cat log)"
! grep -q '^options:' log || fail "there are no options: $(cat log)"
"$rungs" train ./mine.net --batch 30 --lr 0.1 --schedule "step every=2" --epochs 2 --save b.ckpt >log
grep -q '^options: --schedule step every=2 --batch 30 --epochs 2 --lr 0.1$' log || fail "options in the log: $(cat log)"
for line in '^optimizer sgd lr=0.1$' '^schedule step every=2$' '^batch 30$' '^gelu$'; do
    grep -aq "$line" b.ckpt || fail "$line is not in the checkpoint"
done
"$rungs" train ./mine.net --batch 30 --lr 0.1 --schedule "step every=2" --epochs 4 --save whole.ckpt >log
"$rungs" train ./mine.net --resume b.ckpt --epochs 4 --save b.ckpt --json >json 2>log # its options are in the checkpoint
cmp b.ckpt whole.ckpt || fail "a resumed run is not the uninterrupted one"
grep -q '"--schedule step every=2",' json && grep -q '"network": "./mine.net",' json || fail "options in JSON: $(cat json)"
if command -v python3 >/dev/null; then python3 -m json.tool json >/dev/null || fail "no JSON: $(cat json)"; fi
"$rungs" train ./mine.net --batch 30 --lr 0.1 --epochs 4 --save other.ckpt >log
cmp -s other.ckpt whole.ckpt && fail "two schedules gave the same file"
"$rungs" train ./mine.net --batch 50 --epochs 3 --save same.ckpt >log # what the file says anyway
cmp same.ckpt a.ckpt || fail "options that change nothing changed the checkpoint"

# ---- an edited file does not go on from what it was not trained as ----
sed 's/^gelu .*/silu/' mine.net >edited.net
refuse 64 "trained with 'gelu', not with 'silu'" "$rungs" train ./edited.net --resume a.ckpt --epochs 4
sed 's/^tanh/tanh\ntanh/' mine.net >edited.net
refuse 64 "trained with 'dense 10', not with 'tanh'" "$rungs" train ./edited.net --resume a.ckpt --epochs 4

# ---- refusals name the file and the line ----
sed 's/^gelu.*/glue/' mine.net >wrong.net
refuse 66 "./wrong.net, line 5: unknown word 'glue'; did you mean .*'gelu'" "$rungs" train ./wrong.net
sed 's/^dense 10//' mine.net >wrong.net
refuse 64 "./wrong.net, line 9: softmax_xent gets 15 numbers for each example, and mnist has 10 classes" "$rungs" train ./wrong.net
refuse 66 "No such file" "$rungs" train ./none.net
refuse 64 "there is no network 'nomnist'" "$rungs" train nomnist
refuse 64 "did you mean 'mnist-mlp'" "$rungs" train mnist-mpl
refuse 64 "./mine.net: dense has .* parameters, more than the largest int; at most 127 features" "$rungs" train ./mine.net --input 16777215 --hidden 200
refuse 64 "leave out --save, --log, --sweep, --find-lr and --gradcheck" "$rungs" train ./mine.net --describe --gradcheck --json
refuse 64 "leave out --save, --log" "$rungs" train ./mine.net --gradcheck --save x

# ---- --describe: needs no data, and its sums are those of its lines ----
RUNGS_DATA=/nowhere "$rungs" train ./mine.net --describe --threads 1 >described || fail "--describe ended with $?"
awk '$2 == "dense" { sum += $NF } $1 == "all" { all = $NF } END { exit !(sum == 2475 && all == 2475) }' described ||
    fail "parameters: $(cat described)"
awk '/flop\/byte/ { on = 1; next } /a step/ && on { exit !(flop - $3 < 0.02 && $3 - flop < 0.02 && mb - $4 < 0.02 && $4 - mb < 0.02) }
     on && NF >= 6 { flop += $(NF - 4); mb += $(NF - 3) }' described || fail "sums of calls: $(cat described)"
[ "$(grep -c '_forward\|_backward' described)" = 14 ] || fail "the calls of a step: $(cat described)"

grep -q '^settings: data mnist; optimizer sgd lr=0.05; schedule cosine; batch 50; epochs 3$' described || fail "settings: $(cat described)"

# ---- the same for programs: sums again, and the same memory as people read ----
# is_json FILE: where there is a parser that is not ours
is_json() { ! command -v python3 >/dev/null || python3 -m json.tool "$1" >/dev/null || fail "$1 is no JSON"; }
sed 's/^loss softmax_xent/& smoothing=0.1/' mine.net >smooth.net
RUNGS_DATA=/nowhere "$rungs" train ./smooth.net --describe --threads 1 --batch 40 --json >described.json || fail "--describe --json ended with $?"
is_json described.json
tr -d '{},":' <described.json | awk '
    $1 == "word" { params += $NF } /^  parameters / { all = $2 } $1 == "--batch" { option = $2 } $1 == "batch" { batch = $2 }
    { line = $1; for (i = 1; i < NF; i++) if ($i == "flops") flops = $(i + 1); else if ($i == "bytes") bytes = $(i + 1) }
    $1 == "layer" || $1 == "update" { calls++; f += flops; b += bytes }
    $1 == "step" { step_f = flops; step_b = bytes }
    $1 == "parameter_bytes" { memory = $2 }
    END { exit !(params == 2475 && all == 2475 && memory == 4 * 2475 && calls == 15 && f == step_f && b == step_b && f > 0 && option == 40 && batch == 40) }' ||
    fail "--describe --json: $(cat described.json)"

# ---- what is done beside the optimizer's step is counted, too, and every setting that is not the standard one is said ----
RUNGS_DATA=/nowhere "$rungs" train ./mine.net --describe --threads 1 --clip "norm=1" --weight-decay "coupled=0.1 biases=1" --l1 proximal=0.01 \
    --augment "shift=2" --split parts --early-stop 3 --dropout 0.2 --warmup 1 --json >besides.json || fail "--describe --json ended with $?"
is_json besides.json
for said in '"op": "clip_norm"' '"op": "elastic_penalty_backward"' '"op": "soft_threshold"' '"op": "dropout_forward"' '"clip norm=1"' \
    '"weight_decay coupled=0.1 biases=1"' '"l1 proximal=0.01"' '"augment shift=2"' '"split parts"' '"early_stop 3"' '"warmup 1"'; do
    grep -q "$said" besides.json || fail "$said is not in $(cat besides.json)"
done
# of 2475 parameters: 3 operations each to square, add and scale, 2 for the penalty, 3 to shrink, compare and choose; each read and written
# once, and the norm and the upstream gradient besides
tr -d '{},":' <besides.json | awk '
    { flops = bytes = 0; for (i = 1; i < NF; i++) if ($i == "flops") flops = $(i + 1); else if ($i == "bytes") bytes = $(i + 1) }
    $2 == "clip_norm" { right += flops == 3 * 2475 && bytes == 8 * 2475 + 4 }
    $2 == "elastic_penalty_backward" { right += flops == 2 * 2475 && bytes == 8 * 2475 + 4 }
    $2 == "soft_threshold" { right += flops == 3 * 2475 && bytes == 8 * 2475 }
    $4 == "dropout_forward" { right += flops == 50 * 20 || flops == 50 * 15 }
    END { exit right != 5 }' || fail "what is beside the step has other costs: $(cat besides.json)"
tr -d '{},":' <besides.json | awk '{ line = $1; for (i = 1; i < NF; i++) if ($i == "flops") flops = $(i + 1) }
    $1 == "layer" || $1 == "op" || $1 == "update" { f += flops } $1 == "step" { exit !(f == flops) }' || fail "sums with what is beside: $(cat besides.json)"

# ---- label smoothing: other operations, and what is guessed is the largest of their input ----
grep -q '"op": "xent_forward"' described.json && grep -q '"op": "xent_backward"' described.json || fail "smoothing: $(cat described.json)"
"$rungs" train ./smooth.net --epochs 8 --lr 0.2 --json >json 2>log || fail "smoothing: $(cat log)"
awk '/"test_accuracy"/ { exit !($2 + 0 > 0.9) }' json || fail "smoothing: $(cat json)"

# ---- a split, early stopping, a rate that changes: in the log, the curve and the JSON; a resumed run ends in the same place ----
"$rungs" train ./mine.net --split parts --early-stop 2 --optimizer "adamw lr=0.05 wd=0.1" --schedule "plateau patience=0" --warmup 0.5 \
    --epochs 40 --save stop.ckpt --log stop.csv --json >json 2>log || fail "early stopping ended with $?: $(cat log)"
is_json json
grep -q ' 240 images to train on, 80 to validate, 80 to test with$' log || fail "60/20/20 of 400: $(cat log)"
grep -q '^stopped early: for 2 epochs the validation loss was no lower$' log && grep -q '"stopped_early": true,' json || fail "it did not stop: $(cat log)"
best=$(sed -n 's/^  "best_epoch": \([0-9]*\),$/\1/p' json)
awk -F, -v best="$best" 'NR > 1 && $8 != "" { epochs++; if (least == "" || $8 < least) { least = $8; at = $1 } rates[$7] = 1 }
    END { for (r in rates) n++; exit !(at == best && epochs == best + 2 && n > 1) }' stop.csv || fail "the best epoch is not $best: $(cat stop.csv)"
said=$(sed -n "s/^tested with the parameters of epoch $best, whose validation loss is the lowest: //p" log)
awk -F, -v said="${said:-nothing}" 'NR > 1 && $8 != "" && (least == "" || $8 < least) { least = $8 }
    END { off = said - least; exit !(said > 0 && off < 6e-5 && off > -6e-5) }' stop.csv || fail "the lowest loss is not $said: $(cat stop.csv)"
"$rungs" train ./mine.net --resume stop.ckpt --epochs 40 --json >again 2>log || fail "a stopped run: $(cat log)"
grep -q '"steps": 0,' again && [ "$(grep '"test_loss"' again)" = "$(grep '"test_loss"' json)" ] || fail "a stopped run went on: $(cat again)"
refuse 64 "early_stop needs images to validate with" "$rungs" train ./mine.net --early-stop 2
refuse 64 "averages instead of following a schedule; leave out the schedule cosine" "$rungs" train ./mine.net --optimizer "schedule_free lr=1"
refuse 64 "a warm-up of 3 epochs leaves none of 3" "$rungs" train ./mine.net --warmup 3

# ---- --gradcheck: both checks pass; where the gradient cannot be right, the exit code says so (train_gradient) ----
"$rungs" train ./mine.net --gradcheck --weight-decay "coupled=0.1 biases=1" --label-smoothing 0.1 --dropout 0.2 --augment rotate=9 >checked || fail "--gradcheck ended with $?: $(cat checked)"
[ "$(grep -c '^PASS' checked)" = 2 ] || fail "--gradcheck: $(cat checked)"
"$rungs" train ./mine.net --resume a.ckpt --gradcheck --json >checked.json 2>said || fail "--gradcheck --json ended with $?: $(cat said)"
is_json checked.json
[ "$(grep -c '"verdict":"PASS","exit_code":0' checked.json)" = 2 ] && grep -q '^./mine.net: 2475 parameters' said ||
    fail "--gradcheck --json: $(cat said checked.json)"

# ---- help lists every word of the files ----
"$rungs" train --help >help
for word in $(sed -n '2,$s/^\([a-z_]*\).*/\1/p' mine.net | sort -u); do
    grep -q "^  $word\b" help || fail "--help lacks $word"
done

exit $failed

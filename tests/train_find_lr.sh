#!/bin/sh
# train_find_lr.sh - a search for a learning rate: train_find_lr.sh RUNGS DATA_SET_PROGRAM SCRATCH
# shellcheck source=/dev/null
. "$(dirname "$0")/train_lib.sh"
"$make_set" "$scratch/sets/mnist" 3000 200 9 9
train() { "$rungs" train mnist-mlp --input 1x9x9 --hidden 30,30,30,30 --batch 15 "$@"; }

# ---- the test: the rate rises by the same factor, the mean is that of the losses, it ends where the loss is four times its
# lowest, and a tenth of where it is lowest is what it suggests ----
train --find-lr --csv rates.csv --json >json 2>log
[ "$(head -1 rates.csv)" = step,lr,loss,smoothed_loss,suggested_lr ] || fail "the header: $(head -1 rates.csv)"
# holds KEEPS FAR TENTH: 1 if the rows are those of such a smoothing, end and rule
holds() {
    awk -F, -v keeps="$1" -v far="$2" -v tenth="$3" 'function off(a, b) { return a - b > 1e-4 * (a + b) || b - a > 1e-4 * (a + b) }
        NR > 1 {
            n++
            if (off($2, 1e-7 * 1e8 ^ ((n - 1) / 199))) exit 1
            mean = keeps * mean + (1 - keeps) * $3
            smooth = mean / (1 - keeps ^ n)
            if (off($4, smooth) || ended) exit 1
            if (n == 10 || (n > 10 && smooth < lowest)) { lowest = smooth; at = $2 }
            ended = n >= 10 && smooth > far * lowest
            suggested = $5
        }
        END { if (!ended || n >= 200 || off(suggested, at / tenth)) exit 1 }' rates.csv
}
train --find-lr --csv rates.csv >text
holds 0.98 4 10 || fail "the test is not as described: $(cat rates.csv)"
holds 0.9 4 10 && fail "another smoothing passes"
holds 0.98 3 10 && fail "another end passes"
holds 0.98 4 5 && fail "another rule passes"
suggested=$(awk -F, 'NR == 2 { printf "%.2g", $5 }' rates.csv)
grep -q "^suggested: --lr $suggested, a tenth of where it is lowest" text || fail "the text: $(cat text)"
grep -q '"diverged": true,' json && grep -q "\"suggested_lr\": $(awk -F, 'NR == 2 { printf "%.3g", $5 }' rates.csv | cut -c1-4)" json || fail "JSON: $(cat json)"
train --find-lr --csv again.csv >text && cmp again.csv rates.csv || fail "a second search finds something else"
train --find-lr --csv again.csv --lr 0.7 --schedule cosine --warmup 1 --epochs 2 >text && cmp again.csv rates.csv || fail "the file's own rate and schedule take part"

# ---- the rate that it suggests trains: better than a hundredth of it, and than what diverges ----
accuracy() { train --epochs 1 --lr "$1" --json 2>log | sed -n 's/^  "test_loss": \(.*\),/\1/p'; }
good=$(accuracy "$suggested")
for factor in 0.01 100; do
    other=$(accuracy "$(awk -v s="$suggested" -v f=$factor 'BEGIN { print s * f }')")
    awk -v good="$good" -v other="${other:-inf}" 'BEGIN { exit !(other == "inf" || good < other) }' || fail "lr $suggested reaches $good, $factor times it $other"
done

# ---- few steps are some epochs; a network that learns at no rate, or at all of them, gets none ----
train --find-lr --batch 1000 --csv few.csv >text
[ "$(wc -l <few.csv)" -le 101 ] && grep -q '^[0-9]* steps of batch 1000, ' text || fail "few steps: $(cat text)"
printf 'rungs-network 1\ninput 1x9x9\nflatten\ndense 10\nloss softmax_xent\noptimizer sgd lr=0.1\ndata mnist\nnormalize unit\nclip value=1e-6\nbatch 15\n' >still.net
"$rungs" train ./still.net --find-lr --csv still.csv >text || fail "a loss that does not rise: $(cat text)"
grep -q '^the loss did not diverge up to lr 10$' text || fail "a loss that does not rise: $(tail -3 text)"

# ---- nothing but the table is written, and nothing goes on from a checkpoint ----
train --epochs 1 --save a.ckpt >log
before=$(cksum a.ckpt; ls)
train --find-lr >text
[ "$(cksum a.ckpt; ls)" = "$before" ] || fail "files have changed: $(ls)"
for option in "--save x" "--resume a.ckpt" "--log x.csv" "--sweep lr=1" "--seeds 2" "--folds 2"; do
    # shellcheck disable=SC2086 # an option and its value
    refuse 64 "--find-lr goes without" train --find-lr $option
done
refuse 74 "make it first" train --find-lr --csv no/x.csv
exit $failed

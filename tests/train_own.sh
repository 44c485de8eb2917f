#!/bin/sh
# train_own.sh - a user's own data, as people have it: train_own.sh RUNGS DATA_SET_PROGRAM SCRATCH
# shellcheck source=/dev/null
. "$(dirname "$0")/train_lib.sh"
mkdir -p "$scratch/tables" "$scratch/wrong"
unset RUNGS_DATA
"$make_set" idx 120 60 6 5

# table NAME: the examples of an IDX pair as lines
table() {
    for file in "$1"-images-idx3-ubyte "$1"-labels-idx1-ubyte; do
        if [ -e "idx/$file.gz" ]; then gzip -dc "idx/$file.gz" >"$file"; else cp "idx/$file" "$file"; fi
    done
    od -An -v -tu1 -w1 -j8 "$1-labels-idx1-ubyte" | tr -d ' ' >labels
    od -An -v -tu1 -w30 -j16 "$1-images-idx3-ubyte" | sed 's/^ *//; s/  */,/g' | paste -d, labels -
}
table train >tables/train.csv
table t10k >tables/test.csv
cat >mine.net <<'END'
rungs-network 1
input 1x6x5
conv out=3 kernel=3
relu
dense 10
loss softmax_xent
data ./idx
optimizer sgd lr=0.05
batch 20
epochs 2
END

numbers() { grep -E '"(loss|test_loss|test_accuracy)"' "$1"; }

# ---- the same examples from IDX files, from tables, from packed tables with names and other ends of lines ----
"$rungs" train ./mine.net --save idx.ckpt --json >idx.json 2>log
grep -q '120 images to train on, 60 to test with' log && ! grep -q '^note' log || fail "the log: $(cat log)"
"$rungs" train ./mine.net --data ./tables --json >tables.json 2>log
numbers idx.json >one
numbers tables.json | cmp -s - one || fail "tables give other numbers: $(cat tables.json)"
mkdir packed
{ echo "label,$(seq -s, 30)"; cat tables/train.csv; } | sed 's/$/\r/' | gzip >packed/train.csv.gz
gzip <tables/test.csv >packed/test.csv.gz
"$rungs" train ./mine.net --data ./packed --json >packed.json 2>log
numbers packed.json | cmp -s - one || fail "packed tables give other numbers: $(cat packed.json)"
mkdir changed
sed '7s/,[0-9]*$/,255/' tables/train.csv >changed/train.csv
cp tables/test.csv changed
"$rungs" train ./mine.net --data ./changed --json >changed.json 2>log
numbers changed.json | cmp -s - one && fail "a changed pixel changes nothing"

# ---- one table: a sixth of it tests, the same for every seed, and none is trained on ----
cat tables/train.csv tables/test.csv >all.csv
"$rungs" train ./mine.net --data ./all.csv --save all.ckpt >log
grep -q '150 images to train on, 30 to test with' log || fail "a sixth: $(cat log)"
"$rungs" eval all.ckpt --json >json
grep -q '"data": "./all.csv"' json && grep -q '"examples": 30' json || fail "eval: $(cat json)"
"$rungs" eval all.ckpt --data ./tables --json >json
grep -q '"examples": 60' json || fail "eval --data: $(cat json)"
"$rungs" train ./mine.net --data ./all.csv --resume all.ckpt --epochs 4 >log || fail "resume: $(cat log)"
"$rungs" train ./mine.net --data ./all.csv --split parts --early-stop 2 >log || fail "parts: $(cat log)"

# ---- a row of numbers, three classes ----
awk 'BEGIN { for (k = 0; k < 60; k++) print k % 3 "," k % 3 * 60 + k % 7 "," 200 - k % 3 * 50 }' >rows.csv
printf 'rungs-network 1\ninput 2\ndense 8\ntanh\ndense 3\nloss softmax_xent\noptimizer adam lr=0.05\ndata ./rows.csv\nepochs 30\nbatch 10\n' >rows.net
"$rungs" train ./rows.net >log
grep -q '^test: .* accuracy 100.00 % (10 of 10)' log && grep -q '^class 2 ' log || fail "rows: $(cat log)"
"$rungs" train ./rows.net --gradcheck >log || fail "the gradient on rows: $(cat log)"

# ---- refusals name the file, the line and what would fit ----
wrong() {
    printf "$2" >wrong/x.csv
    refuse 66 "wrong/x.csv$1" "$rungs" train ./rows.net --data ./wrong/x.csv
}
wrong ", line 2: 1 numbers follow the class, and 2 in line 1" '0,1,2\n1,3\n'
wrong ", line 4: 3 numbers follow the class, and 2 in line 3" 'a,b\n\n0,1,2\n1,3,4,5\n'
wrong ", line 2, column 3: '256' must be a whole number from 0 to 255" '0,1,2\n1,3,256\n'
wrong ", line 2, column 2: '0.5' must be a whole number" '0,1,2\n1,0.5,2\n'
wrong ", line 2, column 1: 'x' must be a whole number" '0,1,2\nx,0,2\n'
wrong ", line 3, column 2: '' must be a whole number" '0,1,2\n1,2,3\n1,,2\n'
wrong ", line 1: numbers must follow the class" '3\n4\n'
wrong ", line 1: a zero byte" '1,\0002,3\n'
wrong " holds no example" 'a,b\n'
wrong " holds no example" ''
wrong " has one example" '0,1,2\n'
refuse 66 "cannot read the data ./none.csv: No such file" "$rungs" train ./rows.net --data ./none.csv
refuse 66 "./wrong lacks the file train-images-idx3-ubyte" "$rungs" train ./rows.net --data ./wrong
cp tables/train.csv wrong/train.csv
refuse 66 "./wrong lacks the file test.csv" "$rungs" train ./rows.net --data ./wrong
echo 1,2,3 >wrong/test.csv
refuse 66 "train.csv has 30 numbers in a line, and ./wrong/test.csv has 2" "$rungs" train ./rows.net --data ./wrong
head -c 60 packed/train.csv.gz >wrong/x.csv.gz
refuse 66 "x.csv.gz" "$rungs" train ./rows.net --data ./wrong/x.csv.gz
refuse 64 "its input is 2, and the images of ./all.csv are 1x1x30" "$rungs" train ./rows.net --data ./all.csv
refuse 64 "softmax_xent gets 10 numbers for each example, and ./rows.csv has 3 classes" "$rungs" train ./mine.net --data ./rows.csv --input 2 --hidden none
refuse 64 "is too long for" "$rungs" train ./rows.net --data "./$(printf '%0250d' 0)"
refuse 64 "the checkpoint was trained on ./all.csv, not on ./tables" "$rungs" train ./mine.net --data ./tables --resume all.ckpt --epochs 5

exit $failed

#!/bin/sh
# train_own.sh - a user's own data, as people have it: train_own.sh RUNGS DATA_SET_PROGRAM SCRATCH CC
# shellcheck source=/dev/null
. "$(dirname "$0")/train_lib.sh"
cc=$4
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

# ---- real numbers, a class by its name, a path with blanks; in a network file, in an option, in a checkpoint ----
mkdir "my data"
awk 'BEGIN { split("cat dog eel", name, " "); print "mass,\"kind, or so\",length"
    for (k = 0; k < 90; k++) print 1e6 + k % 3 * 5e5 + k % 7 * 1e4 "," name[k % 3 + 1] "," k % 3 * 1e-3 + k % 5 * 1e-5 }' >"my data/pets 1.csv"
sed 's|^data .*|data "./my data/pets 1.csv" label="kind, or so" # quoted|' rows.net >pets.net
"$rungs" train ./pets.net --save pets.ckpt >log
grep -q '^test: .* accuracy 100.00 % (15 of 15)' log && grep -q '^eel ' log || fail "a table of names: $(cat log)"
"$rungs" train ./rows.net --data "./my data/pets 1.csv label=last" 2>log && fail "a name passes as a number"
grep -q "pets 1.csv, line 2, column 2: 'cat' must be a finite number" log || fail "label=last: $(cat log)"
"$rungs" train ./rows.net --data './my data/pets 1.csv label="kind, or so"' --normalize raw >log
grep -q '^test: .* accuracy 100.00 %' log && fail "raw numbers of such sizes are learned, so that scaling is not tested"
"$rungs" train ./rows.net --data '"./my data/pets 1.csv" label="kind, or so"' --resume pets.ckpt --epochs 31 >log ||
    fail "resume: $(cat log)"
"$rungs" eval pets.ckpt --json >json
grep -q '"data": "./my data/pets 1.csv"' json || fail "eval of a path with blanks: $(cat json)"

# ---- exported, it takes real numbers, too: 1e6 and 0.001 as floats, which are the table's only example to test with ----
mkdir pets
cp "my data/pets 1.csv" pets/train.csv
printf 'mass,"kind, or so",length\n1000000,cat,0.001\n' >pets/test.csv
"$rungs" eval pets.ckpt --data './pets label="kind, or so"' --predictions p.csv >log || fail "eval --predictions: $(cat log)"
"$rungs" export pets.ckpt --c pets.c >log 2>&1 && "$cc" -O2 -o pets_c pets.c -lm || fail "export: $(cat log)"
printf '\000\044\164\111\157\022\203\072' | ./pets_c | tr ' ' , >said
[ "$(tail -n 1 p.csv | cut -d, -f3)" = "$(cut -d, -f1 said)" ] || fail "the exported guess: $(cat said p.csv)"
near() { { tail -n 1 p.csv | cut -d, -f4-; cut -d, -f2- said; } | awk -F, -v off="$1" 'NR == 1 { n = split($0, p, ",") }
    NR == 2 { for (k = 1; k <= n; k++) { d = p[k] + off - $k; if (!(d < 1e-5 && d > -1e-5)) exit 1 } exit n != 3 }'; }
near 0 || fail "the exported probabilities: $(cat said p.csv)"
near 1e-4 && fail "a probability that is off by 1e-4 passes"
refuse 66 "cannot read the data ./my data/none.csv: No such file" "$rungs" train ./rows.net --data "./my data/none.csv"
refuse 64 "a quote is not closed" "$rungs" train ./rows.net --data '"./my data/none.csv'
refuse 66 "pets 1.csv, line 1: there is no column 'weight'" "$rungs" train ./rows.net --data "./my data/pets 1.csv label=weight"
refuse 66 "label=last is about a table of yours" "$rungs" train ./mine.net --data "mnist label=last"

# ---- the same examples as NumPy's arrays: what is in the IDX files behind other headers ----
# array IDX NPY SHAPE BYTES: of a header
array() {
    { printf '\223NUMPY\001\000v\000'; printf '%-117s\n' "{'descr': '|u1', 'fortran_order': False, 'shape': ($3), }"; } >"arrays/$2.npy"
    if [ -e "idx/$1.gz" ]; then gzip -dc "idx/$1.gz"; else cat "idx/$1"; fi | tail -c +$(($4 + 1)) >>"arrays/$2.npy"
}
mkdir arrays
array train-images-idx3-ubyte x_train "120, 6, 5" 16
array train-labels-idx1-ubyte y_train "120," 8
array t10k-images-idx3-ubyte x_test "60, 6, 5" 16
array t10k-labels-idx1-ubyte y_test "60," 8
"$rungs" train ./mine.net --data ./arrays --json >arrays.json 2>log
numbers arrays.json | cmp -s - one || fail "arrays give other numbers: $(cat arrays.json log)"
refuse 64 "its input is 1x5x6, and the images of ./arrays are 1x6x5; .--input 1x6x5. would fit" "$rungs" train ./mine.net --data ./arrays --input 1x5x6
rm arrays/y_test.npy
refuse 66 "./arrays has an array x_test, but no y_test" "$rungs" train ./mine.net --data ./arrays

# ---- a folder of images for each class ----
for k in $(seq 0 29); do
    class=$((k % 3))
    mkdir -p "pictures/number $class"
    { printf 'P5\n5 6\n255\n'; head -c $((30 * (k + 1))) train-images-idx3-ubyte | tail -c 30; } >"pictures/number $class/$k.pgm"
done
"$rungs" train ./mine.net --data ./pictures --hidden none --input 1x6x5 2>log && fail "three classes for ten outputs"
grep -q "softmax_xent gets 10 numbers for each example, and ./pictures has 3 classes" log || fail "three classes: $(cat log)"
sed 's/^dense 10/dense 3/; s|^data .*|data ./pictures|' mine.net >three.net
"$rungs" train ./three.net --split "60/20/20 stratified=1" >log
grep -q '18 images to train on, 6 to validate, 6 to test with' log && grep -q '^number 2 ' log || fail "a folder of images: $(cat log)"
"$rungs" train ./three.net --folds 5 >log
[ "$(grep -c '24 images to train on, 6 to test with' log)" = 5 ] || fail "folds of a folder: $(cat log)"

# ---- refusals name the file, the line and what would fit ----
wrong() {
    printf "$2" >wrong/x.csv
    refuse 66 "wrong/x.csv$1" "$rungs" train ./rows.net --data ./wrong/x.csv
}
wrong ", line 2: 1 numbers beside the class, and 2 in line 1" '0,1,2\n1,3\n'
wrong ", line 4: 3 numbers beside the class, and 2 in line 1" 'a,b,c\n\n0,1,2\n1,3,4,5\n'
wrong ", line 3: 2 numbers beside the class, and 1 in line 1" 'a,b\n\n0,1,2\n'
wrong ", line 2, column 1: '256' must be a whole number from 0 to 255, or a name" '0,1,2\n256,3,4\n'
wrong ", line 2, column 2: 'inf' must be a finite number" '0,1,2\n1,inf,2\n'
wrong ", line 2, column 1: 'x' is a name, and the classes before it are numbers" '0,1,2\nx,0,2\n'
wrong ", line 3, column 2: '' must be a finite number" '0,1,2\n1,2,3\n1,,2\n'
wrong ", line 1: a class and numbers must be there" '3\n4\n'
wrong ", line 1: a zero byte" '1,\0002,3\n'
wrong " holds no example" 'a,b\n'
wrong ", line 1: a class and numbers must be there" 'a\n'
wrong " holds no example" ''
wrong " has one example" '0,1,2\n'
refuse 66 "cannot read the data ./none.csv: No such file" "$rungs" train ./rows.net --data ./none.csv
refuse 66 "./wrong holds no data: neither train.csv and test.csv, nor x.npy and y.npy, nor an IDX set" "$rungs" train ./rows.net --data ./wrong
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

#!/bin/sh
# look.sh - rungs look: look.sh RUNGS DATA_SET_PROGRAM FOLDER numbers|pictures|refusals
#
# numbers: a pooling is the largest of what the convolution before it gave, the image is that of the file, dead filters are
# those that the numbers say. pictures: they are whole, and their words are there. refusals: one sentence, and its exit code.
rungs=$1 make_set=$2 work=$3
rm -rf "$work" && mkdir -p "$work/sets" "$work/none" "$work/bad/fashion-mnist" || exit 1
cd "$work" || exit 1
fail() { echo "FAIL: $*"; exit 1; }
export RUNGS_DATA="$work/sets" LC_ALL=C
"$make_set" sets/fashion-mnist 96 1 28 28 || exit 1
"$make_set" sets/cifar10 20 32 cifar10 || exit 1
train() { "$rungs" train "$@" --epochs 1 --schedule constant >log 2>&1 || { cat log; fail "rungs train $*"; }; }
train fashion-cnn --lr 0.3 --save clothes.ckpt # too fast: some filters die
# code WANTED WORDS...: rungs look ends with that code
code() {
    wanted=$1
    shift
    "$rungs" look "$@" >said 2>err
    got=$?
    [ $got = "$wanted" ] || { cat said err; fail "exit $got, not $wanted: look $*"; }
}
one_sentence() { [ "$(wc -l <err)" = 1 ] && grep -q "^rungs look: .*$1" err || { cat err; fail "one sentence with '$1'"; }; }

# block K FILE: the rows of the K-th sheet, from 0 on
block() { awk -v want="$1" '/^#/ { k++ } !/^#/ && NF && k == want + 1' "$2"; }

# pooled FILE: in sheet 3 every number is the largest of 2 x 2 of sheet 2, and not below 0
pooled() {
    block 2 "$1" >fine
    block 3 "$1" >coarse
    awk -F, 'NR == FNR { for (i = 1; i <= NF; i++) x[NR, i] = $i; next }
        { for (i = 1; i <= NF; i++) {
              most = 0
              for (r = 2*FNR - 1; r <= 2*FNR; r++) for (s = 2*i - 1; s <= 2*i; s++) if (x[r, s] + 0 > most) most = x[r, s] + 0
              n++; if ($i != most) bad = 1 } }
        END { exit bad || n != 32*14*14 }' fine coarse
}

case $4 in
numbers)
    PATH=/nowhere code 77 clothes.ckpt --csv all.csv
    cp said report
    grep -c '^#' all.csv | grep -qx 6 || fail "filters, image, two convolutions and two poolings are 6 sheets"
    block 0 all.csv | awk -F, 'NF != 48 { exit 1 } END { exit NR != 6 }' || fail "32 filters of 3 x 3 are 2 rows of 16"
    od -An -v -tu1 -w28 -j16 -N784 sets/fashion-mnist/t10k-images-idx3-ubyte 2>/dev/null | sed 's/^ *//; s/  */,/g' >pixels
    block 1 all.csv | cmp - pixels || fail "the image is not that of the file"
    pooled all.csv || fail "a pooling is not the largest of its windows"
    awk '/^#/ { k++ } k == 4 && /^[0-9]/ && !done { done = sub(/^[0-9.e-]*/, "7.25") } { print }' all.csv >wrong.csv
    pooled wrong.csv && fail "a wrong pooling passes"
    block 4 all.csv | awk -F, '
        { for (i = 1; i <= NF; i++) { tile = int((NR - 1)/14)*16 + int((i - 1)/14); if ($i > 0) lives[tile] = 1 } }
        END { for (k = 0; k < 64; k++) if (!lives[k]) { if (n++ < 12) list = list (n == 1 ? ": " : ", ") k }
              printf "layer 4, relu: of its 64 maps %d are 0 everywhere in the first test image%s%s\n", n, list, (n > 12 ? ", ..." : "") }' >dead
    grep -q 'maps [0-9][0-9] are' dead || fail "hardly a filter died, so nothing is tested: $(cat dead)"
    grep -qxF "$(cat dead)" report || { cat dead report; fail "other filters are dead"; }
    PATH=/nowhere code 77 clothes.ckpt --csv some.csv --maps 5
    block 0 some.csv | awk -F, 'NF != 15 { exit 1 } END { exit NR != 3 }' || fail "--maps 5 leaves 5 filters"
    block 2 some.csv | cut -d, -f1-140 >five
    block 2 all.csv | head -28 | cut -d, -f1-140 | cmp - five || fail "--maps 5 leaves the first 5 maps"
    grep -q '^# layer 0, conv and relu: the first 5 of 32 maps of 28 x 28' some.csv || fail "it should say that there are more"
    ;;
pictures)
    command -v gnuplot >/dev/null || { echo "SKIP gnuplot is missing: apt install gnuplot-nox"; exit 77; }
    for network in cifar-cnn cifar-lenet; do train $network --save $network.ckpt; done
    code 0 clothes.ckpt
    code 0 cifar-cnn.ckpt --image 31 --out new/folder
    code 0 cifar-lenet.ckpt --out new/folder
    for picture in clothes_filters clothes_image0 new/folder/cifar-cnn_filters new/folder/cifar-cnn_image31 new/folder/cifar-lenet_filters new/folder/cifar-lenet_image0; do
        svg=$picture.svg png=$picture.png
        [ -s "$svg" ] && [ -s "$png" ] || fail "no $picture"
        tail -c 8 "$svg" | grep -q '</svg>' || fail "$svg is cut off"
        if command -v xmllint >/dev/null; then xmllint --noout "$svg" || fail "$svg is no XML"; fi
        [ "$(tail -c 8 "$png" | od -An -tx1 | tr -d ' \n')" = 49454e44ae426082 ] || fail "$png is cut off"
        grep -q '>0<' "$svg" || fail "$svg does not say what is 0"
    done
    for words in 'filters of its first convolution' 'layer 0, conv: 32 filters of 3 x 3' '>16<' '>15<'; do
        grep -q "$words" clothes_filters.svg || fail "no '$words' on the filters"
    done
    for words in 'test image 0' 'taken for' 'layer 0, conv and relu: 32 maps of 28 x 28' 'layer 2, maxpool: 32 maps of 14 x 14' 'layer 5, maxpool'; do
        grep -q "$words" clothes_image0.svg || fail "no '$words' on the maps"
    done
    for colour in red green blue; do grep -q "6 filters of 5 x 5 on $colour" new/folder/cifar-lenet_filters.svg || fail "no $colour"; done
    grep -q 'test image 31' new/folder/cifar-cnn_image31.svg || fail "another image"
    ;;
refusals)
    train fashion-mlp --hidden 8 --save mlp.ckpt
    code 64 mlp.ckpt; one_sentence 'no convolution.*rungs train fashion-cnn'
    code 64 clothes.ckpt --image 1; one_sentence '--image 1: .* numbered 0 to 0'
    code 64 clothes.ckpt --image -1; one_sentence '--image'
    code 64 clothes.ckpt --maps 0; one_sentence '--maps'
    code 66 nowhere.ckpt; one_sentence nowhere.ckpt
    head -c 3000 clothes.ckpt >cut.ckpt
    code 66 cut.ckpt; one_sentence cut.ckpt
    cp sets/fashion-mnist/* bad/fashion-mnist && : >bad/fashion-mnist/t10k-labels-idx1-ubyte
    RUNGS_DATA="$work/bad" code 66 clothes.ckpt; one_sentence t10k-labels
    code 74 clothes.ckpt --csv /nowhere/f.csv; one_sentence /nowhere
    code 74 clothes.ckpt --out clothes.ckpt; one_sentence 'is not a folder'
    PATH=/nowhere code 77 clothes.ckpt --out "$work/none"; one_sentence 'apt install gnuplot-nox$'
    [ -z "$(ls -A none)" ] || fail "a refusal left files"
    ;;
*) exit 64 ;;
esac
exit 0

#!/bin/sh
# import.sh - what is exported is imported again to the last bit, and what does not fit is refused:
# import.sh RUNGS DATA_SET_PROGRAM SCRATCH SAME_WEIGHTS
# shellcheck source=/dev/null
. "$(dirname "$0")/train_lib.sh"
same=$4
"$make_set" "$scratch/sets/mnist" 128 16 28 28
"$make_set" "$scratch/sets/cifar10" 24 8 cifar10

# round NETWORK: trained for a step, exported twice to the same bytes, and imported from a file and from a folder
round() {
    rm -rf a.npy b.npy
    "$rungs" train "$1" --epochs 1 --steps 1 --save a.ckpt >log 2>&1 || fail "rungs train $1: $(cat log)"
    "$rungs" export a.ckpt --safetensors a.st --npy a.npy --onnx a.onnx || fail "rungs export of $1"
    "$rungs" export a.ckpt --safetensors b.st --npy b.npy/ --onnx b.onnx || fail "rungs export of $1, again"
    { cmp a.st b.st && cmp a.onnx b.onnx && diff -r a.npy b.npy; } || fail "$1: two exports of one checkpoint differ"
    "$rungs" import "$1" a.st --save b.ckpt >log || fail "rungs import $1 a.st: $(cat log)"
    "$same" a.ckpt b.ckpt >said || fail "$1 comes back otherwise from safetensors: $(cat said)"
    "$rungs" import a.npy/network.net a.npy --save b.ckpt >log || fail "rungs import $1 a.npy: $(cat log)"
    "$same" a.ckpt b.ckpt >said || fail "$1 comes back otherwise from .npy: $(cat said)"
}
for network in $("$rungs" train --list | sed -n 's/^ *\(a00[0-9]-[a-z0-9-]*\) .*/\1/p'); do
    round "$network"
    rounds=$((${rounds:-0} + 1))
done
[ "${rounds:-0}" = 11 ] || fail "${rounds:-0} networks, not 11"
cat >norm.net <<'N'
rungs-network 1
input 1x28x28
conv out=4 kernel=3 groups=1
batchnorm
relu
maxpool 4
conv out=6 kernel=3 groups=2
dense 10
loss softmax_xent
data mnist
optimizer amsgrad lr=1e-3
split parts
early_stop 3
batch 20
epochs 2
N
round ./norm.net

# the imported network is tested like the one that was exported, and goes on
"$rungs" eval a.ckpt --predictions a.csv >log && "$rungs" eval b.ckpt --predictions b.csv >log && cmp a.csv b.csv || fail "eval of an imported network"
"$rungs" train ./norm.net --resume b.ckpt --epochs 2 --save c.ckpt >log 2>&1 || fail "an imported network does not go on: $(cat log)"

# a number that is changed, and one weight for another of its shape, are seen
cp -r a.npy wrong.npy
printf '\001' | dd of=wrong.npy/conv0.b.npy bs=1 seek=128 conv=notrunc 2>log
"$rungs" import ./norm.net wrong.npy --save b.ckpt >log && "$same" a.ckpt b.ckpt >said && fail "a changed number passes"
cp a.npy/batchnorm1.gamma.npy wrong.npy/batchnorm1.beta.npy
"$rungs" import ./norm.net wrong.npy --save b.ckpt >log && "$same" a.ckpt b.ckpt >said && fail "gamma for beta passes"

# names of others
cp -r a.npy named.npy
for part in w=weight b=bias; do
    for layer in conv0 conv4 dense5; do mv "named.npy/$layer.${part%=*}.npy" "named.npy/my$layer.${part#*=}.npy"; done
done
mv named.npy/batchnorm1.gamma.npy named.npy/norm.weight.npy
mv named.npy/batchnorm1.beta.npy named.npy/norm.bias.npy
mv named.npy/batchnorm1.running_mean.npy named.npy/norm.running_mean.npy
mv named.npy/batchnorm1.running_var.npy named.npy/theirs.npy
map=conv0=myconv0,conv4=myconv4,dense5=mydense5,batchnorm1=norm,batchnorm1.running_var=theirs
"$rungs" import ./norm.net named.npy --save b.ckpt --map $map >log && "$same" a.ckpt b.ckpt >said || fail "other names: $(cat log said)"
grep -q '^batchnorm1.gamma  *(4)  *norm.weight$' log && grep -q '^conv4.w  *(6, 2, 3, 3)  *myconv4.weight$' log || fail "the table: $(cat log)"

# not REPORT SENTENCE WORDS...: rungs import refuses with 66 after a table that has a line REPORT, and leaves the checkpoint alone
not() {
    report=$1 words=$2 got=0
    shift 2
    cp a.ckpt kept.ckpt
    "$rungs" import ./norm.net "$@" --save kept.ckpt >stdout 2>stderr || got=$?
    [ "$got" = 66 ] || fail "import $* ended with $got"
    grep -q "^$report\$" stdout || fail "import $*: no line '$report': $(cat stdout)"
    [ "$(wc -l <stderr)" = 1 ] && grep -q "^rungs import: .*$words" stderr || fail "import $* said: $(cat stderr)"
    cmp -s a.ckpt kept.ckpt || fail "import $* changed the checkpoint"
}
not 'conv0.w  *(4, 1, 3, 3)  *missing' '10 missing, 0 misshaped, 10 extra; nothing was written' named.npy
not 'extra  *(4)  *norm.bias' '0 missing, 0 misshaped, 1 extra, which --ignore-extra' named.npy --map "$map,batchnorm1.beta=norm.weight"
"$rungs" import ./norm.net named.npy --save b.ckpt --map "$map,batchnorm1.beta=norm.weight" --ignore-extra >log || fail "--ignore-extra: $(cat log)"
not 'dense5.b  *(10)  *conv0.b  misshaped: (4)' '0 missing, 1 misshaped, 1 extra' a.npy --map dense5.b=conv0.b
not 'dense5.w  *(10, 96)  *dense5.w^T  misshaped: (10, 96); --map dense5.w=dense5.w would fit' '1 misshaped' a.npy --map 'dense5.w=dense5.w^T'

# nothing but a sentence
save="--save $scratch/x.ckpt"
# shellcheck disable=SC2086 # two words
{
    refuse 64 "say where to: --save CHECKPOINT" "$rungs" import ./norm.net a.npy
    refuse 64 "no layer and no tensor called dense6" "$rungs" import ./norm.net a.npy $save --map dense6=conv0
    refuse 64 "no tensor called conv9, or in a layer" "$rungs" import ./norm.net a.npy $save --map dense5=conv9
    refuse 64 "must be OURS=THEIRS" "$rungs" import ./norm.net a.npy $save --map dense5
    refuse 64 "did you mean 'mnist-mlp'" "$rungs" import mnist-mpl a.npy $save
    refuse 66 "No such file" "$rungs" import ./norm.net none.st $save
    refuse 66 "is a single array; name the folder" "$rungs" import ./norm.net a.npy/conv0.b.npy $save
    refuse 66 "no safetensors file" "$rungs" import ./norm.net a.ckpt $save
    mkdir empty
    refuse 66 "has no .npy files" "$rungs" import ./norm.net empty $save
    head -c 1000 a.st >cut.st
    refuse 66 "no safetensors file, or damaged" "$rungs" import ./norm.net cut.st $save
    head -c 150 a.npy/dense5.w.npy >wrong.npy/dense5.w.npy
    refuse 66 "wrong.npy/dense5.w.npy is cut off" "$rungs" import ./norm.net wrong.npy $save
}
[ ! -e x.ckpt ] || fail "a refused import left a checkpoint"
cp a.npy/dense5.w.npy wrong.npy/dense5.w.npy
printf '\000\000\200\177' | dd of=wrong.npy/conv0.b.npy bs=1 seek=128 conv=notrunc 2>log
not 'conv0.b  *(4)  *conv0.b' 'wrong.npy: conv0.b has a number that is NaN, infinite' wrong.npy

# exports: a folder with files is not touched, and none is left behind
refuse 74 "has files in it; name a new one" "$rungs" export a.ckpt --npy a.npy
diff -r a.npy b.npy || fail "a refused export changed a folder"
mkdir -p deep
"$rungs" export a.ckpt --npy empty --safetensors deep/a.st && diff -r empty b.npy && "$rungs" export a.ckpt --npy deep/er/a.npy && diff -r deep/er/a.npy b.npy || fail "export into an empty or a new folder"
refuse 64 "say what to write" "$rungs" export a.ckpt
refuse 74 "there is no folder" "$rungs" export a.ckpt --onnx none/a.onnx
refuse 74 "is not a folder" "$rungs" export a.ckpt --npy a.st
for option in --npy --onnx --safetensors; do
    got=0
    (ulimit -f 1; "$rungs" export a.ckpt $option full) 2>said || got=$?
    [ "$got" = 74 ] && grep -q "File too large" said && [ "$(wc -l <said)" = 1 ] && [ ! -e full ] || fail "$option on a full disk: $got, $(cat said)"
done
for left in ./full.?????? ./*.npy.?????? empty.??????; do [ ! -e "$left" ] || fail "$left was left behind"; done
exit $failed

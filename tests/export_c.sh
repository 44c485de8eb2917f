#!/bin/sh
# export_c.sh - a network as a C file says what the network says: export_c.sh RUNGS DATA_SET_PROGRAM SCRATCH CC
# shellcheck source=/dev/null
. "$(dirname "$0")/train_lib.sh"
cc=$4
"$make_set" "$scratch/sets/mnist" 200 60 12 12
"$make_set" "$scratch/sets/cifar10" 20 24 cifar10

# unpacked FILE: plain or .gz
unpacked() { if [ -e "$1" ]; then cat "$1"; else gzip -dc "$1.gz"; fi; }

# agrees FILE: the classes and, to 1e-5, the probabilities are those of p.csv
agrees() {
    tail -n +2 p.csv | cut -d, -f3- | tr ',' ' ' | paste -d' ' - "$1" | awk -v lines="$(wc -l <"$1")" '
        { half = NF / 2
          if ($1 != $(half + 1)) exit 1
          for (k = 2; k <= half; k++) if (($k - $(k + half))^2 > 1e-10) exit 1
          n++ }
        END { exit !(n == lines && n > 0 && half > 2) }'
}

# same NAME: trains NAME.net, exports it, compiles it, and compares what both say about every test image in images
same() {
    "$rungs" train "./$1.net" --save "$1.ckpt" >log 2>&1 || { cat log; fail "rungs train $1"; }
    "$rungs" eval "$1.ckpt" --predictions p.csv >log
    "$rungs" export "$1.ckpt" --c "$1.c" || fail "rungs export $1"
    "$cc" -std=c99 -pedantic -Wall -Wextra -Wshadow -Werror -O2 "$1.c" -o "$1" -lm || fail "$1.c does not compile"
    "./$1" <images >said
    agrees said || fail "$1.c says something else: $(head -2 said), $(sed -n 2,3p p.csv)"
}

unpacked sets/mnist/t10k-images-idx3-ubyte | tail -c +17 >images
net() { printf 'rungs-network 1\n%b\n' "$2" >"$1.net"; }
end='dense 10\nloss softmax_xent\ndata mnist\noptimizer adam lr=3e-3\nbatch 20\nepochs 2'
net layers "input 1x12x12\nconv out=4 kernel=3 pad=1\nbatchnorm\nrelu\nmaxpool 3 stride=2 pad=1\nconv out=6 kernel=3 stride=2 dilation=2 pad=2 groups=2\nleaky_relu slope=0.2\navgpool 2 stride=1 pad=1 ceil=1\nelu\ndropout p=0.3\nflatten\ndense 12\ntanh\n$end"
same layers
# a program with another weight is found out
sed '/float w0\[/,/};/s/0x1\./0x1.8/' layers.c >wrong.c
"$cc" -std=c99 wrong.c -o wrong -lm && ./wrong <images >said
agrees said && fail "a file with other weights passes"
net activations "input 1x12x12\ndense 14\nsigmoid\ndense 14\nsoftplus\ndense 13\ngelu\ndense 12\ngelu_tanh\ndense 12\nsilu\n$end\nnormalize centred"
same activations
net planes "input 1x12x12\nconv out=8 kernel=3\ngelu\navgpool 3 pad=1 count_include_pad=0\nglobalavgpool\n$end smoothing=0.1"
sed -i 's/ smoothing=0.1//; s/^loss softmax_xent/loss softmax_xent smoothing=0.1/' planes.net
same planes
net several "input 1x12x12\ndense 10\nloss bce_logits\ndata mnist\noptimizer sgd lr=0.1\nepochs 2"
same several
unpacked sets/cifar10/test_batch.bin >batch
for k in $(seq 0 23); do tail -c +$((3073 * k + 2)) batch | head -c 3072; done >images
net colours "input 3x32x32\nconv out=4 kernel=5 stride=2\nrelu\nmaxpool 2\n$end\nnormalize imagenet\nepochs 1"
sed -i 's/data mnist/data cifar10/; /^epochs 2/d' colours.net
same colours
printf '\001\002\002\003\003\004' >images
"$rungs" train a001-toy-bce --epochs 50 --save toy.ckpt >log
"$rungs" eval toy.ckpt --predictions p.csv >log
"$rungs" export toy.ckpt --c toy.c && "$cc" -std=c99 -pedantic -Wall -Wextra -Werror toy.c -o toy -lm && ./toy <images >said
agrees said || fail "toy.c says something else: $(cat said), $(cat p.csv)"

refuse 64 "say what to write: --c FILE" "$rungs" export toy.ckpt
refuse 66 "No such file" "$rungs" export none.ckpt --c x.c
refuse 74 "cannot" "$rungs" export toy.ckpt --c "$scratch/none/x.c"
[ ! -e x.c ] || fail "a refused export left a file"
exit $failed

#!/bin/sh
# export_peers.sh - ONNX Runtime and the safetensors package read what is exported, and what they and NumPy write is imported:
# export_peers.sh RUNGS DATA_SET_PROGRAM SCRATCH SAME_WEIGHTS
# All programs of the articles, and networks that have every layer, of made-up images. The Python is that of RUNGS_PEER_PYTHON, else
# python3; without the packages the test is skipped.
# shellcheck source=/dev/null
. "$(dirname "$0")/train_lib.sh"
same_weights=$4 python=${RUNGS_PEER_PYTHON:-python3}
"$python" -c 'import numpy, onnx, onnxruntime, safetensors' 2>said || {
    echo "skipped: $python has not all of numpy, onnx, onnxruntime and safetensors"
    exit 77
}
"$make_set" "$scratch/sets/mnist" 256 64 28 28
"$make_set" "$scratch/sets/cifar10" 48 24 cifar10

unpacked() { if [ -e "$1" ]; then cat "$1"; else gzip -dc "$1.gz"; fi; }
unpacked sets/mnist/t10k-images-idx3-ubyte | tail -c +17 >mnist
unpacked sets/cifar10/test_batch.bin >batch
for k in $(seq 0 23); do tail -c +$((3073 * k + 2)) batch | head -c 3072; done >cifar
printf '\001\002\002\003\003\004' >three
printf '\001\000' >one

# same IMAGES NETWORK [OPTIONS...]
same() {
    images=$1 network=$2
    shift 2
    rm -rf it.npy it.onnx it.safetensors
    "$rungs" train "$network" "$@" --save it.ckpt >log 2>&1 || { cat log; fail "rungs train $network"; }
    "$rungs" eval it.ckpt --predictions p.csv >log || fail "rungs eval of $network"
    "$rungs" export it.ckpt --onnx it.onnx --safetensors it.safetensors --npy it.npy || fail "rungs export of $network"
    "$python" "$here/export_peers.py" it.onnx "$images" p.csv it.safetensors it.npy >said 2>&1 || fail "$network: $(cat said)"
    printf '%-20s %s\n' "$network" "$(tail -1 said)"
}
for network in $("$rungs" train --list | sed -n 's/^ *\(a00[0-9]-[a-z0-9-]*\) .*/\1/p'); do
    case $network in
    *cifar*) same cifar "$network" --epochs 4 ;;
    a001-toy-bce) same three "$network" --epochs 300 ;;
    a003-worked) same one "$network" --epochs 20 ;;
    *) same mnist "$network" --epochs 4 ;;
    esac
done

net() { printf 'rungs-network 1\n%b\n' "$2" >"$1.net"; }
end='dense 10\nloss softmax_xent\ndata mnist\noptimizer adam lr=3e-3\nbatch 20\nepochs 2'
net layers "input 1x28x28\nconv out=4 kernel=3 pad=1\nbatchnorm\nrelu\nmaxpool 3 stride=2 pad=1\nconv out=6 kernel=3 stride=2 dilation=2 pad=2 groups=2\nleaky_relu slope=0.2\navgpool 2 stride=1 pad=1 ceil=1\nelu alpha=1.3\ndropout p=0.3\nflatten\ndense 12\nbatchnorm eps=0.1\ntanh\n$end"
same mnist ./layers.net
net ceil "input 1x28x28\nmaxpool 3 stride=4 ceil=1\nconv out=4 kernel=2\navgpool 3 stride=4 pad=1 ceil=1\nconv out=5 kernel=1\n$end"
same mnist ./ceil.net
net hang "input 1x28x28\nconv out=4 kernel=2\navgpool 5 stride=4 pad=2 ceil=1\navgpool 3 stride=2 ceil=1\navgpool 3 pad=1 stride=3 count_include_pad=0 ceil=1\n$end"
same mnist ./hang.net
net maps "input 784\ndense 14\nsigmoid\ndense 14\nsoftplus\ndense 13\ngelu\ndense 12\ngelu_tanh\ndense 12\nsilu\n$end\nnormalize centred"
same mnist ./maps.net
net planes "input 1x28x28\nconv out=8 kernel=3\ngelu\nglobalavgpool\ndense 10\nloss bce_logits\ndata mnist\noptimizer sgd lr=0.1\nepochs 2"
same mnist ./planes.net

# weights as NumPy and safetensors write them: other types, orders of bytes and of dimensions, packed, and as Keras keeps them
same mnist ./layers.net >said
"$python" - <<'P'
import pathlib
import numpy as np
from safetensors.numpy import save_file
x = {f.stem: np.load(f) for f in pathlib.Path("it.npy").glob("*.npy")}
np.savez("plain.npz", **x)
np.savez_compressed("packed.npz", **{k: np.asfortranarray(v.astype(">f8")) for k, v in x.items()})
save_file({k: v.astype(np.float64) for k, v in x.items()}, "double.st")
keras = {k: v.transpose(2, 3, 1, 0) if v.ndim == 4 else v.T if v.ndim == 2 else v for k, v in x.items()}
np.savez("keras.npz", **keras)
P
back() {
    "$rungs" import ./layers.net "$@" --save back.ckpt >log 2>&1 || fail "import $*: $(cat log)"
    "$same_weights" it.ckpt back.ckpt >log || fail "import $*: $(cat log)"
}
for file in plain.npz packed.npz double.st; do back $file; done
back keras.npz --map 'conv0.w=conv0.w^T,conv4.w=conv4.w^T,dense10.w=dense10.w^T,dense13.w=dense13.w^T'
exit $failed

#!/bin/sh
# ort_max_nan.sh - a maximum of ONNX Runtime is NaN if the NaN is in one certain place of a window, and not if it is in another.
#
# MaxPool of a window of 2x2 that holds one NaN gives NaN if that is the last number of the four, and the largest of the others if it is
# one of the first three. Of a window of 3x3 it is the eighth number that counts, of GlobalMaxPool likewise, of ReduceMax the first. So
# whether a NaN in an image is seen depends on where the image begins. Relu, Sigmoid, Tanh, Conv, Gemm and AveragePool of the same
# runtime hand it on, and PyTorch's max_pool2d does so from every place. A broken input, or weights that diverged, come out of a network
# with pooling as ordinary probabilities, mostly.
#
# Needs python3 with venv, and the network. A minute.
# Exit 0: as described; 1: ONNX Runtime behaves otherwise now; 77: it cannot be tried here.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
{ python3 -m venv "$work/env" && TMPDIR="$work" "$work/env/bin/pip" install --quiet onnxruntime==1.32.0 onnx==1.23.2 numpy; } >"$work/said" 2>&1 ||
    { tail -n 3 "$work/said"; echo "skipped: the packages cannot be installed here"; exit 77; }
cat >"$work/max.py" <<'P'
import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper


def operator(name, **attributes):
    graph = helper.make_graph([helper.make_node(name, ["x"], ["y"], **attributes)], "g",
                              [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 1, "h", "w"])],
                              [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 1, "p", "q"])])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(model)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return lambda x: session.run(None, {"x": x})[0]


def keeps(f, h, w):
    """for each place: 1 if a NaN there comes out"""
    kept = []
    for k in range(h * w):
        x = np.zeros((1, 1, h, w), np.float32)
        x.reshape(-1)[k] = np.nan
        kept.append(int(np.isnan(f(x)).any()))
    return kept


print("onnxruntime", onnxruntime.__version__, "- a NaN in each place of a window: 1 if the result is NaN")
two = keeps(operator("MaxPool", kernel_shape=[2, 2]), 2, 2)
three = keeps(operator("MaxPool", kernel_shape=[3, 3]), 3, 3)
mean = keeps(operator("AveragePool", kernel_shape=[3, 3]), 3, 3)
relu = keeps(operator("Relu"), 3, 3)
whole = keeps(operator("GlobalMaxPool"), 3, 3)
reduced = keeps(operator("ReduceMax", axes=[2, 3]), 3, 3)
for name, kept in (("MaxPool 2x2", two), ("MaxPool 3x3", three), ("AveragePool 3x3", mean), ("Relu", relu), ("GlobalMaxPool", whole),
                   ("ReduceMax", reduced)):
    print("%-16s %s" % (name, " ".join(map(str, kept))))
as_described = two == [0, 0, 0, 1] and sum(three) == sum(whole) == sum(reduced) == 1 and all(mean) and all(relu)
raise SystemExit(0 if as_described else 1)
P
"$work/env/bin/python" "$work/max.py" || { echo "not as described any more"; exit 1; }

#!/bin/sh
# ort_sigmoid_tails.sh - the Sigmoid of ONNX Runtime has the absolute accuracy of a float near 1/2 everywhere, and is 0 from -18 down.
#
# A float holds sigmoid(-18) = 1.5e-8 to 7 digits, and PyTorch's and NumPy's functions give it so. ONNX Runtime computes 0.5 plus a
# rational function, with the argument limited to +-18: left of about -10 what comes out are multiples of 2^-25, at -17 twice
# the value, at -18 and below exactly 0. The function also falls: of 200000 equal steps from -20 to 0, some 30000 go down. A model of
# the probability p of a rare event, exported and run, has p = 0 for logits that are nothing unusual, log p = -infinity, and examples
# ordered by p are not ordered by their logits. Softplus, Exp and Softmax of the same runtime keep their digits in the tails.
#
# Needs python3 with venv, and the network. A minute.
# Exit 0: as described; 1: ONNX Runtime behaves otherwise now; 77: it cannot be tried here.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
{ python3 -m venv "$work/env" && TMPDIR="$work" "$work/env/bin/pip" install --quiet onnxruntime==1.32.0 onnx==1.23.2 numpy; } >"$work/said" 2>&1 ||
    { tail -n 3 "$work/said"; echo "skipped: the packages cannot be installed here"; exit 77; }
cat >"$work/tails.py" <<'P'
import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper


def operator(name):
    graph = helper.make_graph([helper.make_node(name, ["x"], ["y"])], "g",
                              [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n"])],
                              [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n"])])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(model)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return lambda x: session.run(None, {"x": np.asarray(x, np.float32)})[0].astype(np.float64)


sigmoid, exp = operator("Sigmoid"), operator("Exp")
print("onnxruntime", onnxruntime.__version__)
print("     x     Sigmoid  1 / (1 + exp(-x))   Exp of the same runtime")
for x in (-10, -15, -17, -18, -20, -50):
    print("%6g  %10.4g  %17.4g  %10.4g" % (x, sigmoid([x])[0], 1 / (1 + np.exp(-float(x))), exp([x])[0]))
x = np.linspace(-20, 0, 200001).astype(np.float32)
y, true = sigmoid(x), 1 / (1 + np.exp(-x.astype(np.float64)))
inside = (x > -17) & (x < -16)
worst = (np.abs(y - true) / true)[inside].max()
falls = int((np.diff(y) < 0).sum())
print("from -17 to -16 the largest relative error is %.0f %%, and there are %d values; the function falls %d times from -20 to 0" %
      (100 * worst, len(np.unique(y[inside])), falls))
exp_worst = (np.abs(exp(x) - np.exp(x.astype(np.float64))) / np.exp(x.astype(np.float64))).max()
as_described = sigmoid([-18])[0] == 0 and sigmoid([-50])[0] == 0 and worst > 0.5 and falls > 1000 and exp_worst < 1e-6
raise SystemExit(0 if as_described else 1)
P
"$work/env/bin/python" "$work/tails.py" || { echo "not as described any more"; exit 1; }

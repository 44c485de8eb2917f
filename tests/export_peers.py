"""export_peers.py - does ONNX Runtime get from an exported model what the network says?

    export_peers.py MODEL.onnx IMAGES P.csv TENSORS.safetensors FOLDER

IMAGES: raw bytes, as many per image as the model takes. P.csv: of `rungs eval --predictions`. The tensors in the model, in the
safetensors file and in the folder of .npy files must be the same bits. Prints the largest difference between two probabilities; exit 1
if it is above 1e-5, or a wrong version of the model is not. Exit 77: a package is not here.
"""
import pathlib
import sys

try:
    import numpy as np
    import onnx
    import onnxruntime
    from safetensors.numpy import load_file
except ImportError as missing:
    print("skipped:", missing)
    raise SystemExit(77)

MOST = 1e-5


def difference(model, pixels, said):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4  # what a wrong version is refused for is not printed
    try:
        session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
        got = session.run(["probabilities"], {"pixels": pixels})[0]
    except Exception:
        return float("inf")
    return float(np.abs(got.astype(np.float64) - said).max()) if got.shape == said.shape else float("inf")


def copy_of(model):
    other = onnx.ModelProto()
    other.CopyFrom(model)
    return other


def wrong_versions(model):
    """(what is wrong, model) of each mistake that an exporter could make here"""
    tensors = {t.name: t for t in model.graph.initializer}
    for k, node in enumerate(model.graph.node):
        if node.op_type == "Gemm":
            w = onnx.numpy_helper.to_array(tensors[node.input[1]])
            other = copy_of(model)
            for t in other.graph.initializer:
                if t.name == node.input[1]:  # the shape is right, but the numbers lie column by column
                    t.CopyFrom(onnx.numpy_helper.from_array(np.ascontiguousarray(w.T).reshape(w.shape), t.name))
            if min(w.shape) > 1:
                yield node.name + " transposed", other
        for a, attribute in enumerate(node.attribute):
            if attribute.name == "pads":
                other = copy_of(model)
                pads = other.graph.node[k].attribute[a].ints
                pads[0] += 1  # one row of padding moves from below to above, or is added
                pads[2] = max(0, pads[2] - 1)
                yield node.name + " with other pads", other
    for k, node in enumerate(model.graph.node[:2]):
        other = copy_of(model)
        other.graph.node[k].op_type = {"Sub": "Add", "Mul": "Div"}[node.op_type]
        raw = onnx.numpy_helper.to_array(tensors[node.input[1]])
        if np.any(raw != (0 if node.op_type == "Sub" else 1)):
            yield node.name + " the wrong way", other


def main(path, images, p, safetensors, folder):
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    table = np.loadtxt(p, delimiter=",", skiprows=1, ndmin=2)
    shape = [d.dim_value for d in model.graph.input[0].type.tensor_type.shape.dim[1:]]
    pixels = np.fromfile(images, np.uint8).reshape([-1] + shape).astype(np.float32)
    said = table[:, 3:]
    largest = difference(model, pixels, said)
    print("largest difference %.2g over %d examples" % (largest, len(said)))
    if not largest <= MOST:
        return "FAIL: too large"
    if difference(model, pixels[:1], said[:1]) > MOST:
        return "FAIL: other probabilities for one example alone"
    for what, wrong in wrong_versions(model):
        if difference(wrong, pixels, said) <= MOST:
            return "FAIL: a wrong version passes: " + what
    tensors = {t.name: onnx.numpy_helper.to_array(t) for t in model.graph.initializer}
    read = load_file(safetensors)
    files = {f.stem: np.load(f) for f in pathlib.Path(folder).glob("*.npy")}
    if not tensors.keys() == read.keys() == files.keys():
        return "FAIL: different tensors in the three"
    for name, x in tensors.items():
        for other in (read[name], files[name]):
            if other.dtype != x.dtype or other.shape != x.shape or other.tobytes() != x.tobytes():
                return "FAIL: %s is not the same in the three" % name
    return 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))

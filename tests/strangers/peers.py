"""The second zoo before the gradient checkers of PyTorch, JAX, autograd and SciPy, each with its defaults.

    python3 tests/strangers/peers.py libstrangers_peers.so gc_strangers [options, see --help]

The rows in double are checked by all, those in float by none: the peers take doubles. A checker that raises anything
blames the gradient. check_grad of SciPy returns a distance and judges nothing; 1e-6 is taken for its limit. A checker
that is not installed has no row. The last row is this one's, from the CSV of gc_strangers. Counts are sums over seeds.
"""
import argparse, ctypes, csv, os, subprocess, sys, tempfile, warnings

try:
    import numpy as np
except ImportError:
    print("this Python has no numpy: RUNGS_PEER_PYTHON names another", file=sys.stderr)
    sys.exit(77)

warnings.filterwarnings("ignore")
os.environ.setdefault("JAX_PLATFORMS", "cpu")

DOUBLES = ctypes.POINTER(ctypes.c_double)


class Zoo:
    """The rows of the shared object: (number, unit, name, part, is wrong)."""

    def __init__(self, path, part, every):
        self.lib = ctypes.CDLL(os.path.abspath(path))
        self.lib.peers_size.restype = ctypes.c_size_t
        self.lib.peers_loss.restype = ctypes.c_double
        self.lib.peers_loss.argtypes = [ctypes.c_int, ctypes.c_double, DOUBLES]
        self.lib.peers_gradient.argtypes = [ctypes.c_int, ctypes.c_double, DOUBLES, DOUBLES]
        self.lib.peers_point.argtypes = [ctypes.c_int, ctypes.c_int, DOUBLES]
        self.lib.peers_describe.argtypes = [ctypes.c_int, ctypes.c_char_p, ctypes.c_size_t]
        self.rows = []
        for i in range(0, self.lib.peers_rows(), every):
            text = ctypes.create_string_buffer(256)
            self.lib.peers_describe(i, text, 256)
            _, unit, name, where, label, kind = text.value.decode().split(",")
            if kind == "double" and (part == where or (part == "both" and where != "third")):
                self.rows.append((i, unit, name, label == "wrong"))

    def point(self, row, seed):
        x = np.zeros(self.lib.peers_size(row))
        self.lib.peers_point(row, seed, x.ctypes.data_as(DOUBLES))
        return x

    def loss(self, row, scale, x):
        x = np.ascontiguousarray(x, dtype=np.float64)
        return self.lib.peers_loss(row, scale, x.ctypes.data_as(DOUBLES))

    def gradient(self, row, scale, x):
        x = np.ascontiguousarray(x, dtype=np.float64)
        g = np.zeros_like(x)
        self.lib.peers_gradient(row, scale, x.ctypes.data_as(DOUBLES), g.ctypes.data_as(DOUBLES))
        return g


# Each maker returns the checker's name and judge(loss, gradient, x, seed), which raises where it finds something wrong.


def pytorch():
    import torch

    class Row(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, loss, gradient):
            ctx.save_for_backward(x)
            ctx.gradient = gradient
            return torch.tensor(loss(x.detach().numpy()), dtype=torch.float64)

        @staticmethod
        def backward(ctx, upstream):
            (x,) = ctx.saved_tensors
            return upstream * torch.from_numpy(ctx.gradient(x.detach().numpy())), None, None

    def judge(loss, gradient, x, seed):
        torch.manual_seed(seed)
        torch.autograd.gradcheck(lambda t: Row.apply(t, loss, gradient), (torch.tensor(x, requires_grad=True),))

    return "PyTorch %s gradcheck" % torch.__version__.split("+")[0], judge


def jax():
    import jax
    from jax.test_util import check_grads

    jax.config.update("jax_enable_x64", True)

    def judge(loss, gradient, x, seed):
        scalar = jax.ShapeDtypeStruct((), np.float64)
        vector = jax.ShapeDtypeStruct(x.shape, np.float64)

        @jax.custom_vjp
        def f(t):
            return jax.pure_callback(lambda y: np.float64(loss(y)), scalar, t)

        def forward(t):
            return f(t), t

        def backward(t, upstream):
            return (upstream * jax.pure_callback(lambda y: gradient(y), vector, t),)

        f.defvjp(forward, backward)
        check_grads(f, (x,), order=1, modes=["rev"])

    return "JAX %s check_grads" % jax.__version__, judge


def autograd():
    import importlib.metadata
    from autograd.extend import defvjp, primitive
    from autograd.test_util import check_grads

    def judge(loss, gradient, x, seed):
        f = primitive(lambda t: loss(t))
        defvjp(f, lambda value, t: lambda upstream: upstream * gradient(t))
        np.random.seed(seed)
        check_grads(f, modes=["rev"], order=1)(x)

    return "autograd %s check_grads" % importlib.metadata.version("autograd"), judge


def scipy():
    import scipy
    from scipy.optimize import check_grad

    def judge(loss, gradient, x, seed):
        if not check_grad(loss, gradient, x) <= 1e-6:
            raise ValueError

    return "SciPy %s check_grad" % scipy.__version__, judge


def is_blamed(judge, zoo, row, scale, seed):
    x = zoo.point(row, seed)
    try:
        judge(lambda y: zoo.loss(row, scale, y), lambda y: zoo.gradient(row, scale, y), x, seed)
    except Exception:
        return True
    return False


def own(program, zoo, part, seeds, scales):
    """{(scale, is wrong): (blamed, undecided)} of this checker"""
    wanted = {(unit, name) for _, unit, name, _ in zoo.rows}
    counts = {}
    with tempfile.NamedTemporaryFile(suffix=".csv") as f:
        words = [program, "--seeds", str(seeds), "--scales", ",".join("%g" % s for s in scales), "--csv", f.name]
        subprocess.run(words + ([] if part == "both" else ["--part", part]), stdout=subprocess.DEVNULL, check=True)
        for r in csv.DictReader(open(f.name)):
            if (r["unit"], r["row"]) not in wanted:
                continue
            key = float(r["scale"]), r["label"] == "wrong"
            blamed, undecided = counts.get(key, (0, 0))
            counts[key] = (blamed + (r["outcome"] in ("caught", "false alarm")), undecided + (r["outcome"] == "undecided"))
    return counts


def main():
    parser = argparse.ArgumentParser(description="the second zoo before the checkers of other languages")
    parser.add_argument("shared_object")
    parser.add_argument("program")
    parser.add_argument("--part", choices=["open", "kept", "both", "third"], default="open", help="both: open and kept")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--every", type=int, default=1, help="only each of so many rows")
    parser.add_argument("--scales", default="1,1e-6")
    options = parser.parse_args()
    scales = [float(s) for s in options.scales.split(",")]
    zoo = Zoo(options.shared_object, options.part, options.every)
    wrong = options.seeds * sum(r[3] for r in zoo.rows)
    right = options.seeds * len(zoo.rows) - wrong
    print("| | " + " | ".join("caught of %d, loss scale %g" % (wrong, s) for s in scales)
          + " | " + " | ".join("blamed of %d right, %g" % (right, s) for s in scales) + " |")
    print("|---|" + "---|" * (2 * len(scales)))
    for make in pytorch, jax, autograd, scipy:
        try:
            name, judge = make()
        except ImportError:
            print("%s is not installed" % make.__name__, file=sys.stderr)
            continue
        cells = []
        for is_wrong in True, False:
            for scale in scales:
                cells.append(sum(is_blamed(judge, zoo, r[0], scale, seed) for r in zoo.rows if r[3] == is_wrong
                                 for seed in range(1, options.seeds + 1)))
        print("| %s | %s |" % (name, " | ".join(map(str, cells))), flush=True)
    mine = own(options.program, zoo, options.part, options.seeds, scales)
    cells = []
    for is_wrong in True, False:
        for scale in scales:
            blamed, undecided = mine.get((scale, is_wrong), (0, 0))
            cells.append("%d, %d inconclusive" % (blamed, undecided))
    print("| this checker | %s |" % " | ".join(cells))


main()

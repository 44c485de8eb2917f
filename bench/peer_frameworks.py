# peer_frameworks.py - operations of a Python framework, made and timed on request: `rungs bench` runs it as a
# child process (peer_frameworks.c) and races the framework against the rungs.
#
#   python3 -c TEXT FRAMEWORK THREADS CPUS      torch_fused, torch_foreach, torch, torch_channels_last, jax, onednn3 or
#                                               onednn3_own_layout; 2; 0,1
#
# Requests and answers are lines, followed by arrays as they are in memory:
#
#   (at the start)                              ready TEXT, or absent TEXT
#   open OP SIZES ARRAYS SCALARS + arrays       ok, or refused TEXT
#   once                                        outputs + arrays: one call from where the arrays began
#   batch K                                     seconds S: of K calls from there
#
# SIZES are one word, "N=64,C=3"; each array is "x:in:f4:64x3x32x32" (in and inout are sent, inout and out come
# back), each scalar "lr=0.1". Each batch is what a training loop does: K calls of the framework's function on the
# same arrays.
#
# An operation is an object with restore(), which puts the arrays back to where they began, run(k), which makes k
# calls and waits for their end, and outputs().
import os
import signal
import sys
import time

framework, threads, cpus = sys.argv[1], int(sys.argv[2]), [int(c) for c in sys.argv[3].split(",")]
signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what ends
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, cpus[:threads])
for name in [name for name in os.environ if name.startswith(("OMP_", "GOMP_", "KMP_"))]:
    del os.environ[name]  # the bench's places for threads of its own process
requests, answers = sys.stdin.buffer, sys.stdout.buffer


def answer(line, arrays=()):
    answers.write((line.replace("\n", " ") + "\n").encode())
    for array in arrays:
        answers.write(memoryview(array).cast("B"))
    answers.flush()


class TorchStep:
    """An optimizer's step, fused or foreach."""

    def __init__(self, torch, op, arrays, sizes, s):
        kind = {framework[len("torch_") :]: True}
        self.torch = torch
        self.start = {name: torch.from_numpy(array) for name, array in arrays.items()}
        self.now = {name: tensor.clone() for name, tensor in self.start.items()}
        w = torch.nn.Parameter(self.now["w"], requires_grad=True)
        w.grad = self.start["dw"]
        state = {}
        if op in ("sgd_step", "sgd_decay_step"):
            self.optimizer = torch.optim.SGD([w], lr=s["lr"], weight_decay=s.get("wd", 0), **kind)
        elif op == "momentum_step":
            self.optimizer = torch.optim.SGD(
                [w], lr=s["lr"], momentum=s["mu"], dampening=s["dampening"], nesterov=s["nesterov"] != 0, **kind
            )
            state = {"momentum_buffer": self.now["m"]}
        else:
            betas = (s["beta1"], s["beta2"])
            if op == "adam_step":
                self.optimizer = torch.optim.Adam([w], lr=s["lr"], betas=betas, eps=s["eps"], **kind)
            else:
                self.optimizer = torch.optim.AdamW(
                    [w], lr=s["lr"], betas=betas, eps=s["eps"], weight_decay=s["wd"], **kind
                )
            self.steps = torch.tensor(s["t"] - 1.0)
            state = {"step": self.steps, "exp_avg": self.now["m"], "exp_avg_sq": self.now["v"]}
        self.before = s.get("t", 1) - 1
        self.optimizer.state[w] = state

    def restore(self):
        with self.torch.no_grad():
            for name, tensor in self.now.items():
                tensor.copy_(self.start[name])
            if "v" in self.now:
                self.steps.fill_(float(self.before))

    def run(self, k):
        step = self.optimizer.step
        for _ in range(k):
            step()

    def outputs(self):
        return [self.now[name].detach().numpy() for name in self.now if name != "dw"]


class TorchConv:
    """A convolution, or a part of its gradient. With channels_last, arrays come and go in the layout of the rungs,
    and what it costs to change them is part of the call."""

    def __init__(self, torch, op, arrays, sizes, s):
        self.torch = torch
        a = {name: torch.from_numpy(array) for name, array in arrays.items()}
        z = {name: int(value) for name, value in sizes.items()}
        last = torch.channels_last if framework == "torch_channels_last" else torch.contiguous_format
        even = z["top"] == z["bottom"] and z["left"] == z["right"]
        padding = (z["top"], z["left"]) if even else (0, 0)
        window = ((z["stride"],) * 2, padding, (z["dilation"],) * 2)

        def enter(tensor):
            return tensor.contiguous(memory_format=last)

        def enter_x():
            pad = torch.nn.functional.pad
            return enter(a["x"] if even else pad(a["x"], (z["left"], z["right"], z["top"], z["bottom"])))

        def leave(tensor):
            return tensor.contiguous()

        def forward():
            y = torch.conv2d(enter_x(), enter(a["w"]), a["b"], *window, z["groups"])
            return [leave(y)]

        backward = torch.ops.aten.convolution_backward
        rest = (*window, False, (0, 0), z["groups"])

        def dx():
            high, wide = z["H"] + (0 if even else z["top"] + z["bottom"]), z["W"] + (0 if even else z["left"] + z["right"])
            like = torch.empty((z["N"], z["C"], high, wide)).contiguous(memory_format=last)
            out = backward(enter(a["dy"]), like, enter(a["w"]), [z["K"]], *rest, [True, False, False])[0]
            if not even:
                out = out[:, :, z["top"] : z["top"] + z["H"], z["left"] : z["left"] + z["W"]]
            return [leave(out)]

        def dw():
            like = torch.empty((z["K"], z["C"] // z["groups"], z["R"], z["S"])).contiguous(memory_format=last)
            out = backward(enter(a["dy"]), enter_x(), like, [z["K"]], *rest, [False, True, True])
            return [leave(out[1]), out[2]]

        def relu_forward():
            y = torch.conv2d(enter_x(), enter(a["w"]), a["b"], *window, z["groups"])
            return [leave(y.relu_())]

        def relu_dx():
            return [torch.ops.aten.threshold_backward(dx()[0], a["a"], 0)]

        self.call = {"conv2d_forward": forward, "conv2d_backward_dx": dx, "conv2d_backward_dw": dw,
                     "conv2d_relu_forward": relu_forward, "conv2d_relu_backward_dx": relu_dx}[op]

    def restore(self):
        pass

    def run(self, k):
        with self.torch.no_grad():
            for _ in range(k):
                self.results = self.call()

    def outputs(self):
        return [tensor.numpy() for tensor in self.results]


def as_mask(kept, op):
    """True and False as the operation has them: 32 to a word, or bytes of 1 and 0."""
    import numpy

    if op.startswith("dropout_bytes"):
        return kept.astype(numpy.uint8)
    bits = numpy.packbits(kept, bitorder="little")
    return numpy.pad(bits, (0, -len(bits) % 4))


class TorchDropout:
    """Dropout with PyTorch's random numbers, and the way back with its mask of bytes. The layout of the mask is
    no part of what is timed."""

    def __init__(self, torch, op, arrays, sizes, s):
        self.torch, self.op = torch, op
        a = {name: torch.from_numpy(array) for name, array in arrays.items()}
        p = s["p"]
        if op == "dropout_bytes_backward":
            kept, scale = a["mask"].bool(), 1 / (1 - p) if p < 1 else 0.0
            self.call = lambda: [torch.ops.aten.native_dropout_backward(a["dy"], kept, scale)]
        else:
            torch.manual_seed(int(s["seed"]))
            self.call = lambda: torch.native_dropout(a["x"], p, True)

    def restore(self):
        pass

    def run(self, k):
        with self.torch.no_grad():
            for _ in range(k):
                self.results = self.call()

    def outputs(self):
        first, *mask = [tensor.numpy() for tensor in self.results]
        return [first, *(as_mask(kept, self.op) for kept in mask)]


class TorchLayer:
    """A pooling or a batch normalization, or its gradient. With channels_last as in TorchConv."""

    def __init__(self, torch, op, arrays, sizes, s):
        self.torch, self.op = torch, op
        a = {name: torch.from_numpy(array) for name, array in arrays.items()}
        z = {name: int(value) for name, value in sizes.items()}
        images = (z.get("n", 0), z.get("c", 0), z.get("h", 0), z.get("w", 0))
        if "HW" in z:  # positions as one column: both layouts take it
            images = (z["N"], z["C"], z["HW"], 1)
        last = torch.channels_last if framework == "torch_channels_last" else torch.contiguous_format
        aten, pool = torch.ops.aten, None
        if "r" in z:
            pool = ((z["r"], z["s"]), (z["stride"],) * 2, (z["pad"],) * 2)

        def enter(name, shape=images):
            return a[name].view(shape).contiguous(memory_format=last)

        def maxpool_forward():
            y, index = aten.max_pool2d_with_indices(enter("x"), *pool, (1, 1), z["ceil"] != 0)
            return [y.contiguous(), index.contiguous()]

        def maxpool_backward():
            like = torch.empty(images).contiguous(memory_format=last)
            dy, index = enter("dy", a["dy"].shape), self.index.contiguous(memory_format=last)
            return [aten.max_pool2d_with_indices_backward(
                dy, like, *pool, (1, 1), z["ceil"] != 0, index).contiguous()]

        def avgpool_forward():
            include = s["count_include_pad"] != 0
            return [aten.avg_pool2d(enter("x"), *pool, z["ceil"] != 0, include, None).contiguous()]

        def avgpool_backward():
            like, include = torch.empty(images).contiguous(memory_format=last), s["count_include_pad"] != 0
            dy = enter("dy", a["dy"].shape)
            return [aten.avg_pool2d_backward(dy, like, *pool, z["ceil"] != 0, include, None).contiguous()]

        def batch_norm_forward():
            y, mean, root = torch.native_batch_norm(
                enter("x"), a["gamma"], a["beta"], None, None, True, 0.1, s["eps"])
            return [y.contiguous(), mean, root]

        def batch_norm_backward():
            dx, dgamma, dbeta = aten.native_batch_norm_backward(
                enter("dy"), enter("x"), a["gamma"], None, None, a["mean"], self.root, True, s["eps"], [True] * 3)
            return [dx.contiguous(), dgamma, dbeta]

        self.eps = s.get("eps")
        if op == "maxpool_backward":
            self.index = a["index"].long()  # PyTorch keeps its indexes so
        if op == "batch_norm_backward":
            self.root = 1 / (a["var"].double() + s["eps"]).sqrt()  # and what its forward left
            self.root = self.root.float()
        self.call = locals()[op]

    def restore(self):
        pass

    def run(self, k):
        with self.torch.no_grad():
            for _ in range(k):
                self.results = self.call()

    def outputs(self):
        out = list(self.results)
        if self.op == "maxpool_forward":
            out[1] = out[1].int()
        if self.op == "batch_norm_forward":  # the variance, of 1 / sqrt(var + eps)
            out[2] = (out[2].double() ** -2 - self.eps).clamp(min=0).float()
        return [tensor.numpy() for tensor in out]


class Torch:
    warm_up = 0.001

    def __init__(self):
        import torch

        self.torch = torch
        torch.set_num_threads(threads)
        kind = framework[len("torch_") :]
        self.text = "PyTorch %s%s" % (torch.__version__, {"fused": ", fused=True", "foreach": ", foreach=True",
                                                          "channels_last": ", channels_last"}.get(kind, ""))

    def open(self, op, arrays, sizes, s):
        kinds = {"conv2d": TorchConv, "dropout": TorchDropout, "maxpool": TorchLayer, "avgpool": TorchLayer,
                 "batch": TorchLayer}
        return kinds.get(op.split("_")[0], TorchStep)(self.torch, op, arrays, sizes, s)


class JaxStep:
    """An optimizer's step by optax, under jit."""

    def __init__(self, jax, op, arrays, sizes, s):
        import optax

        self.jax = jax
        self.arrays, self.op, self.before = arrays, op, int(s.get("t", 1)) - 1
        if op == "momentum_step" and s["dampening"]:
            raise ValueError("optax has no dampening")
        if op == "sgd_step":
            optimizer = optax.sgd(s["lr"])
        elif op == "sgd_decay_step":
            optimizer = optax.chain(optax.add_decayed_weights(s["wd"]), optax.sgd(s["lr"]))
        elif op == "momentum_step":
            optimizer = optax.sgd(s["lr"], momentum=s["mu"], nesterov=s["nesterov"] != 0)
        elif op == "adam_step":
            optimizer = optax.adam(s["lr"], s["beta1"], s["beta2"], s["eps"])
        else:
            optimizer = optax.adamw(s["lr"], s["beta1"], s["beta2"], s["eps"], weight_decay=s["wd"])
        self.optimizer = optimizer

        def step(w, state, dw):
            updates, state = optimizer.update(dw, state, w)
            return optax.apply_updates(w, updates), state

        self.step = jax.jit(step, donate_argnums=(0, 1))
        self.dw = jax.numpy.array(arrays["dw"])

    def restore(self):
        copy = self.jax.numpy.array
        self.w = copy(self.arrays["w"])
        first, *rest = self.optimizer.init(self.w)
        if "v" in self.arrays:
            count = copy(self.before, dtype=first.count.dtype)
            first = first._replace(count=count, mu=copy(self.arrays["m"]), nu=copy(self.arrays["v"]))
        elif "m" in self.arrays:
            first = first._replace(trace=copy(self.arrays["m"]))
        self.state = (first, *rest)
        self.jax.block_until_ready((self.w, self.state))

    def run(self, k):
        step, w, state, dw = self.step, self.w, self.state, self.dw
        for _ in range(k):
            w, state = step(w, state, dw)
        self.jax.block_until_ready((w, state))
        self.w, self.state = w, state

    def outputs(self):
        import numpy

        first, out = self.state[0], [self.w]
        if "v" in self.arrays:
            out += [first.mu, first.nu]
        elif "m" in self.arrays:
            out += [first.trace]
        return [numpy.asarray(array) for array in out]


class JaxConv:
    """A convolution, or a part of its gradient, under jit."""

    def __init__(self, jax, op, arrays, sizes, s):
        self.jax = jax
        z = {name: int(value) for name, value in sizes.items()}
        put = jax.numpy.array

        def conv(x, w):
            return jax.lax.conv_general_dilated(
                x, w, (z["stride"],) * 2, ((z["top"], z["bottom"]), (z["left"], z["right"])),
                rhs_dilation=(z["dilation"],) * 2, dimension_numbers=("NCHW", "OIHW", "NCHW"),
                feature_group_count=z["groups"], precision=jax.lax.Precision.HIGHEST,
            )

        def forward(x, w, b):
            return conv(x, w) + b[None, :, None, None]

        def dx(w, dy):
            x = jax.numpy.zeros((z["N"], z["C"], z["H"], z["W"]), jax.numpy.float32)
            return jax.vjp(lambda x: conv(x, w), x)[1](dy)[0]

        calls = {
            "conv2d_forward": (lambda x, w, b: (forward(x, w, b),), ("x", "w", "b")),
            "conv2d_relu_forward": (lambda x, w, b: (jax.nn.relu(forward(x, w, b)),), ("x", "w", "b")),
            "conv2d_backward_dx": (lambda w, dy: (dx(w, dy),), ("w", "dy")),
            "conv2d_relu_backward_dx": (lambda a, w, dy: (jax.numpy.where(a > 0, dx(w, dy), 0),), ("a", "w", "dy")),
        }
        if op in calls:
            call, names = calls[op]
            self.call, self.given = jax.jit(call), [put(arrays[name]) for name in names]
        else:
            w = jax.numpy.zeros((z["K"], z["C"] // z["groups"], z["R"], z["S"]), jax.numpy.float32)
            self.call = jax.jit(lambda x, dy: (*jax.vjp(lambda w: conv(x, w), w)[1](dy), dy.sum((0, 2, 3))))
            self.given = [put(arrays[name]) for name in ("x", "dy")]

    def restore(self):
        pass

    def run(self, k):
        for _ in range(k):
            self.results = self.call(*self.given)
            self.jax.block_until_ready(self.results)

    def outputs(self):
        import numpy

        return [numpy.ascontiguousarray(array) for array in self.results]


class JaxDropout:
    """Dropout as Flax writes it, with a new key for each call, and the way back with a mask, both under jit."""

    def __init__(self, jax, op, arrays, sizes, s):
        self.jax, self.op = jax, op
        a = {name: jax.numpy.array(array) for name, array in arrays.items()}
        p = s["p"]

        def forward(key, x):
            key, own = jax.random.split(key)
            kept = jax.random.bernoulli(own, 1 - p, x.shape)
            return key, jax.numpy.where(kept, x / (1 - p), 0), kept

        def draw():
            self.key, *results = self.step(self.key, a["x"])
            return results

        if op == "dropout_bytes_backward":
            kept = a["mask"] != 0
            back = jax.jit(lambda kept, dy: (jax.numpy.where(kept, dy / (1 - p), 0),))
            self.call = lambda: back(kept, a["dy"])
        else:
            self.key, self.step, self.call = jax.random.key(int(s["seed"])), jax.jit(forward), draw

    def restore(self):
        pass

    def run(self, k):
        for _ in range(k):
            self.results = self.call()
            self.jax.block_until_ready(self.results)

    def outputs(self):
        import numpy

        first, *mask = [numpy.ascontiguousarray(array) for array in self.results]
        return [first, *(as_mask(kept, self.op) for kept in mask)]


class JaxLayer:
    """A pooling by mean or a batch normalization, or its gradient, under jit: JAX has no function for either, but
    windows, sums and XLA. (Its maximum of windows comes without a place.)"""

    def __init__(self, jax, op, arrays, sizes, s):
        self.jax = jax
        z = {name: int(value) for name, value in sizes.items()}
        np = jax.numpy
        if op.startswith("avgpool"):
            if z["ceil"] or not s["count_include_pad"]:
                raise ValueError("a race without ceil, with count_include_pad")
            window = ((1, 1, z["r"], z["s"]), (1, 1, z["stride"], z["stride"]), ((0, 0), (0, 0)) + ((z["pad"],) * 2,) * 2)

            def mean(x):
                return jax.lax.reduce_window(x, 0.0, jax.lax.add, *window) / (z["r"] * z["s"])

        def avgpool_forward(x):
            return (mean(x),)

        def avgpool_backward(dy):
            x = np.zeros((z["n"], z["c"], z["h"], z["w"]), np.float32)
            return jax.vjp(mean, x)[1](dy)

        def along(vector):
            return vector[None, :, None]

        def batch_norm_forward(x, gamma, beta):
            mean = x.mean((0, 2))
            var = ((x - along(mean)) ** 2).mean((0, 2))
            return (x - along(mean)) * along(gamma / np.sqrt(var + s["eps"])) + along(beta), mean, var

        def batch_norm_backward(x, gamma, mean, var, dy):
            m, root = z["N"] * z["HW"], 1 / np.sqrt(var + s["eps"])
            distance = x - along(mean)
            dbeta, dgamma = dy.sum((0, 2)), (dy * distance).sum((0, 2)) * root
            dx = along(gamma * root) * (dy - along(dbeta / m) - distance * along(root * dgamma / m))
            return dx, dgamma, dbeta

        self.call = jax.jit(locals()[op])
        self.given = [np.array(array) for array in arrays.values()]

    def restore(self):
        pass

    def run(self, k):
        for _ in range(k):
            self.results = self.call(*self.given)
            self.jax.block_until_ready(self.results)

    def outputs(self):
        import numpy

        return [numpy.ascontiguousarray(array) for array in self.results]


class Jax:
    warm_up = 0.001

    def __init__(self):
        if threads == 1:
            os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"
        import jax

        self.jax = jax
        jax.config.update("jax_platforms", "cpu")
        self.text = "JAX %s, jit" % jax.__version__

    def open(self, op, arrays, sizes, s):
        kinds = {"conv2d": JaxConv, "dropout": JaxDropout, "avgpool": JaxLayer, "batch": JaxLayer}
        return kinds.get(op.split("_")[0], JaxStep)(self.jax, op, arrays, sizes, s)


def read_array(type, extents):
    import numpy

    array = numpy.empty([int(extent) for extent in extents.split("x")], dtype=type)
    view = memoryview(array).cast("B")
    done = 0
    while done < len(view):
        got = requests.readinto(view[done:])
        if not got:
            sys.exit(1)
        done += got
    return array


def opened(framework, op, sizes, words):
    arrays = {}
    for name, access, type, extents in (word.split(":") for word in words if ":" in word):
        if access != "out":
            arrays[name] = read_array(type, extents)
    scalars = {name: float(value) for name, value in (word.split("=") for word in words if "=" in word)}
    work = framework.open(op, arrays, dict(word.split("=") for word in sizes.split(",")), scalars)
    work.restore()
    work.run(1)  # what is compiled or allocated at the first call
    return work


def serve(framework):
    work = None
    while True:
        words = requests.readline().decode().split()
        if not words:
            return
        if words[0] == "open":
            try:
                work = opened(framework, words[1], words[2], words[3:])
                answer("ok")
            except Exception as error:
                answer("refused %s" % error)
        elif words[0] in ("network", "training"):
            try:
                work = open_network(framework, words[1:])
                answer("ok")
            except Exception as error:
                answer("refused %s" % error)
        elif words[0] == "once":
            work.restore()
            work.run(1)
            answer("outputs", work.outputs())
        elif words[0] == "batch":
            start = time.perf_counter()
            while time.perf_counter() - start < getattr(work, "warm_up", framework.warm_up):
                work.run(1)  # awake and warm, as the rungs are
            work.restore()
            start = time.perf_counter()
            work.run(int(words[1]))
            seconds = time.perf_counter() - start
            if threads > 1:
                time.sleep(0.01)  # its workers look for more work for a while, on cores of who is next
            answer("seconds %.9g" % seconds)


try:
    served = Jax() if framework == "jax" else OneDnn() if framework.startswith("onednn") else Torch()
except Exception as error:
    answer("absent %s" % error)
    sys.exit(0)
answer("ready " + served.text)
serve(served)

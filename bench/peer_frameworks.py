# peer_frameworks.py - optimizers' steps of a Python framework, made and timed on request: `rungs bench` runs
# it as a child process (peer_frameworks.c) and races the framework against the rungs.
#
#   python3 -c TEXT FRAMEWORK THREADS CPUS      torch_fused, torch_foreach or jax; 2; 0,1
#
# Requests and answers are lines, followed by arrays of floats as they are in memory:
#
#   (at the start)                              ready TEXT, or absent TEXT
#   open OP N NAME,... SCALAR=VALUE ... + arrays    ok, or refused TEXT
#   once                                        outputs + arrays: one step from where the arrays began
#   batch K                                     seconds S: of K steps from there
#
# Each batch is what a training loop does: K calls of the framework's step on the same parameter and gradient.
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


class Torch:
    def __init__(self):
        import torch

        self.torch = torch
        torch.set_num_threads(threads)
        self.kind = framework[len("torch_") :]
        self.text = "PyTorch %s, %s=True" % (torch.__version__, self.kind)

    def open(self, op, arrays, s):
        torch, kind = self.torch, {self.kind: True}
        self.start = {name: torch.from_numpy(array) for name, array in arrays.items()}
        self.now = {name: tensor.clone() for name, tensor in self.start.items()}
        w = torch.nn.Parameter(self.now["w"], requires_grad=True)
        w.grad = self.start["dw"]
        state = {}
        if op == "sgd_step":
            self.optimizer = torch.optim.SGD([w], lr=s["lr"], **kind)
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

    def steps_of(self, k):
        step = self.optimizer.step
        for _ in range(k):
            step()

    def outputs(self):
        return [self.now[name].detach().numpy() for name in self.now if name != "dw"]


class Jax:
    def __init__(self):
        if threads == 1:
            os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"
        import jax
        import optax

        self.jax, self.optax = jax, optax
        jax.config.update("jax_platforms", "cpu")
        self.text = "JAX %s, optax %s, jit" % (jax.__version__, optax.__version__)

    def open(self, op, arrays, s):
        jax, optax = self.jax, self.optax
        self.arrays, self.op, self.before = arrays, op, int(s.get("t", 1)) - 1
        if op == "momentum_step" and s["dampening"]:
            raise ValueError("optax has no dampening")
        if op == "sgd_step":
            optimizer = optax.sgd(s["lr"])
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

    def steps_of(self, k):
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


def read_arrays(names, n):
    import numpy

    arrays = {}
    for name in names:
        array = numpy.empty(n, dtype=numpy.float32)
        view = memoryview(array).cast("B")
        done = 0
        while done < len(view):
            got = requests.readinto(view[done:])
            if not got:
                sys.exit(1)
            done += got
        arrays[name] = array
    return arrays


def serve(peer):
    while True:
        words = requests.readline().decode().split()
        if not words:
            return
        if words[0] == "open":
            arrays = read_arrays(words[3].split(","), int(words[2]))
            try:
                peer.open(words[1], arrays, {k: float(v) for k, v in (w.split("=") for w in words[4:])})
                peer.restore()
                peer.steps_of(1)  # what is compiled or allocated at the first step
                answer("ok")
            except Exception as error:
                answer("refused %s" % error)
        elif words[0] == "once":
            peer.restore()
            peer.steps_of(1)
            answer("outputs", peer.outputs())
        elif words[0] == "batch":
            start = time.perf_counter()
            while time.perf_counter() - start < 0.001:
                peer.steps_of(1)  # awake and warm, as the rungs are
            peer.restore()
            start = time.perf_counter()
            peer.steps_of(int(words[1]))
            seconds = time.perf_counter() - start
            if threads > 1:
                time.sleep(0.01)  # its workers look for more work for a while, on cores of who is next
            answer("seconds %.9g" % seconds)


try:
    served = Jax() if framework == "jax" else Torch()
except Exception as error:
    answer("absent %s" % error)
    sys.exit(0)
answer("ready " + served.text)
serve(served)

# with_jax.py FOLDER [STEPS] - repeats a recorded training in JAX with optax, under jit, and says how far its losses are from ours; see
# recording.py.
# EXACT=1 in the environment: Adam whose corrections 1 - beta^t are taken in double, not in float as optax does.
import os

if os.environ.get("THREADS") == "1":
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"
import jax
import jax.numpy as np
import numpy
import optax

from recording import arguments, repeat

jax.config.update("jax_platforms", "cpu")


def exact_adam(rate, beta1, beta2, eps):
    """optax' Adam but for its corrections, which update gets: c1 = 1 - beta1^t, c2 = 1 - beta2^t"""

    def init(params):
        return [(np.zeros_like(w), np.zeros_like(w)) for w in params]

    def update(gradient, state, c1, c2):
        state = [(m + (1 - beta1) * (g - m), v + (1 - beta2) * (g * g - v)) for g, (m, v) in zip(gradient, state)]
        return [-rate * (m / c1) / (np.sqrt(v / c2) + eps) for m, v in state], state

    return init, update


class Training:
    def __init__(self, r):
        kind, numbers = r.optimizer
        if kind == "adam":
            optimizer = optax.adam(numbers["lr"], numbers.get("beta1", 0.9), numbers.get("beta2", 0.999), numbers.get("eps", 1e-8))
        else:
            optimizer = optax.sgd(numbers["lr"], momentum=numbers.get("mu", 0.9) if kind == "momentum" else None)

        def forward(params, x):
            rest = iter(params)
            for word, n, named in r.layers:
                if word == "conv":
                    pad, stride = named.get("pad", 0), named.get("stride", 1)
                    w, b = next(rest), next(rest)
                    x = jax.lax.conv_general_dilated(x, w, (stride,) * 2, ((pad,) * 2,) * 2, dimension_numbers=("NCHW", "OIHW", "NCHW"))
                    x = x + b[None, :, None, None]
                elif word == "dense":
                    w, b = next(rest), next(rest)
                    x = x.reshape(x.shape[0], -1) @ w.T + b
                elif word == "maxpool":
                    x = jax.lax.reduce_window(x, -np.inf, jax.lax.max, (1, 1, n, n), (1, 1, n, n), "VALID")
                elif word != "flatten":
                    x = {"relu": jax.nn.relu, "sigmoid": jax.nn.sigmoid, "tanh": np.tanh}[word](x)
            return x

        def loss_of(params, x, label):
            y = forward(params, x)
            if r.loss == "softmax_xent":
                return optax.softmax_cross_entropy_with_integer_labels(y, label).mean()
            if r.loss == "bce_logits":
                return optax.sigmoid_binary_cross_entropy(y[:, 0], label).mean()
            return ((y[:, 0] - label) ** 2).mean()

        self.t = 0
        self.betas = numbers.get("beta1", 0.9), numbers.get("beta2", 0.999)
        init, exact = optimizer.init, None
        if os.environ.get("EXACT") == "1":
            init, exact = exact_adam(numbers["lr"], *self.betas, numbers.get("eps", 1e-8))

        def step(params, state, x, label, c1, c2):
            loss, gradient = jax.value_and_grad(loss_of)(params, x, label)
            updates, state = exact(gradient, state, c1, c2) if exact else optimizer.update(gradient, state, params)
            return optax.apply_updates(params, updates), state, loss

        self.jitted, self.forward = jax.jit(step, donate_argnums=(0, 1)), jax.jit(forward)
        self.params = [np.array(w) for w in r.params]
        self.state = init(self.params)

    def step(self, x, label):
        self.t += 1
        c1, c2 = (numpy.float32(1 - beta**self.t) for beta in self.betas)
        self.params, self.state, loss = self.jitted(self.params, self.state, x, numpy.array(label), c1, c2)
        return loss

    def outputs(self, x):
        return numpy.asarray(self.forward(self.params, x))


name = "Adam corrected in double in JAX" if os.environ.get("EXACT") == "1" else "JAX"
repeat(name + " %s" % jax.__version__, Training, *arguments())

# peer_networks.py - training steps of whole networks in PyTorch and JAX. It stands before
# peer_frameworks.py, of whose requests it answers one more:
#
#   network PARAMETERS PIXELS LABELS OPTIMIZER RATE INPUT LAYERS + arrays      ok, or refused TEXT
#
# The first three count the elements of the arrays. INPUT is "64x1x28x28"; a layer is "conv:32:3:1"
# (results, kernel, padding), "relu", "maxpool:2" or "dense:10". The arrays are all parameters, layer by
# layer, w before b, as the rungs have them, x and the labels. The loss is that of softmax and
# cross-entropy. The outputs are the loss and the gradient of the first step.
#
#   training PARAMETERS PIXELS LABELS TEST_PIXELS TEST_LABELS ORDER OPTIMIZER RATE INPUT LAYERS + arrays      likewise
#
# Of all images, and the order of an epoch: a batch is a whole epoch and a test, and the output the share of test
# images that are right after one.
#
# Both get x as they like it best, before the clock runs, and keep it from step to step.


def network_shapes(images, layers):
    """[(shape of w, shape of b)] of the layers that have parameters."""
    import math

    shape, shapes = images[1:], []
    for kind, *n in layers:
        if kind == "conv":
            out, side, pad = n
            shapes.append(((out, shape[0], side, side), (out,)))
            shape = (out, *(extent + 2 * pad - side + 1 for extent in shape[1:]))
        elif kind == "maxpool":
            shape = (shape[0], *(extent // n[0] for extent in shape[1:]))
        elif kind == "dense":
            shapes.append(((n[0], math.prod(shape)), (n[0],)))
            shape = (n[0],)
    return shapes


def network_params(flat, shapes):
    """The arrays of one after the other, each a part of `flat`."""
    import math

    arrays, at = [], 0
    for shape in (shape for pair in shapes for shape in pair):
        arrays.append(flat[at : at + math.prod(shape)].reshape(shape))
        at += math.prod(shape)
    return arrays


class TorchNetwork:
    """With channels_last, the network is in that layout from beginning to end."""

    def __init__(self, torch, optimizer, rate, images, layers, params, x, label):
        nn, made, shapes = torch.nn, [], iter(network_shapes(images, layers))
        for kind, *n in layers:
            if kind == "conv":
                made.append(nn.Conv2d(next(shapes)[0][1], n[0], n[1], padding=n[2]))
            elif kind == "relu":
                made.append(nn.ReLU())
            elif kind == "maxpool":
                made.append(nn.MaxPool2d(n[0]))
            else:
                if not any(isinstance(layer, nn.Linear) for layer in made):
                    made.append(nn.Flatten())
                made.append(nn.Linear(next(shapes)[0][1], n[0]))
        last = torch.channels_last if framework == "torch_channels_last" else torch.contiguous_format
        self.torch, self.model = torch, nn.Sequential(*made).to(memory_format=last)
        self.x = torch.from_numpy(x).contiguous(memory_format=last)
        self.label = torch.from_numpy(label).long()
        self.start = [torch.from_numpy(w) for w in network_params(params, network_shapes(images, layers))]
        if optimizer == "adam":
            self.optimizer = torch.optim.Adam(self.model.parameters(), lr=rate, fused=True)
        else:
            self.optimizer = torch.optim.SGD(self.model.parameters(), lr=rate, momentum=0.9, fused=True)

    def restore(self):
        self.optimizer.state.clear()
        with self.torch.no_grad():
            for now, start in zip(self.model.parameters(), self.start):
                now.copy_(start)

    def run(self, k):
        model, optimizer, cross_entropy = self.model, self.optimizer, self.torch.nn.functional.cross_entropy
        for _ in range(k):
            optimizer.zero_grad(set_to_none=True)
            self.loss = cross_entropy(model(self.x), self.label)
            self.loss.backward()
            optimizer.step()

    def outputs(self):
        flat = [w.grad.contiguous().flatten() for w in self.model.parameters()]
        return [self.loss.detach().reshape(1).numpy(), self.torch.cat(flat).numpy()]


class JaxNetwork:
    """Images lie as NHWC, kernels as HWIO, which XLA has the fastest loops for; under jit."""

    def __init__(self, jax, optimizer, rate, images, layers, params, x, label):
        import optax

        np, self.jax = jax.numpy, jax
        shapes = network_shapes(images, layers)
        self.planes = images[1]  # of what the first dense layer reads
        for kind, *n in layers:
            self.planes = n[0] if kind == "conv" else self.planes
        self.first = next(2 * k for k, (w, b) in enumerate(shapes) if len(w) == 2)
        self.start = [np.array(self.enter(k, w)) for k, w in enumerate(network_params(params, shapes))]
        self.x, self.label = np.array(x.transpose(0, 2, 3, 1)), np.array(label)
        self.optimizer = optax.adam(rate) if optimizer == "adam" else optax.sgd(rate, momentum=0.9)

        def forward(params, x):
            rest = iter(params)
            for kind, *n in layers:
                if kind == "conv":
                    w, b = next(rest), next(rest)
                    x = b + jax.lax.conv_general_dilated(
                        x, w, (1, 1), ((n[2],) * 2,) * 2, dimension_numbers=("NHWC", "HWIO", "NHWC"))
                elif kind == "relu":
                    x = jax.nn.relu(x)
                elif kind == "maxpool":
                    x = jax.lax.reduce_window(x, -np.inf, jax.lax.max, (1, n[0], n[0], 1), (1, n[0], n[0], 1), "VALID")
                else:
                    w, b = next(rest), next(rest)
                    x = x.reshape(x.shape[0], -1) @ w.T + b
            return x

        self.forward = forward

        def loss_of(params, x, label):
            x = forward(params, x)
            return optax.softmax_cross_entropy_with_integer_labels(x, label).mean()

        def step(params, state, x, label):
            updates, state = self.optimizer.update(jax.grad(loss_of)(params, x, label), state, params)
            return optax.apply_updates(params, updates), state

        self.step = jax.jit(step, donate_argnums=(0, 1))
        self.gradient = jax.jit(jax.value_and_grad(loss_of))

    def enter(self, k, w):
        """Parameter k in the layout of here."""
        if w.ndim == 4:
            return w.transpose(2, 3, 1, 0)
        if k == self.first:
            return w.reshape(w.shape[0], self.planes, -1).transpose(0, 2, 1).reshape(w.shape)
        return w

    def leave(self, k, w):
        if w.ndim == 4:
            return w.transpose(3, 2, 0, 1)
        if k == self.first:
            return w.reshape(w.shape[0], -1, self.planes).transpose(0, 2, 1)
        return w

    def restore(self):
        self.params = [self.jax.numpy.array(w) for w in self.start]
        self.state = self.optimizer.init(self.params)
        self.jax.block_until_ready((self.params, self.state))

    def run(self, k):
        params, state = self.params, self.state
        for _ in range(k):
            params, state = self.step(params, state, self.x, self.label)
        self.jax.block_until_ready((params, state))
        self.params, self.state = params, state

    def outputs(self):
        import numpy

        loss, gradient = self.gradient(self.start, self.x, self.label)
        flat = [self.leave(k, numpy.asarray(w)).ravel() for k, w in enumerate(gradient)]
        return [numpy.asarray(loss).reshape(1), numpy.concatenate(flat)]


class TorchTraining(TorchNetwork):
    """Whole epochs: the images are one tensor, from which each batch is gathered."""

    warm_up = 0  # an epoch is long

    def __init__(self, torch, optimizer, rate, images, layers, params, x, label, test_x, test_label, order):
        batch, *image = images
        x, test_x = x.reshape(-1, *image), test_x.reshape(-1, *image)
        super().__init__(torch, optimizer, rate, images, layers, params, x[:batch], label[:batch])
        self.last = torch.channels_last if framework == "torch_channels_last" else torch.contiguous_format
        self.all_x, self.all_label, self.order = torch.from_numpy(x), torch.from_numpy(label).long(), torch.from_numpy(order).long()
        self.tests = [(torch.from_numpy(test_x[at : at + 1000]).contiguous(memory_format=self.last),
                       torch.from_numpy(test_label[at : at + 1000])) for at in range(0, len(test_x), 1000)]
        self.batch = batch

    def run(self, k):
        torch, step = self.torch, super().run
        for _ in range(k):
            for chunk in self.order.split(self.batch):
                self.x = self.all_x[chunk].contiguous(memory_format=self.last)
                self.label = self.all_label[chunk]
                step(1)
            with torch.no_grad():
                self.right = sum((self.model(x).argmax(1) == label).sum().item() for x, label in self.tests)

    def outputs(self):
        import numpy

        return [numpy.array([self.right / sum(len(label) for _, label in self.tests)], "f4")]


class JaxTraining(JaxNetwork):
    """Whole epochs: the images are one array, from which the jitted step gathers each batch."""

    warm_up = 0

    def __init__(self, jax, optimizer, rate, images, layers, params, x, label, test_x, test_label, order):
        batch, *image = images
        x, test_x = x.reshape(-1, *image), test_x.reshape(-1, *image)
        super().__init__(jax, optimizer, rate, images, layers, params, x[:batch], label[:batch])
        np, step = jax.numpy, self.step
        self.all_x, self.all_label = np.array(x.transpose(0, 2, 3, 1)), np.array(label)
        self.tests = [(np.array(test_x[at : at + 1000].transpose(0, 2, 3, 1)), np.array(test_label[at : at + 1000]))
                      for at in range(0, len(test_x), 1000)]
        self.chunks = [order[at : at + batch] for at in range(0, len(order), batch)]
        self.gathering = jax.jit(lambda params, state, x, label, chunk: step(params, state, x[chunk], label[chunk]), donate_argnums=(0, 1))
        self.count = jax.jit(lambda params, x, label: (self.forward(params, x).argmax(1) == label).sum())

    def run(self, k):
        params, state = self.params, self.state
        for _ in range(k):
            for chunk in self.chunks:
                params, state = self.gathering(params, state, self.all_x, self.all_label, chunk)
            self.right = sum(int(self.count(params, x, label)) for x, label in self.tests)
        self.params, self.state = params, state

    def outputs(self):
        import numpy

        return [numpy.array([self.right / sum(len(label) for _, label in self.tests)], "f4")]


def open_network(served, words):
    count = 6 if words[3].isdigit() else 3  # a training's, or a network's
    sizes, (optimizer, rate, images, *layers) = words[:count], words[count:]
    arrays = [read_array(type, size) for type, size in zip(("f4", "f4", "i4", "f4", "i4", "i4"), sizes)]
    images = [int(n) for n in images.split("x")]
    layers = [(kind, *map(int, n)) for kind, *n in (layer.split(":") for layer in layers)]
    if len(arrays) > 3:
        kind, library = (JaxTraining, served.jax) if framework == "jax" else (TorchTraining, served.torch)
    else:
        arrays[1] = arrays[1].reshape(images)
        kind, library = (JaxNetwork, served.jax) if framework == "jax" else (TorchNetwork, served.torch)
    work = kind(library, optimizer, float(rate), images, layers, *arrays)
    work.restore()
    work.run(1)  # what is compiled or allocated at the first step
    return work

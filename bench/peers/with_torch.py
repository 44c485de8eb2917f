# with_torch.py FOLDER [STEPS] - repeats a recorded training in PyTorch, and says how far its losses are from ours; see recording.py.
# KERAS=1 in the environment: Adam by Keras' rule, which adds eps to the root of v before v is corrected.
import os

import torch

from recording import arguments, repeat


class Adam(torch.optim.Optimizer):
    """by Keras' rule: w = w - rate sqrt(1 - beta2^t) / (1 - beta1^t) m / (sqrt(v) + eps)"""

    def __init__(self, params, lr, betas, eps):
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps})
        self.t = 0

    @torch.no_grad()
    def step(self):
        self.t += 1
        for group in self.param_groups:
            (b1, b2), rate = group["betas"], group["lr"]
            rate *= (1 - b2**self.t) ** 0.5 / (1 - b1**self.t)
            for w in group["params"]:
                m, v = self.state[w].setdefault("m", torch.zeros_like(w)), self.state[w].setdefault("v", torch.zeros_like(w))
                m.add_(w.grad - m, alpha=1 - b1)
                v.add_(w.grad * w.grad - v, alpha=1 - b2)
                w.sub_(rate * m / (v.sqrt() + group["eps"]))


class Training:
    def __init__(self, r):
        nn, made, params = torch.nn, [], iter(r.params)
        for word, n, named in r.layers:
            if word == "conv":
                w = next(params)
                made.append(nn.Conv2d(w.shape[1], w.shape[0], w.shape[2], named.get("stride", 1), named.get("pad", 0)))
            elif word == "dense":
                w = next(params)
                made += [nn.Flatten(), nn.Linear(w.shape[1], w.shape[0])]
            elif word == "maxpool":
                made.append(nn.MaxPool2d(n))
            else:
                made.append({"relu": nn.ReLU, "sigmoid": nn.Sigmoid, "tanh": nn.Tanh, "flatten": nn.Flatten}[word]())
            if word in ("conv", "dense"):
                for to, values in zip(made[-1].parameters(), (w, next(params))):
                    to.data = torch.from_numpy(values)
        self.model, self.kind = nn.Sequential(*made), r.loss
        kind, numbers = r.optimizer
        if kind == "adam":
            rule = Adam if os.environ.get("KERAS") == "1" else torch.optim.Adam
            betas = numbers.get("beta1", 0.9), numbers.get("beta2", 0.999)
            self.optimizer = rule(self.model.parameters(), numbers["lr"], betas, numbers.get("eps", 1e-8))
        else:
            self.optimizer = torch.optim.SGD(self.model.parameters(), numbers["lr"], numbers.get("mu", 0.9) if kind == "momentum" else 0)

    def loss_of(self, outputs, label):
        f = torch.nn.functional
        if self.kind == "softmax_xent":
            return f.cross_entropy(outputs, label.long())
        target = label.float()[:, None]
        return f.binary_cross_entropy_with_logits(outputs, target) if self.kind == "bce_logits" else f.mse_loss(outputs, target)

    def step(self, x, label):
        self.optimizer.zero_grad()
        loss = self.loss_of(self.model(torch.from_numpy(x)), torch.from_numpy(label))
        loss.backward()
        self.optimizer.step()
        return loss.item()

    def outputs(self, x):
        with torch.no_grad():
            return self.model(torch.from_numpy(x)).numpy()


torch.set_num_threads(int(os.environ.get("THREADS", "2")))
name = "Keras' rule in PyTorch" if os.environ.get("KERAS") == "1" else "PyTorch"
repeat("%s %s" % (name, torch.__version__.split("+")[0]), Training, *arguments())

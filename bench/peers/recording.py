# recording.py - what `rungs train NETWORK --record FOLDER` wrote, for a framework that repeats the training: the layers, the
# parameters at the start, the images and their order; and how far apart its losses are. with_torch.py and with_jax.py use it.
import os
import sys

import numpy


def values(words):
    """["3", "pad=1"] -> ["3"], {"pad": "1"}"""
    return [w for w in words if "=" not in w], dict(w.split("=") for w in words if "=" in w)


class Recording:
    """layers: (word, number, named values), the loss last and not among them; optimizer: its name and numbers; params: arrays in
    the order of the layers, w before b; batches(): pairs (x, label) from the first step on."""

    def __init__(self, folder):
        self.layers, self.params, self.optimizer = [], [], None
        self.array = lambda name: numpy.load(os.path.join(folder, name + ".npy"), mmap_mode="r")
        with open(os.path.join(folder, "network.net")) as text:
            lines = [line.split("#")[0].split() for line in text][1:]
        # what these programs know; the recording has its numbers for the rest (data, normalize, init, seed)
        known = {"dense", "relu", "sigmoid", "tanh", "conv", "maxpool", "flatten"}
        for word, *words in (line for line in lines if line):
            plain, named = values(words)
            if word in known:
                at = len(self.layers)
                self.layers.append((word, int(plain[0]) if plain else None, {k: int(v) for k, v in named.items()}))
                if word in ("dense", "conv"):
                    self.params += [numpy.array(self.array("%s%d.%s" % (word, at, p))) for p in "wb"]
            elif word == "input":
                self.input = [int(n) for n in plain[0].split("x")]
            elif word == "loss":
                self.loss = plain[0]
            elif word == "optimizer":
                self.optimizer = plain[0], {k: float(v) for k, v in named.items()}
            elif word in ("batch", "epochs"):
                setattr(self, word, int(plain[0]))
            elif word == "dropout" or (word == "schedule" and plain != ["constant"]) or (
                word in ("clip", "weight_decay", "l1") and any(float(v) for v in named.values())
            ):
                sys.exit("recording.py: a training with %s draws or does what is not repeated here" % " ".join([word, *words]))
        self.x, self.label, self.order = self.array("x"), self.array("label"), self.array("order")
        self.losses = self.array("loss")

    def batches(self, steps):
        done = 0
        for order in self.order:
            for at in range(0, len(order), self.batch):
                if done == steps:
                    return
                done += 1
                which = order[at : at + self.batch]
                yield self.x[which].reshape(len(which), *self.input), self.label[which]

    def tests(self, each=1000):
        x, label = self.array("test_x"), self.array("test_label")
        for at in range(0, len(x), each):
            yield numpy.array(x[at : at + each]).reshape(-1, *self.input), label[at : at + each]

    def right(self, outputs, label):
        """how many of these the network guesses right: one number tells two classes apart at 0 or, of mse, at 1/2"""
        if outputs.shape[1] > 1:
            return int((outputs.argmax(1) == label).sum())
        return int(((outputs[:, 0] > (0.5 if self.loss == "mse" else 0)) == label).sum())


def repeat(name, make, folder, steps):
    """Prints a line of CSV: the framework, the largest relative distance of the first 10 losses and of the first 50, the loss after
    those of ours and theirs, steps, and the share of test images that are right (of a whole training)."""
    r = Recording(folder)
    whole = steps is None
    steps = len(r.losses) if whole else min(steps, len(r.losses))
    work = make(r)
    theirs = [work.step(x, label) for x, label in r.batches(steps)]
    ours = numpy.array(r.losses[:steps], numpy.float64)
    apart = numpy.abs(numpy.array([float(loss) for loss in theirs]) - ours) / ours
    right = sum(r.right(work.outputs(x), label) for x, label in r.tests()) / len(r.array("test_label")) if whole else ""
    print("%s,%.3g,%.3g,%d,%s" % (name, apart[:10].max(), apart[:50].max(), steps, right))


def arguments():
    """FOLDER [STEPS] -> both; STEPS None: all of them"""
    if len(sys.argv) not in (2, 3) or sys.argv[1].startswith("-"):
        sys.exit("usage: %s FOLDER [STEPS]      FOLDER: of rungs train NETWORK --record FOLDER" % sys.argv[0])
    return sys.argv[1], int(sys.argv[2]) if len(sys.argv) == 3 else None

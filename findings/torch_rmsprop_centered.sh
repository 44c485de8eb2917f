#!/bin/sh
# torch_rmsprop_centered.sh - centered RMSprop of PyTorch leaves the domain of its square root where the gradient does not change.
#
# `RMSprop(centered=True)` divides by the root of v - m^2, the variance of the gradient as its running means have it. Of a gradient
# that is the same in every step both terms approach the same number, and their difference is rounding noise. Nothing keeps it
# from 0 or above: in double, with the gradient 0.1 and a rate of 0.01, the difference is negative in step 3226, and the weight is
# NaN from then on. In the steps before, which a user would expect to be of the size of the rate, single steps are of some 10^5:
# what is left of the variance is 10^-17, and eps is all that the step is divided by. A lower limit of 0 under the root removes the
# NaN, but not the long steps.
#
# Needs python3 with venv, the network, and 8 GB of temporary space: PyTorch comes with its CUDA libraries. Minutes.
# Exit 0: as described; 1: PyTorch behaves otherwise now; 77: it cannot be tried here.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
{ python3 -m venv "$work/env" && TMPDIR="$work" "$work/env/bin/pip" install --quiet torch==2.15.0 numpy; } >"$work/said" 2>&1 ||
    { tail -n 3 "$work/said"; echo "skipped: the packages cannot be installed here"; exit 77; }
cat >"$work/centered.py" <<'P'
import torch
w = torch.zeros(1, dtype=torch.float64, requires_grad=True)
optimizer = torch.optim.RMSprop([w], lr=0.01, centered=True)
w.grad = torch.full_like(w, 0.1)
print("torch", torch.__version__)
longest, first_nan = 0.0, None
for step in range(1, 4001):
    before = w.item()
    optimizer.step()
    if torch.isnan(w).any():
        first_nan = step
        break
    longest = max(longest, abs(w.item() - before))
print("longest step so far %.0f, at a rate of 0.01; the weight is NaN from step %s on" % (longest, first_nan))
raise SystemExit(0 if first_nan == 3226 and longest > 1e4 else 1)
P
"$work/env/bin/python" "$work/centered.py" || { echo "not as described any more"; exit 1; }

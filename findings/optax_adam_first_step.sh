#!/bin/sh
# optax_adam_first_step.sh - the first step of optax's Adam is longer than the rate when beta2 is close to 1: by 0.66 % at
# beta2 = 0.999999, by 9 % at 0.9999999.
#
# At step 1 the two moments are (1 - beta1) g and (1 - beta2) g^2, and the corrections divide by the same numbers: with a tiny
# eps the step is lr whatever beta2 is. optax takes 1 - beta2 of the moment in double precision (beta2 is a Python number there),
# but 1 - beta2^t of the correction in float32, where 0.999999 is 0.99999899 and 1 - 0.999999 is 1.0133e-6. The two no longer
# cancel: the step is sqrt(1.0133e-6 / 1e-6) = 1.0066 times lr, and stays so for the next steps, since the error
# of 1 - beta2^t grows with t as the value does. PyTorch, which computes the corrections as Python numbers, moves by lr.
#
# Source of the formula: Kingma and Ba, "Adam: a method for stochastic optimization", 2015, algorithm 1.
#
# Needs python3.11 or later with venv, and the network. Everything goes into a temporary folder.
# Exit 0: as described; 1: optax behaves otherwise now; 77: it cannot be tried here.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
{ python3 -m venv "$work/env" && "$work/env/bin/pip" install --quiet jax==0.7.2 jaxlib==0.7.2 optax==0.2.8; } >"$work/said" 2>&1 ||
    { tail -n 3 "$work/said"; echo "skipped: the packages cannot be installed here"; exit 77; }
cat >"$work/first.py" <<'P'
import jax, jax.numpy as jnp, optax
w, g = jnp.ones(1, jnp.float32), jnp.full(1, 0.1, jnp.float32)
print("jax", jax.__version__, "optax", optax.__version__)
step = {}
for beta2 in (0.999, 0.999999, 0.9999999):
    optimizer = optax.adam(1.0, b1=0.9, b2=beta2, eps=1e-12)
    state = optimizer.init(w)
    moves = []
    for _ in range(3):
        update, state = optimizer.update(g, state, w)
        moves.append(float(update[0]))
    step[beta2] = -moves[0]
    print("beta2 %.7f: with the rate 1 the first three steps are" % beta2, ", ".join("%.6f" % m for m in moves))
as_described = abs(step[0.999] - 1) < 1e-4 and 1.006 < step[0.999999] < 1.007 and 1.09 < step[0.9999999] < 1.10
raise SystemExit(0 if as_described else 1)
P
JAX_PLATFORMS=cpu "$work/env/bin/python" "$work/first.py" || { echo "not as described any more"; exit 1; }

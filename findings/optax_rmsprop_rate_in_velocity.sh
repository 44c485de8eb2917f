#!/bin/sh
# optax_rmsprop_rate_in_velocity.sh - with momentum, optax's rmsprop goes on moving weights after its rate has become 0; its sgd stops
# at once.
#
# Both have the arguments learning_rate, which may be a schedule, and momentum. sgd scales the velocity by the rate (m = mu m + g,
# w -= lr m); rmsprop puts the rate into the velocity (m = mu m + lr g / sqrt(v), w -= m). As long as the rate is constant the two
# conventions take the same path. With a schedule they do not: after ten steps at rate 0.1 and then rate 0, momentum 0.9, rmsprop
# moves on by nine times what the velocity holds, while sgd stands still from the first step at rate 0. A rate that falls by ten acts
# on rmsprop's weights with a delay of some ten steps.
#
# Needs python3.11 or later with venv, and the network. Everything goes into a temporary folder. Two minutes.
# Exit 0: as described; 1: optax behaves otherwise now; 77: it cannot be tried here.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
{ python3 -m venv "$work/env" && TMPDIR="$work" "$work/env/bin/pip" install --quiet jax==0.7.2 jaxlib==0.7.2 optax==0.2.8; } \
    >"$work/said" 2>&1 || { tail -n 3 "$work/said"; echo "skipped: the packages cannot be installed here"; exit 77; }
cat >"$work/stop.py" <<'P'
import jax, jax.numpy as jnp, optax

STEPS, MOMENTUM = 10, 0.9
print("jax", jax.__version__, "optax", optax.__version__)


def rate(step):
    return jnp.where(step < STEPS, 0.1, 0.0)


def of_optax(make):
    optimizer = make(learning_rate=rate, momentum=MOMENTUM)
    w, g = jnp.ones(1), jnp.ones(1)
    state = optimizer.init(w)
    path = []
    for _ in range(3 * STEPS):
        update, state = optimizer.update(g * (len(path) < STEPS), state, w)
        w = optax.apply_updates(w, update)
        path.append(float(w[0]))
    return path


moved = {}
for name, path in {"optax sgd": of_optax(optax.sgd), "optax rmsprop": of_optax(optax.rmsprop)}.items():
    moved[name] = abs(path[-1] - path[STEPS - 1])
    print("%-14s w after the last step at rate 0.1 %9.4f, twenty steps at rate 0 later %9.4f" % (name, path[STEPS - 1], path[-1]))
as_described = moved["optax rmsprop"] > 1 and moved["optax sgd"] == 0
raise SystemExit(0 if as_described else 1)
P
JAX_PLATFORMS=cpu "$work/env/bin/python" "$work/stop.py" || { echo "not as described any more"; exit 1; }

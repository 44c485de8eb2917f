#!/bin/sh
# optax_schedule_free_warmup.sh - schedule-free AdamW of optax with a warm-up throws the first gradient away, and then counts its
# point as if a step had led there.
#
# `schedule_free_adamw(0.1, warmup_steps=4)` should raise the rate along a line: 0.025, 0.05, 0.075, 0.1. Its first step moves the
# weights by exactly 0, because the step takes the rate of the count before it. The average that the method is evaluated with
# weighs each point by the square of its rate, and takes the rate of the count after the step: the start, which no gradient has
# moved, has the weight of the rate 0.025. Step and weight are off by one against each other until the warm-up ends.
#
# The averages' weights are seen in the state: weight_sum after t steps is the sum of the squared rates that were counted.
#
# Needs python3.11 or later with venv, and the network. Everything goes into a temporary folder.
# Exit 0: as described; 1: optax behaves otherwise now; 77: it cannot be tried here.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
{ python3 -m venv "$work/env" && "$work/env/bin/pip" install --quiet jax==0.7.2 jaxlib==0.7.2 optax==0.2.8; } >"$work/said" 2>&1 ||
    { tail -n 3 "$work/said"; echo "skipped: the packages cannot be installed here"; exit 77; }
cat >"$work/warmup.py" <<'P'
import jax, jax.numpy as jnp, optax
optimizer = optax.contrib.schedule_free_adamw(0.1, warmup_steps=4)
w, g = jnp.ones(1), jnp.ones(1)
state = optimizer.init(w)
print("jax", jax.__version__, "optax", optax.__version__)
seen = []
for t in range(1, 5):
    update, state = optimizer.update(g, state, w)
    w = optax.apply_updates(w, update)
    seen.append((float(update[0]), float(state.weight_sum)))
    print("step %d moves w by %9.6f, squared rates counted so far %.6f" % (t, *seen[-1]))
first = seen[0]
raise SystemExit(0 if first[0] == 0 and abs(first[1] - 0.025 ** 2) < 1e-7 else 1)
P
JAX_PLATFORMS=cpu "$work/env/bin/python" "$work/warmup.py" || { echo "not as described any more"; exit 1; }

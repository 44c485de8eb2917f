#!/bin/sh
# side_by_side.sh [PROGRAM...] - the articles' programs step by step beside PyTorch and JAX: the same parameters at the start, images,
# order of batches, eps and decay, which `rungs train --record` writes and both read; dropout is off. What is missing in
# lessons/claims/side_by_side.csv is run and added there; lessons/claims/claims.sh makes the table. Run in the repository's root.
# RUNGS names the program (./rungs), RUNGS_PEER_PYTHON a Python with torch, jax and optax (python3), THREADS how many (2).
set -u
rungs=${RUNGS:-./rungs} python=${RUNGS_PEER_PYTHON:-python3} csv=${SIDE_BY_SIDE:-lessons/claims/side_by_side.csv}
here=bench/peers
export THREADS="${THREADS:-2}" PYTHONDONTWRITEBYTECODE=1

# program | options | keras: by Keras' rule, too; exact: by JAX with corrections in double, too
programs() {
    cat <<'END'
a003-worked||
a001-toy-bce||
a002-mnist-64||keras
a002-mnist-dropout|--dropout 0|keras
a002-mnist-512||keras
a004-mnist-500||
a001-mnist-mlp|--epochs 1|exact
a001-cifar-lenet||
a000-cifar-cnn|--dropout 0 --steps 60|
a003-mnist-conv|--steps 60|
a001-mnist-cnn|--steps 60|keras
END
}

fail() {
    echo "side_by_side.sh: $1" >&2
    exit 1
}

[ -f $here/with_torch.py ] || fail "run this in the repository's root"
"$python" -c 'import jax, numpy, optax, torch' 2>/dev/null || fail "$python lacks torch, jax, optax or numpy; RUNGS_PEER_PYTHON names another one"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
[ -s "$csv" ] || echo program,options,contestant,first10,first50,steps,accuracy,ours >"$csv" || exit 1

# has PROGRAM OPTIONS FRAMEWORK
has() { grep -q -e "^$1,$2,$3 " "$csv"; }

# with FRAMEWORK PYTHON-FILE
with() {
    has "$name" "$options" "$1" && return
    line=$("$python" "$here/$2" "$work/recording") || fail "$name $options in $1 failed"
    echo "$name,$options,$line,$ours" >>"$csv"
    echo "$name $options: $line"
}

programs | while IFS='|' read -r name options more; do
    case " ${*:-$name} " in *" $name "*) ;; *) continue ;; esac
    if has "$name" "$options" PyTorch && has "$name" "$options" JAX &&
        { [ "$more" != keras ] || has "$name" "$options" "Keras' rule in"; } &&
        { [ "$more" != exact ] || has "$name" "$options" "Adam corrected in"; }; then continue; fi
    rm -rf "$work/recording"
    # shellcheck disable=SC2086 # options are words
    "$rungs" train "$name" $options --threads "$THREADS" --record "$work/recording" --json </dev/null >"$work/said" 2>"$work/log" ||
        fail "$name $options: $(tail -1 "$work/log")"
    ours=$(sed -n 's/^  "test_accuracy": \([0-9.]*\),$/\1/p' "$work/said")
    with PyTorch with_torch.py </dev/null
    with JAX with_jax.py </dev/null
    case $more in
    keras) KERAS=1 && export KERAS && with "Keras' rule in" with_torch.py </dev/null; unset KERAS ;;
    exact) EXACT=1 && export EXACT && with "Adam corrected in" with_jax.py </dev/null; unset EXACT ;;
    esac
done

#!/bin/sh
# measure.sh - the measurement of a machine, for plots/data: plots/measure.sh NAME [RUNGS [OPERATION...]]
#
# Races all operations, or those named, on one thread and on all cores into plots/data/NAME.csv and draws
# its charts beside it. The activations, softmax and losses alone took 17 minutes on two cores; nothing else
# should run meanwhile. RUNGS is the program [build/default/rungs]; the machine facts and the log go to
# NAME.json and NAME.log.
set -u
[ $# -ge 1 ] || { echo "usage: plots/measure.sh NAME [RUNGS [OPERATION...]], with a NAME like amd-epyc-zen3-2core" >&2; exit 64; }
cd "$(dirname "$0")/.." || exit 1
name=$1
rungs=${2:-build/default/rungs}
shift
[ $# = 0 ] || shift
[ $# -gt 0 ] || set -- all
[ -x "$rungs" ] || { echo "measure.sh: there is no $rungs; build it first: ./rungs list" >&2; exit 1; }
mkdir -p plots/data || exit 1
base=plots/data/$name
"$rungs" bench "$@" --csv "$base.csv" --json "$base.json" >"$base.log" || { tail -3 "$base.log" >&2; exit 1; }
"$rungs" plot --data "$base.csv" --out plots/data

#!/bin/sh
# gc_strangers_peers.sh FOLDER [options of strangers/peers.py] - the second zoo before the gradient checkers
# of PyTorch, JAX, autograd and SciPy, as a table. FOLDER is a build folder with the targets gc_strangers and
# strangers_peers; the Python is that of RUNGS_PEER_PYTHON, else python3.
folder=${1:?the build folder} && shift
library=$(find "$folder" -name 'libstrangers_peers.so' | head -1)
[ -n "$library" ] || { echo "no libstrangers_peers.so in $folder: build the target strangers_peers" >&2; exit 64; }
program=$(find "$folder" -name gc_strangers -type f | head -1)
[ -n "$program" ] || { echo "no gc_strangers in $folder: build it" >&2; exit 64; }
exec "${RUNGS_PEER_PYTHON:-python3}" "$(dirname "$0")/strangers/peers.py" "$library" "$program" "$@"

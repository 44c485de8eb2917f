#!/bin/sh
# nvcc_keeping.sh NVCC OPTIONS... -o OBJECT - runs nvcc, and keeps what tests look at: what ptxas says of each kernel in
# OBJECT.said, and, if it is for one architecture, the PTX in OBJECT.ptx.
set -u
for object; do :; done # the last word
for word; do
    case $word in *.cu) name=${word##*/} ;; esac
done
kept=$object.kept
rm -rf "$kept" "$object.said" "$object.ptx"
mkdir -p "$kept" || exit 1
code=0
"$@" -Xptxas -v --keep --keep-dir "$kept" >"$kept/said" 2>&1 || code=$?
grep -v '^ptxas info\|bytes stack frame' "$kept/said" >&2
if [ $code = 0 ]; then
    mv "$kept/said" "$object.said"
    [ ! -f "$kept/${name%.cu}.ptx" ] || mv "$kept/${name%.cu}.ptx" "$object.ptx"
fi
rm -rf "$kept"
exit $code

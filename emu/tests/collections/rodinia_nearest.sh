#!/bin/sh
# rodinia_nearest.sh CUDA OPENMP - do the two versions of Rodinia's nn name the same nearest records? They print their
# distances in different words, and the OpenMP version the farthest first.
for file in "$1" "$2"; do
    grep -e '-->' "$file" | sed 's/.*--> *//; s/Distance=//; s/f.*//' | sort -n >"$file.sorted"
    [ -s "$file.sorted" ] || { echo "$file names no record"; exit 1; }
done
paste -d ' ' "$1.sorted" "$2.sorted" | awk '
    NF != 2 { print "one has more records: " $0; exit 1 }
    { d = $1 - $2; if (d > 1e-3 || d < -1e-3) { print "distances " $0; exit 1 } }'

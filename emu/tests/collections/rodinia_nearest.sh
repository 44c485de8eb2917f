#!/bin/sh
# rodinia_nearest.sh OUTPUT K LAT LNG DATA... - does Rodinia's nn print the distances of the K records that are nearest?
output=$1 k=$2 lat=$3 lng=$4
shift 4
sed -n 's/.*--> *Distance=//p' "$output" >"$output.distances"
cat "$@" | awk -v lat="$lat" -v lng="$lng" '{ a = substr($0, 29, 5) - lat; b = substr($0, 34, 5) - lng; printf "%.6f\n", sqrt(a * a + b * b) }' |
    sort -n | head -n "$k" >"$output.nearest"
paste -d ' ' "$output.distances" "$output.nearest" | awk -v k="$k" '
    { d = $1 - $2; if (NF != 2 || d > 1e-3 || d < -1e-3) { print "distances " $0; bad = 1 } }
    END { exit bad || NR != k }'

#!/bin/sh
# lengths.sh SOURCE - no file of C, C++ or CUDA has over 600 lines: one that has does two jobs. Then one that has is found.
cd "$1" || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# long FOLDERS... - says which files are too long; 1 if there are any, or no files at all
long() {
    find "$@" -type f \( -name '*.[ch]' -o -name '*.cu' -o -name '*.cuh' -o -name '*.cpp' -o -name '*.inc' \) -exec awk '
        { lines[FILENAME]++ } END { for (file in lines) print lines[file], file }' {} + |
        awk '$1 > 600 { print $2 ": " $1 " lines, and 600 is the most: split it where its ideas part"; bad = 1 }
            END { if (!NR) print "there are no files"; else if (!bad) print NR " files, none over 600 lines"; exit bad || !NR }'
}

bad=0
# shellcheck disable=SC2046 # a list of folders
long $(sed -n 's,^layer *\([a-z]*\).*,\1,p' tests/layers.txt | sort -u) || bad=1
reject() {
    long "$work" >"$work/said" && { echo "FAIL: $1 passes"; bad=1; }
    grep -q "$2" "$work/said" || { echo "FAIL: $1: $(cat "$work/said")"; bad=1; }
    rm -rf "${work:?}"/*
}
mkdir "$work/none"
reject 'a folder without files' '^there are no files$'
for name in a.c b.h c.cu d.cuh e.cpp f.inc; do
    mkdir "$work/in"
    awk 'BEGIN { for (k = 0; k < 601; k++) print "int x;" }' >"$work/in/$name"
    head -600 "$work/in/$name" >"$work/right.c"
    reject "$name of 601 lines" "^$work/in/$name: 601 lines"
done
exit $bad

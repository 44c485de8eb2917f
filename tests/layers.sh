#!/bin/sh
# layers.sh NM OBJECTS SOURCE BUILD LAYERS - which files of the house use which, compared with a list of what is allowed.
# Arrows are read from the symbols of the objects named in OBJECTS ("UNIT path" a line; UNIT: a library, or main:NAME for a
# program's own objects) and from the #include "..." of the sources; LAYERS is the list, layers.awk the judge.
set -u
nm=$1 objects=$2 source=$3 build=$4 layers=$5
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# ---- symbols ----
# The object of FOLDER/FILE is build/FOLDER/CMakeFiles/UNIT.dir/FILE.o. A test may compile a file of another folder once more
# (its path then begins with __, for ..), or its own once more for a program; it is judged where it is at home. A .cu file is
# rewritten as FOLDER/LADDER_cpp/FILE.cu.cpp, also for a test of another folder.
awk -v build="$build/" '{ object = substr($2, length(build) + 1) }
    index($2, build) != 1 { print "FAIL  " $2 " is not below " build; exit 1 }
    object ~ /\/__\// || object !~ /CMakeFiles\/[^\/]*\.dir\// { next }
    { file = object; gsub(/\/\.\//, "/", file); sub(/CMakeFiles\/[^\/]*\.dir\//, "", file); sub(/\.[^.]*$/, "", file)
      if (sub(/\.cu\.cpp$/, ".cu", file)) sub(/[^\/]+_cpp\//, "", file)
      print $2, $1, file }' "$objects" >"$work/all" || { cat "$work/all"; exit 1; }
awk 'FNR == NR { if ($2 !~ /^main:/) library[$3] = 1; next } $2 !~ /^main:/ || !($3 in library)' "$work/all" "$work/all" |
    while read -r object unit file; do
        case $file in *.cu) [ -f "$source/$file" ] || continue ;; esac
        echo "$object $unit $file"
    done >"$work/list"
while read -r object rest; do [ -f "$object" ] || echo "$object"; done <"$work/list" >"$work/missing"
if [ -s "$work/missing" ] || [ ! -s "$work/list" ]; then
    head -3 "$work/missing"
    echo "FAIL  $(wc -l <"$work/missing") of $(wc -l <"$work/list") objects are missing: build everything first"
    exit 1
fi
cut -d' ' -f1 "$work/list" | xargs "$nm" -A -P >"$work/symbols" 2>/dev/null
awk 'FNR == NR { unit[$1] = $2; file[$1] = $3; next }
    { at = index($0, ": "); object = substr($0, 1, at - 1); split(substr($0, at + 2), word, " ") }
    word[1] ~ /^__/ { next } # of the compiler and the C library, whoever defines it here
    word[2] == "U" { print "use", file[object], unit[object], word[1] }
    word[2] ~ /^[ABCDGRST]$/ { print "define", file[object], unit[object], word[1] }' "$work/list" "$work/symbols" >"$work/facts"

# ---- includes ----
# A header that is not where its path says is generated, or found by an include folder: nobody's.
cd "$source" || exit 1
top=$(awk '$1 == "layer" && $2 !~ "/" { print $2 }' "$layers")
# shellcheck disable=SC2086 # a list of folders
find $top -name '*.[ch]' -o -name '*.cu' -o -name '*.cuh' -o -name '*.cpp' -o -name '*.inc' >"$work/sources" 2>/dev/null
xargs grep -H '^ *# *include *"' <"$work/sources" | sed 's/^\([^:]*\):[^"]*"\([^"]*\)".*/\1 \2/' |
    awk 'FNR == NR { is[$1] = 1; next }
        { path = $1; sub(/[^\/]*$/, "", path); path = path $2
          while (sub(/[^\/]+\/\.\.\//, "", path)) {} }
        path in is { print "include", $1, path }' "$work/sources" - >>"$work/facts"
awk -f "$here/layers.awk" "$layers" "$work/facts"

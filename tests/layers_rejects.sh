#!/bin/sh
# layers_rejects.sh NM CC WORK - layers.sh, given a small house of its own that is right, and then one that is wrong in one way:
# each fault is found, and named.
set -u
nm=$1 cc=$2 work=$3
here=$(cd "$(dirname "$0")" && pwd)
bad=0

# the house: roof/ stands on wall/ and that on ground/; the program main.c is in roof/
build() {
    rm -rf "$work" && mkdir -p "$work/source/ground" "$work/source/wall" "$work/source/roof" "$work/build" && cd "$work/source" || exit 1
    echo 'int ground_face(void);' >ground/ground.h
    echo 'int ground_inner(void);' >ground/inner.h
    printf '#include "ground.h"\n#include "inner.h"\nint ground_face(void) { return ground_inner(); }\n' >ground/a.c
    printf '#include "inner.h"\nint ground_inner(void) { return 1; }\n' >ground/b.c
    printf '#include "../ground/ground.h"\nint wall(void);\nint wall(void) { return ground_face(); }\n' >wall/w.c
    printf 'int wall(void);\nint helper(void);\nint main(void) { return wall() + helper(); }\n' >roof/main.c
    printf 'int helper(void);\nint helper(void) { return 0; }\n' >roof/helper.c
    printf 'layer ground\nlayer wall ground\nlayer roof wall\nface ground/ground.h\n' >"$work/layers.txt"
}
# judge - compiles the house and asks layers.sh
judge() {
    : >"$work/objects"
    for file in ground/*.c wall/*.c roof/*.c; do
        unit=${file%%/*}
        object=$work/build/$unit/CMakeFiles/$unit.dir/${file#*/}.o
        mkdir -p "${object%/*}" && "$cc" -c "$file" -o "$object" || exit 1
        [ "$unit" = roof ] && unit=main:roof
        echo "$unit $object" >>"$work/objects"
    done
    sh "$here/layers.sh" "$nm" "$work/objects" "$work/source" "$work/build" "$work/layers.txt" >"$work/said" 2>&1
}
# reject WORDS - the house as it is now is refused for this reason
reject() {
    if judge || ! grep -q "$1" "$work/said"; then
        echo "FAIL: not refused with '$1', but:"
        cat "$work/said"
        bad=1
    fi
    build
}

build
judge || { echo "FAIL: the right house is refused:"; cat "$work/said"; bad=1; }
grep -q '^4 arrows between files by .* and 4 includes' "$work/said" || { echo "FAIL: not 4 arrows and 4 includes:"; cat "$work/said"; bad=1; }

printf 'int ground_face(void);\nint ground_inner(void) { return ground_face(); }\n' >ground/b.c
reject 'a circle of 2 files: .*ground/[ab].c'
printf 'int wall(void);\nint ground_inner(void) { return wall(); }\n' >ground/b.c
reject 'an arrow runs up: ground/b.c -> wall/w.c (wall)'
printf 'extern int state;\nint ground_inner(void) { return state; }\n' >ground/b.c
printf 'int state;\nint more;\nint use(int *p);\nint use(int *p) { return *p; }\n' >wall/state.c
reject 'an arrow runs up: ground/b.c -> wall/state.c (state)'
printf '#include "../wall/w.h"\nint ground_inner(void) { return HEIGHT; }\n' >ground/b.c
echo 'enum { HEIGHT = 3 };' >wall/w.h
reject 'an arrow runs up: ground/b.c -> wall/w.h (includes it)'
printf '#include "../ground/inner.h"\nint wall(void);\nint wall(void) { return ground_inner(); }\n' >wall/w.c
reject 'wall/w.c includes ground/inner.h: of ground/ only ground/ground.h is meant for others'
echo 'theme wall roof/helper.c' >>"$work/layers.txt"
echo 'enum { HEIGHT = 3 };' >wall/w.h
printf '#include "../wall/w.h"\nint helper(void);\nint helper(void) { return HEIGHT; }\n' >roof/helper.c
judge || { echo "FAIL: who has to do with wall/ may not include it:"; cat "$work/said"; bad=1; }
printf '#include "../wall/w.h"\nint wall(void);\nint helper(void);\nint main(void) { return HEIGHT + wall() + helper(); }\n' >roof/main.c
reject 'roof/main.c includes wall/w.h, but has nothing to do with wall/'
mkdir attic && echo 'int attic;' >attic/a.c && sed -i 's/^layer roof.*/& attic/' "$work/layers.txt"
reject 'layer roof uses attic, which has no row'
echo 'module ground/a.c ground/b.c : a reason' >>"$work/layers.txt"
reject 'module ground/[ab].c: there is no such circle any more'
echo 'module ground/a.c ground/b.c' >>"$work/layers.txt"
reject 'unknown row: module ground/a.c ground/b.c'
printf 'layer wall ground\nlayer roof wall\n' >"$work/layers.txt"
reject 'ground/a.c belongs to no layer'

# a circle that the list allows, with its reason
printf 'int ground_face(void);\nint ground_inner(void) { return ground_face(); }\n' >ground/b.c
echo 'module ground/a.c ground/b.c : one is the other' >>"$work/layers.txt"
judge || { echo "FAIL: a circle that the list allows is refused:"; cat "$work/said"; bad=1; }

# a function of the C library that a file above has as well: only if the list says so
own_abs() {
    printf '#include <stdlib.h>\nint ground_inner(void);\nint ground_inner(void) { int (*own)(int) = abs; return own(1); }\n' >ground/b.c
    printf 'int abs(int x);\nint abs(int x) { return x < 0 ? -x : x; }\n' >wall/abs.c
}
own_abs
reject 'an arrow runs up: ground/b.c -> wall/abs.c (abs)'
own_abs
echo 'libc wall/abs.c abs : a better one' >>"$work/layers.txt"
judge || { echo "FAIL: a function of the C library that the list allows is refused:"; cat "$work/said"; bad=1; }
printf 'int ground_inner(void);\nint ground_inner(void) { return 1; }\n' >ground/b.c
printf 'int other(int x);\nint other(int x) { return x; }\n' >wall/abs.c
reject 'libc wall/abs.c: it defines no abs any more'

# nothing to look at, or half of it, is no pass
: >"$work/objects"
sh "$here/layers.sh" "$nm" "$work/objects" "$work/source" "$work/build" "$work/layers.txt" >"$work/said" 2>&1 && { echo "FAIL: no objects, and it passes"; bad=1; }
build
judge
rm "$work/build/wall/CMakeFiles/wall.dir/w.c.o"
sh "$here/layers.sh" "$nm" "$work/objects" "$work/source" "$work/build" "$work/layers.txt" >"$work/said" 2>&1 && { echo "FAIL: a missing object, and it passes"; bad=1; }
grep -q '1 of 5 objects are missing: build everything first' "$work/said" || { echo "FAIL: a missing object is not named:"; cat "$work/said"; bad=1; }
[ $bad = 0 ] && echo "fourteen wrong houses are refused, and four right ones are not"
exit $bad

#!/bin/sh
# rodinia_data.sh FOLDER - small input for Rodinia's programs, in the formats that they document, because the suite's
# repository is without its data. The numbers come from a fixed linear congruential generator.
set -e
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1" && cd "$1"
mkdir -p b+tree bfs cfd dwt2d gaussian heartwall hotspot hotspot3D huffman kmeans leukocyte mummergpu nn srad

numbers='function random() { seed = (seed * 1103515245 + 12345) % 2147483648; return seed / 2147483648 }
BEGIN { seed = 7; for (i = 0; i < 10; i++) random() }'

# keys of the tree, and its queries: k finds keys, j finds ranges; the program reads on until a byte of zero
awk "$numbers BEGIN { n = 6000; print n; for (i = 0; i < n; i++) print i }" </dev/null >b+tree/mil.txt
printf 'j 600 300\n' >b+tree/ranges.txt
printf 'k 1000\nj 600 300\n\0' >b+tree/command.txt

# nodes with their first edge and how many; the source; edges with their cost
awk "$numbers"' BEGIN {
    n = 4096; print n
    for (i = 0; i < n; i++) { k = 2 + int(4 * random()); print m + 0, k; m += k }
    print ""; print 0; print ""; print m
    for (i = 0; i < m; i++) print int(n * random()), 1 + int(9 * random()) }' </dev/null >bfs/graph4096.txt

# elements in a row, each a tetrahedron: area, then four times a neighbour (negative: a boundary) and a normal
awk "$numbers"' BEGIN {
    n = 384; print n
    for (i = 1; i <= n; i++) {
        printf "%g", 0.5 + 0.1 * random()
        printf " %d -1 0.01 0.02", (i > 1 ? i - 1 : -2)
        printf " %d 1 0.02 0.01", (i < n ? i + 1 : -2)
        printf " %d 0.01 1 0.03 %d -0.01 -1.03 -0.06\n", -1, -2
    } }' </dev/null >cfd/row.domn

# an image without a header, of three bytes a pixel
awk 'BEGIN { for (y = 0; y < 192; y++) for (x = 0; x < 192; x++)
    printf "%c%c%c", 40 + (x * 3 + y) % 80, 33 + (x + 2 * y) % 90, 48 + (x * y) % 70 }' </dev/null >dwt2d/192.bmp

# a system of equations whose solution is 1 2 ... 9 1 2 ...
awk "$numbers"' BEGIN { n = 64; print n; print ""
    for (i = 0; i < n; i++) { b[i] = 0
        for (j = 0; j < n; j++) { a = (i == j ? n : 0) + int(100 * random()) / 100; printf "%.2f ", a; b[i] += a * (1 + j % 9) }
        print "" }
    print ""; for (i = 0; i < n; i++) printf "%.2f ", b[i]; print "" }' </dev/null >gaussian/matrix64.txt

for n in 64 512; do
    awk "$numbers BEGIN { for (i = 0; i < $n * $n; i++) printf \"%.6f\n\", 320 + 20 * random() }" </dev/null >hotspot/temp_$n
    awk "$numbers BEGIN { for (i = 0; i < $n * $n; i++) printf \"%.8f\n\", 0.001 * random() }" </dev/null >hotspot/power_$n
done
awk "$numbers BEGIN { for (i = 0; i < 64 * 64 * 8; i++) printf \"%.6f\n\", 320 + 20 * random() }" </dev/null >hotspot3D/temp_64x8
awk "$numbers BEGIN { for (i = 0; i < 64 * 64 * 8; i++) printf \"%.8f\n\", 0.001 * random() }" </dev/null >hotspot3D/power_64x8

awk "$numbers BEGIN { for (i = 0; i < 262144; i++) printf \"%c\", 97 + int(24 * random() * random()) }" </dev/null >huffman/text.in

# points around five centres: a number that is not read, then their coordinates
awk "$numbers BEGIN { for (i = 0; i < 1000; i++) { printf \"%d\", i
    for (k = 0; k < 8; k++) printf \" %.4f\", 10 * ((i * (k + 3)) % 5) + random(); print \"\" } }" </dev/null >kmeans/points

# a video of grey frames that are not compressed: RIFF AVI with an index (videos.c is beside this script)
cc -O1 -o videos "$here/videos.c" -lm
./videos 656 744 3 >heartwall/test.avi
./videos 640 480 3 >leukocyte/testfile.avi

awk "$numbers"' BEGIN { split("A C G T", base, " "); print ">reference"
    for (i = 0; i < 4000; i++) { s = s base[1 + int(4 * random())]; if (i % 80 == 79) { print s; all = all s; s = "" } }
    for (q = 0; q < 200; q++) { printf ">query%d\n", q >"mummergpu/query.fna"
        print substr(all, 1 + int(3900 * random()), 60) >"mummergpu/query.fna" } }' </dev/null >mummergpu/reference.fna

awk "$numbers"' BEGIN { print "P2"; print "502 458"; print 255
    for (i = 0; i < 502 * 458; i++) printf "%d%s", 60 + 150 * random(), i % 16 == 15 ? "\n" : " " }' </dev/null >srad/image.pgm

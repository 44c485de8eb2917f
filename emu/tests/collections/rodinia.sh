#!/bin/sh
# rodinia.sh CHECKOUT BUILD - counts which of Rodinia's CUDA programs (yuhc/gpu-rodinia) are right in the emulator.
# Each is built by its own Makefile with rungs-nvcc in nvcc's place and compared with the suite's OpenMP version, or
# by its own check, at a small size that its arguments choose. The data are made by rodinia_data.sh.
#   WAY=race ONLY='^(bfs|nw)$' sh rodinia.sh gpu-rodinia build/gcc       with all checks on, two programs of them
here=$(cd "$(dirname "$0")" && pwd)
[ -d "$1/cuda" ] && [ -d "$2" ] || { echo "usage: rodinia.sh CHECKOUT BUILD" >&2; exit 2; }
. "$here/count.sh"
folder "$2"
work=$(mktemp -d "${TMPDIR:-/tmp}/rodinia.XXXXXX") || exit 2
trap '[ "$KEEP" ] || rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
logs=$work/logs
mkdir -p "$logs" "$work/home" && cp -r "$1/cuda" "$1/openmp" "$1/common" "$work" || exit 2
ln -s "$work" "$work/home/rodinia_3.0" # where hotspot3D's Makefile looks for the suite
sh "$here/rodinia_data.sh" "$work/data" || exit 2
cuda=$work/cuda openmp=$work/openmp data=$work/data
export OMP_NUM_THREADS=1

# The programs' Makefiles name the toolkit CUDA_DIR, those that have none of it find nvcc by PATH. The two libraries of
# -lcuda -lcudart are C++, so that a program linked by gcc takes the emulator's own list of what it needs.
ours()
{
    cd "$cuda/$1" && shift && HOME=$work/home make CUDA_DIR="$kit" CUDA_LIB_DIR="$kit/lib64" "$@"
}

# theirs FOLDER COMPILER SOURCE... : the OpenMP version, as `reference` in its folder
theirs()
{
    (cd "$openmp/$1" && shift && $1 -w -O2 -fopenmp -o reference $(shift; echo "$@") -lm)
}

here_in()
{
    echo "cd $cuda/$1 &&"
}

p=b+tree
program $p "ours $p && theirs $p gcc main.c kernel/kernel_cpu.c kernel/kernel_cpu_2.c util/timer/timer.c util/num/num.c" \
    "$(here_in $p) ./b+tree.out file $data/$p/mil.txt command $data/$p/command.txt" \
    "cd $openmp/$p && ./reference core 1 file $data/$p/mil.txt command $data/$p/command.txt && alike $cuda/$p/output.txt output.txt 0"

p=backprop
program $p "ours $p" "$(here_in $p) ./backprop 4096" ""

p=bfs
program $p "ours $p && theirs $p g++ bfs.cpp" "$(here_in $p) ./bfs.out $data/bfs/graph4096.txt" \
    "cd $openmp/$p && ./reference 1 $data/bfs/graph4096.txt && alike $cuda/$p/result.txt result.txt 0"

for p in euler3d euler3d_double pre_euler3d pre_euler3d_double; do
    cpu=$(echo $p | sed 's/euler3d/euler3d_cpu/')
    program cfd/$p "ours cfd $p && theirs cfd 'g++ -Dblock_length=8' $cpu.cpp" "$(here_in cfd) ./$p $data/cfd/row.domn" \
        "cd $openmp/cfd && ./reference $data/cfd/row.domn && for f in density momentum density_energy; do alike $cuda/cfd/\$f \$f 1e-3 || exit 1; done"
done

p=dwt2d
program $p "ours $p" "$(here_in $p) cp $data/$p/192.bmp . && ./dwt2d 192.bmp -d 192x192 -f -5 -l 3" ""

p=gaussian
# gaussian has its printing switched off: a second file of the program prints the solution at the end
echo '#include <cstdio>
extern float *finalVec;
extern int Size;
__attribute__((destructor)) static void print() { puts("final solution"); for (int i = 0; i < Size; i++) printf("%f ", finalVec[i]); }' >$cuda/$p/print.cpp
program $p "ours $p SRC='gaussian.cu print.cpp'" "$(here_in $p) ./gaussian -f $data/$p/matrix64.txt" \
    "sh $here/rodinia_solved.sh $data/$p/matrix64.txt $logs/$p.out"

p=heartwall
program $p "ours $p OUTPUT=Y && cd $openmp/$p && make OUTPUT=Y" "$(here_in $p) ./heartwall $data/$p/test.avi 3" \
    "cd $openmp/$p && ./heartwall $data/$p/test.avi 3 1 && alike $cuda/$p/result.txt result.txt 0"

p=hotspot
# the OpenMP version leaves out the inner cells of the tiles at an edge, and takes other steps: the formula is in rodinia_hotspot.sh
program $p "ours $p" "$(here_in $p) ./hotspot 64 2 4 $data/$p/temp_64 $data/$p/power_64 output.out" \
    "sh $here/rodinia_hotspot.sh 64 4 $data/$p/temp_64 $data/$p/power_64 >$cuda/$p/expected && alike $cuda/$p/output.out $cuda/$p/expected 1e-4"

p=hotspot3D
program $p "rm -f $cuda/$p/3D && ours $p" "$(here_in $p) ./3D 64 8 10 $data/$p/power_64x8 $data/$p/temp_64x8 output.out" \
    "awk '/Accuracy/ { good = \$2 < 1e-3 } END { exit !good }' $logs/$p.out"

p=huffman
program $p "ours $p" "$(here_in $p) ./pavle $data/$p/text.in" "grep -q 'PASS! vectors are matching' $logs/$p.out"

# hybridsort includes GL/glew.h and uses nothing of it: an empty file stands for it
p=hybridsort
mkdir -p "$work/none/GL" && : >"$work/none/GL/glew.h" && : >"$work/none/GL/glut.h"
program $p "CPATH=$work/none ours $p VERIFY=Y" "$(here_in $p) ./hybridsort $data/hotspot/temp_512" "grep -q PASSED $logs/$p.out"

p=kmeans
program $p "ours $p && theirs $p/kmeans_openmp gcc cluster.c getopt.c kmeans.c kmeans_clustering.c" \
    "$(here_in $p) ./kmeans -o -m 5 -n 5 -i $data/$p/points" ""

p=lavaMD
# lavaMD's makefile links from /usr/local/cuda/lib64; a folder of the compiler's goes before it
program $p "ours $p OUTPUT=Y C_C='gcc -L$kit/lib64' && cd $openmp/$p && make OUTPUT=Y" "$(here_in $p) ./lavaMD -boxes1d 3" \
    "cd $openmp/$p && ./lavaMD -cores 1 -boxes1d 3 && alike $cuda/$p/result.txt result.txt 1e-4"

p=leukocyte
# a block reads values while others of its threads replace them: positions differ by up to a pixel with their order
program $p "ours $p OUTPUT=Y && cd $openmp/$p/OpenMP && touch *.c && make OUTPUT=Y CC='gcc -no-pie'" "$(here_in $p) CUDA/leukocyte $data/$p/testfile.avi 2" \
    "cd $openmp/$p && OpenMP/leukocyte 2 1 $data/$p/testfile.avi && alike $cuda/$p/result.txt result.txt 0.02"

p=lud
program $p "ours $p" "$(here_in $p) cuda/lud_cuda -s 128 -v" "! grep -q dismatch $logs/$p.out && grep -qi verify $logs/$p.out"

p=mummergpu
# mummergpu calls read() without its header, and asks whether `this` is null, which compilers of its time let pass
printf '#!/bin/sh\nexec g++ -fopenmp -include unistd.h -fno-delete-null-pointer-checks "$@"\n' >"$work/old-g++" && chmod +x "$work/old-g++"
program $p "ours $p CXX=$work/old-g++" "$(here_in $p) bin/mummergpu $data/$p/reference.fna $data/$p/query.fna" \
    "cd $cuda/$p && cp $logs/$p.out gpu.txt && bin/mummergpu -C $data/$p/reference.fna $data/$p/query.fna >cpu.txt && cmp gpu.txt cpu.txt"

p=myocyte
program $p "ours $p && theirs $p gcc main.c" "$(here_in $p) ./myocyte.out 10 1 0" \
    "cd $openmp/$p && ./reference 10 1 0 1 && alike $cuda/$p/output.txt output.txt 1e-3"

p=nn
program $p "ours $p && cd $cuda/$p && mkdir -p data && ./hurricane_gen 4000 4" \
    "$(here_in $p) ls data/cane4_?.db >list && ./nn list -r 5 -lat 30 -lng 90" "cd $cuda/$p && sh $here/rodinia_nearest.sh $logs/$p.out 5 30 90 data/cane4_?.db"

p=nw
program $p "ours $p KERNEL_DIM=-DTRACEBACK && theirs $p 'g++ -DTRACEBACK' needle.cpp" "$(here_in $p) ./needle 256 10" \
    "cd $openmp/$p && ./reference 256 10 1 && sed -i 1d result.txt $cuda/$p/result.txt && alike $cuda/$p/result.txt result.txt 0"

for p in naive float; do
    program particlefilter/$p "ours particlefilter $p" "$(here_in particlefilter) ./particlefilter_$p -x 128 -y 128 -z 5 -np 400" \
        "awk '/^XE/ { n++; getline; getline; if (!(\$1 < 8)) exit 1 } END { exit n < 1 }' $logs/particlefilter_$p.out" # how far from the object
done

p=pathfinder
program $p "export NVCC_APPEND_FLAGS=-DBENCH_PRINT && ours $p && theirs $p 'g++ -DBENCH_PRINT' pathfinder.cpp" "$(here_in $p) ./pathfinder 1000 30 8" \
    "cd $openmp/$p && ./reference 1000 30 | grep -v timer | tail -n 1 >last && tail -n 1 $logs/$p.out >$cuda/$p/last && alike $cuda/$p/last last 0"

p=srad_v1
# of other sizes its last block adds single elements in place of sums, on a GPU, too
program srad/$p "ours srad/$p && theirs srad/$p gcc main.c" "$(here_in srad/$p) ./srad 5 0.5 256 256" \
    "cd $openmp/srad/$p && ./reference 5 0.5 256 256 1 && alike $cuda/srad/$p/image_out.pgm image_out.pgm 0.02"

p=srad_v2
program srad/$p "ours srad/$p KERNEL_DIM=-DOUTPUT && theirs srad/$p 'g++ -DOUTPUT' srad.cpp" \
    "$(here_in srad/$p) ./srad 128 128 0 31 0 31 0.5 2" \
    "cd $openmp/srad/$p && ./reference 128 128 0 31 0 31 1 0.5 2 >cpu.txt && grep -E '^-?[0-9. -]+\$' cpu.txt >a && grep -E '^-?[0-9. -]+\$' $logs/srad_$p.out >b && alike b a 1e-4"

p=streamcluster
program $p "ours $p && theirs $p g++ streamcluster_omp.cpp" "$(here_in $p) ./sc_gpu 10 20 16 1024 1024 200 none output.txt 1" \
    "cd $openmp/$p && ./reference 10 20 16 1024 1024 200 none output.txt 1 && alike $cuda/$p/output.txt output.txt 1e-3"

summary

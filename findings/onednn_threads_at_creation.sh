#!/bin/sh
# onednn_threads_at_creation.sh - oneDNN's max-pool computes on the number of threads that OpenMP had when the primitive was
# created, its ReLU on that of the call.
#
# omp_set_num_threads() says how many threads an OpenMP program uses from its next parallel region on. Some of oneDNN's primitives
# split their work when they are created and keep to that: a pooling created under 1 thread stays on 1 when 4 are set later, and
# created under 4 it starts 4 although 1 is set. An eltwise primitive beside it follows the call. A program that creates its
# primitives once and then times them on 1, 2 and 4 threads times the same number of threads three times for some of them; one
# that creates them before it reads its option --threads ignores the option in some of its layers.
#
# Needs python3 with venv, gcc with OpenMP, an x86-64 CPU with AVX2, and the network. Everything goes into a temporary folder.
# Exit 0: as described; 1: oneDNN behaves otherwise now; 77: it cannot be tried here.
set -eu
version=2023.2.0
grep -qw avx2 /proc/cpuinfo || { echo "skipped: this CPU has no AVX2"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
{ python3 -m venv "$work/env" && "$work/env/bin/pip" install --quiet --no-deps onednn-cpu-gomp==$version \
    onednn-devel-cpu-gomp==$version; } >"$work/said" 2>&1 || { cat "$work/said"; exit 77; }
header=$(find "$work" -name dnnl.h | head -n 1)
library=$(find "$work" -name 'libdnnl.so*' | sort | head -n 1)
[ -n "$header" ] && [ -n "$library" ] || { echo "skipped: the packages hold no dnnl.h or libdnnl.so"; exit 77; }

cat >"$work/threads.c" <<'C'
#include <dirent.h>
#include <dnnl.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>

static void check(dnnl_status_t s)
{
    if (s == dnnl_success) return;
    printf("oneDNN refuses: status %d\n", (int)s);
    exit(2);
}

/* OpenMP keeps the threads that a region has started: their number is the size of the largest region so far */
static int threads(void)
{
    int n = 0;
    DIR *tasks = opendir("/proc/self/task");
    for (struct dirent *e; tasks && (e = readdir(tasks));) n += e->d_name[0] != '.';
    if (tasks) closedir(tasks);
    return n;
}

/* threads 'p' (max-pool 2x2) or 'r' (ReLU) CREATED CALLED: prints how many threads there are after the first call */
int main(int argc, char **argv)
{
    const dnnl_dims_t from = { 8, 32, 28, 28 }, to = { 8, 32, 14, 14 }, two = { 2, 2 }, none = { 0, 0 };
    dnnl_engine_t engine;
    dnnl_stream_t stream;
    dnnl_memory_desc_t x, y;
    dnnl_primitive_desc_t pd;
    dnnl_primitive_t p;
    dnnl_memory_t source, target;
    if (argc != 4) return 2;
    int pool = argv[1][0] == 'p';
    omp_set_num_threads(atoi(argv[2]));
    check(dnnl_engine_create(&engine, dnnl_cpu, 0));
    check(dnnl_stream_create(&stream, engine, dnnl_stream_default_flags));
    check(dnnl_memory_desc_create_with_tag(&x, 4, from, dnnl_f32, dnnl_nChw8c));
    check(dnnl_memory_desc_create_with_tag(&y, 4, pool ? to : from, dnnl_f32, dnnl_nChw8c));
    check(pool ? dnnl_pooling_forward_primitive_desc_create(&pd, engine, dnnl_forward_inference, dnnl_pooling_max, x, y, two,
                                                            two, none, none, none, NULL)
               : dnnl_eltwise_forward_primitive_desc_create(&pd, engine, dnnl_forward_inference, dnnl_eltwise_relu, x, y, 0,
                                                            0, NULL));
    check(dnnl_primitive_create(&p, pd));
    check(dnnl_memory_create(&source, x, engine, DNNL_MEMORY_ALLOCATE));
    check(dnnl_memory_create(&target, y, engine, DNNL_MEMORY_ALLOCATE));
    omp_set_num_threads(atoi(argv[3]));
    const dnnl_exec_arg_t arg[] = { { DNNL_ARG_SRC, source }, { DNNL_ARG_DST, target } };
    check(dnnl_primitive_execute(p, stream, 2, arg));
    check(dnnl_stream_wait(stream));
    printf("%d\n", threads());
    return 0;
}
C
gcc -fopenmp -o "$work/threads" "$work/threads.c" -I"$(dirname "$header")" "$library" -Wl,-rpath,"$(dirname "$library")"
echo "oneDNN of onednn-cpu-gomp $version"
seen=
for primitive in pool relu; do
    for counts in "1 4" "4 1"; do
        # shellcheck disable=SC2086 # two words
        n=$(ONEDNN_MAX_CPU_ISA=AVX2 "$work/threads" $primitive $counts) || { echo "$n"; exit 1; }
        echo "$primitive created under ${counts% *}, called under ${counts#* }: $n threads"
        seen="$seen $n"
    done
done
[ "$seen" = " 1 4 4 1" ] || { echo "not as described any more"; exit 1; }

#!/bin/sh
# onednn_eltwise_tails.sh - oneDNN's softplus is negative far left of 0, and its ReLU of NaN is 0.
#
# log(1 + exp(x)) is positive for every x, about exp(x) for x << 0. With AVX2 code oneDNN's eltwise primitive
# `soft_relu` returns small negative numbers around x = -20, so that a logarithm or square root behind it is NaN; and
# max(0, NaN) is taken so that a NaN, the usual sign of a training that diverged, leaves the network as 0.
#
# Needs python3 with venv, a C compiler, an x86-64 CPU with AVX2, and the network. Everything goes into a temporary folder.
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

cat >"$work/tails.c" <<'C'
#include <dnnl.h>
#include <math.h>
#include <stdio.h>

enum { N = 4 };
static const float x[N] = { -20, -18, NAN, 2 };

static int check(dnnl_status_t s)
{
    if (s != dnnl_success) printf("oneDNN refuses: status %d\n", (int)s);
    return s == dnnl_success;
}

/* y = f(x) */
static int apply(dnnl_engine_t engine, dnnl_stream_t stream, dnnl_alg_kind_t f, float alpha, float *y)
{
    const dnnl_dims_t dims = { N };
    dnnl_memory_desc_t md;
    dnnl_primitive_desc_t pd;
    dnnl_primitive_t p;
    dnnl_memory_t from, to;
    if (!check(dnnl_memory_desc_create_with_tag(&md, 1, dims, dnnl_f32, dnnl_a)) ||
        !check(dnnl_eltwise_forward_primitive_desc_create(&pd, engine, dnnl_forward_inference, f, md, md, alpha, 0, NULL)) ||
        !check(dnnl_primitive_create(&p, pd)) || !check(dnnl_memory_create(&from, md, engine, (void *)x)) ||
        !check(dnnl_memory_create(&to, md, engine, y)))
        return 0;
    const dnnl_exec_arg_t arg[] = { { DNNL_ARG_SRC, from }, { DNNL_ARG_DST, to } };
    return check(dnnl_primitive_execute(p, stream, 2, arg)) && check(dnnl_stream_wait(stream));
}

int main(void)
{
    dnnl_engine_t engine;
    dnnl_stream_t stream;
    float softplus[N], relu[N];
    const dnnl_version_t *v = dnnl_version();
    if (!check(dnnl_engine_create(&engine, dnnl_cpu, 0)) ||
        !check(dnnl_stream_create(&stream, engine, dnnl_stream_default_flags)) ||
        !apply(engine, stream, dnnl_eltwise_soft_relu, 1, softplus) || !apply(engine, stream, dnnl_eltwise_relu, 0, relu))
        return 2;
    printf("oneDNN %d.%d.%d\n", v->major, v->minor, v->patch);
    printf("softplus(%g) = %g, right: %g\n", x[0], softplus[0], log1p(exp(x[0])));
    printf("softplus(%g) = %g, right: %g\n", x[1], softplus[1], log1p(exp(x[1])));
    printf("relu(NaN) = %g, right: nan; relu(2) = %g\n", relu[2], relu[3]);
    return !(softplus[0] < 0 && relu[2] == 0 && relu[3] == 2);
}
C
cc -o "$work/tails" "$work/tails.c" -I"$(dirname "$header")" "$library" -Wl,-rpath,"$(dirname "$library")" -lm
ONEDNN_MAX_CPU_ISA=AVX2 "$work/tails" || { echo "not as described any more"; exit 1; }

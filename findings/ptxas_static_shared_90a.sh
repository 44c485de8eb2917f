#!/bin/sh
# ptxas_static_shared_90a.sh - for sm_90a ptxas takes 227 KiB of static shared memory in a kernel; for sm_90, the same chip, and for
# the newer sm_100 it stops at 48 KiB.
#
# The CUDA C++ programming guide says that static shared memory is limited to 48 KiB and that a kernel which needs more asks for it
# as dynamic shared memory, with cudaFuncSetAttribute before its launch. ptxas has held programmers to that with an error, which
# is how one notices. The architecture-specific target of the H100 and H200 has no such error: one byte more, or 227 KiB,
# passes without a warning, in a file whose other targets do not compile. Whether such a kernel can be launched is not tried
# here: it needs a GPU.
#
# Needs python3 with venv, and the network. Everything goes into a temporary folder.
# Exit 0: as described; 1: ptxas behaves otherwise now; 77: it cannot be tried here.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
{ python3 -m venv "$work/env" && "$work/env/bin/pip" install --quiet --no-deps nvidia-cuda-nvcc==13.0.88; } >"$work/said" 2>&1 ||
    { tail -n 3 "$work/said"; echo "skipped: the package cannot be installed here"; exit 77; }
ptxas=$(find "$work/env" -name ptxas -type f | head -n 1)
[ -x "$ptxas" ] || chmod +x "$ptxas"
"$ptxas" --version | sed -n 's/^Cuda compilation tools, /ptxas of CUDA /p'

# takes TARGET BYTES: a kernel that stores to the last word of so much static shared memory; what ptxas says
takes() {
    cat >"$work/kernel.ptx" <<P
.version 8.8
.target $1
.address_size 64
.visible .entry kernel()
{
    .shared .align 4 .b8 place[$2];
    .reg .u32 %at;
    mov.u32 %at, place;
    st.shared.u32 [%at+$(($2 - 4))], 1;
    ret;
}
P
    if "$ptxas" -arch="$1" -o "$work/kernel.cubin" "$work/kernel.ptx" >"$work/told" 2>&1; then
        echo "$1, $2 bytes: accepted$(sed 's/^/ /' "$work/told")"
    else
        echo "$1, $2 bytes: $(sed -n 's/^ptxas error *: *//p' "$work/told" | head -n 1)"
    fi
}

as_described=0
expect() {
    line=$(takes "$1" "$2")
    echo "$line"
    case $line in *"$3"*) ;; *) as_described=1 ;; esac
}
for target in sm_80 sm_90 sm_100; do
    expect $target 49152 ": accepted"
    expect $target 49156 "too much shared data (0xc004 bytes, 0xc000 max)"
done
expect sm_90a 49152 ": accepted"
expect sm_90a 49156 ": accepted"
expect sm_90a 232448 ": accepted"
expect sm_90a 232452 "too much shared data (0x38c04 bytes, 0x38c00 max)"
[ $as_described = 0 ] || echo "not as described any more"
exit $as_described

#!/bin/sh
# cuda_samples.sh - how many of NVIDIA's cuda-samples build unmodified with rungs-nvcc and pass their own check.
#
#   cuda_samples.sh RUNGS_NVCC CUDA_SAMPLES FOLDER [NAME...]     FOLDER: 0_Introduction, 1_Utilities, ...
#
# One line per sample, and the counts. A sample is right if its program ends by itself with status 0 within LIMIT
# seconds of CPU time (600) and prints no line of failure; a race build that takes longer, or fails, is tried again as a plain one.
# What the emulator has found besides stands behind the semicolon. Smaller sizes come from the sample's own arguments
# only (options_of). Sources, include folders and libraries are those of its CMakeLists.txt. Left out, by rules on the
# text of its own sources: graphics, the driver API (cu calls), NVRTC; and by what it says when it runs: a second GPU.
# WORK (a folder; default: a new one) keeps programs and outputs; WAYS are the builds to try, OPTIONS more options for
# rungs-nvcc.
set -u
[ $# -ge 3 ] || { echo "usage: cuda_samples.sh RUNGS_NVCC CUDA_SAMPLES FOLDER [NAME...]" >&2; exit 2; }
nvcc=$1 root=$(cd "$2" && pwd) folder=$3
shift 3
[ -d "$root/Samples/$folder" ] || { echo "no folder $root/Samples/$folder" >&2; exit 2; }
limit=${LIMIT:-600}
work=${WORK:-$(mktemp -d)}
mkdir -p "$work/Samples/$folder"
work=$(cd "$work" && pwd)
ln -sfn "$root/Common" "$work/Common"
[ $# -gt 0 ] || set -- $(ls "$root/Samples/$folder")
rights=0 wrongs=0 unbuilt=0 outs=0

# The arguments of one command in the sample's CMakeLists.txt, without its first.
arguments() {
    sed 's/#.*//' "$source/CMakeLists.txt" | tr '\n' ' ' | grep -o "$1 *([^)]*)" | sed 's/^[^(]*(//; s/)$//'
}

# The rule by which a sample is left out, or nothing. Only calls under a current CUDART_VERSION count.
left_out() {
    files=$(find "$source" \( -name '*.c' -o -name '*.cpp' -o -name '*.cu' -o -name '*.h' -o -name '*.cuh' -o -name '*.hpp' \))
    if grep -qE '#include *[<"](helper_gl|GL/|EGL/|GLES|X11/|vulkan/|d3d|rendercheck_gl)' $files; then
        echo "graphics"
    elif grep -qE '#include *[<"]nvrtc' $files; then
        echo "NVRTC"
    elif sed '/#if CUDART_VERSION < 5000/,/#endif/d' $files | grep -qE '(^|[^A-Za-z0-9_>.])cu[A-Z][A-Za-z0-9]+\('; then
        echo "driver API"
    elif grep -qE '#include *[<"]mpi\.h' $files && ! command -v mpicxx >/dev/null; then
        echo "MPI, which this machine has not"
    fi
}

# What makes a sample smaller, by its own arguments.
options_of() {
    case $name in
    matrixMul) echo "-wA=64 -hA=64 -wB=64 -hB=64" ;;
    reduction) echo "-n=65536" ;;
    threadFenceReduction) echo "-n=65536" ;;
    eigenvalues) echo "-iters-timing=1" ;;
    UnifiedMemoryPerf) echo "-kernel-iterations=1" ;;
    esac
}

# build WAY: the program in $here/$name.WAY
build() {
    list=$(arguments add_executable | head -1)
    sources=""
    for file in ${list#*[ ]}; do
        case $file in *.cu | *.cpp | *.c) sources="$sources $file" ;; esac
    done
    flags="-I $root/Common"
    for folder_ in $(arguments target_include_directories) $(arguments include_directories); do
        case $folder_ in
        '${CMAKE_CURRENT_SOURCE_DIR}') flags="$flags -I ." ;;
        '${CMAKE_CURRENT_SOURCE_DIR}'/*) flags="$flags -I ${folder_#*/}" ;;
        esac
    done
    for library in $(arguments target_link_libraries); do
        case $library in
        CUDA::cudart* | CUDA::cuda_driver) ;;
        CUDA::*) flags="$flags -l${library#CUDA::}" ;;
        OpenMP::*) flags="$flags -Xcompiler -fopenmp" ;;
        esac
    done
    (cd "$here" && timeout 600 "$nvcc" --emu=$1 -rdc=true $flags ${OPTIONS:-} $sources -o "$name.$1") >"$here/build.$1" 2>&1
}

# run WAY: the program's own status, 124 if it takes too long; minutes and seconds of CPU time in $seconds
run() {
    (cd "$here" && ulimit -t "$limit" && CUEMU_SUMMARY=1 timeout $((10 * limit)) "./$name.$1" $(options_of) </dev/null
        echo "status $?" >"$here/status"
        times >"$here/times") >"$here/out.$1" 2>&1
    status=$(sed 's/status //' "$here/status")
    [ "$status" = 137 ] || [ "$status" = 152 ] && status=124
    seconds=$(sed -n '2s/m\([0-9]*\)[^ ]* .*/:\1/p' "$here/times")
    own=$(sed -n 's/^emu: .*the program itself ended with \([0-9]*\).*/\1/p' "$here/out.$1" | tail -1)
    return "${own:-$status}"
}

failing() {
    grep -vE '^emu: |failed as expected' "$here/out.$1" | grep -E 'FAIL|failed|[Ee]rror at|CUDA error|Result = Fail' | head -1
}

finding() {
    [ -f "$here/out.$1" ] || return
    grep -hE '^emu: |Assertion' "$here/out.$1" | grep -vE 'emu: note|kernels? ran|findings?;' | head -1 | cut -c 1-200
}

verdict() {
    for way in ${WAYS:-race plain}; do
        if ! build $way; then
            echo "does not build: $(grep -hE 'error|undefined' "$here/build.$way" | head -1 | cut -c 1-220)"
            return 2
        fi
        run $way
        own=$?
        if grep -qiE '(two|2) or more (GPU|CUDA)|(needs|requires?|at least) (two|2) GPU|[Ll]ess than two' "$here/out.$way"; then
            echo "left out: needs a second GPU"
            return 3
        fi
        [ $own = 0 ] && [ -z "$(failing $way)" ] && break
    done
    said=$(finding $way)
    [ $way = plain ] && said="${said:-$(finding race)}"
    if [ $own = 124 ]; then
        echo "wrong: more than $limit s as $way"
    elif [ $own = 0 ] && [ -z "$(failing $way)" ]; then
        own="$(options_of)"
        echo "right ($way, $seconds min${own:+, $own})${said:+; $said}"
        return 0
    else
        echo "wrong: status $own, $way; $(failing $way) ${said}"
    fi
    return 1
}

for name; do
    source=$root/Samples/$folder/$name
    [ -d "$source" ] || continue
    why=$(left_out)
    if [ -n "$why" ]; then
        outs=$((outs + 1))
        printf '%-28s left out: %s\n' "$name" "$why"
        continue
    fi
    here=$work/Samples/$folder/$name
    rm -rf "$here"
    cp -r "$source" "$here"
    text=$(verdict)
    case $? in
    0) rights=$((rights + 1)) ;;
    2) unbuilt=$((unbuilt + 1)) ;;
    3) outs=$((outs + 1)) ;;
    *) wrongs=$((wrongs + 1)) ;;
    esac
    printf '%-28s %s\n' "$name" "$text"
done
echo "$folder: $((rights + wrongs + unbuilt)) counted, $rights right, $wrongs wrong, $unbuilt do not build; $outs left out"
[ $((wrongs + unbuilt)) = 0 ]

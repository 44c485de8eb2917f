#!/bin/sh
# data_get.sh - rungs data get, from mirrors on this machine: data_get.sh refusals|whole RUNGS SCRATCH
# The whole way needs the true files: those that Debian's package dataset-fashion-mnist has.
set -eu
part=$1 rungs=$2 scratch=$3
true_files=/usr/share/datasets/fashion-mnist
command -v curl >/dev/null || { echo "skipped: there is no curl here (on Debian: apt install curl)"; exit 77; }
if [ "$part" = whole ] && [ ! -e $true_files/train-images-idx3-ubyte.gz ]; then
    echo "skipped: no Fashion-MNIST here (on Debian: apt install dataset-fashion-mnist)"
    exit 77
fi
rm -rf "$scratch"
mkdir -p "$scratch"
cd "$scratch"
export LC_ALL=C
failed=0
images=train-images-idx3-ubyte.gz

fail() {
    echo "FAIL: $*"
    failed=1
}

# refuse CODE WORDS ARGUMENTS...: the last line on stderr is its sentence; $programs is its PATH
programs=$PATH
refuse() {
    code=$1 words=$2 got=0
    shift 2
    PATH=$programs "$rungs" data "$@" >stdout 2>stderr || got=$?
    [ "$got" = "$code" ] || fail "data $* ended with $got, not $code"
    tail -1 stderr | grep -q "^rungs data: .*$words" || fail "data $* said: $(cat stderr)"
    [ ! -s stdout ] || fail "data $* said on stdout: $(cat stdout)"
}

refusals() {
    refuse 64 "use: rungs data get NAME" fetch mnist
    refuse 64 "say which set" get
    refuse 64 "did you mean 'mnist'" get minst
    refuse 64 "go with" --from file:///tmp
    refuse 66 "could not be had; is there a network.*--from URL" get mnist --into empty --from "file://$scratch/nowhere"
    [ -z "$(ls -A empty)" ] || fail "a failed download left $(ls empty)"
    refuse 66 "could not be had" get mnist --into empty --from "-o"
    refuse 64 "needs the address" get mnist --into empty --from ""
    echo in the way >file
    refuse 74 "cannot use the folder file/below: Not a directory" get mnist --into file/below --from "file://$scratch/nowhere"
    mkdir wrong
    echo these are not the digits | gzip >wrong/$images
    refuse 66 "could not be had" get mnist --into got --from "file://$scratch/wrong"
    grep -q 'wrong SHA-256' stderr || fail "a wrong file was not found out: $(cat stderr)"
    [ -z "$(ls -A got)" ] || fail "a wrong file was kept: $(ls got)"
    echo no gzip at all >wrong/$images
    refuse 66 "could not be had" get mnist --into got --from "file://$scratch/wrong/"
    [ -z "$(ls -A got)" ] || fail "a wrong file was kept: $(ls got)"
    echo no photographs | gzip >wrong/cifar-10-binary.tar.gz
    refuse 66 "put the archive of cifar10 into got yourself" get cifar10 --into got --from "file://$scratch/wrong"
    grep -q 'wrong SHA-256' stderr || fail "a wrong archive was not found out: $(cat stderr)"
    [ -z "$(ls -A got)" ] || fail "a wrong archive was kept: $(ls got)"
    refuse 66 "is not downloaded by this program: unpack its four files from https://.*EMNIST" get emnist-letters --into got
    programs=/nonexistent
    refuse 66 "curl is missing; on Debian: apt install curl" get mnist --into got --from "file://$scratch/wrong"
    programs=$PATH
    rm -f got/*.part
    (
        flock 9
        refuse 74 "another run is writing into the folder got; wait for it" get mnist --into got --from "file://$scratch/wrong"
        exit $failed
    ) 9<got || failed=1
    XDG_DATA_HOME="$scratch/home" refuse 66 "into $scratch/home/rungs/mnist yourself" get mnist --from "file://$scratch/nowhere"
}

get() { "$rungs" data get fashion-mnist --into got "$@" >stdout 2>stderr || fail "data get $*: $(cat stderr)"; }

whole_set() {
    for file in $true_files/*.gz; do
        cmp "$file" "got/$(basename "$file")" || fail "$1"
    done
    [ "$(ls got | wc -l)" = 4 ] || fail "$1: something is left: $(ls got)"
}

whole() {
    get --from file://$true_files
    whole_set "the four files"
    get --from "file://$scratch/nowhere" # nothing to do, so nothing to fail
    [ "$(grep -c 'is there already' stderr)" = 4 ] || fail "files that are there were fetched again"

    head -c 9000000 $true_files/$images >got/$images.part # stopped on the way
    rm got/$images
    printf 'something else' >got/t10k-images-idx3-ubyte.gz.part # begun by something else
    rm got/t10k-images-idx3-ubyte.gz
    mv got/train-labels-idx1-ubyte.gz got/train-labels-idx1-ubyte.gz.part # stopped just before its name
    printf x >got/t10k-labels-idx1-ubyte.gz # spoilt later
    get --from file://$true_files
    whole_set "what was begun was not finished"
    truncate -s -1 got/t10k-labels-idx1-ubyte.gz # it lost its last byte, which no unpacked byte depends on
    get --from file://$true_files
    [ "$(grep -c 'is there already' stderr)" = 3 ] || fail "a file that lost its last byte is taken for whole"
    whole_set "a file that lost its last byte"

    command -v python3 >/dev/null || { echo "no python3, so no server was tried"; return; }
    python3 -u -m http.server 0 --bind 127.0.0.1 --directory $true_files >server 2>&1 & # it knows no ranges
    server=$!
    trap 'kill $server 2>/dev/null || true' EXIT
    for wait in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        grep -q 'port [0-9]' server && break
        sleep 0.25
    done
    port=$(sed -n 's/.*port \([0-9]*\).*/\1/p' server)
    rm got/$images
    head -c 9000000 $true_files/$images >got/$images.part
    no_proxy=127.0.0.1 get --from "http://127.0.0.1:$port/"
    whole_set "a server that knows no ranges"
}

$part
exit $failed

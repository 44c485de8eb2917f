# train_lib.sh - what the shell tests of training share. A test sources it with its own arguments, RUNGS DATA_SET_PROGRAM SCRATCH,
# and is in an empty SCRATCH then, where data sets are looked for in sets/; it ends with exit $failed.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
rungs=$1 make_set=$2 scratch=$3
rm -rf "$scratch"
mkdir -p "$scratch/sets"
cd "$scratch"
export RUNGS_DATA="$scratch/sets" LC_ALL=C
failed=0

fail() {
    echo "FAIL: $*"
    failed=1
}

# refuse CODE WORDS COMMAND...: it must end with CODE, say one line with WORDS on stderr, and nothing on stdout. The command is
# rungs and a verb, or a function named after the verb.
refuse() {
    code=$1 words=$2 got=0
    shift 2
    verb=$1
    [ "$1" != "$rungs" ] || verb=$2
    "$@" >stdout 2>stderr || got=$?
    [ "$got" = "$code" ] || fail "$* ended with $got, not $code"
    [ "$(wc -l <stderr)" = 1 ] && grep -q "^rungs $verb: .*$words" stderr || fail "$* said: $(cat stderr)"
    [ ! -s stdout ] || fail "$* said on stdout: $(cat stdout)"
}

# learn_lib.sh - what the tests of the exercises share: how they ask, and the right body of exercise 1.3, which others are
# made wrong from.
# shellcheck disable=SC2034 # used by those who source this
failed=0
mkdir -p tmp
export TMPDIR="$PWD/tmp"

fail() {
    echo "FAIL: $*"
    failed=1
}

# the end of a test: every temporary file is gone, too
finish() {
    [ -z "$(ls -A tmp)" ] || fail "temporary files stay behind: $(ls -R tmp)"
    exit $failed
}

# learn CODE WORDS...: rungs learn WORDS ends with CODE; what it says is in said
learn() {
    code=$1 got=0
    shift
    "$rungs" learn "$@" >said 2>&1 </dev/null || got=$?
    [ "$got" = "$code" ] || fail "learn $* ended with $got, not $code: $(cat said)"
}
says() { grep -q -e "$1" said || fail "'$1' was to be said: $(cat said)"; }

dw='void dense_backward_dw(int N, int IN, int OUT, const real *x, const real *dy, real *dw, real *db)'
right='for (int o = 0; o < OUT; o++) {
    db[o] = 0;
    for (int n = 0; n < N; n++) db[o] += dy[n * OUT + o];
    for (int i = 0; i < IN; i++) {
        real sum = 0;
        for (int n = 0; n < N; n++) sum += dy[n * OUT + o] * x[n * IN + i];
        dw[o * IN + i] = sum;
    }
}'

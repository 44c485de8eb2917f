# want_lib.sh - for tests of one verb, which set $rungs and $verb and end with `exit $bad`.
# shellcheck shell=sh disable=SC2034,SC2154 # the test reads and sets them
bad=0
fail() {
    echo "FAIL: $*"
    bad=1
}

# want CODE "words in the output" arguments...
want() {
    code=$1 words=$2
    shift 2
    out=$("$rungs" "$verb" "$@" 2>&1)
    got=$?
    case $out in *"$words"*) ;; *) got="$got, without '$words'" ;; esac
    [ "$got" = "$code" ] || fail "rungs $verb $*: exit $got, not $code: $out"
}

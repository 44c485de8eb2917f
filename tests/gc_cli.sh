# gc_cli.sh - what the tests of `rungs gradcheck` share; to be sourced, with rungs, cc and scratch set.
failed=0
bad() {
    echo "FAIL  $*"
    failed=1
}

"$rungs" --help >/dev/null || { echo "FAIL  $rungs does not run"; exit 1; }
rm -rf "$scratch"
mkdir -p "$scratch/tmp"
TMPDIR=$scratch/tmp
export TMPDIR
unset RUNGS_COMMAND
cd "$scratch" || exit 1

# library NAME: makes NAME.so of the C code on stdin
library() {
    cat >"$1.c"
    "$cc" -w -O1 -fPIC -shared -o "$1.so" "$1.c" -lm || bad "$1.c should compile"
}

# gives CODE PATTERN WORDS...: `rungs gradcheck WORDS` ends with CODE and says PATTERN
gives() {
    want=$1
    pattern=$2
    shift 2
    code=0
    said=$("$rungs" gradcheck "$@" 2>&1 </dev/null) || code=$?
    [ $code = "$want" ] || bad "gradcheck $*: should end with $want, not $code: $said"
    printf '%s\n' "$said" | grep -qe "$pattern" || bad "gradcheck $*: should say '$pattern', not: $said"
}

# refuses_with CODE PATTERN WORDS...: that exit code, nothing on stdout, a sentence on stderr; refuses: 64
refuses() { refuses_with 64 "$@"; }
refuses_with() {
    gives "$@"
    shift 2
    told=$("$rungs" gradcheck "$@" 2>/dev/null </dev/null)
    [ -z "$told" ] || bad "gradcheck $*: a refusal belongs to stderr"
    printf '%s\n' "$said" | head -1 | grep -q '^rungs gradcheck' || bad "gradcheck $*: who says: $said"
}

# nothing is left behind: no temporary file, no process that was started here
leaves_nothing() {
    [ -z "$(ls -A "$TMPDIR")" ] || bad "temporary files stay: $(ls "$TMPDIR")"
    for process in /proc/[0-9]*; do
        case $(readlink "$process/cwd" 2>/dev/null) in
        "$scratch"*) [ "${process#/proc/}" = $$ ] || case $(tr '\0' ' ' <"$process/cmdline" 2>/dev/null) in
            *gradcheck*.so*) bad "process ${process#/proc/} stays" ;;
            esac ;;
        esac
    done
}

#!/bin/sh
# front_page.sh RUNGS SOURCE - what visitors of the repository meet first says the truth: CITATION.cff, the container, the issue forms.
rungs=$1
cd "$2" || exit 1
bad=0
fail() {
    echo "FAIL: $*"
    bad=1
}

version=$("$rungs" --version | sed -n 's/^rungs \([0-9.]*\),.*/\1/p')
grep -qx "version: $version" CITATION.cff || fail "CITATION.cff has another version than the program's $version"

# unknown_verbs FILES...: the words behind ./rungs that are no verbs
unknown_verbs() {
    cat "$@" | grep -o '\./rungs [a-z-][a-z-]*' | sort -u | while read -r _ verb; do
        case $verb in --version | --help) continue ;; esac
        "$rungs" "$verb" --help >/dev/null 2>&1 || echo "$verb"
    done
}
seen=$(cat .devcontainer/* .github/ISSUE_TEMPLATE/* CITATION.cff | grep -c '\./rungs')
[ "$seen" -ge 8 ] || fail "only $seen commands found"
unknown=$(unknown_verbs .devcontainer/* .github/ISSUE_TEMPLATE/* CITATION.cff)
[ -z "$unknown" ] || fail "no verbs: $unknown"
scratch=$(mktemp) || exit 1
echo "run ./rungs dance and ./rungs list" >"$scratch"
[ "$(unknown_verbs "$scratch")" = dance ] || fail "a verb that does not exist is unnoticed"
rm "$scratch"

# the container's packages are those of cmake/packages.txt, which the launcher installs, and a few that no build needs
for package in $(grep '^[a-z]* *|' cmake/packages.txt | cut -d'|' -f3); do
    grep -v "^#" .devcontainer/Dockerfile | grep -qw -- "$package" && fail "the Dockerfile repeats $package of cmake/packages.txt"
done

for form in .github/ISSUE_TEMPLATE/*.md; do
    [ "$(grep -c '^---$' "$form")" = 2 ] && grep -q '^name: ' "$form" && grep -q '^about: ' "$form" ||
        fail "$form lacks a name or what it is about"
done
exit $bad

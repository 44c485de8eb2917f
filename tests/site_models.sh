#!/bin/sh
# site_models.sh CASES SOURCE SCRATCH - the figures of `rungs site` compute what the suite computes.
if ! command -v node >/dev/null; then
    echo "skipped: no node (on Debian: apt install nodejs)"
    exit 77
fi
rm -rf "$3" && mkdir -p "$3" || exit 1
"$1" >"$3/cases.json" && node "$2/tests/site_models.js" "$2/cli/site/models.js" "$3/cases.json"

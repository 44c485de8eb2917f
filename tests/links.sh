#!/bin/sh
# links.sh SOURCE - every link of every .md file can be opened: a relative one names a file of the repository, an
# anchor a heading of its page, and an outside one is among those that somebody has opened (there is no network
# here). Then pages with one link that cannot: each must be found.
cd "$1" || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# opened, and what they claim to be
known='https://arxiv.org/abs/1412.6980 Kingma: Adam
https://arxiv.org/abs/1502.01852 He: Delving Deep into Rectifiers
https://arxiv.org/abs/1511.07289 Clevert: ELU
https://arxiv.org/abs/1606.08415 Hendrycks: GELU
https://arxiv.org/abs/1805.02867 Milakov: Online normalizer calculation for softmax
https://example.org/rungs.git an address for examples (RFC 2606)'

# links PAGE - "line target" of each [..](..), and of each bare address; code is left out
links() {
    awk '/^```/ { fence = !fence; next }
        fence { next }
        { line = $0; gsub(/`[^`]*`/, "", line)
          while (match(line, /\]\([^)]*\)/)) {
              print NR, substr(line, RSTART + 2, RLENGTH - 3)
              line = substr(line, 1, RSTART) substr(line, RSTART + RLENGTH)
          }
          while (match(line, /https?:\/\/[^ )>"]*/)) { print NR, substr(line, RSTART, RLENGTH); line = substr(line, RSTART + RLENGTH) } }' "$1"
}

# anchors PAGE - of its headings, as GitHub makes them
anchors() {
    awk '/^```/ { fence = !fence; next } !fence && /^#+ / { sub(/^#+ /, ""); print tolower($0) }' "$1" |
        sed 's/[^[:alnum:] _-]//g; s/ /-/g'
}

# page FILE - says what cannot be opened; 1 if anything
page() {
    links "$1" >"$work/links"
    wrong=0
    while read -r line target; do
        file=${target%%#*} anchor=
        case $target in *'#'*) anchor=${target#*#} ;; esac
        case $target in
            http*)
                echo "$known" | grep -qF "$target " && continue
                echo "$1:$line: nobody has opened $target (tests/links.sh has the list)" ;;
            /* | *:*) echo "$1:$line: $target is no link that a reader of the repository can open" ;;
            *)
                there=$1
                [ -z "$file" ] || there=$(realpath -m --relative-to=. "$(dirname "$1")/$file")
                case $there in ..*) echo "$1:$line: $target leads out of the repository"; wrong=1; continue ;; esac
                [ -e "$there" ] && [ -n "$target" ] || { echo "$1:$line: there is no '$target'"; wrong=1; continue; }
                [ -z "$anchor" ] || anchors "$there" | grep -qx -- "$anchor" && continue
                echo "$1:$line: $there has no heading '#$anchor'" ;;
        esac
        wrong=1
    done <"$work/links"
    return $wrong
}

bad=0 seen=0
for md in *.md */*.md lessons/*/*.md; do
    case $md in build/*) continue ;; esac
    page "$md" || bad=1
    seen=$((seen + $(wc -l <"$work/links")))
done
[ "$seen" -gt 40 ] || { echo "FAIL: only $seen links seen"; bad=1; }

# reject LINK WORDS - a page with this link is wrong, for this reason
reject() {
    printf '# Page\n\nSee [this](%s).\n' "$1" >"$work/page.md"
    case $(cd "$work" && page page.md) in *"$2"*) ;; *) echo "FAIL: a page with the link $1 passes, or fails for another reason"; bad=1 ;; esac
}
reject nowhere.c "there is no"
reject '' "there is no"
reject '#nowhere' "has no heading"
reject ../page.md "leads out of"
reject /etc/passwd "is no link"
reject file:page.md "is no link"
reject https://example.org/ "nobody has opened"
reject https://arxiv.org/abs/1805.02868 "nobody has opened"
reject https://arxiv.org/abs/1805.0286 "nobody has opened"
echo "$seen links, $([ "$bad" = 0 ] && echo all can be opened || echo some cannot)"
exit $bad

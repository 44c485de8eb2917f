# layers.awk - reads a list of layers (tests/layers.txt), then facts, one a line, and says which break the list:
#
#   define FILE UNIT SYMBOL      FILE, compiled in UNIT (a library, or "main:..." for what only a program has), defines
#   use FILE UNIT SYMBOL         it needs
#   include FILE HEADER
#
#   awk -f layers.awk layers.txt facts
#
# A symbol is looked for in the file's own unit, then in libraries. Exit 1 if anything breaks the list.
function refuse(text)
{
    print "FAIL  " text
    bad = 1
}

# the longest row that holds the file; "" if none does
function layer_of(file,    folder)
{
    for (folder = file; sub(/\/[^\/]*$/, "", folder);)
        if (folder in uses) return folder
    return ""
}

# Is `to` among what `from` may use, directly or by what it stands on?
function may_use(from, to,    word, n, i)
{
    if (from == to) return 1
    if ((from, to) in known) return known[from, to]
    known[from, to] = 0
    n = split(uses[from], word, " ")
    for (i = 1; i <= n; i++)
        if (word[i] == "*" || may_use(word[i], to)) known[from, to] = 1
    return known[from, to]
}

# is the file one of these files, or in one of these folders?
function is_among(file, words,    word, n, i)
{
    n = split(words, word, " ")
    for (i = 1; i <= n; i++)
        if (file == word[i] || index(file, word[i] "/") == 1) return 1
    return 0
}

# ---- the list ----

FNR == NR { sub(/ +#.*/, "") }
FNR == NR && (NF == 0 || /^#/) { next }
FNR == NR && $1 == "layer" {
    uses[$2] = ""
    for (i = 3; i <= NF; i++) uses[$2] = uses[$2] " " $i
    next
}
FNR == NR && $1 == "face" { face[layer_of($2)] = $2; next }
FNR == NR && $1 == "theme" { theme[$2] = $0; sub(/^theme +[^ ]+ /, "", theme[$2]); next }
FNR == NR && $1 == "module" && / : ./ {
    modules++
    for (i = 2; $i != ":"; i++) module[$i] = modules
    next
}
FNR == NR && $1 == "libc" && / : ./ {
    for (i = 3; $i != ":"; i++) libc[$2, $i] = 1
    next
}
FNR == NR { refuse(FILENAME ":" FNR ": unknown row: " $0); next }

# ---- facts ----

{ files[$2] = 1; if ($1 != "include") compiled[$2] = 1 }
$1 == "include" { files[$3] = 1; arrow[$2, $3] = "includes it"; headers++; next }
$1 == "define" && ($2, $4) in libc { libc[$2, $4] = 2; next }
$1 == "define" && $3 ~ /^main:/ { own[$3, $4] = $2; symbols++; next }
$1 == "define" { own[$3, $4] = $2; if (!($4 in library)) library[$4] = $2; symbols++; next }
$1 == "use" { use[$2, $3, $4] = 1; next }
{ refuse("unknown fact: " $0) }

# ---- judgement ----

function judge_arrow(from, to, why,    a, b)
{
    a = layer_of(from)
    b = layer_of(to)
    if (a == "" || b == "") return
    if (!may_use(a, b)) refuse("an arrow runs up: " from " -> " to " (" why "), but " a "/ may use:" (uses[a] == "" ? " nothing" : uses[a]))
    if (why != "includes it" || uses[a] ~ /\*/) return
    if (b != a && b in face && to != face[b]) refuse(from " includes " to ": of " b "/ only " face[b] " is meant for others")
    if (b != a && b in theme && !is_among(from, theme[b])) refuse(from " includes " to ", but has nothing to do with " b "/")
}

# Tarjan's strongly connected components over symbol arrows (next_of), each a circle if it has two files.
function visit(v,    w, n, i, word, members, one)
{
    order[v] = low[v] = ++count
    stack[++depth] = v
    on[v] = 1
    n = split(next_of[v], word, " ")
    for (i = 1; i <= n; i++) {
        w = word[i]
        if (!(w in order)) {
            visit(w)
            if (low[w] < low[v]) low[v] = low[w]
        } else if (on[w] && order[w] < low[v]) {
            low[v] = order[w]
        }
    }
    if (low[v] != order[v]) return
    members = ""
    one = v in module ? module[v] : 0
    n = 0
    do {
        w = stack[depth--]
        on[w] = 0
        n++
        members = members " " w
        if (!(w in module) || module[w] != one) one = 0
    } while (w != v)
    if (n > 1 && !one) tell_circle(n, members)
    if (n > 1 && one) circle_of[one] = 1
}

function tell_circle(n, members,    word, i, j)
{
    refuse("a circle of " n " files:" members)
    split(members, word, " ")
    for (i = 1; i <= n; i++)
        for (j = 1; j <= n; j++)
            if ((word[i], word[j]) in arrow) print "      " word[i] " -> " word[j] "  " arrow[word[i], word[j]]
}

END {
    if (bad) exit 1
    for (from in uses) {
        n = split(uses[from], word, " ")
        for (i = 1; i <= n; i++)
            if (word[i] != "*" && !(word[i] in uses)) refuse("layer " from " uses " word[i] ", which has no row")
    }
    for (f in files)
        if (layer_of(f) == "") refuse(f " belongs to no layer")
    for (key in arrow) {
        split(key, part, SUBSEP)
        judge_arrow(part[1], part[2], arrow[key])
    }
    split("", arrow)
    for (key in use) {
        split(key, part, SUBSEP)
        to = (part[2], part[3]) in own ? own[part[2], part[3]] : part[3] in library ? library[part[3]] : ""
        if (to == "" || to == part[1]) continue
        if (!((part[1], to) in arrow)) {
            next_of[part[1]] = next_of[part[1]] " " to
            arrows++
        }
        if (length(arrow[part[1], to]) < 60) arrow[part[1], to] = arrow[part[1], to] " " part[3]
    }
    for (key in arrow) {
        split(key, part, SUBSEP)
        judge_arrow(part[1], part[2], substr(arrow[key], 2))
    }
    for (f in files)
        if (!(f in order)) visit(f)
    for (f in module) {
        if (!(f in compiled)) continue # not built here
        if (!circle_of[module[f]]) refuse("module " f ": there is no such circle any more")
    }
    for (key in libc) {
        split(key, part, SUBSEP)
        if (part[1] in compiled && libc[key] != 2) refuse("libc " part[1] ": it defines no " part[2] " any more")
    }
    if (!symbols || !headers || !arrows) refuse("nothing to compare: " symbols + 0 " symbols, " headers + 0 " includes, " arrows + 0 " arrows")
    if (!bad) print arrows " arrows between files by " symbols " symbols, and " headers " includes: all run down, and none in a circle"
    exit bad
}

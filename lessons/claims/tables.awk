# tables.awk - the tables of claims.sh: awk -v table=NAME -f tables.awk claims.txt runs.csv side_by_side.csv speed.csv memory.csv
#
# ours: the mean over seeds and the standard deviation. A printed number holds if one more run of ours would be as far from the
# mean as it is in 5 % of the cases or more: Student's t times the deviation times sqrt(1 + 1/n).
BEGIN {
    split("12.706 4.303 3.182 2.776 2.571 2.447 2.365 2.306 2.262", t975, " ")
    full["mnist"] = 60000; full["cifar"] = 50000
}
FNR == 1 { file++ }
/^#/ { next }
file == 1 {
    split($0, f, "|")
    n++
    name[n] = f[1]; options[n] = f[2]; seeds[n] = f[3]; article[n] = f[4]; claim[n] = f[5]; measure[n] = f[6]; printed[n] = f[7]
    next
}
file == 4 { speed_row(); next }
file == 5 { memory_row(); next }
file == 3 { if (FNR > 1) side[++sides] = $0; next }
FNR == 1 { split($0, head, ","); for (i in head) head_at[head[i]] = i; next }
{
    split($0, f, ",")
    key = f[1] "|" f[2]
    k = ++count[key]
    accuracy[key, k] = 100 * f[head_at["test_accuracy"]]
    loss[key, k] = f[head_at["loss"]]
    images[key] = f[head_at["train_images"]]
    right[key, k] = f[head_at["right"]]
    of[key] = f[head_at["of"]]
    losses[key, k] = f[head_at["epoch_losses"]]
}

# ---- numbers ----

# mean, deviation, least and most of value[key, 1..count]
function spread(value, key,    k, m) {
    m = count[key]
    mean = deviation = 0
    least = most = value[key, 1]
    for (k = 1; k <= m; k++) {
        mean += value[key, k] / m
        if (value[key, k] < least) least = value[key, k]
        if (value[key, k] > most) most = value[key, k]
    }
    for (k = 1; k <= m; k++) deviation += (value[key, k] - mean) ^ 2
    deviation = m > 1 ? sqrt(deviation / (m - 1)) : 0
}
# how far from the mean another run is in one case of twenty
function reach(m) { return m > 1 ? t975[m - 1] * deviation * sqrt(1 + 1 / m) : 0 }
function ours(digits, unit,    format) {
    format = "%." digits "f"
    return sprintf(format, mean) (deviation > 0 ? sprintf(" ± " format, deviation) : "") unit
}
function run_command(i) { return "`./rungs train " name[i] (options[i] == "" ? "" : " " options[i]) (seeds[i] > 1 ? " --seeds " seeds[i] : "") "`" }
function thousands(x) { return x < 1000 ? x : int(x / 1000) "," sprintf("%03d", x % 1000) }
# "" or what is missing: CIFAR-10 here may be a part of it
function lacks(i, key,    set) {
    set = name[i] ~ /cifar/ ? "cifar" : name[i] ~ /mnist/ ? "mnist" : ""
    return set != "" && images[key] < full[set] ? thousands(images[key]) " of the " thousands(full[set]) " training images" : ""
}

# ---- verdicts ----

function verdict(i, key,    d, part) {
    part = lacks(i, key)
    if (printed[i] == "-") return "nothing to compare with" (part != "" ? "; " part : "")
    if (count[key] < 3 && seeds[i] > 1 && printed[i] != "-") return "too few seeds"
    d = printed[i] - mean
    if (part != "") return "none: we have " part
    if (d <= reach(count[key]) && -d <= reach(count[key])) return "holds"
    if (measure[i] == "loss" && count[key] == 1) return "wrong: " sprintf("%.4f", mean)
    if (measure[i] == "loss") return sprintf(d < 0 ? "not reached: ours is %.1f times as large" : "ours is smaller, %.2f of it", mean / printed[i])
    return sprintf(d > 0 ? "not reached: %.2f points above our best" : "surpassed: %.2f points below our worst", d > 0 ? printed[i] - most : least - printed[i])
}

# ---- tables ----

function claims_table(    i, key) {
    print "| article | program | claim | printed | ours | seeds | verdict | command |"
    print "|---|---|---|---|---|---|---|---|"
    for (i = 1; i <= n; i++) {
        key = name[i] "|" options[i]
        if (!count[key]) { missing(i); continue }
        if (measure[i] == "loss") spread(loss, key); else spread(accuracy, key)
        print "| " article[i] " | " name[i] " | " claim[i] " | " shown(i) " | " (measure[i] == "loss" ? ours(4, "") : ours(2, " %")) " | " \
            count[key] (count[key] < seeds[i] ? " of " seeds[i] : "") " | " verdict(i, key) " | " run_command(i) " |"
    }
}
function shown(i) { return printed[i] printed_unit(i) }
function printed_unit(i) { return printed[i] == "-" || measure[i] == "loss" ? "" : " %" }
function missing(i) { print "| " article[i] " | " name[i] " | " claim[i] " | " shown(i) " | not run | 0 of " seeds[i] " | none | " run_command(i) " |" }

function settings_table(    i, key, first, base, base_deviation, base_n, d) {
    print "| setting | epochs, batch, rate | printed | ours | least, most | printed change | our change | verdict on the change |"
    print "|---|---|---|---|---|---|---|---|"
    for (i = 1; i <= n; i++) {
        key = name[i] "|" options[i]
        if (measure[i] != "settings" || !count[key]) continue
        spread(accuracy, key)
        if (!first) { first = i; base = mean; base_deviation = deviation; base_n = count[key] }
        d = sqrt(deviation ^ 2 / count[key] + base_deviation ^ 2 / base_n)
        printf "| %s | %s | %.2f %% | %s | %.2f, %.2f | ", claim[i], setting(i), printed[i], ours(2, " %"), least, most
        if (i == first) { print " | | |"; continue }
        printf "%+.2f | %+.2f ± %.2f | %s |\n", printed[i] - printed[first], mean - base, d, (count[key] < 3 ? "too few seeds" : change_verdict(printed[i] - printed[first], mean - base, d))
    }
}
function setting(i) {
    return (options[i] ~ /epochs/ ? "50" : "5") ", " (options[i] ~ /batch/ ? "640" : "64") ", " (options[i] ~ /lr/ ? "0.01" : "0.001")
}
# d: the deviation of a difference of two means; 2.306: Student's t of two samples of five
function change_verdict(said, got, d) {
    if (got * said > 0 && got * (got < 0 ? -1 : 1) > 2.306 * d) return "the direction holds"
    if (got * (got < 0 ? -1 : 1) <= 2.306 * d) return "no difference beyond the seeds'"
    return "the opposite"
}

function classes_table(    key, k, c, m, part, sum, total, digit, square, x, said) {
    key = "a002-mnist-512|"
    split("99.27 99.22 99.30 99.33 99.28 99.30 99.32 99.25 99.29 99.28", said, " ")
    m = count[key]
    if (!m) { print "Not run yet."; return }
    print "| digit | printed | ours | verdict |"
    print "|---|---|---|---|"
    split(of[key], total, " ")
    for (c = 1; c <= 10; c++) {
        for (k = 1; k <= m; k++) { split(right[key, k], part, " "); digit[key, k] = 100 * part[c] / total[c] }
        spread(digit, key)
        printf "| %d | %.2f %% | %s | %s |\n", c - 1, said[c], ours(2, " %"), verdict_of(said[c], m)
        x = mean
        if (c == 1 || x < low) low = x
        if (c == 1 || x > high) high = x
    }
    printf "\nFrom the worst digit to the best: printed %.2f points, ours %.2f.\n", 99.33 - 99.22, high - low
}

function verdict_of(said, m) {
    if (said > mean + reach(m)) return said > most ? sprintf("not reached: %.2f points above our best", said - most) : "not reached"
    return said < mean - reach(m) ? "surpassed" : "holds"
}

function losses_table(    key, k, e, m, part, value, said) {
    key = "a000-cifar-cnn|"
    split("2.3544 2.0731 1.7906 1.5909 1.4126 1.2832 1.1946 1.1125 1.0502 1.0065", said, " ")
    m = count[key]
    if (!m) { print "Not run yet."; return }
    print "| epoch | printed | ours |"
    print "|---|---|---|"
    for (e = 1; e <= 10; e++) {
        for (k = 1; k <= m; k++) { split(losses[key, k], part, " "); value[key, k] = part[e] }
        spread(value, key)
        printf "| %d | %s | %s |\n", e, said[e], ours(4, "")
    }
}

# Of a program that trains otherwise than in runs.csv (no dropout, fewer epochs) there are no seeds: the deviation of the number of
# right images is then that of chance, sqrt(p (1 - p) / n) for each of two.
function side_table(    k, f, key, away, limit) {
    print "| program | beside | first 10 losses | first 50 | steps | right, theirs | ours | difference in points | allowed |"
    print "|---|---|---|---|---|---|---|---|---|"
    for (k = 1; k <= sides; k++) {
        split(side[k], f, ",")
        key = f[1] "|" f[2]
        away = 100 * (f[7] - f[8])
        if (away < 0.005 && away > -0.005) away = 0
        if (count[key] > 2) { spread(accuracy, key); limit = 2 * 1.414 * deviation }
        else limit = 0
        if (!limit && f[1] ~ /mnist|cifar/) limit = 2 * 1.414 * 100 * sqrt(f[8] * (1 - f[8]) / (f[1] ~ /cifar/ ? 2000 : 10000))
        printf "| %s | %s | %s | %s | %s | %.2f %% | %.2f %% | %+.2f | %.2f%s |\n", f[1] (f[2] == "" ? "" : " `" f[2] "`"), f[3], apart(f[4], 1e-5), apart(f[5], 1e-3),
            thousands(f[6]), 100 * f[7], 100 * f[8], away, limit, (away > limit + 1e-6 || -away > limit + 1e-6) ? ", **farther**" : ""
    }
}
function apart(x, most) { return x + 0 <= most ? sprintf("%.1e", x) : sprintf("**%.1e**", x) }

# ---- speed ----

# a row of `rungs bench --csv`: seconds of a network on so many threads, by who, and the fastest of the others
function speed_row(    f, key, who) {
    split($0, f, ",")
    if (f[1] !~ /^train_/ || f[9] == "") return
    key = f[4] "|" f[5] "|" f[1]
    who = f[3] == "peer" ? f[2] : f[2] ~ /^00/ ? "naive" : "best"
    time[key, who] = f[9]
    low_of[key, who] = f[10]
    high_of[key, who] = f[11]
    cpu = f[18]
    if (!((f[4], f[5]) in raced)) { raced[f[4], f[5]] = 1; races[++nraces] = f[4] "|" f[5] }
    if (f[3] == "peer" && (!(key in fastest) || f[9] < time[key, fastest[key]])) fastest[key] = f[2]
}
function milli(seconds) { return seconds == "" ? "" : sprintf(seconds < 0.001 ? "%.3f" : seconds < 0.1 ? "%.2f" : "%.0f", 1000 * seconds) }
function share(key) { return time[key, "best"] == "" || !(key in fastest) ? "" : sprintf("%.2f", time[key, "best"] / time[key, fastest[key]]) }
function target(race, what,    f) {
    split(race, f, "|")
    if (what == "train_epoch") return f[2] == 2 ? "0.50" : ""
    return f[1] ~ /-64$/ ? "0.25" : f[1] ~ /cnn|conv/ ? f[1] ~ /cifar/ ? "0.60" : "0.30" : f[1] ~ /lenet/ ? "0.40" : "0.60"
}
function reached(key, most) { return share(key) == "" || most == "" ? share(key) : share(key) <= most + 0 ? share(key) : "**" share(key) "**" }
function speed_table(what,    i, key, f) {
    print "| network | threads | naive, ms | best, ms | PyTorch | PyTorch, channels_last | JAX | share of the fastest | aim |"
    print "|---|---|---|---|---|---|---|---|---|"
    for (i = 1; i <= nraces; i++) {
        key = races[i] "|" what
        if (time[key, "best"] == "") continue
        split(races[i], f, "|")
        print "| " f[1] " | " f[2] " | " milli(time[key, "naive"]) " | " milli(time[key, "best"]) " [" milli(low_of[key, "best"]) ", " milli(high_of[key, "best"]) "] | " \
            milli(time[key, "torch"]) " | " milli(time[key, "torch_channels_last"]) " | " milli(time[key, "jax"]) " | " reached(key, target(races[i], what)) " | " target(races[i], what) " |"
    }
    print ""
    print "On " cpu "."
}

# a row of `rungs bench steps --memory --csv`: peak bytes but those of the images, without the data
function memory_row(    f, key) {
    if (FNR == 1) return
    split($0, f, ",")
    key = f[1] "|" f[3]
    memory[key, f[2]] = (f[7] - f[5]) / 1048576
    if (f[2] == "rungs") kept[++nkept] = key
    else if (!((key, "least") in memory) || memory[key, f[2]] < memory[key, "least"]) memory[key, "least"] = memory[key, f[2]]
}
function memory_table(    i, f, part) {
    print "| network | threads | rungs, MiB | PyTorch | PyTorch, channels_last | JAX | share of the least | aim |"
    print "|---|---|---|---|---|---|---|---|"
    for (i = 1; i <= nkept; i++) {
        split(kept[i], f, "|")
        part = memory[kept[i], "rungs"] / memory[kept[i], "least"]
        printf "| %s | %s | %.1f | %.0f | %.0f | %.0f | %s | 0.05 |\n", f[1], f[2], memory[kept[i], "rungs"], memory[kept[i], "torch"], memory[kept[i], "torch_channels_last"], memory[kept[i], "jax"],
            sprintf(part <= 0.05 ? "%.3f" : "**%.3f**", part)
    }
}

END {
    if (table == "claims") claims_table()
    else if (table == "settings") settings_table()
    else if (table == "classes") classes_table()
    else if (table == "losses") losses_table()
    else if (table == "frameworks") side_table()
    else if (table == "steps") speed_table("train_step")
    else if (table == "epochs") speed_table("train_epoch")
    else if (table == "memory") memory_table()
    else { print "claims.sh: there is no table " table "; there are claims, settings, classes, losses, frameworks, steps, epochs and memory" >"/dev/stderr"; exit 1 }
}

#!/bin/sh
# ladder_muon.sh - from ladder_muon.csv, which `rungs bench muon_step --shapes 256x512,512x784 --threads 1,2 --no-peers --csv`
# wrote: milliseconds of a step by rung, with 95 % intervals, and the machine. Run in the repository's root.
awk -F, '
NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
$column["op"] != "muon_step" { next }
!machine++ { printf "%s, %s %s, commit %s\n", $column["cpu"], $column["compiler"], $column["flags"], $column["commit"] }
$column["shape"] != shape { shape = $column["shape"]; printf "muon_step %s\n", shape }
$column["seconds"] == "" { printf "  %-11s too slow to be raced here\n", $column["rung"]; next }
{ printf "  %-11s %s thread%s %9.2f ms [%.2f, %.2f] %8.1f GFLOP/s\n", $column["rung"], $column["threads"], ($column["threads"] > 1 ? "s" : " "), 1000 * $column["seconds"], 1000 * $column["low"], 1000 * $column["high"], $column["gflops"] }
' lessons/04_momentum_adam/ladder_muon.csv
awk -F, '
NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
{ time[$column["shape"] " " $column["rung"] " " $column["threads"]] = $column["seconds"] }
END {
    printf "01_packed, 256x512: %.1f x 00_naive\n", time["256x512 00_naive 1"] / time["256x512 01_packed 1"]
    printf "02_half, 512x784: %.2f x 01_packed\n", time["512x784 01_packed 1"] / time["512x784 02_half 1"]
    printf "03_threads on 2, 512x784: %.2f x 03_threads\n", time["512x784 03_threads 1"] / time["512x784 03_threads 2"]
}' lessons/04_momentum_adam/ladder_muon.csv
awk -F, '
FNR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
$column["threads"] != 1 { next }
$column["op"] == "muon_step" && $column["rung"] == "02_half" { muon += $column["seconds"] }
$column["op"] == "train" && $column["load"] == 0 && !train { train = $column["seconds"] }
END { printf "both matrices, 02_half: %.2f ms; training at batch 64 (plots/data/train): %.2f ms a step; %.1f such steps\n", 1000 * muon, 1000 * train, muon / train }
' lessons/04_momentum_adam/ladder_muon.csv plots/data/train/amd-epyc-zen3-2core.csv

#!/bin/sh
# stop.sh - from stop.csv, which `./rungs lesson 5 stop` made: how each training saw its images, the epochs until its parameters, the
# losses, and how many test images are guessed wrongly, as they are and shifted: medians of five seeds, and of what is reported the
# lowest and the highest. Run in the repository's root.
awk -F, '
NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
function median(name) { return $column[name] }
function spread(name, form) { return sprintf(form " [" form ", " form "]", $column[name], $column[name "_low"], $column[name "_high"]) }
NR == 2 { printf "%-12s %-8s %6s  %-7s %-10s %-24s %-22s %s\n", "images", "until", "epochs", "trained", "validation", "test loss", "wrong, per cent", "shifted" }
{
    printf "%-12s %-8s %6d  %-7.3f %-10.3f %-24s %-22s %s\n", $column["images"], $column["until"], median("epochs"), median("train_loss"), median("validation_loss"), spread("test_loss", "%.3f"), spread("test_error", "%.1f"), spread("shifted_error", "%.1f")
}' lessons/05_weight_decay/stop.csv

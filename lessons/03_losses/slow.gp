# slow.gp - errors against steps for two losses. Run in the repository's root; `lesson_text --update 3` does.
out = "lessons/03_losses/slow"
load "plots/style.gp"
set datafile separator ","
do for [t=1:2] {
  eval terminal(t, 820, 420)
  set lmargin at screen 80.0/820
  set rmargin at screen 1 - 34.0/820
  set tmargin at screen 1 - 38.0/420
  set bmargin at screen 62.0/420
  set label 1 "Sure and wrong at the start: one variable, the loss" at screen 0.015, screen 1 - 17.0/420 left font ",16" tc rgb ink
  set logscale x 2
  set format x "%g"
  set xrange [1:4096]
  set yrange [-0.01:0.65]
  set ytics 0.1
  set xlabel "steps" offset 0,0.5
  set ylabel "errors, share of all points" offset 1,0
  set label 2 "cross-entropy" at 57, 0.31 left tc ls 6
  set label 3 "squared error" at 272, 0.46 left tc ls 5
  set label 4 "squared error,\nrate 8" at 310, 0.2 right tc ls 3
  set label 5 "ordinary start,\nboth losses" at 1.1, 0.2 left tc rgb faint
  plot out.".csv" using 1:9 with lines ls 5 lw 1.2 dt 3, \
       "" using 1:10 with lines ls 6 lw 1.2 dt 3, \
       "" using 1:8 with lines ls 3 dt 2, \
       "" using 1:3:2:4 with yerrorbars ls 5 lw 1, "" using 1:3 with lines ls 5, \
       "" using 1:6:5:7 with yerrorbars ls 6 lw 1, "" using 1:6 with lines ls 6
}

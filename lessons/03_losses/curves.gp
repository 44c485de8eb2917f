# curves.gp - two losses and their slopes against the logit. Run in the repository's root; `lesson_text --update 3` does.
out = "lessons/03_losses/curves"
load "plots/style.gp"
set datafile separator ","
do for [t=1:2] {
  eval terminal(t, 820, 380)
  set multiplot
  set tmargin at screen 1 - 66.0/380
  set bmargin at screen 62.0/380
  set xrange [-8:8]
  set xtics 4
  set xlabel "logit z of the right answer" offset 0,0.5
  set lmargin at screen 52.0/820
  set rmargin at screen 395.0/820
  set yrange [0:8.2]
  set ytics 2
  set label 1 "The right answer is yes, the network says p = sigmoid(z)" at screen 0.015, screen 1 - 17.0/380 left font ",16" tc rgb ink
  set label 2 "loss" at graph 0, graph 1 offset 0,0.8 left tc rgb ink
  set label 3 "cross-entropy" at -3.6, 4.4 left tc ls 6
  set label 4 "squared error" at -7.7, 1.45 left tc ls 5
  plot out.".csv" using 1:5 with lines ls 6, \
       "" using 1:3 with lines ls 5 dt 2
  set lmargin at screen 465.0/820
  set rmargin at screen 808.0/820
  set yrange [-1.05:0.05]
  set ytics 0.25
  set format y "%g"
  unset label 1
  set label 2 "its slope: what the weights learn from"
  set label 3 "cross-entropy" at -7.7, -0.84
  set label 4 "squared error" at -7.7, -0.22
  plot out.".csv" using 1:6 with lines ls 6, \
       "" using 1:4 with lines ls 5 dt 2
  unset multiplot
}

# steps.gp - the error of numerical gradients against the step h. Run in the repository's root; `lesson_text --update 1` does.
out = "lessons/01_mlp_backprop/steps"
load "plots/style.gp"
set datafile separator ","
do for [t=1:2] {
  eval terminal(t, 820, 420)
  set lmargin at screen 84.0/820
  set rmargin at screen 1 - 30.0/820
  set tmargin at screen 1 - 38.0/420
  set bmargin at screen 62.0/420
  set label 1 "How wrong is a numerical gradient?" at screen 0.015, screen 1 - 17.0/420 left font ",16" tc rgb ink
  set logscale xy
  set format xy "1e%T"
  set xrange [1e-15:1e-1]
  set yrange [1e-17:1e2]
  set xtics 100
  set ytics 1e4
  set mxtics 1
  set mytics 1
  set xlabel "step h" offset 0,0.5
  set ylabel "worst error / largest gradient" offset 1,0
  set label 2 "central, float" at 1e-11, 7e0 center tc ls 6
  set label 3 "forward, double" at 4e-11, 2e-3 left tc ls 5
  set label 4 "central, double" at 3e-12, 3e-6 right tc ls 3
  set label 5 "complex step" at 1e-11, 1e-14 center tc ls 7
  plot out.".csv" using 1:4 with linespoints ls 6, \
       "" using 1:2 with linespoints ls 5, \
       "" using 1:3 with linespoints ls 3, \
       "" using 1:5 with linespoints ls 7
}

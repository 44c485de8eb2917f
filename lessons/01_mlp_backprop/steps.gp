# steps.gp - the error of numerical gradients against the step h. Run in the repository's root; `lesson_text --update 1` does.
out = "lessons/01_mlp_backprop/steps"
load "plots/style.gp"
set datafile separator ","
width = 820; height = 420
do for [t=1:2] {
  eval terminal(t, width, height)
  set lmargin at screen at_x(84)
  set rmargin at screen at_x(790)
  set tmargin at screen at_y(38)
  set bmargin at screen at_y(358)
  set label 1 "How wrong is a numerical gradient?" at screen at_x(12), at_y(17) left font ",16" tc rgb ink
  set logscale xy
  set format xy "1e%T"
  set xrange [1e-15:1e-1]
  set yrange [1e-17:1e2]
  set xtics 100
  set ytics 1e4
  set mxtics 1
  set mytics 1
  set label 90 "step h" at screen at_x(437), at_y(402) center tc rgb ink
  set label 91 "worst error / largest gradient" at screen at_x(16), at_y(198) center rotate tc rgb ink
  set label 2 "central, float" at 1e-11, 7e0 center tc ls ink_of(6)
  set label 3 "forward, double" at 4e-11, 2e-3 left tc ls ink_of(5)
  set label 4 "central, double" at 3e-12, 3e-6 right tc ls ink_of(3)
  set label 5 "complex step" at 1e-11, 1e-14 center tc ls ink_of(7)
  plot out.".csv" using 1:4 with linespoints ls 6, \
       "" using 1:2 with linespoints ls 5, \
       "" using 1:3 with linespoints ls 3, \
       "" using 1:5 with linespoints ls 7
}

# steps.gp - the error of a numerical slope of tanh against the step h. Run in the repository's root; `lesson_text --update 2` does.
out = "lessons/02_activations/steps"
load "plots/style.gp"
set datafile separator ","
width = 820; height = 440
do for [t=1:2] {
  eval terminal(t, width, height)
  set lmargin at screen at_x(84)
  set rmargin at screen at_x(790)
  set tmargin at screen at_y(38)
  set bmargin at screen at_y(378)
  set label 1 "The slope of tanh by differences, where it bends and where it is flat" at screen at_x(12), at_y(17) left font ",16" tc rgb ink
  set logscale xy
  set format xy "1e%T"
  set xrange [1e-15:1e-1]
  set yrange [1e-17:1e2]
  set xtics 100
  set ytics 1e4
  set mxtics 1
  set mytics 1
  set label 90 "step h" at screen at_x(437), at_y(422) center tc rgb ink
  set label 91 "error / slope" at screen at_x(16), at_y(208) center rotate tc rgb ink
  set label 2 "central, float, x = 10: always 0" at 2e-15, 6 left tc ls ink_of(7)
  set label 3 "central, x = 10" at 3e-8, 5e-3 right tc ls ink_of(4)
  set label 4 "central, float, x = 1" at 2.5e-6, 4e-2 left tc ls ink_of(6)
  set label 5 "forward, x = 1" at 3e-13, 2e-6 right tc ls ink_of(5)
  set label 6 "central, x = 1" at 3e-6, 1.5e-12 left tc ls ink_of(3)
  set label 7 "complex step, x = 10" at 1e-11, 1e-14 center tc ls ink_of(8)
  plot out.".csv" using 1:6 with linespoints ls 7, \
       "" using 1:5 with linespoints ls 4, \
       "" using 1:4 with linespoints ls 6, \
       "" using 1:2 with linespoints ls 5, \
       "" using 1:3 with linespoints ls 3, \
       "" using 1:7 with linespoints ls 8
}

# depth.gp - what is left of a gradient after 1 to 20 layers. Run in the repository's root; `lesson_text --update 2` does.
out = "lessons/02_activations/depth"
load "plots/style.gp"
set datafile separator ","
width = 820; height = 460
do for [t=1:2] {
  eval terminal(t, width, height)
  set lmargin at screen at_x(84)
  set rmargin at screen at_x(710)
  set tmargin at screen at_y(38)
  set bmargin at screen at_y(398)
  set label 1 "Untrained networks on clothes: one variable, the activation" at screen at_x(12), at_y(17) left font ",16" tc rgb ink
  set logscale y
  set format y "1e%T"
  set xrange [1:20]
  set yrange [1e-10:30]
  set xtics (1, 5, 10, 15, 20)
  set ytics 100
  set mytics 1
  set label 90 "hidden layers" at screen at_x(397), at_y(442) center tc rgb ink
  set label 91 "gradient at the first / at the last layer" at screen at_x(16), at_y(218) center rotate tc rgb ink
  set label 2 "elu" at 20.3, 7 left tc ls ink_of(3)
  set label 3 "tanh" at 20.3, 2 left tc ls ink_of(8)
  set label 4 "relu, gelu" at 20.3, 0.65 left tc ls ink_of(5)
  set label 5 "softplus" at 20.3, 0.12 left tc ls ink_of(9)
  set label 6 "silu" at 20.3, 0.022 left tc ls ink_of(4)
  set label 7 "sigmoid" at 20.3, 4e-10 left tc ls ink_of(6)
  plot out.".csv" using 1:5 with linespoints ls 6, \
       "" using 1:10 with linespoints ls 4, \
       "" using 1:7 with linespoints ls 9, \
       "" using 1:6 with linespoints ls 8, \
       "" using 1:4 with linespoints ls 3, \
       "" using 1:8 with linespoints ls 2, \
       "" using 1:2 with linespoints ls 5
}

# depth.gp - what is left of a gradient after 1 to 20 layers. Run in the repository's root; `lesson_text --update 2` does.
out = "lessons/02_activations/depth"
load "plots/style.gp"
set datafile separator ","
do for [t=1:2] {
  eval terminal(t, 820, 460)
  set lmargin at screen 84.0/820
  set rmargin at screen 1 - 110.0/820
  set tmargin at screen 1 - 38.0/460
  set bmargin at screen 62.0/460
  set label 1 "Untrained networks on clothes: one variable, the activation" at screen 0.015, screen 1 - 17.0/460 left font ",16" tc rgb ink
  set logscale y
  set format y "1e%T"
  set xrange [1:20]
  set yrange [1e-10:30]
  set xtics (1, 5, 10, 15, 20)
  set ytics 100
  set mytics 1
  set xlabel "hidden layers" offset 0,0.5
  set ylabel "gradient at the first / at the last layer" offset 1,0
  set label 2 "elu" at 20.3, 7 left tc ls 3
  set label 3 "tanh" at 20.3, 2 left tc ls 8
  set label 4 "relu, gelu" at 20.3, 0.65 left tc ls 5
  set label 5 "softplus" at 20.3, 0.12 left tc ls 9
  set label 6 "silu" at 20.3, 0.022 left tc ls 4
  set label 7 "sigmoid" at 20.3, 4e-10 left tc ls 6
  plot out.".csv" using 1:5 with linespoints ls 6, \
       "" using 1:10 with linespoints ls 4, \
       "" using 1:7 with linespoints ls 9, \
       "" using 1:6 with linespoints ls 8, \
       "" using 1:4 with linespoints ls 3, \
       "" using 1:8 with linespoints ls 2, \
       "" using 1:2 with linespoints ls 5
}

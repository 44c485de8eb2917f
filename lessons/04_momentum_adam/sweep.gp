# sweep.gp - loss of each optimizer at each rate. Run in the repository's root; `lesson_text --update 4` does.
out = "lessons/04_momentum_adam/sweep"
load "plots/style.gp"
set datafile separator ","
width = 820; height = 480
do for [t=1:2] {
  eval terminal(t, width, height)
  set lmargin at screen at_x(80)
  set rmargin at screen at_x(796)
  set tmargin at screen at_y(38)
  set bmargin at screen at_y(418)
  set label 1 "Clothes: the loss after five epochs at each rate, medians of five seeds" at screen at_x(12), at_y(17) left font ",16" tc rgb ink
  set logscale xy
  set format x "%g"
  set format y "%g"
  set xrange [5e-6:15]
  set yrange [0.14:4.5]
  set ytics (0.2, 0.3, 0.5, 1, 2, 4)
  set xtics (0.0001, 0.001, 0.01, 0.1, 1, 10)
  set label 90 "rate" at screen at_x(438), at_y(462) center tc rgb ink
  set label 91 "loss of the training images" at screen at_x(16), at_y(228) center rotate tc rgb ink
  set label 2 "Adadelta" at 8.5e-5, 3.09 right tc ls ink_of(9)
  set label 3 "gradient descent" at 8.5e-5, 2.28 right tc ls ink_of(6)
  set label 4 "AdaGrad" at 8.5e-5, 1.59 right tc ls ink_of(8)
  set label 5 "heavy ball," at 8.5e-5, 1.06 right tc ls ink_of(5)
  set label 6 "Nesterov" at 8.5e-5, 0.91 right tc ls ink_of(2)
  set label 7 "Adam, NAdam" at 8.5e-5, 0.6 right tc ls ink_of(3)
  set label 8 "RMSprop" at 8.5e-5, 0.48 right tc ls ink_of(4)
  set label 9 "Lion" at 8.5e-5, 0.357 right tc ls ink_of(7)
  plot out.".csv" using 1:7 with linespoints ls 9, \
       "" using 1:2 with linespoints ls 6, \
       "" using 1:6 with linespoints ls 8, \
       "" using 1:4 with linespoints ls 2, \
       "" using 1:3 with linespoints ls 5, \
       "" using 1:10 with linespoints ls 3 dt 2, \
       "" using 1:8 with linespoints ls 3, \
       "" using 1:5 with linespoints ls 4, \
       "" using 1:11 with linespoints ls 7
}

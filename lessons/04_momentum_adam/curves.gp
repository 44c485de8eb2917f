# curves.gp - loss against steps, each optimizer at its best rate. Run in the repository's root; `lesson_text --update 4` does.
out = "lessons/04_momentum_adam/curves"
load "plots/style.gp"
set datafile separator ","
width = 820; height = 420
do for [t=1:2] {
  eval terminal(t, width, height)
  set lmargin at screen at_x(80)
  set rmargin at screen at_x(650)
  set tmargin at screen at_y(38)
  set bmargin at screen at_y(358)
  set label 1 "Clothes: the loss during training, each optimizer at its best rate" at screen at_x(12), at_y(17) left font ",16" tc rgb ink
  set logscale y
  set format y "%g"
  set xrange [40:400]
  set yrange [0.17:1.3]
  set xtics 40, 40
  set ytics (0.2, 0.3, 0.4, 0.5, 0.7, 1)
  set label 90 "steps" at screen at_x(365), at_y(402) center tc rgb ink
  set label 91 "loss of 40 batches" at screen at_x(16), at_y(198) center rotate tc rgb ink
  set label 2 "gradient descent" at 408, 0.325 left tc ls ink_of(6)
  set label 3 "heavy ball" at 408, 0.29 left tc ls ink_of(5)
  set label 4 "Adam, Nesterov" at 408, 0.255 left tc ls ink_of(3)
  set label 5 "AdaGrad" at 124, 0.72 left tc ls ink_of(8)
  set label 6 "Lion" at 408, 0.207 left tc ls ink_of(7)
  plot out.".csv" using 1:2 with linespoints ls 6, \
       "" using 1:3 with linespoints ls 5, \
       "" using 1:6 with linespoints ls 8, \
       "" using 1:4 with linespoints ls 2, \
       "" using 1:8 with linespoints ls 3, \
       "" using 1:11 with linespoints ls 7
}

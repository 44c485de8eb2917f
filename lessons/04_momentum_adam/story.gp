# story.gp - steps of optimizers in the same gradients of one weight. Run in the repository's root; `lesson_text --update 4` does.
out = "lessons/04_momentum_adam/story"
load "plots/style.gp"
set datafile separator ","
width = 820; height = 460
do for [t=1:2] {
  eval terminal(t, width, height)
  set lmargin at screen at_x(80)
  set rmargin at screen at_x(680)
  set tmargin at screen at_y(38)
  set bmargin at screen at_y(398)
  set label 1 "One weight's steps: gradient 1, once 20, 1 again, then 0.1" at screen at_x(12), at_y(17) left font ",16" tc rgb ink
  set logscale y
  set format y "%g"
  set xrange [1:160]
  set yrange [7e-5:50]
  set xtics (1, 41, 81, 120, 160)
  set label 90 "steps" at screen at_x(390), at_y(442) center tc rgb ink
  set label 91 "size of a step / rate" at screen at_x(16), at_y(218) center rotate tc rgb ink
  set label 2 "heavy ball" at 163, 2.1 left tc ls ink_of(1)
  set label 3 "Lion" at 163, 0.85 left tc ls ink_of(7)
  set label 4 "gradient descent" at 163, 0.27 left tc ls ink_of(6)
  set label 5 "RMSprop" at 163, 0.1 left tc ls ink_of(4)
  set label 6 "Adam" at 163, 0.04 left tc ls ink_of(3)
  set label 7 "AdaGrad" at 163, 0.0046 left tc ls ink_of(5)
  set label 8 "Adadelta" at 163, 0.0016 left tc ls ink_of(9)
  plot out.".csv" using 1:3 with lines ls 1, \
       "" using 1:2 with lines ls 6, \
       "" using 1:5 with lines ls 4, \
       "" using 1:6 with lines ls 5, \
       "" using 1:7 with lines ls 9, \
       "" using 1:8 with lines ls 3, \
       "" using 1:11 with lines ls 7
}

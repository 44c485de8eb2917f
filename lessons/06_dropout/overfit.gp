# overfit.gp - errors and loss against epochs, with and without dropout. Run in the repository's root; `lesson_text --update 6` does.
out = "lessons/06_dropout/overfit"
load "plots/style.gp"
set datafile separator ","
width = 820; height = 420
do for [t=1:2] {
  eval terminal(t, width, height)
  set multiplot
  set tmargin at screen at_y(64)
  set bmargin at screen at_y(358)
  set xrange [0:62]
  set xtics 20
  set lmargin at screen at_x(56)
  set rmargin at screen at_x(396)
  set label 1 "2,000 images by heart: one variable, p" at screen at_x(12), at_y(17) left font ",16" tc rgb ink
  set label 90 "epochs" at screen at_x(226), at_y(402) center tc rgb ink
  set label 91 "wrong guesses, share" at screen at_x(12), at_y(47) left tc rgb ink
  set label 2 "5,000 others, p = 0" at 61, 0.241 right tc ls ink_of(5)
  set label 3 "5,000 others, p = 1/2" at 61, 0.145 right tc ls ink_of(6)
  set label 4 "the 2,000, p = 1/2" at 24, 0.085 left tc ls ink_of(6)
  set label 5 "the 2,000, p = 0" at 1, 0.012 left tc ls ink_of(5)
  set yrange [0:0.25]
  set ytics 0.05
  plot out.".csv" using 1:2 with lines ls 5 dt 2, "" using 1:7 with lines ls 6 dt 2, \
       "" using 1:3:5 with filledcurves fs solid 0.18 noborder lc rgb "#0072b2" , \
       "" using 1:8:10 with filledcurves fs solid 0.18 noborder lc rgb "#d55e00", \
       "" using 1:4 with lines ls 5, "" using 1:9 with lines ls 6
  unset label
  set lmargin at screen at_x(466)
  set rmargin at screen at_x(806)
  set label 90 "epochs" at screen at_x(636), at_y(402) center tc rgb ink
  set label 91 "loss of the 5,000 others" at screen at_x(432), at_y(47) left tc rgb ink
  set label 2 "p = 0" at 50, 0.69 right tc ls ink_of(5)
  set label 3 "p = 1/2" at 50, 0.54 left tc ls ink_of(6)
  set yrange [0.45:0.75]
  set ytics 0.1
  plot out.".csv" using 1:6 with lines ls 5, "" using 1:11 with lines ls 6
  unset multiplot
}

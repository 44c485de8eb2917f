# norm.gp - errors and loss of unseen images against the learning rate, of four networks. Run in the repository's root; `lesson_text
# --update 6` does.
out = "lessons/06_dropout/norm"
load "plots/style.gp"
set datafile separator ","
width = 820; height = 420
do for [t=1:2] {
  eval terminal(t, width, height)
  set multiplot
  set tmargin at screen at_y(64)
  set bmargin at screen at_y(358)
  set logscale x
  set xrange [0.008:1.3]
  set xtics ("0.01" 0.01, "0.1" 0.1, "1" 1)
  set lmargin at screen at_x(56)
  set rmargin at screen at_x(396)
  set label 1 "Two remedies, four networks: each learns 2,000 images for 40 epochs" at screen at_x(12), at_y(17) left font ",16" tc rgb ink
  set label 90 "learning rate" at screen at_x(226), at_y(402) center tc rgb ink
  set label 91 "wrong guesses of 5,000 others, share" at screen at_x(12), at_y(47) left tc rgb ink
  set yrange [0.15:0.25]
  set ytics 0.02
  set label 2 "dropout" at 0.33, 0.222 right tc ls ink_of(6)
  plot for [k=1:4] out.".csv" using 1:(column(1 + k)) with linespoints ls (4 + k)
  unset label
  set lmargin at screen at_x(466)
  set rmargin at screen at_x(806)
  set label 90 "learning rate" at screen at_x(636), at_y(402) center tc rgb ink
  set label 91 "their loss" at screen at_x(432), at_y(47) left tc rgb ink
  set yrange [0.45:0.95]
  set ytics 0.1
  set label 2 "plain" at 0.25, 0.84 right tc ls ink_of(5)
  set label 3 "dropout" at 0.22, 0.662 left tc ls ink_of(6)
  set label 4 "normalized" at 1.2, 0.735 right tc ls ink_of(7)
  set label 5 "both" at 1.2, 0.56 right tc ls ink_of(8)
  plot for [k=1:4] out.".csv" using 1:(column(5 + k)) with linespoints ls (4 + k)
  unset multiplot
}

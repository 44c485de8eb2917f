# unsure.gp - which share of strange images passes a threshold at which so many known ones pass. Run in the repository's root;
# `lesson_text --update 6` does.
out = "lessons/06_dropout/unsure"
load "plots/style.gp"
set datafile separator ","
width = 820; height = 420
do for [t=1:2] {
  eval terminal(t, width, height)
  set lmargin at screen at_x(80)
  set rmargin at screen at_x(786)
  set tmargin at screen at_y(38)
  set bmargin at screen at_y(358)
  set label 1 "Believe the surest answers: how many of them are about things it has never seen?" at screen at_x(12), at_y(17) left font ",16" tc rgb ink
  set xrange [0:1]
  set yrange [0:1.01]
  set xtics 0.2
  set ytics 0.2
  set label 90 "images of known classes that are believed, share" at screen at_x(433), at_y(402) center tc rgb ink
  set label 91 "of strange classes" at screen at_x(16), at_y(198) center rotate tc rgb ink
  set label 2 "asked once" at 0.5, 0.55 right tc ls ink_of(5)
  set label 3 "asked 50 times" at 0.66, 0.33 left tc ls ink_of(6)
  set label 4 "no help at all" at 0.2, 0.3 right tc rgb faint
  plot x with lines lc rgb faint lw 1 dt 3, \
       out.".csv" using 2:3 with linespoints ls 5 ps 0.5, "" using 4:5 with linespoints ls 6 ps 0.5
}

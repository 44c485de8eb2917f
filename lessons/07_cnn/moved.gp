# moved.gp - wrong guesses about images that were moved. Run in the repository's root; `lesson_text --update 7` does.
out = "lessons/07_cnn/moved"
load "plots/style.gp"
set datafile separator ","
width = 820; height = 420
do for [t=1:2] {
  eval terminal(t, width, height)
  set lmargin at screen at_x(64)
  set rmargin at screen at_x(610)
  set tmargin at screen at_y(62)
  set bmargin at screen at_y(358)
  set label 1 "The same images, moved to the right" at screen at_x(12), at_y(17) left font ",16" tc rgb ink
  set xrange [-0.1:4.1]
  set yrange [0:0.8]
  set xtics 1
  set ytics 0.2
  set label 90 "pixels" at screen at_x(337), at_y(402) center tc rgb ink
  set label 91 "wrong guesses, share" at screen at_x(12), at_y(47) left tc rgb ink
  set label 2 "dense layers" at screen at_x(622), at_y(102) left tc ls ink_of(6)
  set label 3 "two convolutions first" at screen at_x(622), at_y(130) left tc ls ink_of(5)
  plot out.".csv" using 1:2:4 with filledcurves fs solid 0.18 noborder lc rgb "#d55e00", \
       "" using 1:5:7 with filledcurves fs solid 0.18 noborder lc rgb "#0072b2", \
       "" using 1:3 with linespoints ls 6, "" using 1:6 with linespoints ls 5
}

# square.gp - curves in the unit square: gnuplot -c square.gp WORKING-NAME OUTPUT-NAME STYLE-FOLDER, called by
# rungs eval.
# .dat: a block for each curve: x, y
dat = ARG1; out = ARG2
load ARG3."/style.gp"
style(k) = word("6 5 3 7 2 4 8 1 9 10", k + 1) + 0
width = 640
height = 500
do for [t=1:2] {
  eval terminal(t, width, height)
  set lmargin at screen at_x(66)
  set rmargin at screen at_x(460)
  set tmargin at screen at_y(44)
  set bmargin at screen at_y(438)
  set label 1 heading at screen at_x(12), at_y(17) left font ",16" tc rgb ink
  set label 2 xname at screen at_x(263), at_y(483) center tc rgb ink
  set label 3 yname at screen at_x(16), at_y(241) center rotate tc rgb ink
  set xrange [0:1]
  set yrange [0:1]
  set xtics 0.2
  set ytics 0.2
  do for [k=0:curves-1] {
    set arrow 10+k from screen at_x(474), at_y(54 + 22*k) to screen at_x(496), at_y(54 + 22*k) nohead ls style(k)
    set label 10+k value("name".k) at screen at_x(502), at_y(54 + 22*k) left tc ls ink_of(style(k))
  }
  plot x with lines lc rgb faint lw 1 dt 2, \
       for [k=0:curves-1] dat.".dat" index k using 1:2 with lines ls style(k), \
       for [k=0:curves-1] dat.".dat" index k using (dots ? $1 : NaN):2 with points ls style(k)
}

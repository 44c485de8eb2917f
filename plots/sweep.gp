# sweep.gp - the cells of a sweep: gnuplot -c sweep.gp WORKING-NAME OUTPUT-NAME STYLE-FOLDER, called by rungs
# plot.
# .dat: a block of trainings: row, accuracy; a block of cells: row, mean, low, high, name, result in words
dat = ARG1; out = ARG2
load ARG3."/style.gp"
width = 820
height = 118 + 22*rows
do for [t=1:2] {
  eval terminal(t, width, height)
  set lmargin at screen at_x(left)
  set rmargin at screen at_x(right)
  set tmargin at screen at_y(52)
  set bmargin at screen at_y(height - 58)
  set label 1 heading at screen at_x(12), at_y(17) left font ",16" tc rgb ink
  set label 2 machine at screen at_x(12), at_y(38) left tc rgb faint
  set label 3 xname at screen at_x(right), at_y(height - 17) right tc rgb ink
  set border 1
  set xrange [low:high]
  set yrange [rows - 0.4:-0.6]
  eval "set xtics ".marks
  set ytics scale 0
  set grid noytics
  plot dat.".dat" index 1 using 3:1:($4-$3):(0) with vectors nohead lw 1.6 lc rgb "#0072b2", \
       dat.".dat" index 0 using 2:1 with points pt 6 ps 0.5 lc rgb faint, \
       dat.".dat" index 1 using 2:1:ytic(5) with points pt 7 ps 0.6 lc rgb "#0072b2", \
       dat.".dat" index 1 using (high):1:6 with labels left offset 0.8,0 font ",13" tc rgb ink
}

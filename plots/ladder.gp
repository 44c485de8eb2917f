# ladder.gp - speed-up over naive: gnuplot -c ladder.gp WORKING-NAME OUTPUT-NAME STYLE-FOLDER, called by
# rungs plot.
# .dat: y, speed-up, low, high, style, label, speed-up in words, speed in words
dat = ARG1; out = ARG2
load ARG3."/style.gp"
width = 820
below = strlen(footnote) > 0 ? 20 : 0
height = 118 + below + 24*rows
do for [t=1:2] {
  eval terminal(t, width, height)
  set lmargin at screen at_x(left)
  set rmargin at screen at_x(right)
  set tmargin at screen at_y(52)
  set bmargin at screen at_y(height - 58 - below)
  set label 1 heading at screen at_x(12), at_y(17) left font ",16" tc rgb ink
  set label 2 machine at screen at_x(12), at_y(38) left tc rgb faint
  set label 3 xname at screen at_x((left + right)/2), at_y(height - 17 - below) center tc rgb ink
  set label 4 footnote at screen at_x(12), at_y(height - 14) left font ",12" tc rgb faint
  set border 1
  set xrange [0:end]
  set yrange [rows - 0.4:-0.6]
  eval "set xtics ".marks
  set ytics scale 0
  set grid noytics
  plot for [k=1:6] dat.".dat" using ($5 == k ? $2 : NaN):1:(0):2:($1-0.38):($1+0.38) with boxxyerror fs solid 1 noborder ls 50+k, \
       dat.".dat" using 2:1:3:4 with xerrorbars pt 0 lw 1.2 lc rgb "#000000", \
       dat.".dat" using 4:1:7:ytic(6) with labels left offset 0.6,0 tc rgb ink, \
       dat.".dat" using (end):1:8 with labels left offset 0.8,0 font ",13" tc rgb faint
}

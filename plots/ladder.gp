# ladder.gp - speed-up over naive: gnuplot -c ladder.gp WORKING-NAME OUTPUT-NAME STYLE-FOLDER, called by rungs plot.
# .dat: y, speed-up, low, high, style, label, speed-up in words, speed in words
dat = ARG1; out = ARG2
load ARG3."/style.gp"
height = 116 + 24*rows
do for [t=1:2] {
  eval terminal(t, 820, height)
  set lmargin at screen 0.245
  set rmargin at screen 0.73
  set tmargin at screen 1 - 52.0/height
  set bmargin at screen 56.0/height
  set label 1 heading at screen 0.015, screen 1 - 17.0/height left font ",16" tc rgb ink
  set label 2 machine.", medians with 95 % intervals" at screen 0.015, screen 1 - 38.0/height left tc rgb faint
  set border 1
  set xrange [0:longest*1.14]
  set yrange [rows - 0.4:-0.6]
  set ytics scale 0
  unset mytics
  set grid noytics
  set xlabel "times faster than 00_naive on one thread" offset 0,under(t)
  plot for [k=1:4] dat.".dat" using ($5 == k ? $2 : NaN):1:(0):2:($1-0.38):($1+0.38) with boxxyerror fs solid 1 noborder ls 30+k, \
       dat.".dat" using 2:1:3:4 with xerrorbars pt 0 lw 1.2 lc rgb "#000000", \
       dat.".dat" using 4:1:7:ytic(6) with labels left offset 0.6,0 tc rgb ink, \
       dat.".dat" using (longest*1.14):1:8 with labels left offset 0.8,0 font ",13" tc rgb faint
}

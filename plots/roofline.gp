# roofline.gp - gnuplot -c roofline.gp WORKING-NAME OUTPUT-NAME STYLE-FOLDER, called by rungs plot.
# .dat: a block for each slanted roof, one for each flat roof, one of points: intensity, speed, style, chosen shape?
# .lab: a block for the slanted roofs: x, y, text; one for the points: x, y, height of the label, name, style
dat = ARG1; out = ARG2
load ARG3."/style.gp"
do for [t=1:2] {
  eval terminal(t, 820, 510)
  set lmargin at screen 62.0/820
  set rmargin at screen 0.985
  set tmargin at screen 1 - 58.0/510
  set bmargin at screen 60.0/510
  set label 1 heading at screen 0.015, screen 1 - 17.0/510 left font ",16" tc rgb ink
  set label 2 shapes.". Slanted roofs: ".bandwidths at screen 0.015, screen 1 - 40.0/510 left tc rgb faint
  set logscale xy
  set format "%g"
  set xrange [left:right]
  set yrange [bottom:top]
  set xlabel "arithmetic intensity: flops per byte that must move" offset 0,under(t)
  set ylabel "GFLOP/s" offset 1,0
  do for [k=1:flats] { set label 10+k value("peakname".k) at first value("knee".k), first value("peak".k) left offset 0.5,0.6 font ",13" tc ls 41 }
  points = slants + flats
  # the slanted roofs rise one decade a decade: their angle on the picture, for the words along them
  rise = (510 - 58 - 60.0)/log10(top/bottom)
  run = (0.985*820 - 62)/log10(right/left)
  slope = atan2(rise, run)*180/pi
  edge = farthest*1.5
  plot for [k=0:slants-1] dat.".dat" index k using 1:2 with lines ls 42, \
       for [k=slants:points-1] dat.".dat" index k using 1:2 with lines ls 41, \
       dat.".lab" index 0 using 1:2:3 with labels left rotate by slope offset 0.6,0.8 font ",11" tc rgb faint, \
       for [s=1:25] dat.".dat" index points using ($3 == s && $4 == 0 ? $1 : NaN):2 with points ls s ps 0.4, \
       dat.".lab" index 1 using 1:2:(edge - $1):($3 - $2) with vectors nohead lc rgb "#bbbbbb" lw 0.8, \
       for [s=1:25] dat.".dat" index points using ($3 == s && $4 == 1 ? $1 : NaN):2 with points ls s ps 0.9, \
       for [s in labelled] dat.".lab" index 1 using (edge*1.04):($5 == s + 0 ? $3 : NaN):4 with labels left font ",13" tc ls s
}

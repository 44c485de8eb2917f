# find_lr.gp - a search for a learning rate: gnuplot -c find_lr.gp WORKING-NAME OUTPUT-NAME STYLE-FOLDER, called
# by rungs plot.
# .dat: rate, loss, smoothed loss
dat = ARG1; out = ARG2
load ARG3."/style.gp"
width = 820
height = 430
do for [t=1:2] {
  eval terminal(t, width, height)
  set lmargin at screen at_x(from)
  set rmargin at screen at_x(800)
  set tmargin at screen at_y(60)
  set bmargin at screen at_y(370)
  set label 1 heading at screen at_x(12), at_y(17) left font ",16" tc rgb ink
  set label 2 xname at screen at_x((from + 800)/2), at_y(413) center tc rgb ink
  set label 3 "loss of a batch" at screen at_x(16), at_y(215) center rotate tc rgb ink
  set logscale x
  eval "set xtics ".xmarks
  eval "set ytics ".ymarks
  set xrange [left:right]
  set yrange [0:top]
  if (suggested > 0) {
    set arrow 1 from suggested, 0 to suggested, top nohead ls 41
    set label 4 words at screen at_x(at), at_y(47) center tc rgb "#c04e00"
  }
  plot dat.".dat" using 1:2 with points pt 7 ps 0.15 lc rgb "#bbbbbb", \
       dat.".dat" using 1:3 with lines ls 5
}

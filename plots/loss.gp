# loss.gp - loss curves: gnuplot -c loss.gp WORKING-NAME OUTPUT-NAME STYLE-FOLDER, called by rungs plot.
# .dat: a block for each run: seconds or samples, loss. A run of one step is a point.
dat = ARG1; out = ARG2
load ARG3."/style.gp"
style(k) = word("6 5 3 7 2 4 8 1", k + 1) + 0
width = 820
height = 430
do for [t=1:2] {
  eval terminal(t, width, height)
  set lmargin at screen at_x(from)
  set rmargin at screen at_x(to)
  set tmargin at screen at_y(40)
  set bmargin at screen at_y(370)
  set label 1 heading at screen at_x(12), at_y(17) left font ",16" tc rgb ink
  set label 2 xname at screen at_x((from + to)/2), at_y(413) center tc rgb ink
  set label 3 "mean loss" at screen at_x(16), at_y(205) center rotate tc rgb ink
  if (logx) { set logscale x }
  eval "set xtics ".xmarks
  eval "set ytics ".ymarks
  set xrange [left:right]
  set yrange [0:top]
  do for [k=0:runs-1] {
    set label 10+k value("name".k) at screen at_x(to + 14), first value("label".k) left tc ls ink_of(style(k))
    set arrow 10+k from first value("end".k), first value("high".k) to screen at_x(to + 11), first value("label".k) nohead ls style(k) lw 0.6
  }
  plot for [k=0:runs-1] dat.".dat" index k using 1:2 with lines ls style(k), \
       for [k=0:runs-1] dat.".dat" index k using (value("alone".k) ? $1 : NaN):2 with points ls style(k)
}

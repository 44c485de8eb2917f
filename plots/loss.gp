# loss.gp - loss curves: gnuplot -c loss.gp WORKING-NAME OUTPUT-NAME STYLE-FOLDER, called by rungs plot.
# .dat: a block for each run: seconds or samples, loss
dat = ARG1; out = ARG2
load ARG3."/style.gp"
style(k) = word("6 5 3 7 2 4 8 1", k + 1) + 0
do for [t=1:2] {
  eval terminal(t, 820, 430)
  set lmargin at screen 66.0/820
  set rmargin at screen 1 - 150.0/820
  set tmargin at screen 1 - 38.0/430
  set bmargin at screen 60.0/430
  set label 1 heading at screen 0.015, screen 1 - 17.0/430 left font ",16" tc rgb ink
  if (logx) { set logscale x }
  set format x "%g"
  set xrange [left:right]
  set yrange [0:top]
  set xlabel xname offset 0,under(t)
  set ylabel "mean loss" offset 1,0
  do for [k=0:runs-1] {
    set label 10+k value("name".k) at screen 1 - 136.0/820, first value("label".k) left tc ls style(k)
    set arrow 10+k from first value("end".k), first value("high".k) to screen 1 - 139.0/820, first value("label".k) nohead ls style(k) lw 0.6
  }
  plot for [k=0:runs-1] dat.".dat" index k using 1:2 with lines ls style(k)
}

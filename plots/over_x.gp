# over_x.gp - errors over x: gnuplot -c over_x.gp WORKING-NAME OUTPUT-NAME STYLE-FOLDER, called by rungs plot.
# .dat: a block for each line: x, error
dat = ARG1; out = ARG2
load ARG3."/style.gp"
width = 820
each = 290
height = 54 + each*panels
do for [t=1:2] {
  eval terminal(t, width, height)
  set multiplot
  do for [p=1:panels] {
    y0 = 54 + (p - 1)*each
    set lmargin at screen 80.0/width
    side = width - 128.0
    set rmargin at screen side/width
    set tmargin at screen 1 - (y0 + 12.0)/height
    set bmargin at screen 1 - (y0 + each - 58.0)/height
    unset label
    unset arrow
    if (p == 1) {
      set label 1 heading at screen 0.015, screen 1 - 17.0/height left font ",16" tc rgb ink
      set label 2 machine."dashed: 0.5 ulp" at screen 0.015, screen 1 - 38.0/height left tc rgb faint
    }
    set logscale y
    set format y "%g"
    set xrange [value("left".p):value("right".p)]
    set yrange [lowest:value("top".p)]
    set xlabel xname offset 0,under(t)
    set label 3 value("yname".p) at screen 17.0/width, graph 0.5 center rotate tc rgb ink
    do for [i=value("first".p):value("last".p)] {
      set label 10+i value("name".i) at screen (side + 14.0)/width, first value("label".i) left font ",12" tc ls value("style".i)
      set arrow 10+i from first value("end".i), first value("high".i) to screen (side + 11.0)/width, first value("label".i) nohead ls value("style".i) lw 0.7 dt 1
    }
    # the first rungs on top: what comes later is often the same
    last = value("last".p); first = value("first".p)
    plot 0.5 with lines lc rgb faint lw 1 dt 2, \
      for [i=first:last] dat.".dat" index (first + last - i) using 1:2 with lines ls value("style".(first + last - i)) lw 1.4
  }
  unset multiplot
}

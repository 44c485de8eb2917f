# size.gp - speed against size: gnuplot -c size.gp WORKING-NAME OUTPUT-NAME STYLE-FOLDER, called by rungs plot.
# .dat: a block for each line: size, speed, low, high
dat = ARG1; out = ARG2
load ARG3."/style.gp"
columns = panels > 1 ? 2 : 1
lines = (panels + columns - 1)/columns
width = 820
each = columns > 1 ? 330 : 410
height = 40 + each*lines
do for [t=1:2] {
  eval terminal(t, width, height)
  set multiplot
  do for [p=1:panels] {
    column0 = (p - 1) % columns
    line0 = (p - 1)/columns
    x0 = column0*width/columns
    y0 = 40 + line0*each
    set lmargin at screen (x0 + 62.0)/width
    side = x0 + width/columns - 118
    set rmargin at screen 1.0*side/width
    set tmargin at screen 1 - (y0 + 26.0)/height
    set bmargin at screen 1 - (y0 + each - 58.0)/height
    unset label
    if (p == 1) { set label 1 heading at screen 0.015, screen 1 - 18.0/height left font ",16" tc rgb ink }
    set label 2 value("title".p) at graph 0, graph 1 offset 0,0.8 left tc rgb ink
    # sizes of matrices are powers of 2, numbers of elements powers of 10: 1k, 1M
    elements = value("xname".p) eq "elements"
    if (elements) { set logscale x 10; set format x "%.0s%c" } else { set logscale x 2; set format x "%g" }
    set xtics font ",12"
    set ytics font ",12"
    edge = value("right".p)*1.12
    set xrange [value("left".p)*0.85:edge]
    set yrange [0:value("top".p)]
    set xlabel value("xname".p) offset 0,under(t)
    set label 4 value("yname".p) at screen (x0 + 18.0)/width, graph 0.5 center rotate tc rgb ink
    roof = value("roof".p)
    set label 3 value("roofname".p) at graph 0.02, first roof left offset 0,0.6 font ",12" tc ls 41
    unset arrow
    do for [i=value("first".p):value("last".p)] {
      set label 10+i value("name".i) at screen (side + 14.0)/width, first value("label".i) left font ",12" tc ls value("style".i)
      set arrow 10+i from first value("end".i), first value("high".i) to screen (side + 11.0)/width, first value("label".i) nohead ls value("style".i) lw 0.7 dt 1
    }
    plot (roof > 0 ? roof : NaN) with lines ls 41, \
      for [i=value("first".p):value("last".p)] dat.".dat" index i using 1:2:3:4 with yerrorbars ls value("style".i) dt 1 pt 0 lw 1, \
      for [i=value("first".p):value("last".p)] dat.".dat" index i using 1:2 with linespoints ls value("style".i)
  }
  unset multiplot
}

# roofline.gp - gnuplot -c roofline.gp WORKING-NAME OUTPUT-NAME STYLE-FOLDER, called by rungs plot.
# .dat: a block for each slanted roof, one for each flat roof, one of points: intensity, speed, style,
# chosen shape?
# Places are in pixels: of the area its left end from, its right end to; or parts of the area.
dat = ARG1; out = ARG2
load ARG3."/style.gp"
width = 820
below = strlen(footnote) > 0 ? 20 : 0
base = height - 60
height = height + below
do for [t=1:2] {
  eval terminal(t, width, height)
  set lmargin at screen at_x(from)
  set rmargin at screen at_x(to)
  set tmargin at screen at_y(76)
  set bmargin at screen at_y(base)
  set label 1 heading at screen at_x(12), at_y(17) left font ",16" tc rgb ink
  set label 2 machine at screen at_x(12), at_y(38) left tc rgb faint
  set label 3 bandwidths.others at screen at_x(12), at_y(58) left font ",12" tc rgb faint
  set label 4 "arithmetic intensity: flops per byte that must move" at screen at_x((from + to)/2), at_y(base + 43) center tc rgb ink
  set label 5 "GFLOP/s" at screen at_x(16), at_y((76 + base)/2) center rotate tc rgb ink
  set label 6 footnote at screen at_x(12), at_y(height - 10) left font ",12" tc rgb faint
  set logscale xy
  set xrange [left:right]
  set yrange [bottom:top]
  eval "set xtics ".xmarks
  eval "set ytics ".ymarks
  do for [k=1:flats] { set label 10+k value("peakname".k) at graph value("peakx".k), graph value("peaky".k) left font ",13" tc ls ink_of(41) }
  do for [i=1:labelled] {
    set label 20+i value("name".i) at screen at_x(to + 14), graph value("label".i) left font ",13" tc ls ink_of(value("style".i))
    set arrow 20+i from first value("x".i), first value("y".i) to screen at_x(to + 11), graph value("label".i) nohead lc rgb "#bbbbbb" lw 0.8
  }
  points = slants + flats
  do for [k=1:named] { set label 100+k value("slantname".k) at graph value("slantx".k), graph value("slanty".k) left rotate by angle font ",11" tc rgb faint }
  plot for [k=0:slants-1] dat.".dat" index k using 1:2 with lines ls 42, \
       for [k=slants:points-1] dat.".dat" index k using 1:2 with lines ls 41, \
       for [s=1:40] dat.".dat" index points using ($3 == s && $4 == 0 ? $1 : NaN):2 with points ls s ps 0.35, \
       for [s=1:40] dat.".dat" index points using ($3 == s && $4 == 1 ? $1 : NaN):2 with points ls s ps 0.6
}

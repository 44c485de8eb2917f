# classes.gp - time a logit against the number of classes. Run in the repository's root; `lesson_text --update 3` does.
out = "lessons/03_losses/classes"
load "plots/style.gp"
set datafile separator ","
set datafile missing ""
rungs = int(system("head -1 ".out.".csv | tr -dc , | wc -c"))
name(k) = system(sprintf("head -1 %s.csv | cut -d, -f%d", out, k + 1))
do for [t=1:2] {
  eval terminal(t, 820, 400)
  set lmargin at screen 74.0/820
  set rmargin at screen 1 - 196.0/820
  set tmargin at screen 1 - 42.0/400
  set bmargin at screen 62.0/400
  set label 1 "Cross-entropy with its gradient, one thread" at screen 0.015, screen 1 - 17.0/400 left font ",16" tc rgb ink
  set logscale xy
  set format x "%.0f"
  set format y "%g"
  set xrange [1.6:130000]
  set yrange [0.2:200]
  set xlabel "classes" offset 0,0.5
  set ylabel "nanoseconds a logit" offset 1,0
  set key at screen 1 - 8.0/820, screen 1 - 60.0/400 right top Left reverse samplen 2 spacing 1.2 tc rgb ink
  if (rungs == 0) {
    set label 2 "not yet measured" at graph 0.5, graph 0.5 center tc rgb faint
    plot NaN notitle
  } else {
    plot for [k=1:rungs] out.".csv" using 1:(column(k + 1)) with linespoints ls k title name(k)
  }
}

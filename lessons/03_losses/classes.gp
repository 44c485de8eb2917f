# classes.gp - time per logit against the number of classes. Run in the repository's root; `lesson_text --update 3` does.
out = "lessons/03_losses/classes"
load "plots/style.gp"
set datafile separator ","
set datafile missing ""
rungs = int(system("head -1 ".out.".csv | tr -dc , | wc -c"))
name(k) = system(sprintf("head -1 %s.csv | cut -d, -f%d", out, k + 1))
width = 820; height = 400
do for [t=1:2] {
  eval terminal(t, width, height)
  set lmargin at screen at_x(74)
  set rmargin at screen at_x(624)
  set tmargin at screen at_y(42)
  set bmargin at screen at_y(338)
  set label 1 "Cross-entropy with its gradient, one thread" at screen at_x(12), at_y(17) left font ",16" tc rgb ink
  set logscale xy
  set format x "%.0f"
  set format y "%g"
  set xrange [1.6:130000]
  set yrange [0.2:200]
  set label 90 "classes" at screen at_x(349), at_y(382) center tc rgb ink
  set label 91 "nanoseconds per logit" at screen at_x(16), at_y(190) center rotate tc rgb ink
  do for [k=1:rungs] { # a key whose places are the same in both pictures
    row = at_y(60 + 25 * k)
    set arrow 100+k from screen at_x(634), row to screen at_x(662), row nohead ls k
    set label 100+k "" at screen at_x(648), row point ls k
    set label 200+k name(k) at screen at_x(672), row left tc rgb ink
  }
  if (rungs == 0) {
    set label 2 "not yet measured" at graph 0.5, graph 0.5 center tc rgb faint
    plot NaN notitle
  } else {
    plot for [k=1:rungs] out.".csv" using 1:(column(k + 1)) with linespoints ls k
  }
}

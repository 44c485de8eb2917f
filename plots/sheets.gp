# sheets.gp - sheets of grey tiles: gnuplot -c sheets.gp WORKING-NAME OUTPUT-NAME STYLE-FOLDER, called by
# rungs look. A lesson's script sets what .var sets, and numbers, the file of the blocks, and loads it.
# .dat: a block of rows for each sheet; .var: where it is, and how it is divided into tiles
if (!exists("numbers")) { dat = ARG1; out = ARG2; load ARG3."/style.gp"; numbers = dat.".dat" }
width = 820
left = 52
larger(a, b) = a > b ? a : b
smaller(a, b) = a < b ? a : b
say(x) = x == 0 ? "0" : sprintf(abs(x) < 100 ? "%.2g" : "%.0f", x)
set palette defined (0 "#000000", 1 "#ffffff")
unset colorbox
unset border
unset grid
do for [t=1:2] {
  eval terminal(t, width, height)
  unset xtics
  unset ytics
  set multiplot
  do for [k=1:sheets] {
    rows = (tiles[k] + across[k] - 1)/across[k]
    w = across[k]*tile_cols[k]
    h = rows*tile_rows[k]
    set xrange [*:*]
    set yrange [*:*]
    stats numbers matrix index k-1 nooutput
    most = larger(-STATS_min, STATS_max)
    # a few numbers far away would leave all others in one grey: the scale ends at four times their root mean square
    high = smaller(most, 4*sqrt(STATS_mean**2 + STATS_stddev**2))
    if (high == 0) { high = 1 }
    low = STATS_min < 0 ? -high : 0
    unset label
    unset object
    if (k == 1) { set label 1 heading at screen at_x(12), at_y(17) left font ",16" tc rgb ink }
    set label 2 title[k] at screen at_x(left), at_y(top[k] - 29) left tc rgb ink
    # the scale: what black, grey and white mean
    steps = low < 0 ? 3 : 2
    do for [s=1:steps] {
      value = low + (high - low)*(s - 1)/(steps - 1.0)
      level = int(255*(s - 1)/(steps - 1))
      x = width - 12 - 112*(steps - s + 1)
      beyond = high < most && value != 0 ? value < 0 ? " or less" : " or more" : ""
      set object s rect from screen at_x(x), screen at_y(top[k] - 37) to screen at_x(x + 15), screen at_y(top[k] - 22) \
        fs solid 1 border lc rgb "#555555" fc rgb 65536*level + 256*level + level
      set label 2 + s say(value).beyond at screen at_x(x + 20), at_y(top[k] - 29) left tc rgb ink
    }
    # a tile's number is that of its row and that of its column
    if (tiles[k] > 3) {
      do for [r=1:rows] {
        set label 10 + r sprintf("%d", (r - 1)*across[k]) at screen at_x(left - 8), at_y(top[k] + (r - 0.5)*tile_high[k]) right font ",12" tc rgb faint
      }
      do for [c=1:across[k]] {
        set label 1000 + c sprintf("%d", c - 1) at screen at_x(left + (c - 0.5)*tile_wide[k]), at_y(top[k] - 9) center font ",12" tc rgb faint
      }
    }
    set lmargin at screen at_x(left)
    set rmargin at screen at_x(left + across[k]*tile_wide[k])
    set tmargin at screen at_y(top[k])
    set bmargin at screen at_y(top[k] + rows*tile_high[k])
    set cbrange [low:high]
    set xrange [-0.5:w-0.5]
    set yrange [h-0.5:-0.5]
    # An SVG's image is smoothed when it is shown larger than it is, so tiles of few numbers become squares.
    if (t == 1 && tile_rows[k]*tile_cols[k] <= 100 && w*h <= 4000) {
      plot numbers matrix index k-1 with image pixels
    } else {
      plot numbers matrix index k-1 with image
    }
    # a frame around each tile, without the words once more
    unset label
    unset object
    set samples larger(2, tiles[k])
    plot sample [i=0:larger(1, tiles[k]-1)] '+' using ((int(i)%across[k] + 0.5)*tile_cols[k] - 0.5):((int(i)/across[k] + 0.5)*tile_rows[k] - 0.5):(tile_cols[k]/2.0):(tile_rows[k]/2.0) \
      with boxxyerror fs empty lc rgb "#ffffff" lw 2
  }
  unset multiplot
}

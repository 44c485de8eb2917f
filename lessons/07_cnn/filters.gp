# filters.gp - 32 filters before and after training. Run in the repository's root; `lesson_text --update 7` does.
out = "lessons/07_cnn/filters"
load "plots/style.gp"
set datafile separator ","
numbers = out.".csv"
heading = "The first filters of fashion-cnn, before and after training"
height = 340
sheets = 2
array title[2] = ["before training", "after three epochs"]
array tiles[2] = [32, 32]
array across[2] = [16, 16]
array tile_rows[2] = [3, 3]
array tile_cols[2] = [3, 3]
array tile_wide[2] = [47, 47]
array tile_high[2] = [47, 47]
array top[2] = [80, 234]
load "plots/sheets.gp"

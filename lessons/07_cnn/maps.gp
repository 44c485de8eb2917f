# maps.gp - an image, and what the layers make of it. Run in the repository's root; `lesson_text --update 7` does.
out = "lessons/07_cnn/maps"
load "plots/style.gp"
set datafile separator ","
numbers = out.".csv"
heading = "An ankle boot on its way through fashion-cnn"
height = 618
sheets = 5
array title[5] = ["the image, 28 x 28", "first convolution and ReLU: 16 of 32 maps, 28 x 28", "pooled: 14 x 14", \
  "second convolution and ReLU: 16 of 64 maps, 14 x 14", "pooled: 7 x 7"]
array tiles[5] = [1, 16, 16, 16, 16]
array across[5] = [1, 16, 16, 16, 16]
array tile_rows[5] = [28, 28, 14, 14, 7]
array tile_cols[5] = [28, 28, 14, 14, 7]
array tile_wide[5] = [94, 47, 47, 47, 47]
array tile_high[5] = [94, 47, 47, 47, 47]
array top[5] = [80, 234, 341, 448, 555]
load "plots/sheets.gp"

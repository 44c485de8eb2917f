# train.cmake - tests of train.

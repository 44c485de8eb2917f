# bench.cmake - tests of bench.

# core.cmake - tests of core.
include(soft.cmake) # the AVX-512 rungs on machines without AVX-512

# core.cmake - tests of core.

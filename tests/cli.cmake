# cli.cmake - tests of cli.

# RungsInstall.cmake - cmake --install puts the library, its headers and the package files in place.

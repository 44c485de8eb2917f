# RungsText.cmake - files as text in the program: as C arrays, byte by byte, made when CMake runs.

# Sets `variable` to the file's bytes, "0x2f,0x2a,...", seventeen a line. CMake runs again when the file changes.
function(rungs_bytes variable file)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${file}")
  file(READ "${file}" bytes HEX)
  string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
  string(REGEX REPLACE "(.....................................................................................)" "\\1\n" bytes
         "${bytes}")
  set(${variable} "${bytes}" PARENT_SCOPE)
endfunction()

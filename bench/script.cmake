# script.cmake - writes OUT, a C file with the text of the scripts FILES (A,B), one behind the other: `const char NAME[]`, declared in
# HEADER. As numbers, because a string may have 4095 characters in C11.
set(bytes "")
string(REPLACE "," ";" files "${FILES}")
foreach(file ${files})
  file(READ "${file}" more HEX)
  string(APPEND bytes "${more}")
endforeach()
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
string(REGEX REPLACE "(................................................................................)" "\\1\n    " bytes "${bytes}")
file(WRITE "${OUT}" "/* made by bench/script.cmake */
#include \"${HEADER}\"

const char ${NAME}[] = {
    ${bytes} 0
};
")

# script.cmake - writes OUT, a C file with the text of the script FILE: `const char NAME[]`, declared in HEADER. As numbers, because a
# string may have 4095 characters in C11.
file(READ "${FILE}" bytes HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
string(REGEX REPLACE "(................................................................................)" "\\1\n    " bytes "${bytes}")
get_filename_component(from "${FILE}" NAME)
file(WRITE "${OUT}" "/* made from bench/${from} by script.cmake */
#include \"${HEADER}\"

const char ${NAME}[] = {
    ${bytes} 0
};
")

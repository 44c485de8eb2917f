# texts.cmake - writes OUT, a C file with network_texts[] (networks.h), from the network files FILES.
set(rows "")
foreach(file ${FILES})
  get_filename_component(name "${file}" NAME_WE)
  file(READ "${file}" text)
  string(REPLACE "\\" "\\\\" text "${text}")
  string(REPLACE "\"" "\\\"" text "${text}")
  string(REPLACE "\n" "\\n\"\n      \"" text "${text}")
  string(APPEND rows "    { \"${name}\",\n      \"${text}\" },\n")
endforeach()
file(WRITE "${OUT}" "/* made from the files of train/networks by texts.cmake */
#include \"networks.h\"

const struct network_text network_texts[] = {
${rows}    { 0 },
};
")

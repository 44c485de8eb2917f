# toolkit.cmake - the libraries of a toolkit that `rungs nvcc` shows: libcudart_static.a and libcudart.a hold the emulator, which is
# OBJECT; the others nothing, because programs that name them need no more.
#   cmake -DAR=ar -DOBJECT=emu_all.o -DFOLDER=lib64 -DNAMES=cublas,curand -P toolkit.cmake
file(GLOB old "${FOLDER}/*.a")
if(old)
  file(REMOVE ${old})
endif()
string(REPLACE "," ";" NAMES "${NAMES}")
list(TRANSFORM NAMES APPEND =)
foreach(library cudart_static=${OBJECT} cudadevrt= cuda= ${NAMES})
  string(REGEX MATCH "(.*)=(.*)" library "${library}")
  execute_process(COMMAND ${AR} rcs "${FOLDER}/lib${CMAKE_MATCH_1}.a" ${CMAKE_MATCH_2} COMMAND_ERROR_IS_FATAL ANY)
endforeach()
# Also for a linker that is called by gcc, which does not know that the emulator is C++.
file(REMOVE "${FOLDER}/libcudart.a")
file(WRITE "${FOLDER}/libcudart.a" "INPUT(libcudart_static.a -lstdc++ -lm -ldl -lpthread)\n")

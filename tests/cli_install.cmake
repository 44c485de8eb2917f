# cli_install.cmake - installs into an empty folder with a space in its name, moves it, and builds and runs a
# program against it by find_package and by pkg-config; then runs the installed program away from the source tree.
#   cmake -DBUILD=... -DSOURCE=... -DCC=... -DWORK=... -P cli_install.cmake

function(must)
  execute_process(COMMAND ${ARGN} WORKING_DIRECTORY "${WORK}" RESULT_VARIABLE code OUTPUT_VARIABLE said ERROR_VARIABLE said)
  if(NOT code EQUAL 0)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "${command}\nended with ${code}:\n${said}")
  endif()
  set(said "${said}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE "${WORK}")
file(MAKE_DIRECTORY "${WORK}")
must(${CMAKE_COMMAND} --install ${BUILD} --prefix "${WORK}/first place")
file(RENAME "${WORK}/first place" "${WORK}/installed")
set(prefix "${WORK}/installed")

must(${CMAKE_COMMAND} -S ${SOURCE}/tests/cli_consumer -B ${WORK}/consumer -G Ninja -DCMAKE_C_COMPILER=${CC}
     "-DCMAKE_PREFIX_PATH=${prefix}")
must(${CMAKE_COMMAND} --build ${WORK}/consumer)
must(${WORK}/consumer/consumer)
message("find_package: ${said}")

# what the package files link is a package's target or a flag: a bare name may be anything in another project
file(GLOB_RECURSE exported "${prefix}/*Targets.cmake" "${prefix}/*gradcheckConfig.cmake")
foreach(file IN LISTS exported)
  file(STRINGS ${file} lines REGEX "INTERFACE_LINK_LIBRARIES")
  string(REGEX REPLACE ".*INTERFACE_LINK_LIBRARIES \"([^\"]*)\".*" "\\1" libraries "${lines}")
  string(REGEX REPLACE "\\\\\\$<LINK_ONLY:([^>]*)>" "\\1" libraries "${libraries}")
  if(NOT lines)
    message(FATAL_ERROR "${file} links nothing")
  endif()
  foreach(library IN LISTS libraries)
    if(NOT library MATCHES "^-l|::")
      message(FATAL_ERROR "${file} links ${library}: neither a flag nor a package's target")
    endif()
  endforeach()
endforeach()

# every object may go into a shared library
file(GLOB_RECURSE archives "${prefix}/librungs.a" "${prefix}/libgradcheck.a")
foreach(archive IN LISTS archives)
  must(${CC} -shared -o all.so -Wl,-z,text -Wl,--whole-archive ${archive} -Wl,--no-whole-archive)
endforeach()

# every header compiles alone, so all that it includes is installed
file(GLOB_RECURSE headers "${prefix}/include/*.h")
list(FILTER headers EXCLUDE REGEX "/ops/") # lists, which op.h includes
foreach(header IN LISTS headers)
  must(${CC} -std=c11 -D_GNU_SOURCE -fsyntax-only -x c ${header})
endforeach()

must(${prefix}/bin/rungs list)
foreach(word dense_forward 00_naive)
  if(NOT said MATCHES ${word})
    message(FATAL_ERROR "the installed `rungs list` does not mention ${word}")
  endif()
endforeach()

must(${prefix}/bin/rungs lesson 1)
if(NOT said MATCHES "installed/share/rungs/lessons/01")
  message(FATAL_ERROR "the installed `rungs lesson 1` does not name the installed text:\n${said}")
endif()
if(NOT EXISTS ${prefix}/share/rungs/plots/style.gp)
  message(FATAL_ERROR "the scripts of `rungs plot` are not installed")
endif()

# no program knows where it was built (the emulator's module does: it names the lines of kernels)
file(GLOB programs ${prefix}/bin/*)
foreach(program IN LISTS programs)
  execute_process(COMMAND grep -aFo -m1 "${SOURCE}/" ${program} OUTPUT_VARIABLE said)
  if(said)
    message(FATAL_ERROR "${program} holds the path of the source tree: ${said}")
  endif()
endforeach()

# nvcc's place, where the emulator was built
if(EXISTS ${prefix}/share/rungs/emu/race/lib64/libcudart_static.a)
  file(WRITE ${WORK}/one.cu "__global__ void one(int *x) { *x = 1; }\n"
       "int main() { int *d, x; cudaMalloc(&d, 4); one<<<1, 1>>>(d); cudaMemcpy(&x, d, 4, cudaMemcpyDeviceToHost); cudaFree(d); return x - 1; }\n")
  foreach(nvcc bin/rungs-nvcc share/rungs/emu/race/bin/nvcc)
    must(${prefix}/${nvcc} -o ${WORK}/one ${WORK}/one.cu)
    must(${WORK}/one)
  endforeach()
endif()

execute_process(COMMAND ${prefix}/bin/rungs test RESULT_VARIABLE code ERROR_VARIABLE said)
if(NOT code EQUAL 66 OR NOT said MATCHES "run ./rungs test in the source tree")
  message(FATAL_ERROR "the installed `rungs test` ended with ${code}:\n${said}")
endif()

find_program(PKG_CONFIG NAMES pkg-config pkgconf)
if(NOT PKG_CONFIG)
  message("there is no pkg-config, so rungs.pc was not tried")
  return()
endif()
file(GLOB_RECURSE pc "${prefix}/rungs.pc")
cmake_path(GET pc PARENT_PATH folder)
set(ENV{PKG_CONFIG_PATH} ${folder})
must(${PKG_CONFIG} --cflags --libs rungs)
separate_arguments(flags UNIX_COMMAND "${said}")
must(${CC} -std=c11 ${SOURCE}/tests/cli_consumer/consumer.c -o ${WORK}/by_pkg_config ${flags})
must(${WORK}/by_pkg_config)
message("pkg-config: ${said}")

# cli_options.cmake - the configure step: AUTO takes what is there, ON insists and names the package, OFF leaves it
# out, anything else is refused.
#   cmake -DSOURCE=... -DWORK=... -DCC=... -DSUFFIXES=.so -DZLIB_LIBRARY=... -DZLIB_INCLUDE_DIR=... -P cli_options.cmake
file(REMOVE_RECURSE "${WORK}")
file(WRITE "${WORK}/project/CMakeLists.txt" "
  cmake_minimum_required(VERSION 3.22)
  project(options VERSION 0.1.0 LANGUAGES C)
  set(CMAKE_FIND_LIBRARY_SUFFIXES \${SUFFIXES})
  include(${SOURCE}/cmake/RungsOptions.cmake)
  rungs_report()")
set(no_libraries -DSUFFIXES=.none)
set(none -DRUNGS_OPENBLAS=OFF -DRUNGS_BLIS=OFF -DRUNGS_ONEDNN=OFF -DRUNGS_SLEEF=OFF
         -DRUNGS_CUDA=OFF)

# configure NAME WHETHER(fails|works) PATTERN OPTIONS...
function(configure name whether pattern)
  execute_process(COMMAND ${CMAKE_COMMAND} -S ${WORK}/project -B ${WORK}/${name} -G Ninja -DCMAKE_C_COMPILER=${CC}
                          -DSUFFIXES=.so -DZLIB_LIBRARY=${ZLIB_LIBRARY} -DZLIB_INCLUDE_DIR=${ZLIB_INCLUDE_DIR} ${ARGN}
                  RESULT_VARIABLE code OUTPUT_VARIABLE said ERROR_VARIABLE said)
  string(REGEX REPLACE "[ \n]+" " " said "${said}")
  if(code EQUAL 0)
    set(outcome works)
  else()
    set(outcome fails)
  endif()
  if(NOT outcome STREQUAL whether)
    message(FATAL_ERROR "${name}: it ${outcome} (${code}):\n${said}")
  endif()
  if(NOT said MATCHES "${pattern}")
    message(FATAL_ERROR "${name}: should have said '${pattern}':\n${said}")
  endif()
  message("${name}: as it should be")
endfunction()

configure(missing_is_off works "OPENBLAS off .*apt install libopenblas-dev.*BLIS off .*libblis-dev.*ONEDNN off .*libdnnl-dev.*SLEEF off .*libsleef-dev"
          ${no_libraries} -DRUNGS_CUDA=OFF)
configure(off_is_off works "OPENBLAS off .*switched off.*CUDA off .*switched off" ${none})
configure(openblas_insists fails "RUNGS_OPENBLAS=ON, but .*apt install libopenblas-dev" ${no_libraries} -DRUNGS_OPENBLAS=ON)
configure(blis_insists fails "RUNGS_BLIS=ON, but .*apt install libblis-dev" ${no_libraries} -DRUNGS_BLIS=ON)
configure(onednn_insists fails "RUNGS_ONEDNN=ON, but .*apt install libdnnl-dev" ${no_libraries} -DRUNGS_ONEDNN=ON)
configure(sleef_insists fails "RUNGS_SLEEF=ON, but .*apt install libsleef-dev" ${no_libraries} -DRUNGS_SLEEF=ON)
configure(perhaps_is_no_answer fails "must be AUTO, ON or OFF" -DRUNGS_BLIS=PERHAPS)

# As a part of another project: by add_subdirectory, with the names of an installed package, the user's flags, and no tests.
file(WRITE "${WORK}/whole/CMakeLists.txt" "
  cmake_minimum_required(VERSION 3.22)
  project(whole LANGUAGES C)
  enable_testing()
  add_subdirectory(${SOURCE} part EXCLUDE_FROM_ALL)
  add_executable(consumer ${SOURCE}/tests/cli_consumer/consumer.c)
  target_link_libraries(consumer PRIVATE rungs::rungs rungs::gradcheck)")
execute_process(COMMAND ${CMAKE_COMMAND} -S ${WORK}/whole -B ${WORK}/whole/build -G Ninja -DCMAKE_C_COMPILER=${CC} ${none}
                        -DRUNGS_EMU=OFF -DCMAKE_BUILD_TYPE=Release -DCMAKE_C_FLAGS_RELEASE=-O1 -DCMAKE_EXPORT_COMPILE_COMMANDS=ON
                RESULT_VARIABLE code OUTPUT_VARIABLE said ERROR_VARIABLE said)
if(NOT code EQUAL 0)
  message(FATAL_ERROR "as a part of another project: ended with ${code}:\n${said}")
endif()
file(READ ${WORK}/whole/build/compile_commands.json commands)
if(NOT commands MATCHES " -O1 " OR commands MATCHES " -O3 [^\n]*optimized/op\\.c")
  message(FATAL_ERROR "the user's flags should win")
endif()
string(REGEX MATCH "[^\n]*consumer\\.c\\.o -c[^\n]*" of_consumer "${commands}")
if(NOT of_consumer OR of_consumer MATCHES " -W")
  message(FATAL_ERROR "Rungs' warnings are not another project's: ${of_consumer}")
endif()
execute_process(COMMAND ${CMAKE_CTEST_COMMAND} --test-dir ${WORK}/whole/build -N OUTPUT_VARIABLE said)
if(NOT said MATCHES "Total Tests: 0")
  message(FATAL_ERROR "another project's tests are its own:\n${said}")
endif()
execute_process(COMMAND ${CC} -std=c11 -fsyntax-only -I${WORK}/whole/build/part/include ${SOURCE}/tests/cli_consumer/consumer.c
                RESULT_VARIABLE code ERROR_VARIABLE said)
if(NOT code EQUAL 0)
  message(FATAL_ERROR "#include <rungs/...> of a subdirectory:\n${said}")
endif()
message("add_subdirectory: as it should be")

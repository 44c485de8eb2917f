# RungsOptions.cmake - options, warnings, sanitizers, optional libraries, and the report at the end of the
# configure step. An option is AUTO (use it if it is there), ON (stop if it is not) or OFF.

include(GNUInstallDirs)

# rungs_package(variable OPENBLAS): the row of packages.txt, in words: "on Debian libopenblas-dev; elsewhere see ..."
function(rungs_package variable name)
  file(STRINGS "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/packages.txt" row REGEX "^[a-z]+ *\\| *${name} *\\|")
  string(REGEX REPLACE "^[^|]*\\|[^|]*\\| *([^|]*[^| ]) *\\|.*" "\\1" debian "${row}")
  set(${variable} "on Debian: apt install ${debian}; elsewhere: cmake/packages.txt" PARENT_SCOPE)
endfunction()

# rungs_option(OPENBLAS "what for" name-in-packages.txt) declares RUNGS_OPENBLAS.
function(rungs_option name purpose package)
  set(RUNGS_${name} AUTO CACHE STRING "${purpose}: AUTO, ON or OFF")
  set_property(CACHE RUNGS_${name} PROPERTY STRINGS AUTO ON OFF)
  if(NOT RUNGS_${name} MATCHES "^(AUTO|ON|OFF)$")
    message(FATAL_ERROR "RUNGS_${name} is '${RUNGS_${name}}'; it must be AUTO, ON or OFF.")
  endif()
  set_property(GLOBAL APPEND PROPERTY RUNGS_OPTIONS ${name})
  set_property(GLOBAL PROPERTY RUNGS_${name}_PURPOSE "${purpose}")
  rungs_package(install ${package})
  set_property(GLOBAL PROPERTY RUNGS_${name}_INSTALL "${install}")
endfunction()

# rungs_found(OPENBLAS path-or-empty): notes the outcome; stops if the option is ON and it is missing.
function(rungs_found name where)
  if(RUNGS_${name} STREQUAL "ON" AND NOT where)
    get_property(install GLOBAL PROPERTY RUNGS_${name}_INSTALL)
    message(FATAL_ERROR "RUNGS_${name}=ON, but it was not found (${install})")
  endif()
  set_property(GLOBAL PROPERTY RUNGS_${name}_WHERE "${where}")
endfunction()

function(rungs_report)
  message(STATUS "")
  message(STATUS "Rungs ${PROJECT_VERSION}, ${CMAKE_C_COMPILER_ID} ${CMAKE_C_COMPILER_VERSION}, ${CMAKE_BUILD_TYPE}")
  get_property(names GLOBAL PROPERTY RUNGS_OPTIONS)
  foreach(name IN LISTS names)
    get_property(purpose GLOBAL PROPERTY RUNGS_${name}_PURPOSE)
    get_property(install GLOBAL PROPERTY RUNGS_${name}_INSTALL)
    get_property(where GLOBAL PROPERTY RUNGS_${name}_WHERE)
    string(LENGTH "${name}" length)
    math(EXPR pad "10 - ${length}")
    string(REPEAT " " ${pad} pad)
    if(where)
      message(STATUS "  ${name}${pad}on   ${purpose} (${where})")
    elseif(RUNGS_${name} STREQUAL "OFF")
      message(STATUS "  ${name}${pad}off  ${purpose} (switched off: -DRUNGS_${name}=AUTO turns it on)")
    else()
      message(STATUS "  ${name}${pad}off  ${purpose} (${install})")
    endif()
  endforeach()
  message(STATUS "")
endfunction()

# ---- compiler ----

# the oldest that Rungs is built and tested with
set(oldest_GNU 11)
set(oldest_Clang 13)
if(DEFINED oldest_${CMAKE_C_COMPILER_ID} AND CMAKE_C_COMPILER_VERSION VERSION_LESS oldest_${CMAKE_C_COMPILER_ID})
  rungs_package(install compiler)
  message(WARNING "${CMAKE_C_COMPILER} is ${CMAKE_C_COMPILER_ID} ${CMAKE_C_COMPILER_VERSION}; Rungs is tested with "
                  "${oldest_${CMAKE_C_COMPILER_ID}} and newer. If it does not build, get a newer one (${install}) and name it: CC=gcc-12 ./rungs")
endif()

add_library(rungs_flags INTERFACE)
target_compile_options(rungs_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wdouble-promotion $<$<COMPILE_LANGUAGE:C>:-Wstrict-prototypes>)
option(RUNGS_WERROR "Treat warnings as errors" OFF)
if(RUNGS_WERROR)
  target_compile_options(rungs_flags INTERFACE -Werror)
endif()

# C11's CMPLX: glibc gives it to gcc only, though clang has what it takes.
include(CheckCSourceCompiles)
check_c_source_compiles("#include <complex.h>
  int main(void) { return (int)creal(CMPLX(0, 1)); }" RUNGS_HAVE_CMPLX)
if(NOT RUNGS_HAVE_CMPLX)
  target_compile_options(rungs_flags INTERFACE "-DCMPLX(x,y)=__builtin_complex((double)(x),(double)(y))")
endif()

set(RUNGS_SANITIZE "" CACHE STRING "Sanitizers for every target: address,undefined or thread")
if(RUNGS_SANITIZE)
  add_compile_options(-O1 -fsanitize=${RUNGS_SANITIZE} -fno-omit-frame-pointer -g1) # lines for reports; -O2 compiles five times as long
  add_link_options(-fsanitize=${RUNGS_SANITIZE})
  if(CMAKE_C_COMPILER_ID STREQUAL "GNU") # sanitizers make gcc suspect variables that are set
    target_compile_options(rungs_flags INTERFACE -Wno-maybe-uninitialized)
  endif()
  if(RUNGS_SANITIZE MATCHES "undefined")
    add_compile_options(-fno-sanitize-recover=undefined)
  endif()
  set(CMAKE_REQUIRED_FLAGS "-fsanitize=${RUNGS_SANITIZE}")
  check_c_source_compiles("int main(void) { return 0; }" RUNGS_SANITIZE_${RUNGS_SANITIZE}_WORKS)
  unset(CMAKE_REQUIRED_FLAGS)
  if(NOT RUNGS_SANITIZE_${RUNGS_SANITIZE}_WORKS)
    rungs_package(gcc compiler)
    rungs_package(clang clang)
    message(FATAL_ERROR "${CMAKE_C_COMPILER} cannot build with -fsanitize=${RUNGS_SANITIZE}. For gcc, ${gcc}. For clang, ${clang}.")
  endif()
endif()

# For folders whose code runs in one thread: ThreadSanitizer need not look at it. The double oracle runs ten times as fast so.
set(RUNGS_ONE_THREAD "")
if(RUNGS_SANITIZE STREQUAL "thread")
  set(RUNGS_ONE_THREAD -fno-sanitize=thread -O2)
endif()

# ---- which tests (tests/) ----

option(RUNGS_TEST_ONCE "Also the tests that do not depend on how the program was built" ON)
option(RUNGS_TEST_RARE "Also what takes minutes and changes rarely; labelled `rare`" OFF)
option(RUNGS_TEST_COMPILER "Also the tests that depend on the compiler, but not on which libraries there are" ON)
# what tells nothing new in a second build, but takes long: there it is among the rare tests
set(RUNGS_TEST_LONG OFF)
if(RUNGS_TEST_ONCE OR RUNGS_TEST_RARE)
  set(RUNGS_TEST_LONG ON)
endif()

# ---- required: zlib (the data sets are gzip files) ----

find_package(ZLIB)
if(NOT ZLIB_FOUND)
  rungs_package(install ZLIB)
  message(FATAL_ERROR "zlib is missing (${install})")
endif()

# ---- required: threads ----

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)

# ---- optional ----

rungs_option(PNG "folders of PNG images as data" PNG)
set(RUNGS_HAVE_PNG OFF)
set(where "")
if(NOT RUNGS_PNG STREQUAL "OFF")
  find_package(PNG QUIET)
  if(PNG_FOUND)
    set(RUNGS_HAVE_PNG ON)
    set(where "${PNG_LIBRARY_RELEASE}")
    if(NOT where)
      list(GET PNG_LIBRARIES 0 where)
    endif()
  endif()
endif()
rungs_found(PNG "${where}")

# The library peers are opened at run time (bench/peers.c), because two of them define the same symbols;
# here we only look where they are.
function(rungs_peer name library purpose)
  rungs_option(${name} "${purpose}" ${name})
  set(where "")
  if(NOT RUNGS_${name} STREQUAL "OFF")
    unset(RUNGS_${name}_LIBRARY CACHE)
    find_library(RUNGS_${name}_LIBRARY NAMES ${library} PATH_SUFFIXES openblas-pthread openblas-openmp blis-openmp
                 blis-pthread)
    if(RUNGS_${name}_LIBRARY)
      file(REAL_PATH "${RUNGS_${name}_LIBRARY}" where)
    endif()
  endif()
  rungs_found(${name} "${where}")
endfunction()
rungs_peer(OPENBLAS openblas "peer in the races")
rungs_peer(BLIS blis "peer in the races")
rungs_peer(ONEDNN dnnl "peer in the races")
rungs_peer(SLEEF sleef "peer in the races")

rungs_option(CUDA "CUDA compiler" CUDA)
set(where "")
if(NOT RUNGS_CUDA STREQUAL "OFF")
  unset(RUNGS_NVCC CACHE) # looked for afresh at every configure step, like the peers
  find_program(RUNGS_NVCC nvcc PATHS /usr/local/cuda/bin)
  if(RUNGS_NVCC)
    set(where "${RUNGS_NVCC}")
  endif()
endif()
rungs_found(CUDA "${where}")

# gc_engine_install.cmake - the checker builds without Rungs, installs into a folder with a space in its name, is moved, and
# serves a program by find_package and by pkg-config.
#   cmake -DSOURCE=... -DCC=... -DWORK=... -P gc_engine_install.cmake

function(must)
  execute_process(COMMAND ${ARGN} WORKING_DIRECTORY "${WORK}" RESULT_VARIABLE code OUTPUT_VARIABLE said ERROR_VARIABLE said)
  if(NOT code EQUAL 0)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "${command}\nended with ${code}:\n${said}")
  endif()
  set(said "${said}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE "${WORK}")
file(MAKE_DIRECTORY "${WORK}/consumer")
file(WRITE "${WORK}/consumer/program.c" "
#include <gc.h>
static double loss(const double *x, size_t n, void *ctx) { (void)n, (void)ctx; return x[0] * x[0] + 3 * x[0] * x[1]; }
static void grad(const double *x, size_t n, double *g, void *ctx)
{ (void)n; g[0] = 2 * x[0] + 3 * x[1]; g[1] = (ctx ? 2 : 3) * x[0]; }
int main(void)
{
    double x[] = { 0.3, -0.7 };
    int wrong = 1;
    gc_result *right = gc_check_scalar(loss, grad, x, 2, NULL, NULL), *r = gc_check_scalar(loss, grad, x, 2, &wrong, NULL);
    int ok = gc_exit_code(right) == 0 && gc_exit_code(r) == 1;
    gc_print(stdout, r);
    gc_free(right), gc_free(r);
    return !ok;
}
")
file(WRITE "${WORK}/consumer/CMakeLists.txt" "
cmake_minimum_required(VERSION 3.16)
project(consumer LANGUAGES C)
find_package(gradcheck 0.1 REQUIRED)
add_executable(program program.c)
target_link_libraries(program PRIVATE gradcheck::gradcheck)
foreach(kind gradcheck gradcheck_shared) # the names within Rungs
  add_executable(program_\${kind} program.c)
  target_link_libraries(program_\${kind} PRIVATE rungs::\${kind})
endforeach()
")
must(${CMAKE_COMMAND} -S ${SOURCE}/gradcheck -B ${WORK}/build -G Ninja -DCMAKE_C_COMPILER=${CC} -DCMAKE_BUILD_TYPE=Debug
     -DCMAKE_INSTALL_LIBDIR=lib -DGRADCHECK_SHARED=ON)
must(${CMAKE_COMMAND} --build ${WORK}/build --target rungs_gradcheck gradcheck_shared -j2)
must(${CMAKE_COMMAND} --install ${WORK}/build --prefix "${WORK}/first place")
file(RENAME "${WORK}/first place" "${WORK}/installed")
file(GLOB headers RELATIVE "${WORK}/installed/include" "${WORK}/installed/include/*")
if(NOT headers STREQUAL "gc.h")
  message(FATAL_ERROR "installed headers: ${headers}; it must be gc.h alone")
endif()

must(${CMAKE_COMMAND} -S ${WORK}/consumer -B ${WORK}/by_package -G Ninja -DCMAKE_C_COMPILER=${CC}
     "-DCMAKE_PREFIX_PATH=${WORK}/installed")
must(${CMAKE_COMMAND} --build ${WORK}/by_package)
foreach(program program program_gradcheck program_gradcheck_shared)
  must(${WORK}/by_package/${program})
endforeach()

find_program(PKG_CONFIG NAMES pkg-config pkgconf)
if(NOT PKG_CONFIG)
  message("there is no pkg-config, so gradcheck.pc was not tried")
  return()
endif()
set(ENV{PKG_CONFIG_PATH} "${WORK}/installed/lib/pkgconfig")
must(${PKG_CONFIG} --cflags --libs gradcheck)
separate_arguments(flags UNIX_COMMAND "${said}")
must(${CC} -std=c99 consumer/program.c -o by_pkg_config ${flags})
set(ENV{LD_LIBRARY_PATH} "${WORK}/installed/lib") # where both libraries are the linker takes the shared one
must(${WORK}/by_pkg_config)
message("${said}")

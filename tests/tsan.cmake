# tsan.cmake - the tests of the ThreadSanitizer build: the threaded rungs, and that a race would be seen.
#
# Archer (part of LLVM's OpenMP) tells ThreadSanitizer what OpenMP's own barriers and task ends mean; without it
# every parallel loop looks like a race. The OpenMP runtime itself is not instrumented, hence the TSAN_OPTIONS.

cmake_path(GET OpenMP_omp_LIBRARY PARENT_PATH omp_folder)
file(REAL_PATH "${OpenMP_omp_LIBRARY}" omp_library)
cmake_path(GET omp_library PARENT_PATH omp_real_folder)
find_library(RUNGS_ARCHER archer HINTS ${omp_folder} ${omp_real_folder})
if(NOT RUNGS_ARCHER)
  add_test(NAME tsan COMMAND sh -c "echo 'there is no libarcher.so here: apt install libomp-dev'; exit 77")
  set_tests_properties(tsan PROPERTIES SKIP_RETURN_CODE 77)
  return()
endif()
set(tsan_environment "OMP_TOOL_LIBRARIES=${RUNGS_ARCHER}" "TSAN_OPTIONS=ignore_noninstrumented_modules=1")

add_executable(tsan_race tsan_race.c)
target_link_libraries(tsan_race PRIVATE rungs_flags)
add_test(NAME tsan_understands_a_barrier COMMAND tsan_race barrier)
add_test(NAME tsan_reports_a_race COMMAND tsan_race race)
set_tests_properties(tsan_reports_a_race PROPERTIES PASS_REGULAR_EXPRESSION "data race")

add_test(NAME tsan_rungs COMMAND rungs check all --threads 3)
set_tests_properties(tsan_rungs PROPERTIES FAIL_REGULAR_EXPRESSION "ThreadSanitizer")

get_property(tests DIRECTORY PROPERTY TESTS)
set_tests_properties(${tests} PROPERTIES ENVIRONMENT "${tsan_environment}")

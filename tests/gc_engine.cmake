# gc_engine.cmake - the gradient checker's numerics and its walk over points, directions, elements and corners.
function(gc_engine_test name)
  add_executable(gc_engine_${name} gc_engine_${name}.c gc_engine_made.c)
  target_compile_definitions(gc_engine_${name} PRIVATE _GNU_SOURCE)
  target_link_libraries(gc_engine_${name} PRIVATE rungs_gradcheck rungs_flags)
  add_test(NAME gc_engine.${name} COMMAND gc_engine_${name})
  set_tests_properties(gc_engine.${name} PROPERTIES SKIP_RETURN_CODE 77 LABELS gradcheck)
endfunction()

gc_engine_test(numeric) # error bars are true, noise is seen, bounds bound
gc_engine_test(scalar)  # two pointers: right and wrong gradients over seeds and loss scales
if(NOT RUNGS_SANITIZE OR RUNGS_TEST_LONG)
  gc_engine_test(cost)  # calls of the forward, which are as many in every build
endif()
gc_engine_test(kinks)   # corners, ties, conventions
gc_engine_test(verdicts) # what cannot be measured, and what is hard to
gc_engine_test(floats) # float programs with corners
gc_engine_test(reasons) # what is said where nothing can be measured
if(RUNGS_TEST_RARE) # 10,000 seeds of each
  add_test(NAME gc_engine.floats_long COMMAND gc_engine_floats 10000)
  set_tests_properties(gc_engine.floats_long PROPERTIES LABELS "gradcheck;rare")
endif()
gc_engine_test(seen)    # elements never used, or too small to see, are told
gc_engine_test(entries) # one element alone, and a gradient in long double
gc_engine_test(parts)   # a flat input as several tensors
gc_engine_test(layers)  # problems of several tensors, floats, refusals, the complex step

if(RUNGS_TEST_LONG)
  # -ffast-math would let NaN pass and errors vanish: the checker must refuse to be compiled with it.
  file(GLOB checker_sources ${PROJECT_SOURCE_DIR}/gradcheck/*.c)
  add_test(NAME gc_engine.fast_math COMMAND ${CMAKE_COMMAND} -DCC=${CMAKE_C_COMPILER} "-DSOURCES=${checker_sources}"
           -P ${CMAKE_CURRENT_SOURCE_DIR}/gc_engine_fast_math.cmake)
  # built, installed, moved and used by itself
  add_test(NAME gc_engine.install COMMAND ${CMAKE_COMMAND} -DCC=${CMAKE_C_COMPILER} -DSOURCE=${PROJECT_SOURCE_DIR}
           -DWORK=${CMAKE_CURRENT_BINARY_DIR}/gc_engine/install -P ${CMAKE_CURRENT_SOURCE_DIR}/gc_engine_install.cmake)
  set_tests_properties(gc_engine.fast_math gc_engine.install PROPERTIES LABELS gradcheck)
endif()

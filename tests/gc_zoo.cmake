# gc_zoo.cmake - wrong and right gradients: the checker tells them apart, and the self-test is not fooled.
if(TARGET rungs_gradcheck_zoo)
  function(gc_zoo_test name)
    add_executable(${name} ${name}.c ${ARGN})
    target_compile_definitions(${name} PRIVATE _GNU_SOURCE)
    target_link_libraries(${name} PRIVATE rungs_flags rungs_gradcheck_zoo)
    string(REPLACE gc_zoo_ gc_zoo. test ${name})
    add_test(NAME ${test} COMMAND ${name})
    set_tests_properties(${test} PROPERTIES SKIP_RETURN_CODE 77 LABELS gradcheck)
  endfunction()

  if(NOT RUNGS_SANITIZE OR RUNGS_TEST_LONG) # gc_report.zoo runs two dozen of its gradients
    gc_zoo_test(gc_zoo_all)   # the fast self-test
  endif()
  gc_zoo_test(gc_zoo_choices) # what no option switches off
  gc_zoo_test(gc_zoo_twin)    # float gradients against double ones
  if(RUNGS_TEST_RARE) # it runs the self-test on eight checkers
    gc_zoo_test(gc_zoo_fooled)
    target_link_options(gc_zoo_fooled PRIVATE -Wl,--wrap=gc_check)
    set_tests_properties(gc_zoo.fooled PROPERTIES LABELS "gradcheck;rare")
  endif()

  # The second zoo: other people's gradients, which nobody tunes the checker on. Each field is compiled once more in long double,
  # whose differences prove the labels. `gc_strangers` measures the checker on all of it; the test does on a part.
  file(GLOB strangers CONFIGURE_DEPENDS strangers/*.c)
  list(FILTER strangers EXCLUDE REGEX "/peers\\.c$")
  file(GLOB strangers_fields CONFIGURE_DEPENDS strangers/field_*.c)
  add_library(strangers_long OBJECT ${strangers_fields})
  target_compile_definitions(strangers_long PRIVATE _GNU_SOURCE STRANGERS_LONG)
  target_link_libraries(strangers_long PRIVATE rungs_flags)
  add_executable(gc_strangers gc_strangers.c ${strangers} $<TARGET_OBJECTS:strangers_long>)
  target_compile_definitions(gc_strangers PRIVATE _GNU_SOURCE)
  target_link_libraries(gc_strangers PRIVATE rungs_flags rungs_gradcheck)
  add_test(NAME gc_zoo.strangers_proved COMMAND gc_strangers --prove)
  add_test(NAME gc_zoo.strangers COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/gc_strangers.sh $<TARGET_FILE:gc_strangers>)
  # the same zoo for the checkers of PyTorch, JAX, autograd and SciPy: gc_strangers_peers.sh
  add_library(strangers_peers SHARED strangers/peers.c strangers/strangers.c ${strangers_fields} $<TARGET_OBJECTS:strangers_long>)
  target_compile_definitions(strangers_peers PRIVATE _GNU_SOURCE)
  target_link_libraries(strangers_peers PRIVATE rungs_flags -lm)
  set_target_properties(strangers_long strangers_peers PROPERTIES POSITION_INDEPENDENT_CODE ON)
  if(NOT RUNGS_SANITIZE) # a Python without the sanitizer cannot load the library
    add_test(NAME gc_zoo.peers COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/gc_strangers_peers.sh ${CMAKE_BINARY_DIR} --every 150)
    set_tests_properties(gc_zoo.peers PROPERTIES PASS_REGULAR_EXPRESSION "this checker" FAIL_REGULAR_EXPRESSION "Traceback"
                         SKIP_RETURN_CODE 77 LABELS gradcheck)
  endif()
  set_tests_properties(gc_zoo.strangers gc_zoo.strangers_proved PROPERTIES SKIP_RETURN_CODE 77 LABELS gradcheck)
endif()

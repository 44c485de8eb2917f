# gc_cli.cmake - `rungs gradcheck`, as a shell sees it, and its reader of prototypes.
find_program(RUNGS_SH sh REQUIRED)
set(gc_cli_scratch "${CMAKE_CURRENT_BINARY_DIR}/gc_cli")
foreach(part so sig twin derived batch help)
  add_test(NAME gc_cli_${part} COMMAND ${RUNGS_SH} ${CMAKE_CURRENT_SOURCE_DIR}/gc_cli_${part}.sh $<TARGET_FILE:rungs>
           ${CMAKE_C_COMPILER} ${gc_cli_scratch}/${part} ${PROJECT_SOURCE_DIR}/gradcheck/examples)
  set_tests_properties(gc_cli_${part} PROPERTIES LABELS gc_cli)
  if(RUNGS_SANITIZE) # their own memory cannot live under the limit that a hungry function runs into
    set_tests_properties(gc_cli_${part} PROPERTIES ENVIRONMENT RUNGS_TEST_SANITIZED=1)
  endif()
endforeach()

add_test(NAME gc_cli_run COMMAND rungs gradcheck run all --seed 2)
set_tests_properties(gc_cli_run PROPERTIES LABELS gc_cli)

foreach(test proto fuzz_sig)
  add_executable(gc_cli_${test} gc_cli_${test}.c)
  foreach(file proto plan shim numbers refusal)
    target_sources(gc_cli_${test} PRIVATE ${PROJECT_SOURCE_DIR}/cli/gradcheck_${file}.c)
  endforeach()
  target_compile_definitions(gc_cli_${test} PRIVATE _GNU_SOURCE)
  target_link_libraries(gc_cli_${test} PRIVATE rungs_gradcheck rungs_flags -lm)
  add_test(NAME gc_cli_${test} COMMAND gc_cli_${test})
  set_tests_properties(gc_cli_${test} PROPERTIES LABELS gc_cli)
endforeach()

if(RUNGS_TEST_ONCE) # a program that says nothing and ends with 0 would be noticed
  add_test(NAME gc_cli_rejects COMMAND ${RUNGS_SH} ${CMAKE_CURRENT_SOURCE_DIR}/gc_cli_twin.sh true ${CMAKE_C_COMPILER}
           ${gc_cli_scratch}/rejects ${PROJECT_SOURCE_DIR}/gradcheck/examples)
  set_tests_properties(gc_cli_rejects PROPERTIES LABELS gc_cli WILL_FAIL ON)
endif()

# core.cmake - operations, rungs, the checks themselves, memory, threads.
if(NOT RUNGS_SANITIZE OR RUNGS_TEST_LONG) # its arrays lie between guard pages: a sanitizer finds little more
  include(soft.cmake) # the AVX-512 rungs on machines without AVX-512
endif()

function(rungs_test name)
  add_executable(${name} ${name}.c)
  target_compile_definitions(${name} PRIVATE _GNU_SOURCE)
  target_link_libraries(${name} PRIVATE rungs_optimized)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES SKIP_RETURN_CODE 77 LABELS core)
endfunction()

foreach(part file process json)
  rungs_test(base_${part}) # files, children, text for programs
endforeach()

rungs_test(shapes)
rungs_test(sets)
rungs_test(known)
rungs_test(wrong)
rungs_test(wrong_ops)
target_link_libraries(wrong_ops PRIVATE -lm)
rungs_test(wrong_decay)
target_link_libraries(wrong_decay PRIVATE -lm)
rungs_test(wrong_dropout)
rungs_test(dropout_mask)
rungs_test(reduced_precision)
rungs_test(check_once)
target_link_libraries(check_once PRIVATE -lm)
rungs_test(ulp)
target_link_libraries(ulp PRIVATE -lm)
add_test(NAME ulp_cli COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/ulp_cli.sh $<TARGET_FILE:rungs> ${CMAKE_CURRENT_BINARY_DIR}/ulp_cli)
set_tests_properties(ulp_cli PROPERTIES LABELS core)
rungs_test(softmax_rows)
target_link_libraries(softmax_rows PRIVATE -lm)
rungs_test(loss_known)
target_link_libraries(loss_known PRIVATE -lm)
if(NOT RUNGS_SANITIZE OR RUNGS_TEST_LONG)
  rungs_test(loss_rungs)
  target_link_libraries(loss_rungs PRIVATE -lm)
endif()
rungs_test(loss_precision)
target_compile_definitions(loss_precision PRIVATE WITH_TRAINER)
target_link_libraries(loss_precision PRIVATE network_made -lm)
rungs_test(wrong_losses)
if(NOT RUNGS_SANITIZE) # their own memory cannot live under the limit
  rungs_test(no_memory)
endif()
if(NOT RUNGS_SANITIZE OR RUNGS_TEST_LONG)
  rungs_test(threads)
endif()
rungs_test(team)
if(RUNGS_SANITIZE)
  target_compile_definitions(team PRIVATE SANITIZED)
endif()
add_executable(cpus cpus.c)
target_link_libraries(cpus PRIVATE rungs_optimized)
add_test(NAME cpus COMMAND cpus ${CMAKE_CURRENT_BINARY_DIR}/cpus_trees)
set_tests_properties(cpus PROPERTIES LABELS core)

# every rung of every operation; the names come from the tables
add_test(NAME check_all COMMAND rungs check all)
if(RUNGS_TEST_LONG) # elsewhere the build with ThreadSanitizer looks at threads
  add_test(NAME check_threads COMMAND rungs check all --threads 3 --seed 2)
  set_tests_properties(check_threads PROPERTIES LABELS core SKIP_RETURN_CODE 77)
endif()
set_tests_properties(check_all PROPERTIES LABELS core SKIP_RETURN_CODE 77)
if(NOT RUNGS_SANITIZE OR RUNGS_TEST_LONG) # check_all has had every rung already
  add_test(NAME check_portable COMMAND rungs check all --seed 3)
  set_tests_properties(check_portable PROPERTIES ENVIRONMENT RUNGS_ISA=portable LABELS core SKIP_RETURN_CODE 77)
endif()

# CPU functions have names that grep finds; a rung reads with three files open
if(RUNGS_TEST_ONCE)
  add_test(NAME plain_rungs COMMAND ${RUNGS_SH} ${CMAKE_CURRENT_SOURCE_DIR}/plain_rungs.sh ${CMAKE_C_COMPILER} ${PROJECT_SOURCE_DIR}/optimized
           ${CMAKE_CURRENT_BINARY_DIR}/plain_rungs "$<FILTER:$<TARGET_OBJECTS:rungs_optimized>,INCLUDE,/cpu/>" COMMAND_EXPAND_LISTS)
  set_tests_properties(plain_rungs PROPERTIES LABELS core)
endif()

# learn.cmake - tests of the exercises.
find_program(RUNGS_SH sh REQUIRED)
add_executable(learn_solutions learn_solutions.c)
target_link_libraries(learn_solutions PRIVATE rungs_learn)
add_executable(learn_list learn_list.c)
target_link_libraries(learn_list PRIVATE rungs_learn)
add_test(NAME learn_list COMMAND learn_list ${PROJECT_SOURCE_DIR})

# Every exercise and the gate at which its stub is to fail: written down here, independently of the list of exercises
set(learn_stubs
    1.1_values
    1.2_numbers
    1.3_gradient
    1.4_gradient
    1.5_steps
    1.6_verdicts
    1.7_numbers
    1.8_counts
    1.9_counts
    1.10_counts
    2.1_edges
    2.2_edges
    2.3_numbers
    2.4_counts
    2.6_numbers
    3.1_edges
    3.2_gradient
    3.3_property
    3.4_counts
    3.6_verdicts
    4.1_property
    4.2_values
    4.3_verdicts
    4.4_counts
    4.6_property
    4.7_counts
    4.8_property
    4.9_property
    5.1_gradient
    5.2_values
    5.3_property
    5.4_counts
    6.1_property
    6.2_property
    6.3_counts
    6.4_counts
    6.6_verdicts
    7.1_property
    7.2_gradient
    7.3_verdicts
    7.4_property
    7.5_counts
    7.6_counts
    7.7_counts
    7.9_training)
# the same of those on CUDA kernels, which need the emulator
set(learn_kernels
    1.11_checkers
    1.12_checkers
    2.5_counts
    3.5_values
    4.5_counts
    6.5_values
    7.8_counts)
list(LENGTH learn_stubs learn_count)
list(LENGTH learn_kernels learn_kernel_count)
math(EXPR learn_count "${learn_count} + ${learn_kernel_count}")

if(RUNGS_TEST_ONCE AND NOT RUNGS_SANITIZE)
  if(RUNGS_PYTHON)
    add_test(NAME learn_autograder COMMAND ${RUNGS_SH} ${CMAKE_CURRENT_SOURCE_DIR}/learn_autograder.sh $<TARGET_FILE:rungs>
             $<TARGET_FILE:learn_solutions> ${CMAKE_CURRENT_BINARY_DIR}/learn_autograder ${CMAKE_C_COMPILER} ${RUNGS_PYTHON})
  endif()
  add_test(NAME learn_board COMMAND ${RUNGS_SH} ${CMAKE_CURRENT_SOURCE_DIR}/learn_board.sh $<TARGET_FILE:rungs> $<TARGET_FILE:learn_solutions>
           ${CMAKE_CURRENT_BINARY_DIR}/learn_board ${CMAKE_C_COMPILER})
  add_test(NAME learn_pack COMMAND ${RUNGS_SH} ${CMAKE_CURRENT_SOURCE_DIR}/learn_pack.sh $<TARGET_FILE:rungs> $<TARGET_FILE:learn_solutions>
           ${CMAKE_CURRENT_BINARY_DIR}/learn_pack ${CMAKE_C_COMPILER} ${learn_count})
endif()
if(RUNGS_TEST_ONCE AND NOT RUNGS_SANITIZE) # what students write is compiled without the sanitizer, and crashes on purpose
  add_test(NAME learn COMMAND ${RUNGS_SH} ${CMAKE_CURRENT_SOURCE_DIR}/learn.sh $<TARGET_FILE:rungs> $<TARGET_FILE:learn_solutions>
           ${CMAKE_CURRENT_BINARY_DIR}/learn ${CMAKE_C_COMPILER} ${learn_count})
  add_test(NAME learn_class COMMAND ${RUNGS_SH} ${CMAKE_CURRENT_SOURCE_DIR}/learn_class.sh $<TARGET_FILE:rungs>
           $<TARGET_FILE:learn_solutions> ${CMAKE_CURRENT_BINARY_DIR}/learn_class ${CMAKE_C_COMPILER})
endif()
if(RUNGS_TEST_ONCE AND NOT RUNGS_SANITIZE)
  if(NOT TARGET kit_module)
    set(learn_kernels)
  endif()
  foreach(stub IN LISTS learn_stubs learn_kernels)
    string(REPLACE _ ";" stub ${stub})
    list(POP_FRONT stub number gate)
    add_test(NAME learn.${number} COMMAND ${RUNGS_SH} ${CMAKE_CURRENT_SOURCE_DIR}/learn_exercise.sh $<TARGET_FILE:rungs>
             $<TARGET_FILE:learn_solutions> ${CMAKE_CURRENT_BINARY_DIR}/learn_${number} ${CMAKE_C_COMPILER} ${number} ${gate})
    set_tests_properties(learn.${number} PROPERTIES ENVIRONMENT "CXX=${CMAKE_CXX_COMPILER}"
                         SKIP_RETURN_CODE 77) # counts without valgrind
  endforeach()
endif()

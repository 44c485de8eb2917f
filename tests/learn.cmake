# learn.cmake - tests of the exercises.
find_program(RUNGS_SH sh REQUIRED)
add_executable(learn_solutions learn_solutions.c)
target_link_libraries(learn_solutions PRIVATE rungs_learn)
add_executable(learn_list learn_list.c)
target_link_libraries(learn_list PRIVATE rungs_learn)
add_test(NAME learn_list COMMAND learn_list ${PROJECT_SOURCE_DIR})

add_executable(learn_points learn_points.c ${PROJECT_SOURCE_DIR}/cli/learn_points.c ${PROJECT_SOURCE_DIR}/cli/learn_steps.c ${PROJECT_SOURCE_DIR}/cli/learn_board.c)
target_compile_definitions(learn_points PRIVATE _GNU_SOURCE)
target_link_libraries(learn_points PRIVATE rungs_learn rungs_bench rungs_optimized rungs_flags -lm)
add_test(NAME learn_points COMMAND learn_points)
add_executable(learn_sandbox learn_sandbox.c ${PROJECT_SOURCE_DIR}/cli/learn_sandbox.c ${PROJECT_SOURCE_DIR}/cli/learn_files.c)
target_compile_definitions(learn_sandbox PRIVATE _GNU_SOURCE RUNGS_SANITIZED=0)
target_link_libraries(learn_sandbox PRIVATE rungs_base rungs_flags)
add_test(NAME learn_sandbox COMMAND learn_sandbox ${CMAKE_CURRENT_BINARY_DIR}/learn_sandbox_folders)
set_tests_properties(learn_sandbox PROPERTIES SKIP_RETURN_CODE 77)
add_executable(learn_adjoint learn_adjoint.c)
target_link_libraries(learn_adjoint PRIVATE rungs_learn)
add_test(NAME learn_adjoint COMMAND learn_adjoint)

# Every exercise, the gate at which its stub must fail, and how many wrong versions its grader must reject: written down here,
# independently of the list of exercises
set(learn_stubs
    1.1_values_6
    1.2_numbers_13
    1.3_gradient_8
    1.4_gradient_6
    1.5_steps_5
    1.6_verdicts_11
    1.7_numbers_9
    1.8_counts_6
    1.9_counts_6
    1.10_counts_6
    2.1_edges_6
    2.2_edges_10
    2.3_numbers_18
    2.4_counts_7
    2.6_numbers_8
    3.1_edges_13
    3.2_gradient_7
    3.3_property_14
    3.4_counts_7
    3.6_verdicts_9
    4.1_property_8
    4.2_values_10
    4.3_verdicts_8
    4.4_counts_10
    4.6_property_9
    4.7_counts_9
    4.8_property_13
    4.9_property_11
    5.1_gradient_18
    5.2_values_6
    5.3_property_8
    5.4_counts_8
    6.1_property_14
    6.2_property_8
    6.3_counts_7
    6.4_counts_6
    6.6_verdicts_11
    7.1_property_9
    7.2_gradient_14
    7.3_verdicts_9
    7.4_property_13
    7.5_counts_9
    7.6_counts_9
    7.7_counts_9
    7.9_training_5)
# the same of those on CUDA kernels, which need the emulator
set(learn_kernels
    1.11_checkers_7
    1.12_checkers_8
    2.5_counts_7
    3.5_values_7
    4.5_counts_7
    6.5_values_7
    7.8_counts_8)
list(TRANSFORM learn_stubs REPLACE "_.*" "" OUTPUT_VARIABLE learn_numbers)
list(TRANSFORM learn_kernels REPLACE "_.*" "" OUTPUT_VARIABLE learn_kernel_numbers)
list(LENGTH learn_numbers learn_gradable) # for a class
list(APPEND learn_numbers ${learn_kernel_numbers})
list(SORT learn_numbers COMPARE NATURAL)
list(LENGTH learn_numbers learn_count)
list(JOIN learn_numbers " " learn_numbers) # one word of a command

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
           ${CMAKE_CURRENT_BINARY_DIR}/learn ${CMAKE_C_COMPILER} ${learn_numbers})
  add_test(NAME learn_class COMMAND ${RUNGS_SH} ${CMAKE_CURRENT_SOURCE_DIR}/learn_class.sh $<TARGET_FILE:rungs>
           $<TARGET_FILE:learn_solutions> ${CMAKE_CURRENT_BINARY_DIR}/learn_class ${CMAKE_C_COMPILER} ${learn_gradable} ${learn_count})
  set_tests_properties(learn_class PROPERTIES ENVIRONMENT "CXX=${CMAKE_CXX_COMPILER}")
  if(TARGET kit_module)
    add_test(NAME learn_strangers COMMAND ${RUNGS_SH} ${CMAKE_CURRENT_SOURCE_DIR}/learn_strangers.sh $<TARGET_FILE:rungs>
             $<TARGET_FILE:learn_solutions> ${CMAKE_CURRENT_BINARY_DIR}/learn_strangers ${CMAKE_C_COMPILER} ${learn_stubs} ${learn_kernels})
    set_tests_properties(learn_strangers PROPERTIES ENVIRONMENT "CXX=${CMAKE_CXX_COMPILER}" SKIP_RETURN_CODE 77)
  endif()
endif()
if(RUNGS_TEST_ONCE AND NOT RUNGS_SANITIZE)
  if(NOT TARGET kit_module)
    set(learn_kernels)
  endif()
  foreach(stub IN LISTS learn_stubs learn_kernels)
    string(REPLACE _ ";" stub ${stub})
    list(POP_FRONT stub number gate wrong)
    add_test(NAME learn.${number} COMMAND ${RUNGS_SH} ${CMAKE_CURRENT_SOURCE_DIR}/learn_exercise.sh $<TARGET_FILE:rungs>
             $<TARGET_FILE:learn_solutions> ${CMAKE_CURRENT_BINARY_DIR}/learn_${number} ${CMAKE_C_COMPILER} ${number} ${gate} ${wrong})
    set_tests_properties(learn.${number} PROPERTIES ENVIRONMENT "CXX=${CMAKE_CXX_COMPILER}"
                         SKIP_RETURN_CODE 77) # counts without valgrind
  endforeach()
endif()

# cuda_cli.cmake - CUDA through the program: check, list, bench, emu and train.
function(cuda_cli name words)
  add_test(NAME ${name} COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/cuda_cli.sh $<TARGET_FILE:rungs> ${words}
           ${PROJECT_SOURCE_DIR}/emu/examples $<TARGET_FILE:data_set>)
  set_tests_properties(${name} PROPERTIES LABELS emu SKIP_RETURN_CODE 77 ENVIRONMENT "CXX=${CMAKE_CXX_COMPILER}")
endfunction()

cuda_cli(cuda_cli_check check)
cuda_cli(cuda_cli_bench bench)
cuda_cli(cuda_cli_emu emu)
cuda_cli(cuda_cli_with with)
cuda_cli(cuda_cli_gradcheck gradcheck)
cuda_cli(cuda_cli_train train)

# gradients on the device: rungs gradcheck cuda
add_test(NAME cuda_cli_gradients COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/gc_cli_cuda.sh $<TARGET_FILE:rungs> ${CMAKE_C_COMPILER}
         ${CMAKE_CURRENT_BINARY_DIR}/gc_cli/cuda ${PROJECT_SOURCE_DIR}/gradcheck/examples)
set_tests_properties(cuda_cli_gradients PROPERTIES LABELS emu SKIP_RETURN_CODE 77 ENVIRONMENT "CXX=${CMAKE_CXX_COMPILER}")

# rungs emu --explain: what the textbook says, and that another count would be noticed. With gcc: clang makes one access of
# those in both branches of an if, and calls sqrtf
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  set(explain ${CMAKE_CURRENT_SOURCE_DIR}/emu_explain.sh $<TARGET_FILE:rungs> ${PROJECT_SOURCE_DIR}/emu/tests/explain)
  set(textbook ${CMAKE_CURRENT_SOURCE_DIR}/emu_explain.txt)
  file(READ ${textbook} rows)
  string(REPLACE "4096   4096    512 out[x" "4096    512    512 out[x" rows "${rows}")
  file(CONFIGURE OUTPUT wrong_explain.txt CONTENT "${rows}" @ONLY)
  add_test(NAME emu_explain COMMAND sh ${explain} ${textbook})
  add_test(NAME emu_explain_rejects COMMAND sh ${explain} ${CMAKE_CURRENT_BINARY_DIR}/wrong_explain.txt)
  set_tests_properties(emu_explain emu_explain_rejects PROPERTIES LABELS emu SKIP_RETURN_CODE 77 ENVIRONMENT "CXX=${CMAKE_CXX_COMPILER}")
  set_tests_properties(emu_explain_rejects PROPERTIES PASS_REGULAR_EXPRESSION "> transpose_naive,2,9,global,store,4,128,4096,4096,512")
  set_property(TEST emu_explain emu_explain_rejects PROPERTY TIMEOUT 400)
endif()

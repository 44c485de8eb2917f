# learn.cmake - tests of the exercises.
find_program(RUNGS_SH sh REQUIRED)
add_executable(learn_solutions learn_solutions.c)
target_link_libraries(learn_solutions PRIVATE rungs_learn)
if(NOT RUNGS_SANITIZE) # what students write is compiled without the sanitizer, and crashes on purpose
  add_test(NAME learn COMMAND ${RUNGS_SH} ${CMAKE_CURRENT_SOURCE_DIR}/learn.sh $<TARGET_FILE:rungs> $<TARGET_FILE:learn_solutions>
           ${CMAKE_CURRENT_BINARY_DIR}/learn ${PROJECT_SOURCE_DIR}/learn ${CMAKE_C_COMPILER})
  add_test(NAME learn_class COMMAND ${RUNGS_SH} ${CMAKE_CURRENT_SOURCE_DIR}/learn_class.sh $<TARGET_FILE:rungs>
           $<TARGET_FILE:learn_solutions> ${CMAKE_CURRENT_BINARY_DIR}/learn_class ${CMAKE_C_COMPILER})
endif()

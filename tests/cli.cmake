# cli.cmake - tests of the program's words, the launcher, installation and format.
find_program(RUNGS_SH sh REQUIRED)
set(scratch "${CMAKE_CURRENT_BINARY_DIR}/cli")

add_test(NAME cli_verbs COMMAND ${RUNGS_SH} ${CMAKE_CURRENT_SOURCE_DIR}/cli_verbs.sh $<TARGET_FILE:rungs> ${PROJECT_VERSION})
add_test(NAME cli_readme COMMAND ${RUNGS_SH} ${CMAKE_CURRENT_SOURCE_DIR}/cli_readme.sh $<TARGET_FILE:rungs>
         ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/CONTRIBUTING.md)
add_test(NAME cli_front_page COMMAND ${RUNGS_SH} ${CMAKE_CURRENT_SOURCE_DIR}/front_page.sh $<TARGET_FILE:rungs> ${PROJECT_SOURCE_DIR})
add_executable(cli_page cli_page.c)
target_link_libraries(cli_page PRIVATE lesson_text_parts)
add_test(NAME cli_page COMMAND cli_page ${PROJECT_SOURCE_DIR} README.md CONTRIBUTING.md)
set_tests_properties(cli_page PROPERTIES ENVIRONMENT_MODIFICATION "PATH=path_list_prepend:$<TARGET_FILE_DIR:rungs>")
if(NOT RUNGS_SANITIZE) # a sanitizer's own memory cannot live under a limit
  add_library(cli_no_fork MODULE cli_no_fork.c)
  target_compile_definitions(cli_no_fork PRIVATE _GNU_SOURCE)
  add_test(NAME cli_resources COMMAND ${RUNGS_SH} ${CMAKE_CURRENT_SOURCE_DIR}/cli_resources.sh $<TARGET_FILE:rungs>
           $<TARGET_FILE:cli_no_fork> $<TARGET_FILE:data_set> ${scratch}/resources)
  add_test(NAME cli_install COMMAND ${CMAKE_COMMAND} -DBUILD=${PROJECT_BINARY_DIR} -DSOURCE=${PROJECT_SOURCE_DIR}
           -DCC=${CMAKE_C_COMPILER} -DWORK=${scratch}/install -P ${CMAKE_CURRENT_SOURCE_DIR}/cli_install.cmake)
endif()

# What follows looks at the source tree, or at the launcher, or takes long: once is enough.
if(NOT RUNGS_TEST_ONCE)
  return()
endif()
add_test(NAME cli_exit_codes COMMAND ${RUNGS_SH} ${CMAKE_CURRENT_SOURCE_DIR}/cli_exit_codes.sh
         ${PROJECT_SOURCE_DIR}/base/exit_code.h ${PROJECT_SOURCE_DIR}/README.md)
add_test(NAME cli_exit_codes_rejects COMMAND ${RUNGS_SH} ${CMAKE_CURRENT_SOURCE_DIR}/cli_exit_codes.sh
         ${PROJECT_SOURCE_DIR}/base/exit_code.h ${CMAKE_CURRENT_SOURCE_DIR}/cli_readme_stale.md)
add_test(NAME cli_ends COMMAND ${RUNGS_SH} ${CMAKE_CURRENT_SOURCE_DIR}/cli_ends.sh $<TARGET_FILE:rungs>
         $<TARGET_FILE:data_set> ${scratch}/ends ${PROJECT_SOURCE_DIR}/README.md)
set_tests_properties(cli_ends PROPERTIES ENVIRONMENT "CC=${CMAKE_C_COMPILER}")
add_test(NAME cli_columns COMMAND ${RUNGS_SH} ${CMAKE_CURRENT_SOURCE_DIR}/cli_columns.sh $<TARGET_FILE:rungs>
         ${PROJECT_SOURCE_DIR}/plots/data/intel-xeon-avx512-2core.csv)
add_test(NAME cli_verbs_rejects COMMAND ${RUNGS_SH} ${CMAKE_CURRENT_SOURCE_DIR}/cli_verbs.sh true)
add_test(NAME cli_readme_rejects COMMAND ${RUNGS_SH} ${CMAKE_CURRENT_SOURCE_DIR}/cli_readme.sh $<TARGET_FILE:rungs>
         ${CMAKE_CURRENT_SOURCE_DIR}/cli_readme_stale.md)
set_tests_properties(cli_verbs_rejects cli_readme_rejects cli_exit_codes_rejects PROPERTIES WILL_FAIL ON)
add_test(NAME cli_outputs COMMAND ${RUNGS_SH} ${CMAKE_CURRENT_SOURCE_DIR}/cli_outputs.sh $<TARGET_FILE:rungs>
         ${CMAKE_C_COMPILER} $<TARGET_FILE:data_set> ${scratch}/outputs ${PROJECT_SOURCE_DIR}/gradcheck/examples)
if(NOT RUNGS_SANITIZE) # a sanitizer sees what these do before the guard pages do
  foreach(part CHECK STUBS RACE)
    string(TOLOWER with_${part} name)
    add_test(NAME ${name} COMMAND ${RUNGS_SH} ${CMAKE_CURRENT_SOURCE_DIR}/with.sh $<TARGET_FILE:rungs> ${CMAKE_C_COMPILER}
             ${scratch}/${name} ${PROJECT_SOURCE_DIR} ${part})
  endforeach()
endif()
add_executable(cli_demo_counts cli_demo_counts.c)
target_link_libraries(cli_demo_counts PRIVATE rungs_optimized)
add_test(NAME cli_demo COMMAND ${RUNGS_SH} ${CMAKE_CURRENT_SOURCE_DIR}/cli_demo.sh $<TARGET_FILE:rungs>
         $<TARGET_FILE:cli_demo_counts> ${scratch}/demo)
add_test(NAME cli_test_verb COMMAND ${RUNGS_SH} ${CMAKE_CURRENT_SOURCE_DIR}/cli_test_verb.sh $<TARGET_FILE:rungs>
         ${scratch}/test_verb)
# every command of README.md, CONTRIBUTING.md, gradcheck/README.md and emu/README.md
add_test(NAME cli_documents COMMAND ${RUNGS_SH} ${CMAKE_CURRENT_SOURCE_DIR}/cli_documents.sh ${PROJECT_SOURCE_DIR}
         ${PROJECT_BINARY_DIR} ${scratch}/documents)
set_tests_properties(cli_documents PROPERTIES SKIP_RETURN_CODE 77)
add_test(NAME cli_launcher COMMAND ${RUNGS_SH} ${CMAKE_CURRENT_SOURCE_DIR}/cli_launcher.sh ${PROJECT_SOURCE_DIR}/rungs
         ${scratch}/launcher)
if(RUNGS_TEST_RARE) # it runs cli_launcher on forty wrong launchers
  add_test(NAME cli_launcher_rejects COMMAND ${RUNGS_SH} ${CMAKE_CURRENT_SOURCE_DIR}/cli_launcher_rejects.sh
           ${PROJECT_SOURCE_DIR}/rungs ${scratch}/launcher_rejects)
  set_tests_properties(cli_launcher_rejects PROPERTIES LABELS rare)
endif()
add_test(NAME cli_options COMMAND ${CMAKE_COMMAND} -DSOURCE=${PROJECT_SOURCE_DIR} -DWORK=${scratch}/options
         -DCC=${CMAKE_C_COMPILER} -DZLIB_LIBRARY=${ZLIB_LIBRARIES} -DZLIB_INCLUDE_DIR=${ZLIB_INCLUDE_DIRS}
         -P ${CMAKE_CURRENT_SOURCE_DIR}/cli_options.cmake)
add_test(NAME cli_comments COMMAND ${RUNGS_SH} ${CMAKE_CURRENT_SOURCE_DIR}/comments.sh ${PROJECT_SOURCE_DIR})
add_test(NAME cli_rare_record COMMAND ${RUNGS_SH} ${CMAKE_CURRENT_SOURCE_DIR}/rare_record.sh ${PROJECT_SOURCE_DIR})
add_test(NAME cli_lengths COMMAND ${RUNGS_SH} ${CMAKE_CURRENT_SOURCE_DIR}/lengths.sh ${PROJECT_SOURCE_DIR})
add_test(NAME cli_format COMMAND ${CMAKE_COMMAND} -DSOURCE=${PROJECT_SOURCE_DIR}
         -P ${CMAKE_CURRENT_SOURCE_DIR}/cli_format.cmake)
set_tests_properties(cli_format PROPERTIES SKIP_REGULAR_EXPRESSION "^skipped:")
add_test(NAME cli_arm COMMAND ${RUNGS_SH} ${CMAKE_CURRENT_SOURCE_DIR}/cli_arm.sh ${PROJECT_SOURCE_DIR} ${scratch}/arm)
set_tests_properties(cli_arm PROPERTIES SKIP_RETURN_CODE 77)

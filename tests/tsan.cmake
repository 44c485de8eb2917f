# tsan.cmake - the tests of the ThreadSanitizer build: the threaded rungs, the trainer, and that a race would be seen.

add_executable(tsan_race tsan_race.c)
target_compile_definitions(tsan_race PRIVATE _GNU_SOURCE)
target_link_libraries(tsan_race PRIVATE rungs_optimized)
add_test(NAME tsan_understands_a_barrier COMMAND tsan_race barrier)
add_test(NAME tsan_reports_a_race COMMAND tsan_race race)
set_tests_properties(tsan_reports_a_race PROPERTIES PASS_REGULAR_EXPRESSION "data race")

add_test(NAME tsan_rungs COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/tsan_rungs.sh $<TARGET_FILE:rungs>)
set_tests_properties(tsan_rungs PROPERTIES FAIL_REGULAR_EXPRESSION "ThreadSanitizer")

add_executable(tsan_train tsan_train.c network_made.c)
target_compile_definitions(tsan_train PRIVATE _GNU_SOURCE)
target_link_libraries(tsan_train PRIVATE rungs_train)
add_test(NAME tsan_train COMMAND tsan_train fine)
set_tests_properties(tsan_train PROPERTIES FAIL_REGULAR_EXPRESSION "ThreadSanitizer")
add_test(NAME tsan_train_race COMMAND tsan_train race)
set_tests_properties(tsan_train_race PROPERTIES PASS_REGULAR_EXPRESSION "data race" ENVIRONMENT "TSAN_OPTIONS=halt_on_error=1")

add_executable(tsan_team team.c)
target_compile_definitions(tsan_team PRIVATE _GNU_SOURCE SANITIZED)
target_link_libraries(tsan_team PRIVATE rungs_optimized)
add_test(NAME tsan_team COMMAND tsan_team short)
set_tests_properties(tsan_team PROPERTIES FAIL_REGULAR_EXPRESSION "ThreadSanitizer")

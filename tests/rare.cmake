# rare.cmake - what takes minutes and changes rarely: `./rungs test --rare`, before a release.

function(rare_test name)
  add_test(NAME rare.${name} COMMAND ${ARGN})
  set_tests_properties(rare.${name} PROPERTIES LABELS rare TIMEOUT 3600 SKIP_RETURN_CODE 77)
endfunction()

# other inputs than those of every day
foreach(seed 11 12 13)
  rare_test(check_${seed} rungs check all --seed ${seed})
endforeach()
rare_test(selftest rungs gradcheck selftest --quiet)

# trainings to their end: 88 of 100 clothes and 97 of 100 digits are what such a network gets
rare_test(accuracy_fashion ${CMAKE_CURRENT_SOURCE_DIR}/train_real.sh $<TARGET_FILE:rungs> fashion-mlp 0.88)
rare_test(accuracy_mnist ${CMAKE_CURRENT_SOURCE_DIR}/train_real.sh $<TARGET_FILE:rungs> mnist-mlp 0.97)

# ten minutes of each fuzzer that runs for seconds otherwise
get_property(tests DIRECTORY PROPERTY TESTS)
list(FILTER tests INCLUDE REGEX "^fuzz_")
list(FILTER tests EXCLUDE REGEX "wrong") # those must find something, and end
set_tests_properties(${tests} PROPERTIES LABELS rare TIMEOUT 3600 ENVIRONMENT "RUNGS_FUZZ_SECONDS=600")

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
rare_test(optimizer_wrong gc_optimizer_wrong 25)
rare_test(sampled gc_derived_sampled 40)

# trainings to their end. At a constant rate the share of clothes that are right swings from 87.6 to 88.6 % between epochs 5 and
# 10, of which 0.3 % is the choice of 10,000 test images: 87 % is three deviations below. Digits: 97 % and more
rare_test(accuracy_fashion ${CMAKE_CURRENT_SOURCE_DIR}/train_real.sh $<TARGET_FILE:rungs> fashion-mlp 0.87)
rare_test(accuracy_mnist ${CMAKE_CURRENT_SOURCE_DIR}/train_real.sh $<TARGET_FILE:rungs> mnist-mlp 0.97)
rare_test(accuracy_fashion_cnn ${CMAKE_CURRENT_SOURCE_DIR}/train_real.sh $<TARGET_FILE:rungs> fashion-cnn 0.915)
rare_test(accuracy_mnist_cnn ${CMAKE_CURRENT_SOURCE_DIR}/train_real.sh $<TARGET_FILE:rungs> mnist-cnn 0.992)

if(NOT RUNGS_SANITIZE)
  rare_test(learn_capstone sh ${CMAKE_CURRENT_SOURCE_DIR}/learn_capstone.sh $<TARGET_FILE:rungs> $<TARGET_FILE:learn_solutions>
            ${CMAKE_CURRENT_BINARY_DIR}/learn_capstone ${CMAKE_C_COMPILER})
endif()

# a hundred kills; every day there are eight
rare_test(train_kill ${CMAKE_CURRENT_SOURCE_DIR}/train_kill.sh $<TARGET_FILE:rungs> $<TARGET_FILE:data_set> ${CMAKE_CURRENT_BINARY_DIR}/kill 100)

# the lessons' experiments that take minutes, against their committed CSV
rare_test(lesson_4_clothes sh ${CMAKE_CURRENT_SOURCE_DIR}/lesson_minutes.sh $<TARGET_FILE:rungs> 4 clothes ${PROJECT_SOURCE_DIR}/lessons/04_momentum_adam)
rare_test(lesson_4_falling sh ${CMAKE_CURRENT_SOURCE_DIR}/lesson_minutes.sh $<TARGET_FILE:rungs> 4 falling ${PROJECT_SOURCE_DIR}/lessons/04_momentum_adam)
rare_test(lesson_4_bias sh ${CMAKE_CURRENT_SOURCE_DIR}/lesson_minutes.sh $<TARGET_FILE:rungs> 4 bias ${PROJECT_SOURCE_DIR}/lessons/04_momentum_adam)
rare_test(lesson_5_zeros sh ${CMAKE_CURRENT_SOURCE_DIR}/lesson_minutes.sh $<TARGET_FILE:rungs> 5 zeros ${PROJECT_SOURCE_DIR}/lessons/05_weight_decay)
rare_test(lesson_5_adam sh ${CMAKE_CURRENT_SOURCE_DIR}/lesson_minutes.sh $<TARGET_FILE:rungs> 5 adam ${PROJECT_SOURCE_DIR}/lessons/05_weight_decay)
rare_test(lesson_5_stop sh ${CMAKE_CURRENT_SOURCE_DIR}/lesson_minutes.sh $<TARGET_FILE:rungs> 5 stop ${PROJECT_SOURCE_DIR}/lessons/05_weight_decay)
rare_test(lesson_7_moved sh ${CMAKE_CURRENT_SOURCE_DIR}/lesson_minutes.sh $<TARGET_FILE:rungs> 7 moved ${PROJECT_SOURCE_DIR}/lessons/07_cnn)

# every page in a browser, and the book
rare_test(site_chromium sh ${CMAKE_CURRENT_SOURCE_DIR}/site_chromium.sh $<TARGET_FILE:rungs> ${PROJECT_SOURCE_DIR} ${CMAKE_CURRENT_BINARY_DIR}/site_chromium)
rare_test(site_pdf sh ${CMAKE_CURRENT_SOURCE_DIR}/site_pdf.sh $<TARGET_FILE:rungs> ${PROJECT_SOURCE_DIR} ${CMAKE_CURRENT_BINARY_DIR}/site_pdf)

# ten minutes of the fuzzers, which run for seconds otherwise (fuzz.sh: each has its share)
get_property(tests DIRECTORY PROPERTY TESTS)
list(FILTER tests INCLUDE REGEX "^fuzz_")
list(FILTER tests EXCLUDE REGEX "wrong") # those must find something, and end
set_tests_properties(${tests} PROPERTIES LABELS rare TIMEOUT 3600 ENVIRONMENT "RUNGS_FUZZ_SECONDS=600")

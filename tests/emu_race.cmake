# emu_race.cmake - the emulator's senses: the race checker, the counts of memory requests, and the zoo of wrong kernels.
include(RungsCuda)

set(variants emu race)
set(modes plain race)
if(RUNGS_TEST_ONCE) # with one compiler is enough
  set(modes plain order race)
  if(RUNGS_TEST_RARE) # AddressSanitizer takes the longest to build
    set(variants emu asan race)
    list(APPEND modes asan)
  endif()
endif()

# ---- the order of events and the cost of a request, by hand-made scenes ----
set(emu_source "${PROJECT_SOURCE_DIR}/emu/src")
add_executable(emu_race_order emu_race_order.cpp ${emu_source}/race_clock.cpp ${emu_source}/access_request.cpp)
target_compile_features(emu_race_order PRIVATE cxx_std_17)
target_include_directories(emu_race_order PRIVATE "${PROJECT_SOURCE_DIR}/emu/include")
target_compile_options(emu_race_order PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wdouble-promotion)
add_test(NAME race.order COMMAND emu_race_order)
set_tests_properties(race.order PROPERTIES LABELS race)

# ---- what the race checker passes over has nothing to tell ----
rungs_cuda_ladder(repeats SOURCES "${PROJECT_SOURCE_DIR}/emu/tests/emu_repeats.cu" EXECUTABLE VARIANTS race)
if(TARGET race_repeats)
  add_test(NAME race.repeats COMMAND race_repeats)
  set_tests_properties(race.repeats PROPERTIES LABELS race TIMEOUT 120)
endif()

# ---- counts of requests, against the textbook ----
rungs_cuda_ladder(requests SOURCES emu_race_access.cu EXECUTABLE VARIANTS race)
add_test(NAME access.textbook COMMAND race_requests)
add_test(NAME access.wrong_form COMMAND race_requests run)
set_tests_properties(access.wrong_form PROPERTIES ENVIRONMENT CUEMU_PROFILE=table.txt
                     PASS_REGULAR_EXPRESSION "it must be 0, 1 or the name of a .csv or .json file")
set_tests_properties(access.textbook access.wrong_form PROPERTIES LABELS access)

# ---- wrong kernels, each reported; right ones, all silent ----
set(zoo "${PROJECT_SOURCE_DIR}/emu/tests/bugs")
rungs_cuda_ladder(bug_zoo DRIVER emu_bug_zoo.cpp INCLUDES "${zoo}" VARIANTS ${variants}
                  SOURCES ${zoo}/shared.cu ${zoo}/async.cu ${zoo}/global.cu ${zoo}/bounds.cu ${zoo}/barrier.cu
                          ${zoo}/phases.cu ${zoo}/launch.cu ${zoo}/host.cu ${zoo}/lanes.cu ${zoo}/unwritten.cu
                          ${zoo}/streams.cu ${zoo}/host_pointers.cu ${zoo}/cooperative.cu ${zoo}/graphs.cu ${zoo}/textures.cu ${zoo}/blas.cu
                          ${zoo}/ptx.cu ${zoo}/clusters.cu ${zoo}/cub.cu ${zoo}/spins.cu ${zoo}/devices.cu ${zoo}/objects.cu)
if(TARGET asan_bug_zoo_kernels) # as `rungs emu` does; the suite's own kernels meet infinities on purpose
  target_compile_options(asan_bug_zoo_kernels PRIVATE -fsanitize=float-divide-by-zero -fno-sanitize-recover=float-divide-by-zero)
endif()
foreach(mode IN LISTS modes)
  set(program emu_bug_zoo)
  if(mode MATCHES "asan|race")
    set(program ${mode}_bug_zoo)
  endif()
  add_test(NAME bug.${mode} COMMAND ${program} ${mode})
  set(labels bug ${mode})
  if(mode STREQUAL "asan")
    list(APPEND labels rare)
  endif()
  set_tests_properties(bug.${mode} PROPERTIES LABELS "${labels}"
                       ENVIRONMENT "CUEMU_UNWRITTEN=1;ASAN_OPTIONS=detect_leaks=0")
endforeach()
add_test(NAME bug.strict COMMAND race_bug_zoo race same_value) # a note otherwise
set_tests_properties(bug.strict PROPERTIES LABELS "bug;race" ENVIRONMENT CUEMU_RACE=strict
                     PASS_REGULAR_EXPRESSION "race: same_value.*several threads write one element")

# ---- each barrier, wait and arrival of the CUDA ladders is missed when it is left out ----
# 100 is what lets the last of three stages of rung 08 be the first one; 449 more than the stages of rung 10 hold. A row of 1050
# is a block's, one of 449 a warp's.
if(TARGET race_cuda_module AND RUNGS_TEST_ONCE AND RUNGS_TEST_RARE)
  add_test(NAME mutate.cuda COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/emu_mutate.sh $<TARGET_FILE:cuda_driver>
                                    $<TARGET_FILE:race_cuda_module> 17x100x130 3x449x9 3x1050 3x449)
  set_tests_properties(mutate.cuda PROPERTIES LABELS "race;mutate;rare" TIMEOUT 600)
endif()

# ---- kernels in other people's styles: right, in every order, without a word ----
set(styles "${PROJECT_SOURCE_DIR}/emu/tests/styles")
rungs_cuda_ladder(styles EXECUTABLE VARIANTS ${variants}
                  SOURCES ${styles}/main.cu ${styles}/reductions.cu ${styles}/scans.cu ${styles}/rows.cu
                          ${styles}/products.cu)
foreach(way "plain emu forward deferred" "reverse emu reverse eager" "random emu random:1 eager"
            "asan asan forward deferred" "race race forward deferred" "race_reverse race reverse eager")
  separate_arguments(way)
  list(GET way 0 name)
  list(GET way 1 variant)
  list(GET way 2 order)
  list(GET way 3 async)
  if(NOT variant IN_LIST variants)
    continue()
  endif()
  add_test(NAME styles.${name} COMMAND ${variant}_styles)
  set(labels styles ${variant})
  if(variant STREQUAL "asan")
    list(APPEND labels rare)
  endif()
  set_tests_properties(styles.${name} PROPERTIES LABELS "${labels}" FAIL_REGULAR_EXPRESSION "emu: "
                       ENVIRONMENT "CUEMU_UNWRITTEN=1;CUEMU_ORDER=${order};CUEMU_ASYNC=${async};ASAN_OPTIONS=detect_leaks=0")
endforeach()

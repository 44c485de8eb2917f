# bench.cmake - tests of timing, roofs, library peers and charts. None asserts how fast anything is.
set(scratch "${CMAKE_CURRENT_BINARY_DIR}/bench")
file(MAKE_DIRECTORY "${scratch}")
set(synthetic "${CMAKE_CURRENT_SOURCE_DIR}/plot_synthetic.csv")

foreach(name bench_stats bench_standing bench_csv bench_json bench_race bench_special bench_random bench_device bench_peers plot_spread)
  add_executable(${name} ${name}.c)
  target_compile_definitions(${name} PRIVATE _GNU_SOURCE)
  target_link_libraries(${name} PRIVATE rungs_bench rungs_plots)
endforeach()
add_test(NAME bench_stats COMMAND bench_stats)
add_test(NAME bench_standing COMMAND bench_standing)
add_test(NAME bench_csv COMMAND bench_csv ${synthetic} ${scratch}/rows.csv)
find_program(RUNGS_PYTHON python3)
if(RUNGS_PYTHON)
  add_test(NAME bench_json COMMAND ${RUNGS_PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/bench_json.py $<TARGET_FILE:bench_json>
           $<TARGET_FILE:rungs> ${scratch}/json)
else()
  add_test(NAME bench_json COMMAND sh -c "echo 'skipped: there is no python3'; exit 77")
  set_tests_properties(bench_json PROPERTIES SKIP_RETURN_CODE 77)
endif()
add_test(NAME bench_race COMMAND bench_race)
add_test(NAME bench_special COMMAND bench_special)
add_test(NAME bench_random COMMAND bench_random)
add_test(NAME bench_device COMMAND bench_device)
if(NOT RUNGS_SANITIZE OR RUNGS_TEST_LONG) # what the libraries do is not ours to judge
  add_test(NAME bench_peers COMMAND bench_peers)
  # their threads upset the leak checker
  set_tests_properties(bench_peers PROPERTIES ENVIRONMENT "ASAN_OPTIONS=detect_leaks=0" SKIP_RETURN_CODE 77)
endif()
add_test(NAME plot_spread COMMAND plot_spread)

# the same test with one library only, a fake
function(rungs_fake_peer test word variable fake)
  set(environment RUNGS_OPENBLAS_LIBRARY=/nowhere RUNGS_BLIS_LIBRARY=/nowhere RUNGS_ONEDNN_LIBRARY=/nowhere
      RUNGS_SLEEF_LIBRARY=/nowhere)
  list(FILTER environment EXCLUDE REGEX "^${variable}=")
  add_test(NAME ${test} COMMAND bench_peers ${word} ${ARGN})
  set_tests_properties(${test} PROPERTIES ENVIRONMENT "${environment};${variable}=${fake};RUNGS_FAKE=${word}")
endfunction()
foreach(fake bench_fake bench_fake_sleef bench_fake_onednn)
  add_library(${fake} MODULE ${fake}.c $<$<STREQUAL:${fake},bench_fake_onednn>:bench_fake_onednn_images.c>)
  target_compile_definitions(${fake} PRIVATE _GNU_SOURCE)
  target_link_libraries(${fake} PRIVATE rungs_flags -lm)
endforeach()
# kernels are chosen by the CPU: slow ones stay, those that crash, are wrong or absent do not, a fitting own choice does
foreach(what SLOW BAD WRONG ABSENT OWN)
  string(TOLOWER ${what} name)
  rungs_fake_peer(bench_peers_choose_${name} choose RUNGS_OPENBLAS_LIBRARY $<TARGET_FILE:bench_fake> RUNGS_FAKE_${what})
  set_tests_properties(bench_peers_choose_${name} PROPERTIES SKIP_RETURN_CODE 77) # no AVX2 here
endforeach()
add_test(NAME bench_peers_kernels COMMAND bench_peers kernels)
foreach(peer sleef onednn onednn_own_layout)
  string(REGEX REPLACE "_.*" "" library ${peer})
  string(TOUPPER ${library} name)
  foreach(word right coarse)
    rungs_fake_peer(bench_peers_${peer}_${word} ${word} RUNGS_${name}_LIBRARY $<TARGET_FILE:bench_fake_${library}> ${peer})
    set_tests_properties(bench_peers_${peer}_${word} PROPERTIES SKIP_RETURN_CODE 77) # no AVX2 here
  endforeach()
endforeach()
rungs_fake_peer(bench_peers_onednn_exact exact RUNGS_ONEDNN_LIBRARY $<TARGET_FILE:bench_fake_onednn> onednn)
set_tests_properties(bench_peers_onednn_exact PROPERTIES SKIP_RETURN_CODE 77) # no AVX2 here
rungs_fake_peer(bench_peers_absent "" RUNGS_NO_LIBRARY /nowhere)
set_tests_properties(bench_peers_absent PROPERTIES PASS_REGULAR_EXPRESSION "no library is here")

# frameworks in child processes: a fake Python that is right, dies, hangs, lies; and the real one, whatever it has
add_executable(bench_frameworks bench_frameworks.c)
target_link_libraries(bench_frameworks PRIVATE rungs_bench)
add_executable(bench_fake_python bench_fake_python.c)
target_compile_definitions(bench_fake_python PRIVATE _GNU_SOURCE)
target_link_libraries(bench_fake_python PRIVATE rungs_flags -lm)
# without oneDNN, which is a peer of the same operations: its threads upset the leak checker
foreach(word right slow_start lies tires absent mute nowhere refuses dies crashes hangs babbles slow_clock no_clock ahead)
  add_test(NAME bench_frameworks_${word} COMMAND bench_frameworks ${word})
  set_tests_properties(bench_frameworks_${word} PROPERTIES
    ENVIRONMENT "RUNGS_FAKE=${word};RUNGS_ONEDNN_LIBRARY=/nowhere;RUNGS_PEER_PYTHON=$<IF:$<STREQUAL:${word},nowhere>,/nowhere,$<TARGET_FILE:bench_fake_python>>")
endforeach()
if(RUNGS_PYTHON AND RUNGS_TEST_ONCE)
  add_test(NAME bench_frameworks_script COMMAND bench_frameworks script)
endif()

add_test(NAME bench_cli COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/bench_cli.sh $<TARGET_FILE:rungs> ${scratch}/cli
         $<TARGET_FILE:bench_fake_onednn>)
set(small "")
if(RUNGS_SANITIZE)
  set(small small)
endif()
add_test(NAME bench_steps COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/bench_steps.sh $<TARGET_FILE:rungs> ${scratch}/steps
         $<TARGET_FILE:bench_fake_python> $<TARGET_FILE:data_set> ${small})
if(RUNGS_TEST_ONCE) # of processes and signals, whatever built the program
  add_test(NAME bench_load COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/bench_load.sh $<TARGET_FILE:rungs> ${scratch}/load)
  add_test(NAME bench_interrupt COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/bench_interrupt.sh $<TARGET_FILE:rungs> ${scratch}/interrupt)
  set_tests_properties(bench_interrupt PROPERTIES SKIP_RETURN_CODE 77)
endif()
foreach(what text pictures refusals)
  add_test(NAME plot_${what} COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/plot.sh $<TARGET_FILE:rungs> ${synthetic}
           ${scratch}/plot_${what} ${what})
endforeach()
set_tests_properties(plot_pictures PROPERTIES SKIP_RETURN_CODE 77)
if(RUNGS_TEST_ONCE)
  add_test(NAME plot_renamed COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/renamed.sh ${PROJECT_SOURCE_DIR} ${scratch}/plot_renamed)
endif()

# can a reader read the charts? FreeType measures their text, librsvg draws them; once is enough, for they are the same in every
# build
if(RUNGS_TEST_ONCE AND NOT RUNGS_SANITIZE)
  set(chart_tests wrong width committed data worst eval gradcheck)
  find_package(Freetype QUIET)
  find_package(PNG QUIET)
  find_package(EXPAT QUIET)
  if(FREETYPE_FOUND AND PNG_FOUND AND EXPAT_FOUND)
    foreach(name chart_check chart_like chart_width)
      add_executable(${name} ${name}.c svg.c)
      target_compile_definitions(${name} PRIVATE _GNU_SOURCE)
      target_link_libraries(${name} PRIVATE rungs_plots Freetype::Freetype PNG::PNG EXPAT::EXPAT)
    endforeach()
    foreach(what IN LISTS chart_tests)
      add_test(NAME charts.${what} COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/charts.sh ${PROJECT_BINARY_DIR} $<TARGET_FILE:rungs>
               ${PROJECT_SOURCE_DIR} ${scratch}/charts_${what} ${what})
    endforeach()
  else()
    foreach(what IN LISTS chart_tests)
      add_test(NAME charts.${what} COMMAND sh -c "echo 'SKIP: apt install libfreetype-dev libpng-dev libexpat1-dev'; exit 77")
    endforeach()
  endif()
  foreach(what IN LISTS chart_tests)
    set_tests_properties(charts.${what} PROPERTIES SKIP_RETURN_CODE 77)
  endforeach()
endif()

# gc_report.cmake - what the gradient checker says: text, formats, diagnosis, charts. No engine: the results are made by hand.
if(NOT TARGET rungs_gradcheck)
  return()
endif()

add_library(gc_report_made OBJECT gc_report_made.c)
target_compile_definitions(gc_report_made PRIVATE _GNU_SOURCE)
target_link_libraries(gc_report_made PRIVATE rungs_flags)

function(gc_report_program name)
  add_executable(${name} ${name}.c)
  target_compile_definitions(${name} PRIVATE _GNU_SOURCE)
  target_link_libraries(${name} PRIVATE rungs_gradcheck gc_report_made rungs_flags)
endfunction()

gc_report_program(gc_report_formats)
add_test(NAME gc_report.formats COMMAND gc_report_formats)
add_test(NAME gc_report.parse COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/gc_report_parse.sh
         $<TARGET_FILE:gc_report_formats> ${CMAKE_CURRENT_BINARY_DIR}/gc_report_parse)
set_tests_properties(gc_report.formats gc_report.parse PROPERTIES SKIP_RETURN_CODE 77 LABELS gradcheck)

# every pattern has gradients that show it, and some that nearly do
gc_report_program(gc_report_diagnose)
add_test(NAME gc_report.diagnose COMMAND gc_report_diagnose)
set_tests_properties(gc_report.diagnose PROPERTIES LABELS gradcheck)

# what the derivatives of a wrong gradient tell, and when they must not
gc_report_program(gc_report_closer)
add_test(NAME gc_report.closer COMMAND gc_report_closer)
set_tests_properties(gc_report.closer PROPERTIES LABELS gradcheck)

# charts: what they leave behind, and that no name breaks out of a script
gc_report_program(gc_report_plot)
add_test(NAME gc_report.plot COMMAND gc_report_plot ${CMAKE_CURRENT_BINARY_DIR}/gc_report_plot_files)
set_tests_properties(gc_report.plot PROPERTIES SKIP_RETURN_CODE 77 LABELS gradcheck)

# the error bars are true, and the numbers of gradcheck/README.md can be made
add_test(NAME gc_report.accuracy COMMAND gradcheck_accuracy --points 1)
set_tests_properties(gc_report.accuracy PROPERTIES LABELS gradcheck)

# gradcheck/README.md, its commands, output, tables and listings: gc_report_readme.sh, run by cli_documents.sh

# with the engine: what the zoo's wrong gradients are called
if(TARGET rungs_gradcheck_zoo)
  gc_report_program(gc_report_zoo)
  target_link_libraries(gc_report_zoo PRIVATE rungs_gradcheck_zoo)
  add_test(NAME gc_report.zoo COMMAND gc_report_zoo)
  set_tests_properties(gc_report.zoo PROPERTIES LABELS gradcheck)
endif()

# gc_takeaway.cmake - the gradient checker in other projects: as one C file, from Fortran and Python, as a Debian package.
if(NOT RUNGS_TEST_ONCE)
  return()
endif()
set(single ${PROJECT_BINARY_DIR}/gradcheck/single)
set(takeaway ${CMAKE_CURRENT_BINARY_DIR}/gc_takeaway)

# the zoo's gradients with the library, and with the one C file
set_source_files_properties(${single}/gc.c PROPERTIES GENERATED TRUE)
add_library(gc_takeaway_single STATIC ${single}/gc.c)
add_dependencies(gc_takeaway_single gradcheck_single)
target_compile_options(gc_takeaway_single PRIVATE -Wall -Wextra -Werror)
foreach(kind parts one)
  add_executable(gc_takeaway_${kind} gc_takeaway_same.c)
  target_link_libraries(gc_takeaway_${kind} PRIVATE rungs_flags -lm)
endforeach()
target_link_libraries(gc_takeaway_parts PRIVATE rungs_gradcheck_zoo)
target_sources(gc_takeaway_one PRIVATE $<TARGET_OBJECTS:rungs_gradcheck_zoo>)
target_link_libraries(gc_takeaway_one PRIVATE gc_takeaway_single)
target_include_directories(gc_takeaway_one PRIVATE ${single})

# gc_takeaway_test(name arguments...): a part of the script
function(gc_takeaway_test part)
  add_test(NAME gc_takeaway.${part} COMMAND ${RUNGS_SH} ${CMAKE_CURRENT_SOURCE_DIR}/gc_takeaway.sh ${part} ${takeaway}/${part} ${ARGN}
           COMMAND_EXPAND_LISTS)
  set_tests_properties(gc_takeaway.${part} PROPERTIES SKIP_RETURN_CODE 77 LABELS gradcheck)
endfunction()

gc_takeaway_test(single ${single} ${CMAKE_C_COMPILER})
set_tests_properties(gc_takeaway.single PROPERTIES ENVIRONMENT "GC_LAUNCHER=${CMAKE_C_COMPILER_LAUNCHER}")
gc_takeaway_test(same ${single} ${CMAKE_C_COMPILER} $<TARGET_FILE:gc_takeaway_parts> $<TARGET_FILE:gc_takeaway_one>
                 "$<TARGET_OBJECTS:gc_takeaway_one>" $<TARGET_FILE:rungs_gradcheck_zoo>)

# what gc_engine.install has built and installed
set(installed ${CMAKE_CURRENT_BINARY_DIR}/gc_engine/install)
gc_takeaway_test(fortran ${PROJECT_SOURCE_DIR} ${installed}/installed)
gc_takeaway_test(python ${PROJECT_SOURCE_DIR} ${installed}/installed)
gc_takeaway_test(deb ${PROJECT_SOURCE_DIR} ${installed}/build ${CMAKE_C_COMPILER})
find_program(RUNGS_CXX NAMES c++ g++ clang++)
if(NOT RUNGS_CXX)
  set(RUNGS_CXX c++)
endif()
foreach(pair ctest=${CMAKE_C_COMPILER} check=${CMAKE_C_COMPILER} cmocka=${CMAKE_C_COMPILER} googletest=${RUNGS_CXX} catch2=${RUNGS_CXX})
  string(REPLACE "=" ";" pair ${pair})
  list(GET pair 0 name)
  list(GET pair 1 compiler)
  add_test(NAME gc_takeaway.${name} COMMAND ${RUNGS_SH} ${CMAKE_CURRENT_SOURCE_DIR}/gc_takeaway.sh framework ${takeaway}/${name}
           ${PROJECT_SOURCE_DIR} ${installed}/installed ${name} ${compiler})
  set_tests_properties(gc_takeaway.${name} PROPERTIES SKIP_RETURN_CODE 77 LABELS gradcheck FIXTURES_REQUIRED gradcheck_installed
                       ENVIRONMENT "GC_LAUNCHER=${CMAKE_C_COMPILER_LAUNCHER}")
endforeach()
set_tests_properties(gc_engine.install PROPERTIES FIXTURES_SETUP gradcheck_installed)
set_tests_properties(gc_takeaway.fortran gc_takeaway.python gc_takeaway.deb PROPERTIES FIXTURES_REQUIRED gradcheck_installed)

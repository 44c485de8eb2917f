# soft.cmake - the AVX-512 rungs on machines without AVX-512: their logic with soft intrinsics, and the very
# instructions in an emulator.

if(NOT CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  return() # there is no AVX-512 code in this build
endif()

# optimized/ once more: the files that hold AVX-512 code, with the soft intrinsics, and the one that says what the processor can;
# the others come from rungs_optimized, which is linked after them
get_target_property(folder rungs_optimized SOURCE_DIR)
get_target_property(avx512_sources rungs_optimized AVX512_SOURCES)
list(TRANSFORM avx512_sources PREPEND ${folder}/)
add_library(rungs_soft_objects OBJECT EXCLUDE_FROM_ALL ${avx512_sources} ${folder}/rung.c)
target_compile_definitions(rungs_soft_objects PRIVATE _GNU_SOURCE RUNGS_SOFT_AVX512)
target_link_libraries(rungs_soft_objects PUBLIC rungs_reference rungs_gradcheck)
add_library(rungs_soft INTERFACE)
target_sources(rungs_soft INTERFACE $<TARGET_OBJECTS:rungs_soft_objects>)
target_link_libraries(rungs_soft INTERFACE rungs_optimized)

set(soft_header ${CMAKE_CURRENT_SOURCE_DIR}/soft_avx512.h)
set_source_files_properties(${avx512_sources} PROPERTIES COMPILE_OPTIONS "-include;${soft_header}"
                            OBJECT_DEPENDS ${soft_header})
# the tests' own AVX-512 code, which is compiled both ways
add_library(soft_code OBJECT soft_cases.c soft_wrong.c)
target_compile_definitions(soft_code PRIVATE RUNGS_SOFT_AVX512)
target_compile_options(soft_code PRIVATE -include ${soft_header})
set_property(SOURCE soft_cases.c soft_wrong.c PROPERTY OBJECT_DEPENDS ${soft_header})
target_link_libraries(soft_code PRIVATE rungs_flags)

add_executable(soft_check soft_check.c)
target_link_libraries(soft_check PRIVATE rungs_soft soft_code)
add_test(NAME avx512_soft_check COMMAND soft_check)
set_tests_properties(avx512_soft_check PROPERTIES SKIP_RETURN_CODE 77)

add_executable(loss_precision_soft loss_precision.c)
target_link_libraries(loss_precision_soft PRIVATE rungs_soft -lm)
add_test(NAME avx512_soft_loss_precision COMMAND loss_precision_soft)
set_tests_properties(avx512_soft_loss_precision PROPERTIES SKIP_RETURN_CODE 77)

# every intrinsic of the header is among those that are compared with the real ones
add_test(NAME avx512_soft_covered COMMAND ${CMAKE_COMMAND} -DHEADER=${soft_header}
         -DCASES=${CMAKE_CURRENT_SOURCE_DIR}/soft_cases.c -P ${CMAKE_CURRENT_SOURCE_DIR}/soft_covered.cmake)

# the header against the processor
add_executable(soft_intrinsics soft_intrinsics.c soft_cases.c)
target_link_libraries(soft_intrinsics PRIVATE rungs_optimized soft_code)
add_test(NAME avx512_soft_intrinsics COMMAND soft_intrinsics)
set_tests_properties(avx512_soft_intrinsics PROPERTIES SKIP_RETURN_CODE 77)

# the very instructions
add_executable(avx512_check soft_check.c soft_wrong.c)
target_link_libraries(avx512_check PRIVATE rungs_optimized)
add_executable(emulated_init emulated_init.c)
if(RUNGS_TEST_RARE AND RUNGS_TEST_ONCE)
  add_test(NAME avx512_emulated COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/emulate_avx512.sh $<TARGET_FILE:emulated_init>
           $<TARGET_FILE:soft_intrinsics> $<TARGET_FILE:avx512_check>)
  set_tests_properties(avx512_emulated PROPERTIES SKIP_RETURN_CODE 77 LABELS "emulator;rare" TIMEOUT 1200)
endif()

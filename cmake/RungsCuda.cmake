# RungsCuda.cmake - builds .cu files for the emulator (emu/) and, where nvcc is, for GPUs.
#
#   include(RungsCuda)      in each directory that uses it: it also turns C++ on there
#   rungs_cuda_ladder(dense ARCHS "80-real;90-real" SOURCES dense.cu softmax.cu
#                     [DRIVER main.c] [EXECUTABLE] [MODULE] [VARIANTS emu asan race gpu]
#                     [HEADERS launches.cuh] [INCLUDES folders] [LIBRARIES targets] [DEFINITIONS NAME=1])
#
#   emu_dense    -O2, in a Debug build -O0: checks what it can at full speed
#   asan_dense   with AddressSanitizer and UndefinedBehaviorSanitizer
#   race_dense   the compiler shows every access to the race checker and the counter of transactions
#   gpu_dense    nvcc: machine code for ARCHS and the newest architecture, PTX for all others
#
# Each is an executable if there is a DRIVER (which has main) or EXECUTABLE is said (a source has it). With MODULE
# there are also emu_dense_module, race_dense_module and gpu_dense_module: files for dlopen, cuda/emu_dense.so and so
# on in the build folder. They hold all they need; ASan must be in a program from its start, so it has no module.
# HEADERS are headers with launches or extern __shared__ in them, which must be rewritten too.
#
# RUNGS_HAVE_EMU and RUNGS_HAVE_NVCC say what can be built; targets of the others are left out without a word,
# because the report at the end of the configure step says it.

# ---- a C++ compiler, if possible the sister of the C compiler ----
if(NOT DEFINED CMAKE_CXX_COMPILER AND CMAKE_C_COMPILER_ID MATCHES "Clang")
  string(REGEX REPLACE "clang([^/]*)$" "clang++\\1" sister "${CMAKE_C_COMPILER}")
  if(EXISTS "${sister}")
    set(CMAKE_CXX_COMPILER "${sister}")
  endif()
endif()
include(CheckLanguage)
set(RUNGS_HAVE_EMU OFF)
if(NOT RUNGS_EMU STREQUAL "OFF" AND NOT RUNGS_SANITIZE AND CMAKE_SYSTEM_NAME STREQUAL "Linux")
  check_language(CXX)
  if(CMAKE_CXX_COMPILER)
    enable_language(CXX)
    set(CMAKE_CXX_FLAGS_RELEASE "-O3") # asserts stay on, as in C
    set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g")
    set(RUNGS_HAVE_EMU ON)
  endif()
endif()

set(RUNGS_HAVE_NVCC OFF)
if(RUNGS_NVCC AND NOT RUNGS_SANITIZE)
  set(RUNGS_HAVE_NVCC ON)
  find_program(RUNGS_HAVE_SH sh)
endif()

cmake_path(SET RUNGS_EMU_FOLDER NORMALIZE "${CMAKE_CURRENT_LIST_DIR}/../emu")

# ---- how each variant is compiled ----
# -fno-strict-aliasing: CUDA programs read floats through float4 pointers. -g1 -gdwarf-4: lines for addr2line, which
# understands the #line of rewritten files, and nothing else, which saves a third of the time. -fno-tree-sra: a float4
# is loaded at once, as on the GPU. A volatile access says to the race checker that it is one, gcc also where an
# address does not suit its type. -fno-gnu-unique: modules
# that hold the same template keep their own shared memory. -fno-optimize-sibling-calls: a kernel that ends with a call of
# CUDA's is still there to be named. -fno-ipa-icf: gcc makes one function of two with one body, and names the wrong one's lines.
if(RUNGS_HAVE_EMU)
  set(rungs_emu_flags $<IF:$<CONFIG:Debug>,-g,-g1> -gdwarf-4 -fno-strict-aliasing
      -fno-optimize-sibling-calls -Wall -Wextra -Wshadow -Wno-unknown-pragmas)
  set(rungs_race_only "")
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    list(APPEND rungs_emu_flags -fno-gnu-unique -fno-ipa-icf)
    set(rungs_race_only -fno-tree-sra -fsanitize=alignment "SHELL:--param tsan-distinguish-volatile=1")
  else()
    list(APPEND rungs_emu_flags -Wno-pass-failed)
    set(rungs_race_only "SHELL:-mllvm -tsan-distinguish-volatile=1")
  endif()
  if(RUNGS_WERROR)
    list(APPEND rungs_emu_flags -Werror)
  endif()
  set(rungs_flags_of_emu ${rungs_emu_flags} $<IF:$<CONFIG:Debug>,-O0,-O2>)
  set(rungs_flags_of_asan ${rungs_emu_flags} -O1 -fno-omit-frame-pointer -fsanitize=address,undefined
                          -fno-sanitize-recover=undefined)
  set(rungs_flags_of_race ${rungs_emu_flags} -O1 ${rungs_race_only} -fsanitize=thread)
endif()

# rewritten(variable folder file...): the C++ files that cu2cpp (emu/cu2cpp) makes of the .cu files among these
function(rungs_rewritten variable folder)
  set(result "")
  foreach(file IN LISTS ARGN)
    cmake_path(ABSOLUTE_PATH file NORMALIZE)
    cmake_path(GET file EXTENSION LAST_ONLY extension)
    cmake_path(GET file FILENAME base)
    set(out "${folder}/${base}")
    if(extension STREQUAL ".cu")
      set(out "${out}.cpp")
    endif()
    add_custom_command(OUTPUT "${out}" DEPENDS "${file}" cu2cpp VERBATIM COMMAND cu2cpp "${file}" "${out}")
    list(APPEND result "${out}")
  endforeach()
  set(${variable} "${result}" PARENT_SCOPE)
endfunction()

# One emulated variant: emu, asan or race.
function(rungs_cuda_emulated variant name)
  cmake_parse_arguments(L "EXECUTABLE;MODULE" "" "CPP;DRIVER;INCLUDES;LIBRARIES;DEFINITIONS" ${ARGN})
  set(kernels ${variant}_${name}_kernels)
  add_library(${kernels} OBJECT ${L_CPP})
  add_dependencies(${kernels} ${name}_cpp)
  target_compile_features(${kernels} PRIVATE cxx_std_17)
  target_compile_options(${kernels} PRIVATE ${rungs_flags_of_${variant}} -include cuda_runtime.h -D__CUDACC__)
  target_include_directories(${kernels} PRIVATE "${RUNGS_EMU_FOLDER}/include" ${L_INCLUDES})
  target_compile_definitions(${kernels} PRIVATE ${L_DEFINITIONS})
  set_target_properties(${kernels} PROPERTIES POSITION_INDEPENDENT_CODE ON)
  if(variant STREQUAL "race" AND CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    set_target_properties(${kernels} PROPERTIES CXX_COMPILER_LAUNCHER "sh;${RUNGS_EMU_FOLDER}/clang_race.sh")
  endif()
  set(runtime emu)
  if(NOT variant STREQUAL "emu")
    set(runtime emu_${variant})
  endif()
  if(L_EXECUTABLE)
    add_executable(${variant}_${name} ${L_DRIVER})
    set_target_properties(${variant}_${name} PROPERTIES LINKER_LANGUAGE CXX)
    target_include_directories(${variant}_${name} PRIVATE ${L_INCLUDES})
    target_compile_definitions(${variant}_${name} PRIVATE ${L_DEFINITIONS})
    target_link_libraries(${variant}_${name} PRIVATE ${kernels} ${runtime} ${L_LIBRARIES})
  endif()
  if(L_MODULE AND NOT variant STREQUAL "asan")
    add_library(${variant}_${name}_module MODULE)
    set_target_properties(${variant}_${name}_module
                          PROPERTIES PREFIX "" OUTPUT_NAME ${variant}_${name} LINKER_LANGUAGE CXX
                                     LIBRARY_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/cuda")
    target_link_libraries(${variant}_${name}_module PRIVATE ${kernels} ${runtime} ${L_LIBRARIES})
    target_link_options(${variant}_${name}_module PRIVATE -Wl,-Bsymbolic)
  endif()
endfunction()

# rungs_gencodes(variable "80-real;90a-real"): nvcc's options. An architecture with a letter runs on its own kind of
# GPU only and says nothing about others. If one has none, the first of them also goes in as PTX, which every later
# GPU translates for itself, and the newest that nvcc knows as machine code and PTX.
function(rungs_gencodes variable archs)
  set(result "")
  set(general "")
  foreach(arch IN LISTS archs)
    string(REGEX MATCH "^[0-9]+[a-z]?" number "${arch}")
    if(NOT arch MATCHES "^[0-9]+[a-z]?-real$")
      message(FATAL_ERROR "rungs_cuda_ladder: ARCHS has '${arch}'; say it as 80-real or 90a-real.")
    endif()
    list(APPEND result -gencode arch=compute_${number},code=sm_${number})
    if(number MATCHES "^[0-9]+$")
      list(APPEND general ${number})
    endif()
  endforeach()
  if(general)
    list(GET general 0 first)
    list(APPEND result -gencode arch=compute_${first},code=compute_${first})
    execute_process(COMMAND "${RUNGS_NVCC}" --list-gpu-arch OUTPUT_VARIABLE known RESULT_VARIABLE failed)
    string(REGEX MATCHALL "[0-9]+" known "${known}")
    list(SORT known COMPARE NATURAL ORDER DESCENDING)
    list(GET known 0 newest)
    if(failed EQUAL 0 AND NOT newest IN_LIST general)
      list(APPEND result -gencode "arch=compute_${newest},code=[sm_${newest},compute_${newest}]")
    endif()
  endif()
  set(${variable} "${result}" PARENT_SCOPE)
endfunction()

# The GPU variant. -O1 is for the host compiler, which gets nothing but launches, and took a third of the time with -O3; kernels
# are optimised fully without a word. nvcc is run by name: enable_language(CUDA) would fail the whole configure step where it is broken.
function(rungs_cuda_gpu name)
  cmake_parse_arguments(L "EXECUTABLE;MODULE" "" "ARCHS;SOURCES;HEADERS;DRIVER;INCLUDES;LIBRARIES;DEFINITIONS" ${ARGN})
  rungs_gencodes(gencodes "${L_ARCHS}")
  set(options -std=c++17 -O1 -lineinfo -Xcompiler=-fPIC,-Wall)
  foreach(folder IN LISTS L_INCLUDES)
    list(APPEND options -I "${folder}")
  endforeach()
  foreach(definition IN LISTS L_DEFINITIONS)
    list(APPEND options -D${definition})
  endforeach()
  set(keeping "")
  if(RUNGS_WERROR AND RUNGS_HAVE_SH)
    set(keeping "${RUNGS_HAVE_SH}" "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/nvcc_keeping.sh") # tests/cuda_nvcc.sh reads it
  endif()
  set(objects "")
  foreach(source IN LISTS L_SOURCES)
    cmake_path(ABSOLUTE_PATH source NORMALIZE)
    cmake_path(GET source FILENAME base)
    set(object "${CMAKE_CURRENT_BINARY_DIR}/gpu_${name}/${base}.o")
    add_custom_command(OUTPUT "${object}" DEPENDS "${source}" ${L_HEADERS} DEPFILE "${object}.d" VERBATIM
                       COMMAND ${keeping} "${RUNGS_NVCC}" ${options} ${gencodes} -MD -MF "${object}.d" -MT "${object}" -c
                               "${source}" -o "${object}"
                       COMMENT "nvcc ${base}")
    list(APPEND objects "${object}")
  endforeach()
  set_source_files_properties(${objects} PROPERTIES EXTERNAL_OBJECT ON GENERATED ON)
  cmake_path(GET RUNGS_NVCC PARENT_PATH bin)
  cmake_path(GET bin PARENT_PATH toolkit)
  set(runtime "${toolkit}/lib64/libcudart_static.a" ${CMAKE_DL_LIBS} rt pthread)
  if(L_EXECUTABLE)
    add_executable(gpu_${name} ${L_DRIVER} ${objects})
    set_target_properties(gpu_${name} PROPERTIES LINKER_LANGUAGE CXX)
    target_include_directories(gpu_${name} PRIVATE ${L_INCLUDES})
    target_compile_definitions(gpu_${name} PRIVATE ${L_DEFINITIONS})
    target_link_libraries(gpu_${name} PRIVATE ${L_LIBRARIES} ${runtime})
  endif()
  if(L_MODULE)
    add_library(gpu_${name}_module MODULE ${objects})
    set_target_properties(gpu_${name}_module
                          PROPERTIES PREFIX "" OUTPUT_NAME gpu_${name} LINKER_LANGUAGE CXX
                                     LIBRARY_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/cuda")
    target_link_libraries(gpu_${name}_module PRIVATE ${L_LIBRARIES} ${runtime})
    target_link_options(gpu_${name}_module PRIVATE -Wl,-Bsymbolic)
  endif()
endfunction()

function(rungs_cuda_ladder name)
  cmake_parse_arguments(L "EXECUTABLE;MODULE" ""
                        "ARCHS;SOURCES;HEADERS;DRIVER;VARIANTS;INCLUDES;LIBRARIES;DEFINITIONS" ${ARGN})
  if(L_UNPARSED_ARGUMENTS OR NOT L_SOURCES)
    message(FATAL_ERROR "rungs_cuda_ladder(${name}): SOURCES are missing, or this is unknown: ${L_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT L_VARIANTS)
    set(L_VARIANTS emu asan race gpu)
  endif()
  set(kinds "")
  if(L_EXECUTABLE OR L_DRIVER)
    list(APPEND kinds EXECUTABLE)
  endif()
  if(L_MODULE)
    list(APPEND kinds MODULE)
  endif()
  set(includes ${L_INCLUDES})
  foreach(source IN LISTS L_SOURCES) # rewritten files lie elsewhere than their neighbours
    cmake_path(ABSOLUTE_PATH source NORMALIZE)
    cmake_path(GET source PARENT_PATH folder)
    list(APPEND includes "${folder}")
  endforeach()
  list(REMOVE_DUPLICATES includes)
  set(common ${kinds} DRIVER ${L_DRIVER} LIBRARIES ${L_LIBRARIES} DEFINITIONS ${L_DEFINITIONS})

  if(RUNGS_HAVE_EMU)
    set(folder "${CMAKE_CURRENT_BINARY_DIR}/${name}_cpp")
    rungs_rewritten(headers "${folder}" ${L_HEADERS})
    rungs_rewritten(cpp "${folder}" ${L_SOURCES})
    add_custom_target(${name}_cpp DEPENDS ${cpp} ${headers})
    foreach(variant IN LISTS L_VARIANTS)
      if(NOT variant STREQUAL "gpu")
        rungs_cuda_emulated(${variant} ${name} ${common} CPP ${cpp} INCLUDES "${folder}" ${includes})
      endif()
    endforeach()
  endif()
  if(RUNGS_HAVE_NVCC AND "gpu" IN_LIST L_VARIANTS AND L_ARCHS)
    rungs_cuda_gpu(${name} ${common} ARCHS ${L_ARCHS} SOURCES ${L_SOURCES} HEADERS ${L_HEADERS} INCLUDES ${includes})
  endif()
endfunction()

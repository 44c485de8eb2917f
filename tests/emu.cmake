# emu.cmake - the emulator's own tests: what right kernels compute, and what it says of wrong calls.
include(RungsCuda)

# emu_test(gemm VARIANTS emu race [LIBRARIES ...]): emu/tests/emu_gemm.cu, built in these variants, must pass
function(emu_test name)
  if(NOT RUNGS_TEST_RARE OR NOT RUNGS_TEST_ONCE) # with one compiler is enough
    list(REMOVE_ITEM ARGN asan)
  endif()
  rungs_cuda_ladder(${name} ${ARGN} SOURCES "${PROJECT_SOURCE_DIR}/emu/tests/emu_${name}.cu" EXECUTABLE)
  foreach(variant emu asan race)
    if(TARGET ${variant}_${name})
      add_test(NAME ${variant}.${name} COMMAND ${variant}_${name})
      set_tests_properties(${variant}.${name} PROPERTIES LABELS emu TIMEOUT 120)
      if(variant STREQUAL "asan")
        set_tests_properties(${variant}.${name} PROPERTIES LABELS "emu;rare")
      endif()
    endif()
  endforeach()
endfunction()

# ... and in these orders, with copies at once instead of late
function(emu_test_orders name)
  if(NOT RUNGS_TEST_ONCE)
    return()
  endif()
  foreach(order reverse random:7)
    string(REPLACE ":" "" word ${order})
    add_test(NAME emu.${name}.${word} COMMAND emu_${name})
    set_tests_properties(emu.${name}.${word} PROPERTIES LABELS emu TIMEOUT 120
                         ENVIRONMENT "CUEMU_ORDER=${order};CUEMU_ASYNC=eager")
  endforeach()
endfunction()

foreach(name gemm warp atomics groups async cooperative graphs children thrust)
  emu_test(${name} VARIANTS emu asan race)
  emu_test_orders(${name})
endforeach()
foreach(name clusters cub)
  emu_test(${name} VARIANTS emu race)
endforeach()
emu_test_orders(clusters)
emu_test(spins VARIANTS emu asan race)
emu_test_orders(spins)
foreach(name ptx_gemm ptx_memory ptx_clusters)
  emu_test(${name} VARIANTS emu race)
  emu_test_orders(${name})
endforeach()
emu_test(thrust_sets VARIANTS emu)
emu_test(ptx VARIANTS emu)
emu_test(ptx_matrix VARIANTS emu race)
if(TARGET race_ptx_gemm)
  set_tests_properties(race.ptx_gemm PROPERTIES ENVIRONMENT CUEMU_UNWRITTEN=1 FAIL_REGULAR_EXPRESSION "emu: ")
endif()
foreach(name blas vectors blaslt curand)
  emu_test(${name} VARIANTS emu race)
endforeach()
emu_test_orders(blas)
emu_test(language VARIANTS emu asan race HEADERS "${PROJECT_SOURCE_DIR}/emu/tests/emu_launches.cuh")
emu_test(textures VARIANTS emu race)
emu_test(device VARIANTS emu)
emu_test(threads VARIANTS emu)
emu_test(devices VARIANTS emu race)
emu_test_orders(devices)
emu_test(cores VARIANTS emu)
emu_test(api VARIANTS emu asan)
emu_test(failures VARIANTS emu asan)
# A thread that has failed is dropped with all it holds: its strings leak.
if(TARGET asan_failures)
  set_tests_properties(asan.failures PROPERTIES ENVIRONMENT ASAN_OPTIONS=detect_leaks=0)
endif()
emu_test(wmma VARIANTS emu)
if(TARGET emu_wmma_kernels)
  target_compile_options(emu_wmma_kernels PRIVATE -O0) # 80 instances of one template: half a minute with -O2
endif()

# 16-bit numbers: against NVIDIA's own header, if it is here
set(peer "")
set(eight_peer "")
if(RUNGS_HAVE_NVCC)
  cmake_path(GET RUNGS_NVCC PARENT_PATH nvidia)
  cmake_path(GET nvidia PARENT_PATH nvidia)
  if(EXISTS "${nvidia}/include/cuda_fp16.h")
    add_library(emu_half_peer OBJECT "${PROJECT_SOURCE_DIR}/emu/tests/emu_half_peer.cpp")
    target_include_directories(emu_half_peer SYSTEM PRIVATE "${nvidia}/include")
    set(peer LIBRARIES emu_half_peer DEFINITIONS HAVE_NVIDIA_HEADERS=1)
  endif()
  if(EXISTS "${nvidia}/include/cuda_fp8.h")
    add_library(emu_eight_peer OBJECT "${PROJECT_SOURCE_DIR}/emu/tests/emu_eight_peer.cpp")
    target_include_directories(emu_eight_peer SYSTEM PRIVATE "${nvidia}/include")
    set(eight_peer LIBRARIES emu_eight_peer DEFINITIONS HAVE_NVIDIA_HEADERS=1)
  endif()
endif()
emu_test(half VARIANTS emu ${peer})
emu_test(eight VARIANTS emu ${eight_peer})

# what a user sees: a sentence and an exit code
rungs_cuda_ladder(process VARIANTS emu SOURCES "${PROJECT_SOURCE_DIR}/emu/tests/emu_process.cu" EXECUTABLE)
add_test(NAME emu.process COMMAND sh "${PROJECT_SOURCE_DIR}/emu/tests/emu_process.sh" $<TARGET_FILE:emu_process>)
set_tests_properties(emu.process PROPERTIES LABELS emu TIMEOUT 120)

# the rewriter
add_test(NAME emu.rewrite COMMAND sh "${PROJECT_SOURCE_DIR}/emu/tests/emu_rewrite.sh" $<TARGET_FILE:cu2cpp>)
set_tests_properties(emu.rewrite PROPERTIES LABELS emu TIMEOUT 120)

# the reader of machine code, by which shared memory of called functions is counted
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64" AND CMAKE_OBJDUMP AND RUNGS_TEST_ONCE)
  add_executable(emu_x86 "${PROJECT_SOURCE_DIR}/emu/tests/emu_x86.cpp" "${PROJECT_SOURCE_DIR}/emu/src/x86.cpp")
  target_compile_features(emu_x86 PRIVATE cxx_std_17)
  add_test(NAME emu.x86 COMMAND sh -c "\"$1\" -d --insn-width=16 \"$3\" | \"$2\" 100000" emu.x86 "${CMAKE_OBJDUMP}" $<TARGET_FILE:emu_x86>
           $<TARGET_FILE:rungs>)
  set_tests_properties(emu.x86 PROPERTIES LABELS emu TIMEOUT 120)
endif()

# the switch of stacks that other processors use
add_executable(emu_ucontext "${PROJECT_SOURCE_DIR}/emu/src/fiber.cpp" $<TARGET_OBJECTS:emu_warp_kernels>
                            $<FILTER:$<TARGET_OBJECTS:emu>,EXCLUDE,fiber\\.cpp>)
target_compile_features(emu_ucontext PRIVATE cxx_std_17)
target_compile_definitions(emu_ucontext PRIVATE EMU_UCONTEXT)
target_include_directories(emu_ucontext PRIVATE "${PROJECT_SOURCE_DIR}/emu/include")
add_test(NAME emu.ucontext COMMAND emu_ucontext)
set_tests_properties(emu.ucontext PROPERTIES LABELS emu TIMEOUT 120)

# nvcc's place: its command line, and projects with a Makefile and with CMake
add_test(NAME emu.nvcc COMMAND sh "${CMAKE_CURRENT_SOURCE_DIR}/emu_nvcc.sh" "${PROJECT_BINARY_DIR}/rungs-nvcc"
         "${PROJECT_SOURCE_DIR}/emu/tests/project" "${CMAKE_CURRENT_BINARY_DIR}/emu_nvcc" ${CMAKE_COMMAND})
set_tests_properties(emu.nvcc PROPERTIES LABELS emu TIMEOUT 300)

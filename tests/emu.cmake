# emu.cmake - the emulator's own tests: what right kernels compute, and what it says of wrong calls.
include(RungsCuda)

# emu_test(gemm): emu/tests/emu_gemm.cu in the modes that see different mistakes
function(emu_test name)
  rungs_cuda_ladder(${name} SOURCES "${CMAKE_SOURCE_DIR}/emu/tests/emu_${name}.cu" EXECUTABLE ${ARGN})
  foreach(variant emu asan race)
    if(TARGET ${variant}_${name})
      add_test(NAME ${variant}.${name} COMMAND ${variant}_${name})
      set_tests_properties(${variant}.${name} PROPERTIES LABELS emu TIMEOUT 120)
    endif()
  endforeach()
  foreach(order reverse random:7)
    string(REPLACE ":" "" word ${order})
    add_test(NAME emu.${name}.${word} COMMAND emu_${name})
    set_tests_properties(emu.${name}.${word} PROPERTIES LABELS emu TIMEOUT 120
                         ENVIRONMENT "CUEMU_ORDER=${order};CUEMU_ASYNC=eager")
  endforeach()
endfunction()

emu_test(gemm)
emu_test(warp)
emu_test(atomics)

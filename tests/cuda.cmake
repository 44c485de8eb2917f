# cuda.cmake - the CUDA ladders: right on the emulator, the same in every order, clean under its checkers, compiled
# by nvcc to what the rungs promise, and right on a GPU where there is one.
include(RungsCuda)

add_executable(cuda_driver cuda_driver.c)
target_link_libraries(cuda_driver PRIVATE rungs_optimized)
file(GLOB cuda_sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/optimized/cuda/*.cu")
file(GLOB cuda_headers CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/optimized/cuda/*.h")
if(RUNGS_TEST_ONCE AND RUNGS_TEST_RARE) # a minute to build, and one to run
  rungs_cuda_ladder(cuda_linked DRIVER cuda_driver.c SOURCES ${cuda_sources} HEADERS ${cuda_headers} LIBRARIES rungs_optimized
                    DEFINITIONS CUDA_LINKED=1 VARIANTS asan)
endif()

# cuda_test(name label environment command...)
function(cuda_test name label environment)
  add_test(NAME cuda.${name} COMMAND ${ARGN})
  set_tests_properties(cuda.${name} PROPERTIES LABELS "cuda;${label}" ENVIRONMENT "${environment}" TIMEOUT 300
                       SKIP_RETURN_CODE 77)
endfunction()

set(emulator "RUNGS_CUDA=$<TARGET_FILE:emu_cuda_module>")
set(with_races "RUNGS_CUDA=$<TARGET_FILE:race_cuda_module>")

set(cuda_ops dense_forward dense_backward_dx dense_backward_dw dense_relu_forward dense_relu_backward_dx)
foreach(op ${cuda_ops})
  cuda_test(emu.${op} emu "${emulator}" rungs check ${op} --cuda)
  cuda_test(gpu.${op} gpu RUNGS_CUDA=gpu rungs check ${op} --cuda)
endforeach()
# operations whose names begin so
set(cuda_groups relu leaky_relu elu sigmoid tanh softplus gelu silu softmax mse mae huber bce xent dropout maxpool conv2d
    sgd_step momentum_step adam clip_norm clip_value sgd_decay_step weight_decay_step soft_threshold elastic_net
    l1_penalty_backward l2_penalty_backward elastic_penalty_backward)
foreach(group ${cuda_groups})
  cuda_test(emu.${group} emu "${emulator}" cuda_driver ladders ${group})
  cuda_test(gpu.${group} gpu RUNGS_CUDA=gpu cuda_driver ladders ${group})
endforeach()
# a ladder without a test is noticed, and so is a test without a ladder
set(listed sh ${CMAKE_CURRENT_SOURCE_DIR}/cuda_listed.sh $<TARGET_FILE:rungs> ${cuda_ops})
cuda_test(listed emu "${emulator}" ${listed} ${cuda_groups})
set(fewer ${cuda_groups})
list(REMOVE_ITEM fewer silu)
cuda_test(listed_rejects bug "${emulator}" ${listed} ${fewer} maxout)
set_tests_properties(cuda.listed_rejects PROPERTIES PASS_REGULAR_EXPRESSION
                     "FAIL  silu_forward has CUDA.*FAIL  maxout in tests/cuda.cmake has no CUDA rungs")
foreach(op xent_forward xent_backward) # more rows than one block adds up (1024)
  cuda_test(emu.${op}_many emu "${emulator}" rungs check ${op} --cuda --shape 1500x3)
endforeach()

# more k than all stages hold is needed by what reuses a stage: 449 of the 6 x 64 of rung 10; rows of a warp, of a block;
# elements of several blocks, with a tail; windows that overlap, of several patches; of convolution, several tiles of columns
# and of l, more than stages hold, and slices
set(shapes 3x449x9 9x37 3x1050 2103 "n2 c3 h9 w37 r3 s3 pad1 stride2" "n2 c7 h5 w37 k9 r3 s3 pad1")
cuda_test(order order "${emulator}" sh ${CMAKE_CURRENT_SOURCE_DIR}/cuda_order.sh $<TARGET_FILE:cuda_driver>
          19x70x130 130x33x70 ${shapes})
cuda_test(race race "${with_races}" cuda_driver accesses 17x70x130 ${shapes})
if(TARGET asan_cuda_linked)
  cuda_test(asan "asan;rare" ASAN_OPTIONS=detect_leaks=0 asan_cuda_linked check 17x70x130 ${shapes})
endif()

# wrong rungs, which must be rejected
rungs_cuda_ladder(cuda_wrong MODULE VARIANTS emu race
                  SOURCES cuda_wrong.cu cuda_wrong_rows.cu cuda_wrong_elements.cu cuda_wrong_losses.cu cuda_wrong_conv.cu cuda_wrong_conv_fast.cu
                          "${PROJECT_SOURCE_DIR}/optimized/cuda/runtime.cu")
add_executable(cuda_wrong cuda_wrong.c)
target_link_libraries(cuda_wrong PRIVATE rungs_optimized)
cuda_test(wrong bug "" cuda_wrong $<TARGET_FILE:emu_cuda_wrong_module> $<TARGET_FILE:race_cuda_wrong_module>)

# numbers that a check does not draw; a rung that is right for all others must be found
add_executable(cuda_special cuda_special.c)
target_link_libraries(cuda_special PRIVATE rungs_optimized)
cuda_test(special emu "${emulator}" cuda_special)
cuda_test(special_wrong bug "RUNGS_CUDA=$<TARGET_FILE:emu_cuda_wrong_module>" cuda_special maximum_not_taken_off)
set_tests_properties(cuda.special_wrong PROPERTIES
                     PASS_REGULAR_EXPRESSION "FAIL  xent_with_gradient maximum_not_taken_off with logits of 1e4")

# digits of the losses; see core.cmake
cuda_test(loss_precision emu "${emulator}" loss_precision cuda)
cuda_test(gpu.loss_precision gpu RUNGS_CUDA=gpu loss_precision cuda)

# activations and softmax where numbers end
add_executable(cuda_ends cuda_ends.c)
target_link_libraries(cuda_ends PRIVATE rungs_optimized)
cuda_test(ends emu "${emulator}" cuda_ends)
cuda_test(ends_wrong bug "" cuda_ends $<TARGET_FILE:emu_cuda_wrong_module>)
cuda_test(gpu.ends gpu RUNGS_CUDA=gpu cuda_ends)

# what is asked of cuDNN, by a library that looks like it
add_library(cuda_fake_cudnn MODULE cuda_fake_cudnn.c)
target_link_libraries(cuda_fake_cudnn PRIVATE rungs_flags -lm)
add_executable(cuda_peer_cudnn cuda_peer_cudnn.cpp)
target_compile_features(cuda_peer_cudnn PRIVATE cxx_std_17)
target_link_libraries(cuda_peer_cudnn PRIVATE rungs_reference ${CMAKE_DL_LIBS})
cuda_test(peer_cudnn emu "" cuda_peer_cudnn $<TARGET_FILE:cuda_fake_cudnn>)
add_library(cuda_fake_cudnn_conv MODULE cuda_fake_cudnn_conv.c)
target_link_libraries(cuda_fake_cudnn_conv PRIVATE rungs_flags)
add_executable(cuda_peer_conv cuda_peer_conv.cpp)
target_compile_features(cuda_peer_conv PRIVATE cxx_std_17)
target_link_libraries(cuda_peer_conv PRIVATE rungs_reference ${CMAKE_DL_LIBS})
cuda_test(peer_conv emu "" cuda_peer_conv $<TARGET_FILE:cuda_fake_cudnn_conv>)

# what the rungs ask of memory; a table with a wrong number must fail
set(access sh ${CMAKE_CURRENT_SOURCE_DIR}/cuda_access.sh $<TARGET_FILE:cuda_driver>)
set(which all)
if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  set(which floats)
endif()
cuda_test(access access "${with_races}" ${access} ${CMAKE_CURRENT_SOURCE_DIR}/cuda_access.txt ${which})
file(WRITE "${CMAKE_CURRENT_BINARY_DIR}/cuda_access_wrong.txt" "dense_forward 02_tile 128x128x128 4608 18432 512 2049 | 0 0 0 0\n")
cuda_test(access_wrong access "${with_races}" ${access} ${CMAKE_CURRENT_BINARY_DIR}/cuda_access_wrong.txt)
set_tests_properties(cuda.access_wrong PROPERTIES PASS_REGULAR_EXPRESSION "FAIL  dense_forward 02_tile 128x128x128: counted 4608")

# what nvcc makes of the rungs; the module for GPUs is built for the architectures that are not compiled here
set(compiler none) # an empty word would vanish from the list
if(RUNGS_HAVE_NVCC)
  set(compiler "${RUNGS_NVCC}")
endif()
set(nvcc sh ${CMAKE_CURRENT_SOURCE_DIR}/cuda_nvcc.sh "${compiler}" "${PROJECT_SOURCE_DIR}/optimized/cuda")
set(built "${PROJECT_BINARY_DIR}/optimized/cuda/gpu_cuda")
if(RUNGS_TEST_ONCE)
  foreach(file threads tiles float4 async wmma wgmma)
    cuda_test(nvcc.${file} nvcc "" ${nvcc} product_${file} 90a ${built})
  endforeach()
  foreach(file activation activation_exp activation_gelu softmax sums loss xent optimizer decay clip dropout pool)
    cuda_test(nvcc.${file} nvcc "" ${nvcc} ${file} 90a ${built})
  endforeach()
  foreach(file threads halo im2col implicit async wmma winograd relu_passes db)
    cuda_test(nvcc.conv_${file} nvcc "" ${nvcc} conv_${file} 90a ${built})
  endforeach()
  foreach(file float4 async wmma)
    cuda_test(nvcc.${file}_80 nvcc "" ${nvcc} product_${file} 80 ${built})
  endforeach()
  set(wrong "${CMAKE_CURRENT_BINARY_DIR}/cuda_nvcc_wrong")
  file(WRITE "${wrong}/product_tiles.cu" "__global__ void tile_kernel(int *p)\n{\n    int a[64];\n"
       "    for (int i = 0; i < 64; i++) a[p[i] % 64] = i;\n    p[0] = a[p[64] % 64];\n}\n")
  cuda_test(nvcc.spills nvcc "" sh ${CMAKE_CURRENT_SOURCE_DIR}/cuda_nvcc.sh "${compiler}" ${wrong} product_tiles 90a -)
  if(RUNGS_HAVE_NVCC)
    set_tests_properties(cuda.nvcc.spills PROPERTIES PASS_REGULAR_EXPRESSION "spilled or arrays live in memory: 256 bytes")
    set_tests_properties(cuda.nvcc.spills PROPERTIES FAIL_REGULAR_EXPRESSION "no spills")
  endif()
endif()

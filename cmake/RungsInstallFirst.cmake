# RungsInstallFirst.cmake - the first install rule: cmake --install builds what it installs, so that it either has
# everything or leaves nothing. CUDA kernels and the emulator take minutes to build: they are installed, as they are now, where
# they were built before, and otherwise left out in a sentence. An optional target is named by
#
#   rungs_install_if_built(emu_cuda_module LIBRARY DESTINATION lib)
#
# and what is always built by a dependency of the target rungs_installed.
add_custom_target(rungs_installed)
set_property(GLOBAL PROPERTY RUNGS_IF_BUILT "")

function(rungs_install_if_built target)
  install(TARGETS ${target} ${ARGN} OPTIONAL)
  set_property(GLOBAL APPEND PROPERTY RUNGS_IF_BUILT "${target}=$<TARGET_FILE:${target}>")
endfunction()

# Called when all targets are known; the rule itself must come before theirs.
function(rungs_install_first)
  get_property(if_built GLOBAL PROPERTY RUNGS_IF_BUILT)
  file(GENERATE OUTPUT "${PROJECT_BINARY_DIR}/install_first-$<CONFIG>.cmake" CONTENT "
set(build \"${CMAKE_BINARY_DIR}\")
set(if_built \"${if_built}\")
set(config $<CONFIG>)
include(\"${PROJECT_SOURCE_DIR}/cmake/install_first.cmake\")
")
endfunction()
install(CODE "include(\"${PROJECT_BINARY_DIR}/install_first-\${CMAKE_INSTALL_CONFIG_NAME}.cmake\")" ALL_COMPONENTS)

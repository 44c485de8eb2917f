# RungsInstall.cmake - cmake --install puts in place: the program, what it reads (charts' scripts, lessons), the
# library librungs.a with its headers, and its package files, so that another project needs one of
#
#   find_package(rungs REQUIRED)                            cc consumer.c $(pkg-config --cflags --libs rungs)
#   target_link_libraries(consumer PRIVATE rungs::rungs)

include(CMakePackageConfigHelpers)

# One archive of base/, reference/, gradcheck/, optimized/ and train/: all that a program of one's own may want.
set(parts rungs_base reference_f32 reference_f64 reference_cplx rungs_reference rungs_gradcheck rungs_optimized rungs_train)
add_library(rungs_library STATIC)
foreach(part IN LISTS parts)
  if(TARGET ${part})
    target_sources(rungs_library PRIVATE $<TARGET_OBJECTS:${part}>)
  endif()
endforeach()
set_target_properties(rungs_library PROPERTIES LINKER_LANGUAGE C OUTPUT_NAME rungs EXPORT_NAME rungs)
target_include_directories(rungs_library INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_include_directories(rungs_library INTERFACE $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/include>)
# As flags: another project may call a target of its own m or dl.
target_link_libraries(rungs_library PRIVATE ZLIB::ZLIB Threads::Threads -lm)
if(CMAKE_DL_LIBS)
  target_link_libraries(rungs_library PRIVATE -l${CMAKE_DL_LIBS})
  set(dl_flag -l${CMAKE_DL_LIBS})
endif()
if(RUNGS_HAVE_PNG)
  target_link_libraries(rungs_library PRIVATE PNG::PNG)
  set(png_flag -lpng)
  set(find_png "find_dependency(PNG)")
endif()
# A project that has Rungs as a subdirectory sees what an installed one offers.
add_library(rungs::rungs ALIAS rungs_library)
file(MAKE_DIRECTORY "${PROJECT_BINARY_DIR}/include")
file(CREATE_LINK "${PROJECT_SOURCE_DIR}" "${PROJECT_BINARY_DIR}/include/rungs" SYMBOLIC)

# The headers include each other by relative paths, which stay true under include/rungs.
install(DIRECTORY base reference optimized train DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/rungs
        FILES_MATCHING PATTERN "*.h" PATTERN real.h EXCLUDE PATTERN cpu EXCLUDE PATTERN cuda EXCLUDE PATTERN ops EXCLUDE
        PATTERN loss_reduce.h EXCLUDE)
install(FILES optimized/ops/activations.h optimized/ops/losses.h optimized/ops/list.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/rungs/optimized/ops)
install(FILES gradcheck/gc.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/rungs/gradcheck)
add_dependencies(rungs_installed rungs rungs_library rungs_gradcheck)
install(TARGETS rungs_library EXPORT rungs ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(TARGETS rungs RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY plots DESTINATION ${CMAKE_INSTALL_DATADIR}/rungs
        FILES_MATCHING PATTERN "*.gp" PATTERN "*.csv") # lessons/ installs itself
install(FILES README.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/rungs)
install(EXPORT rungs NAMESPACE rungs:: FILE rungsTargets.cmake DESTINATION ${package_folder})
configure_package_config_file(cmake/rungsConfig.cmake.in rungsConfig.cmake INSTALL_DESTINATION ${package_folder}
                              NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(rungsConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/rungsConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/rungsConfigVersion.cmake
        DESTINATION ${package_folder})

# pkg-config finds its prefix from where the file lies, so that an installed tree can be moved.
file(RELATIVE_PATH prefix_of_pc "/prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/prefix")
configure_file(cmake/rungs.pc.in rungs.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/rungs.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

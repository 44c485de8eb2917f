# layers.cmake - which files use which, compared with layers.txt: an arrow never runs up, and files are in no circle.
find_program(RUNGS_NM NAMES "${CMAKE_NM}" nm REQUIRED)

# adds a line "UNIT object" for each object of each target in and below the folder
function(layers_objects variable folder)
  get_property(targets DIRECTORY "${folder}" PROPERTY BUILDSYSTEM_TARGETS)
  get_property(below DIRECTORY "${folder}" PROPERTY SUBDIRECTORIES)
  set(lines "${${variable}}")
  foreach(target IN LISTS targets)
    get_target_property(type ${target} TYPE)
    set(unit ${target})
    if(type MATCHES "EXECUTABLE|MODULE_LIBRARY")
      set(unit main:${target})
    endif()
    if(type MATCHES "EXECUTABLE|STATIC_LIBRARY|MODULE_LIBRARY|OBJECT_LIBRARY")
      string(APPEND lines "$<$<BOOL:$<TARGET_OBJECTS:${target}>>:${unit} $<JOIN:$<TARGET_OBJECTS:${target}>,\n${unit} >\n>")
    endif()
  endforeach()
  foreach(folder IN LISTS below)
    layers_objects(lines "${folder}")
  endforeach()
  set(${variable} "${lines}" PARENT_SCOPE)
endfunction()

function(layers_list)
  set(objects "")
  layers_objects(objects "${PROJECT_SOURCE_DIR}")
  file(GENERATE OUTPUT "${PROJECT_BINARY_DIR}/layers-$<CONFIG>.txt" CONTENT "${objects}")
endfunction()
cmake_language(DEFER DIRECTORY "${PROJECT_SOURCE_DIR}" CALL layers_list) # when all targets are known

add_test(NAME layers COMMAND ${RUNGS_SH} ${CMAKE_CURRENT_SOURCE_DIR}/layers.sh ${RUNGS_NM} ${PROJECT_BINARY_DIR}/layers-$<CONFIG>.txt
         ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR} ${CMAKE_CURRENT_SOURCE_DIR}/layers.txt)
add_test(NAME layers_rejects COMMAND ${RUNGS_SH} ${CMAKE_CURRENT_SOURCE_DIR}/layers_rejects.sh ${RUNGS_NM} ${CMAKE_C_COMPILER}
         ${CMAKE_CURRENT_BINARY_DIR}/layers_rejects)

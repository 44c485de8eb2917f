# gc_engine_fast_math.cmake - no source of the checker compiles with -ffast-math, all do without.
#   cmake -DCC=... -DSOURCES=... -P gc_engine_fast_math.cmake
foreach(source IN LISTS SOURCES)
  if(source STREQUAL "" OR source MATCHES "/accuracy\\.c$")
    continue() # a program of its own
  endif()
  execute_process(COMMAND ${CC} -std=c99 -D_GNU_SOURCE -fsyntax-only ${source} RESULT_VARIABLE plain ERROR_VARIABLE said)
  if(NOT plain EQUAL 0)
    message(FATAL_ERROR "${source} does not compile:\n${said}")
  endif()
  file(READ ${source} text)
  if(NOT text MATCHES "gc_internal\\.h")
    continue() # reports and tables: no arithmetic that decides
  endif()
  execute_process(COMMAND ${CC} -std=c99 -D_GNU_SOURCE -ffast-math -fsyntax-only ${source} RESULT_VARIABLE fast
                  ERROR_VARIABLE said)
  if(fast EQUAL 0 OR NOT said MATCHES "without -ffast-math")
    message(FATAL_ERROR "${source} compiles with -ffast-math, or is refused for another reason:\n${said}")
  endif()
endforeach()

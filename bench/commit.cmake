# commit.cmake - run at each build: writes OUT (a header) with the commit of the source tree, if that has changed.
# Building runs what is in the tree anyway, so git may look at another user's, too.
execute_process(COMMAND git -c "safe.directory=${SOURCE}" -C "${SOURCE}" describe --always --dirty --abbrev=12 --exclude=*
  OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
if(failed OR commit STREQUAL "")
  set(commit unknown) # no git, or a tree without its history
endif()
file(CONFIGURE OUTPUT "${OUT}" CONTENT "#define RUNGS_COMMIT \"${commit}\"\n")

# gc_contract.cmake - the gradient checker's single tests: memory and child, contract, adjoint, reference, Taylor,
# second derivatives, twins, charts' rows, optimizers. Each rejects wrong code and passes right code.
if(NOT TARGET rungs_gradcheck_zoo)
  return()
endif()

function(gc_contract_test name test)
  add_executable(${name} ${name}.c ${ARGN})
  target_compile_definitions(${name} PRIVATE _GNU_SOURCE)
  target_link_libraries(${name} PRIVATE rungs_flags rungs_gradcheck_zoo)
  add_test(NAME ${test} COMMAND ${name})
  set_tests_properties(${test} PROPERTIES SKIP_RETURN_CODE 77 LABELS gradcheck)
endfunction()

gc_contract_test(gc_contract_memory gc_contract.memory) # arrays between guard pages; deaths of children
find_package(Threads REQUIRED)
target_link_libraries(gc_contract_memory PRIVATE Threads::Threads)
gc_contract_test(gc_contract_breakers gc_contract.breakers)
gc_contract_test(gc_contract_nofork gc_contract.nofork)
gc_contract_test(gc_contract_repeat gc_contract.repeat) # calls that go wrong now and then
target_link_libraries(gc_contract_repeat PRIVATE Threads::Threads -lm)
find_package(OpenMP COMPONENTS C)
if(OpenMP_C_FOUND AND NOT RUNGS_SANITIZE)
  gc_contract_test(gc_contract_threads gc_contract.threads) # right with as many threads as cores, and not with more
  target_link_libraries(gc_contract_threads PRIVATE OpenMP::OpenMP_C)
endif()
gc_contract_test(gc_contract_single gc_contract.single gc_contract_layer.c)
if(RUNGS_TEST_LONG)
  gc_contract_test(gc_optimizer_wrong gc_optimizer.wrong)
endif()

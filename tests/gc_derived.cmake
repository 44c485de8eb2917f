# gc_derived.cmake - the gradient checker beyond gradients of real losses: products with Jacobians and
# Hessians, complex numbers, random gradients.
function(gc_derived_test name)
  add_executable(gc_derived_${name} gc_derived_${name}.c gc_engine_made.c)
  target_compile_definitions(gc_derived_${name} PRIVATE _GNU_SOURCE)
  target_link_libraries(gc_derived_${name} PRIVATE rungs_gradcheck rungs_flags)
  add_test(NAME gc_derived.${name} COMMAND gc_derived_${name})
  set_tests_properties(gc_derived.${name} PROPERTIES LABELS gradcheck)
endfunction()

gc_derived_test(map) # Jv, J'u, J, Hv, H
gc_derived_test(complex) # conventions of complex gradients
gc_derived_test(sampled)
target_sources(gc_derived_sampled PRIVATE gc_derived_subjects.c) # gradients that are right in the mean

! sphere.f90 - a gradient in Fortran that forgot the factor 2, checked through the module gradcheck.
module sphere
  use gradcheck
  implicit none
contains
  function loss(x, n, ctx) bind(c) result(sum_of_squares)
    integer(c_size_t), value :: n
    real(c_double), intent(in) :: x(n)
    type(c_ptr), value :: ctx
    real(c_double) :: sum_of_squares
    sum_of_squares = sum(x * x)
  end function

  subroutine grad(x, n, g, ctx) bind(c)
    integer(c_size_t), value :: n
    real(c_double), intent(in) :: x(n)
    real(c_double), intent(out) :: g(n)
    type(c_ptr), value :: ctx
    g = x
  end subroutine
end module

program main
  use sphere
  implicit none
  real(c_double) :: x(4) = [0.3d0, -1.7d0, 2.2d0, 0.1d0]
  type(c_ptr) :: result
  integer(c_int) :: code
  result = gc_check_scalar(c_funloc(loss), c_funloc(grad), x, 4_c_size_t, c_null_ptr)
  print '(a)', gc_report_text(result)
  code = gc_exit_code(result)
  call gc_free(result)
  stop code, quiet=.true.
end program

! gc_takeaway_layout.f90 - the types of gradcheck.f90 are those of gc.h: the defaults come back field by field, and a problem
! with two inputs, whose callbacks are Fortran, is judged: right, and wrong in one input; so is a vector of two tensors.
module scaled
  use gradcheck
  implicit none
  logical :: is_wrong = .false.
contains
  ! y = a x, one a for all x
  function forward(ctx, in, out) bind(c) result(refused)
    type(c_ptr), value :: ctx
    type(gc_tensor), intent(in) :: in(*)
    type(gc_tensor), intent(inout) :: out(*)
    integer(c_int) :: refused
    real(c_double), pointer :: a(:), x(:), y(:)
    call c_f_pointer(in(1)%data, a, [1])
    call c_f_pointer(in(2)%data, x, [6])
    call c_f_pointer(out(1)%data, y, [6])
    y = a(1) * x
    refused = 0
  end function

  function backward(ctx, in, out, dout, din) bind(c) result(refused)
    type(c_ptr), value :: ctx
    type(gc_tensor), intent(in) :: in(*), out(*), dout(*)
    type(gc_tensor), intent(inout) :: din(*)
    integer(c_int) :: refused
    real(c_double), pointer :: a(:), x(:), dy(:), da(:), dx(:)
    call c_f_pointer(in(1)%data, a, [1])
    call c_f_pointer(in(2)%data, x, [6])
    call c_f_pointer(dout(1)%data, dy, [6])
    call c_f_pointer(din(1)%data, da, [1])
    call c_f_pointer(din(2)%data, dx, [6])
    da = sum(dy * x)
    dx = a(1) * dy
    if (is_wrong) dx = 3 * dx
    refused = 0
  end function

  ! of v = (a, x): a sum(x^2)
  function flat(v, n, ctx) bind(c) result(loss)
    integer(c_size_t), value :: n
    real(c_double), intent(in) :: v(n)
    type(c_ptr), value :: ctx
    real(c_double) :: loss
    loss = v(1) * sum(v(2:)**2)
  end function

  subroutine flat_grad(v, n, g, ctx) bind(c)
    integer(c_size_t), value :: n
    real(c_double), intent(in) :: v(n)
    real(c_double), intent(out) :: g(n)
    type(c_ptr), value :: ctx
    g(1) = sum(v(2:)**2)
    g(2:) = merge(1, 2, is_wrong) * v(1) * v(2:)
  end subroutine
end module

program layout
  use scaled
  implicit none
  character(kind=c_char), target :: name_a(2) = ['a', c_null_char], name_x(2) = ['x', c_null_char]
  character(kind=c_char), target :: name_y(2) = ['y', c_null_char]
  type(gc_tensor), target :: in(2), out(1)
  type(gc_problem) :: problem
  type(gc_options) :: o
  o = gc_defaults()
  if (o%checks /= GC_STANDARD .or. abs(o%rtol) > 0 .or. abs(o%h) > 0 .or. o%seed /= 1 .or. o%n_dir /= 3 .or. &
      o%n_points /= 3) error stop "gc_options: the first fields are not those of gc.h"
  if (o%max_elem /= 4096 .or. o%fork /= 1 .or. o%timeout_s /= 60) error stop "gc_options: the last fields are not those of gc.h"
  if (c_associated(o%repeat) .or. c_associated(o%progress_ctx)) error stop "gc_options: pointers that are not NULL"
  in(1)%name = c_loc(name_a)
  in(2)%name = c_loc(name_x)
  in(2)%nd = 1
  in(2)%dim(1) = 6
  in%flags = GC_GRAD
  out(1) = in(2)
  out(1)%name = c_loc(name_y)
  out(1)%flags = 0
  problem%name = c_loc(name_y)
  problem%nin = 2
  problem%nout = 1
  problem%in = c_loc(in)
  problem%out = c_loc(out)
  problem%forward = c_funloc(forward)
  problem%backward = c_funloc(backward)
  o%seed = 5
  call expect(0, "PASS y ")
  is_wrong = .true.
  call expect(1, "analytic = 3 * numeric")
  call expect_flat(1, "da ok   dx[6] 6/6 wrong")
  is_wrong = .false.
  call expect_flat(0, "PASS gradient ")
  print '(a)', "the types of gradcheck.f90 are those of gc.h"
contains
  subroutine expect(code, words)
    integer, intent(in) :: code
    character(*), intent(in) :: words
    call judge(gc_check(problem, o), code, words)
  end subroutine

  subroutine expect_flat(code, words)
    integer, intent(in) :: code
    character(*), intent(in) :: words
    real(c_double) :: v(7) = [1.5, 0.3, -1.7, 2.2, 0.1, 0.8, -0.4]
    call judge(gc_check_tensors(c_funloc(flat), c_funloc(flat_grad), v, 7_c_size_t, in, 2, c_null_ptr, o), code, words)
  end subroutine

  subroutine judge(result, code, words)
    type(c_ptr), intent(in) :: result
    integer, intent(in) :: code
    character(*), intent(in) :: words
    character(:), allocatable :: said
    said = gc_report_text(result)
    if (gc_exit_code(result) /= code .or. index(said, words) == 0 .or. index(said, "seed 5") == 0) then
      print '(a)', said
      error stop "another report was expected"
    end if
    call gc_free(result)
  end subroutine
end program

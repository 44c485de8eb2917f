! gradcheck.f90 - gc.h for Fortran 2018: is this gradient right? Compile it with the program that uses it, and link
! with -lgradcheck -lm. examples/sphere.f90 is the smallest program.
!
!     result = gc_check_scalar(c_funloc(loss), c_funloc(grad), x, n, c_null_ptr)
!     print '(a)', gc_report_text(result)
!     code = gc_exit_code(result)                0 pass, 1 fail, 2 inconclusive, 3 contract, 4 crash
!     call gc_free(result)
!
! loss and grad have the interfaces gc_scalar and gc_gradient below. A result is a type(c_ptr); gc.h says what
! everything means. C stores the last index next to itself, so that dim of a Fortran array is its shape reversed.
module gradcheck
  use, intrinsic :: iso_c_binding
  implicit none

  integer, parameter :: GC_MAX_DIMS = 8, GC_MAX_TENSORS = 16

  enum, bind(c)
    enumerator :: GC_F32, GC_F64, GC_I32
  end enum

  ! flags of a tensor
  integer(c_int), parameter :: GC_GRAD = 1, GC_LINEAR = 2, GC_FIXED = 4, GC_POSITIVE = 8

  ! tests, to be added up; GC_ELEMENTS of gc.h and the function gc_elements would be one name here
  integer(c_int), parameter :: GC_TEST_CONTRACT = 1, GC_TEST_DIRECTION = 2, GC_TEST_ELEMENTS = 4, GC_TEST_COMPLEX = 8, &
      GC_TEST_KINKS = 16, GC_TEST_ADJOINT = 32, GC_TEST_REFERENCE = 64, GC_TEST_TAYLOR = 128, GC_TEST_SYMMETRY = 256, &
      GC_TEST_HVP = 512, GC_STANDARD = 127, GC_EVERYTHING = 1023

  type, bind(c) :: gc_tensor
    type(c_ptr) :: name = c_null_ptr ! c_loc of characters that end with c_null_char
    type(c_ptr) :: data = c_null_ptr
    integer(c_int) :: dt = GC_F64
    integer(c_int) :: nd = 0
    integer(c_size_t) :: dim(GC_MAX_DIMS) = 0
    integer(c_int) :: flags = 0
  end type

  type, bind(c) :: gc_problem
    type(c_ptr) :: name = c_null_ptr
    integer(c_int) :: nin = 0, nout = 0
    type(c_ptr) :: in = c_null_ptr, out = c_null_ptr ! c_loc of arrays of gc_tensor
    type(c_funptr) :: forward = c_null_funptr, backward = c_null_funptr, forward_complex = c_null_funptr
    type(c_funptr) :: oracle = c_null_funptr
    real(c_double) :: oracle_rtol = 0
    type(c_funptr) :: hessian = c_null_funptr, fill = c_null_funptr
    integer(c_int) :: accumulate = 0, no_upstream = 0, depth = 0
    type(c_ptr) :: ctx = c_null_ptr
  end type

  type, bind(c) :: gc_options
    integer(c_int) :: checks
    real(c_double) :: rtol, h
    integer(c_int64_t) :: seed
    integer(c_int) :: n_dir, n_points
    integer(c_size_t) :: max_elem
    integer(c_int) :: thorough, fork
    integer(c_int) :: timeout_s
    type(c_ptr) :: repeat
    type(c_funptr) :: progress
    type(c_ptr) :: progress_ctx
  end type

  abstract interface
    function gc_scalar(x, n, ctx) bind(c) result(loss)
      import :: c_double, c_size_t, c_ptr
      integer(c_size_t), value :: n
      real(c_double), intent(in) :: x(n)
      type(c_ptr), value :: ctx
      real(c_double) :: loss
    end function
    subroutine gc_gradient(x, n, g, ctx) bind(c)
      import :: c_double, c_size_t, c_ptr
      integer(c_size_t), value :: n
      real(c_double), intent(in) :: x(n)
      real(c_double), intent(out) :: g(n)
      type(c_ptr), value :: ctx
    end subroutine
    function gc_forward(ctx, in, out) bind(c) result(refused)
      import :: c_int, c_ptr, gc_tensor
      type(c_ptr), value :: ctx
      type(gc_tensor), intent(in) :: in(*)
      type(gc_tensor), intent(inout) :: out(*)
      integer(c_int) :: refused
    end function
    function gc_backward(ctx, in, out, dout, din) bind(c) result(refused)
      import :: c_int, c_ptr, gc_tensor
      type(c_ptr), value :: ctx
      type(gc_tensor), intent(in) :: in(*), out(*), dout(*)
      type(gc_tensor), intent(inout) :: din(*)
      integer(c_int) :: refused
    end function
  end interface

  interface
    function gc_defaults() bind(c) result(options)
      import :: gc_options
      type(gc_options) :: options
    end function
    function gc_check(problem, options) bind(c) result(r)
      import :: c_ptr, gc_problem, gc_options
      type(gc_problem), intent(in) :: problem
      type(gc_options), intent(in), optional :: options
      type(c_ptr) :: r
    end function
    ! loss: c_funloc of a gc_scalar; grad: c_funloc of a gc_gradient
    function gc_check_scalar(loss, grad, x, n, ctx, options) bind(c) result(r)
      import :: c_ptr, c_funptr, c_double, c_size_t, gc_options
      type(c_funptr), value :: loss, grad
      integer(c_size_t), value :: n
      real(c_double), intent(in) :: x(n)
      type(c_ptr), value :: ctx
      type(gc_options), intent(in), optional :: options
      type(c_ptr) :: r
    end function
    ! the same where x is several tensors, one after the other: part has the name and the shape of each
    function gc_check_tensors(loss, grad, x, n, part, parts, ctx, options) bind(c) result(r)
      import :: c_ptr, c_funptr, c_double, c_size_t, c_int, gc_tensor, gc_options
      type(c_funptr), value :: loss, grad
      integer(c_size_t), value :: n
      real(c_double), intent(in) :: x(n)
      integer(c_int), value :: parts
      type(gc_tensor), intent(in) :: part(parts)
      type(c_ptr), value :: ctx
      type(gc_options), intent(in), optional :: options
      type(c_ptr) :: r
    end function
    subroutine gc_free(r) bind(c)
      import :: c_ptr
      type(c_ptr), value :: r
    end subroutine
    function gc_exit_code(r) bind(c) result(code)
      import :: c_int, c_ptr
      type(c_ptr), value :: r
      integer(c_int) :: code
    end function
    function gc_report(r) bind(c) result(text)
      import :: c_ptr
      type(c_ptr), value :: r
      type(c_ptr) :: text
    end function
    ! of one tensor: elements counted from 0
    function gc_elements(t) bind(c) result(n)
      import :: c_size_t, gc_tensor
      type(gc_tensor), intent(in) :: t
      integer(c_size_t) :: n
    end function
    function gc_get(t, i) bind(c) result(value)
      import :: c_double, c_size_t, gc_tensor
      type(gc_tensor), intent(in) :: t
      integer(c_size_t), value :: i
      real(c_double) :: value
    end function
    subroutine gc_set(t, i, x) bind(c)
      import :: c_double, c_size_t, gc_tensor
      type(gc_tensor), intent(inout) :: t
      integer(c_size_t), value :: i
      real(c_double), value :: x
    end subroutine
  end interface

contains

  ! the report's lines, without the last line end
  function gc_report_text(r) result(text)
    type(c_ptr), intent(in) :: r
    character(:), allocatable :: text
    character(kind=c_char), pointer :: c(:)
    interface
      function strlen(s) bind(c) result(n)
        import :: c_ptr, c_size_t
        type(c_ptr), value :: s
        integer(c_size_t) :: n
      end function
    end interface
    type(c_ptr) :: at
    integer :: i, n
    at = gc_report(r)
    call c_f_pointer(at, c, [strlen(at)])
    n = size(c)
    if (n > 0) then
      if (c(n) == c_new_line) n = n - 1
    end if
    allocate(character(n) :: text)
    do i = 1, n
      text(i:i) = c(i)
    end do
  end function
end module

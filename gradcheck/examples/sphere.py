"""sphere.py LIBGRADCHECK.SO - the shared library used from Python: a loss and its gradient are Python functions, and
the gradient forgets the factor 2."""
import ctypes
import sys

LOSS = ctypes.CFUNCTYPE(ctypes.c_double, ctypes.POINTER(ctypes.c_double), ctypes.c_size_t, ctypes.c_void_p)
GRADIENT = ctypes.CFUNCTYPE(None, ctypes.POINTER(ctypes.c_double), ctypes.c_size_t, ctypes.POINTER(ctypes.c_double),
                            ctypes.c_void_p)


def load(path):
    """The library, with the types of what is used below; options of None are the defaults."""
    gc = ctypes.CDLL(path)
    gc.gc_check_scalar.argtypes = [LOSS, GRADIENT, ctypes.POINTER(ctypes.c_double), ctypes.c_size_t, ctypes.c_void_p,
                                   ctypes.c_void_p]
    gc.gc_check_scalar.restype = ctypes.c_void_p
    gc.gc_report.argtypes = gc.gc_exit_code.argtypes = gc.gc_free.argtypes = [ctypes.c_void_p]
    gc.gc_report.restype = ctypes.c_char_p
    return gc


def check(gc, loss, grad, x):
    """(exit code, report) for loss(list) -> number and grad(list) -> list."""
    n = len(x)

    def write(x, n, g, _):
        for i, value in enumerate(grad(x[:n])):
            g[i] = value

    result = gc.gc_check_scalar(LOSS(lambda x, n, _: loss(x[:n])), GRADIENT(write), (ctypes.c_double * n)(*x), n, None,
                                None)
    code, report = gc.gc_exit_code(result), gc.gc_report(result).decode()
    gc.gc_free(result)
    return code, report


if __name__ == "__main__":
    code, report = check(load(sys.argv[1]), lambda x: sum(v * v for v in x), lambda x: list(x), [0.3, -1.7, 2.2, 0.1])
    print(report, end="")
    sys.exit(code)

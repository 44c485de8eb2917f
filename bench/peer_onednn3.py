# peer_onednn3.py - operations of oneDNN 3, for peer_frameworks.py: the program has the two as one text, this
# first. The library is that of the Python package `onednn`, whose threads are those of a SYCL device: their
# number is an environment variable, read when the library is loaded, and so each number has a process of its own.
#
# Its functions are called by their C interface. Numbers are those of oneDNN 3's <dnnl_types.h>.
#
# As "onednn3" it is handed plain tensors (N,C,H,W), as the rungs are: what it wants in another layout, it reorders in
# the timed call. As "onednn3_own_layout" all tensors are in the layout that it prefers, before the clock starts, and
# results stay there; a result is reordered when it is compared.
import ctypes
import importlib.metadata


class OneDnn:
    SRC, DST, WEIGHTS, BIAS, WORKSPACE = 1, 17, 33, 41, 64
    DIFF_SRC, DIFF_DST, DIFF_WEIGHTS, DIFF_BIAS = 129, 145, 161, 169
    F32, ANY, BLOCKS_OF_16, BLOCKS_OF_8, TRAINING, DIRECT = 3, 1, 78, 102, 64, 1
    MEAN, VARIANCE, SCALE, SHIFT, DIFF_SCALE, DIFF_SHIFT = 49, 50, 51, 52, 255, 256
    SCALED, BACKWARD = 2 | 4, 128
    MAX, MEAN_INCLUDING, MEAN_EXCLUDING = 0x1FF, 0x2FF, 0x3FF
    EXEC_ARG_MD = 255  # the query for the layout of a tensor by its role

    def __init__(self):
        self.warm_up = 0.05 if threads > 1 else 0.001  # its second worker may take some dozen calls to join in
        path = self.path()
        self.enter_environment(os.path.dirname(path))
        self.own = framework.endswith("own_layout")
        self.interface = ctypes.CDLL(path)
        self.interface.dnnl_primitive_desc_query_md.restype = ctypes.c_void_p
        self.interface.dnnl_memory_desc_get_size.restype = ctypes.c_size_t
        self.interface.dnnl_version.restype = ctypes.POINTER(ctypes.c_int * 3)
        self.engine = self.make("engine_create", 1, ctypes.c_size_t(0))
        self.stream = self.make("stream_create", self.engine, 1)
        self.text = "oneDNN %d.%d.%d, %s" % (
            *self.interface.dnnl_version().contents,
            "tensors in its own layout, no reorder is timed" if self.own else "plain tensors, reorders are timed",
        )

    def path(self):
        try:
            files = importlib.metadata.files("onednn")
        except importlib.metadata.PackageNotFoundError:
            raise ModuleNotFoundError("No module named 'onednn'")
        return next(str(file.locate().resolve()) for file in files if file.name == "libdnnl.so.3")

    def enter_environment(self, folder):
        """What the loader and SYCL read when a process begins: begins once more with it."""
        wanted = {
            "DPCPP_CPU_NUM_CUS": str(threads),
            "OCL_ICD_FILENAMES": os.path.join(folder, "libintelocl.so"),
            "LD_LIBRARY_PATH": folder,
        }
        if any(os.environ.get(name) != value for name, value in wanted.items()):
            os.environ.update(wanted)
            os.execv(sys.executable, sys.orig_argv)

    def call(self, name, *arguments):
        if getattr(self.interface, "dnnl_" + name)(*arguments):
            raise ValueError("oneDNN refuses %s" % name)

    def make(self, name, *arguments):
        """The handle that a function writes into its first argument."""
        handle = ctypes.c_void_p()
        self.call(name, ctypes.byref(handle), *arguments)
        return handle

    def layout(self, shape, tag=None):
        """Of a tensor: row-major, or by the number of a format."""
        extents = (ctypes.c_int64 * 12)(*shape)
        if tag is not None:
            return self.make("memory_desc_create_with_tag", len(shape), extents, self.F32, tag)
        strides = (ctypes.c_int64 * 12)()
        for d in range(len(shape) - 1, -1, -1):
            strides[d] = strides[d + 1] * shape[d + 1] if d + 1 < len(shape) else 1
        return self.make("memory_desc_create_with_strides", len(shape), extents, self.F32, strides)

    def channel_blocks(self):
        """How many channels are a vector here, and the number of that format."""
        with open("/proc/cpuinfo") as about:
            return (16, self.BLOCKS_OF_16) if "avx512f" in about.read() else (8, self.BLOCKS_OF_8)

    def layout_of(self, primitive_desc, role):
        return ctypes.c_void_p(
            self.interface.dnnl_primitive_desc_query_md(primitive_desc, self.EXEC_ARG_MD, role))

    def memory(self, layout):
        """Memory of the device, which it allocates: pointers that host and device share."""
        return self.make("sycl_interop_memory_create", layout, self.engine, 0, ctypes.c_void_p(-1))

    def mapped(self, memory, move):
        """move(address) while the host may read and write the memory there."""
        address = ctypes.c_void_p()
        self.call("memory_map_data", memory, ctypes.byref(address))
        move(address)
        self.call("memory_unmap_data", memory, address)

    def work(self, primitive, tensors):
        """The arguments of dnnl_primitive_execute."""
        argument = type("argument", (ctypes.Structure,),
                        {"_fields_": [("role", ctypes.c_int), ("memory", ctypes.c_void_p)]})
        return primitive, self.stream, len(tensors), (argument * len(tensors))(*tensors)

    def open(self, op, arrays, sizes, s):
        z = {name: int(value) for name, value in sizes.items()}
        kinds = {"conv2d": OneDnnConv, "batch": OneDnnNorm}
        return kinds.get(op.split("_")[0], OneDnnPool)(self, op, arrays, z, s)


class OneDnnTensor:
    """A tensor as the rungs have it and, where that is another, as the primitive wants it."""

    def __init__(self, dnn, primitive_desc, role, shape, given):
        self.dnn, self.role, self.given, self.shape = dnn, role, given, shape
        plain, own = dnn.layout(shape), dnn.layout_of(primitive_desc, role)
        self.plain = self.inner = dnn.memory(plain)
        self.way = None
        if not dnn.interface.dnnl_memory_desc_equal(plain, own):
            self.inner = dnn.memory(own)
            ends = ((plain, self.plain), (own, self.inner)) if given is not None else (
                (own, self.inner), (plain, self.plain))
            desc = dnn.make("reorder_primitive_desc_create", ends[0][0], dnn.engine, ends[1][0], dnn.engine, None)
            reorder = dnn.make("primitive_create", desc)
            self.way = dnn.work(reorder, [(dnn.SRC, ends[0][1]), (dnn.DST, ends[1][1])])
        if given is not None:
            dnn.mapped(self.plain, lambda to: ctypes.memmove(to, given.ctypes.data, given.nbytes))

    def result(self):
        import numpy

        out = numpy.empty(self.shape, dtype=numpy.float32)
        self.dnn.mapped(self.plain, lambda at: ctypes.memmove(out.ctypes.data, at, out.nbytes))
        return out


class OneDnnWork:
    """A primitive with its tensors: {role: (shape, array, or None of a result)}."""

    def prepare(self, dnn, primitive_desc, tensors, more=()):
        self.dnn = dnn
        primitive = dnn.make("primitive_create", primitive_desc)
        self.tensors = [OneDnnTensor(dnn, primitive_desc, role, *t) for role, t in tensors.items()]
        self.results = [t for t in self.tensors if t.given is None]
        before = [t.way for t in self.tensors if t.way and t.given is not None]
        after = [t.way for t in self.results if t.way]
        inner = dnn.work(primitive, [(t.role, t.inner) for t in self.tensors] + list(more))
        self.steps = [inner] if dnn.own else [*before, inner, *after]
        self.leave = after if dnn.own else []
        if dnn.own:
            self.execute(before)

    def execute(self, steps):
        interface, stream = self.dnn.interface, self.dnn.stream
        for step in steps:
            if interface.dnnl_primitive_execute(*step):
                raise ValueError("oneDNN fails")
        if interface.dnnl_stream_wait(stream):
            raise ValueError("oneDNN fails")

    def restore(self):
        pass

    def run(self, k):
        for _ in range(k):
            self.execute(self.steps)

    def outputs(self):
        self.execute(self.leave)
        return [t.result() for t in self.results]


class OneDnnConv(OneDnnWork):
    def __init__(self, dnn, op, arrays, z, s):
        def pair(a, b):
            return (ctypes.c_int64 * 12)(a, b)

        high, wide = ((z[image] + z[one] + z[other] - z["dilation"] * (z[window] - 1) - 1) // z["stride"] + 1
                      for image, one, other, window in (("H", "top", "bottom", "R"), ("W", "left", "right", "S")))
        g = z["groups"]
        kernels = (z["K"], z["C"], z["R"], z["S"]) if g == 1 else (g, z["K"] // g, z["C"] // g, z["R"], z["S"])
        images, results, bias = (z["N"], z["C"], z["H"], z["W"]), (z["N"], z["K"], high, wide), (z["K"],)
        x, w, y = (dnn.layout(shape, dnn.ANY) for shape in (images, kernels, results))
        b = dnn.layout(bias)
        window = (pair(z["stride"], z["stride"]), pair(z["dilation"] - 1, z["dilation"] - 1),
                  pair(z["top"], z["left"]), pair(z["bottom"], z["right"]))
        forward = dnn.make("convolution_forward_primitive_desc_create", dnn.engine, dnn.TRAINING, dnn.DIRECT,
                           x, w, b if op != "conv2d_backward_dx" else None, y, *window, None)
        if op == "conv2d_forward":
            desc, tensors = forward, {dnn.SRC: (images, arrays["x"]), dnn.WEIGHTS: (kernels, arrays["w"]),
                                      dnn.BIAS: (bias, arrays["b"]), dnn.DST: (results, None)}
        elif op == "conv2d_backward_dx":
            desc = dnn.make("convolution_backward_data_primitive_desc_create", dnn.engine, dnn.DIRECT,
                            x, w, y, *window, forward, None)
            tensors = {dnn.WEIGHTS: (kernels, arrays["w"]), dnn.DIFF_DST: (results, arrays["dy"]),
                       dnn.DIFF_SRC: (images, None)}
        else:
            desc = dnn.make("convolution_backward_weights_primitive_desc_create", dnn.engine, dnn.DIRECT,
                            x, w, b, y, *window, forward, None)
            tensors = {dnn.SRC: (images, arrays["x"]), dnn.DIFF_DST: (results, arrays["dy"]),
                       dnn.DIFF_WEIGHTS: (kernels, None), dnn.DIFF_BIAS: (bias, None)}
        self.prepare(dnn, desc, tensors)


class OneDnnPool(OneDnnWork):
    """Its own layout is the one that a convolution leaves: channels in blocks of a vector's length.

    Where the maxima are, it says in a workspace: their places in the windows, in the layout of the results. That they
    become the rungs' indexes, places in the plane, is no part of a timed call. (Backward it wants that workspace, which
    does not follow from indexes of which a window need not hold its own.)"""

    def __init__(self, dnn, op, arrays, z, s):
        self.z, self.op = z, op
        backward, is_max = op.endswith("backward"), op.startswith("maxpool")
        self.out = tuple(arrays["dy"].shape[2:]) if backward else (
            self.windows("h", "r"), self.windows("w", "s"))
        after = [max(z["pad"], (n - 1) * z["stride"] + z[window] - z[side] - z["pad"])
                 for n, side, window in zip(self.out, "hw", "rs")]
        including = not is_max and s["count_include_pad"] != 0
        if including and after != [z["pad"]] * 2:
            raise ValueError("oneDNN counts what a window of ceil has beyond the padding")
        x, y = (z["n"], z["c"], z["h"], z["w"]), (z["n"], z["c"], *self.out)
        algorithm = dnn.MAX if is_max else dnn.MEAN_INCLUDING if including else dnn.MEAN_EXCLUDING
        layouts = [dnn.layout(shape, dnn.channel_blocks()[1] if dnn.own else None) for shape in (x, y)]
        window = [(ctypes.c_int64 * 12)(*pair) for pair in (
            (z["stride"],) * 2, (z["r"], z["s"]), (0, 0), (z["pad"],) * 2, after)]
        desc = forward = dnn.make(
            "pooling_forward_primitive_desc_create", dnn.engine, dnn.TRAINING, algorithm, *layouts, *window, None)
        tensors = {dnn.SRC: (x, arrays.get("x")), dnn.DST: (y, None)}
        if backward:
            desc = dnn.make(
                "pooling_backward_primitive_desc_create", dnn.engine, algorithm, *layouts, *window, forward, None)
            tensors = {dnn.DIFF_DST: (y, arrays["dy"]), dnn.DIFF_SRC: (x, None)}
        more = []
        if is_max:
            layout = dnn.layout_of(desc, dnn.WORKSPACE)
            self.workspace, self.bytes = dnn.memory(layout), dnn.interface.dnnl_memory_desc_get_size(layout)
            more = [(dnn.WORKSPACE, self.workspace)]
        self.prepare(dnn, desc, tensors, more)

    def windows(self, side, window):
        z = self.z
        room = z[side] + 2 * z["pad"] - z[window] + (z["stride"] - 1 if z["ceil"] else 0)
        n = room // z["stride"] + 1
        return n - 1 if z["ceil"] and (n - 1) * z["stride"] - z["pad"] >= z[side] else n

    def corners(self):
        """The first row and column of each window, which may be outside."""
        import numpy

        rows, columns = (numpy.arange(n) * self.z["stride"] - self.z["pad"] for n in self.out)
        return rows[:, None], columns[None, :]

    def places(self):
        """An array for the workspace, and which axes bring it into the order n, channels, p, q."""
        import numpy

        block = self.dnn.channel_blocks()[0] if self.dnn.own else 1
        shape = (self.z["n"], -(-self.z["c"] // block), *self.out, block)
        size = int(numpy.prod(shape))
        return numpy.zeros(shape, dtype=numpy.uint8 if self.bytes == size else numpy.int32), (0, 1, 4, 2, 3)

    def indexes(self):
        import numpy

        array, axes = self.places()
        self.dnn.mapped(self.workspace, lambda at: ctypes.memmove(array.ctypes.data, at, array.nbytes))
        place = array.transpose(axes).reshape(self.z["n"], -1, *self.out)[:, : self.z["c"]].astype(numpy.int32)
        rows, columns = self.corners()
        s, w = self.z["s"], self.z["w"]
        return numpy.ascontiguousarray((place // s + rows) * w + place % s + columns, dtype=numpy.int32)

    def outputs(self):
        return super().outputs() + ([self.indexes()] if self.op == "maxpool_forward" else [])


class OneDnnNorm(OneDnnWork):
    """Batch normalization of positions in one column. Its own layout is that of OneDnnPool."""

    def __init__(self, dnn, op, arrays, z, s):
        images, channels = (z["N"], z["C"], z["HW"], 1), (z["C"],)
        x = dnn.layout(images, dnn.channel_blocks()[1] if dnn.own else None)
        eps = ctypes.c_float(s["eps"])
        desc = forward = dnn.make("batch_normalization_forward_primitive_desc_create", dnn.engine, dnn.TRAINING,
                                  x, x, eps, dnn.SCALED, None)
        tensors = {dnn.SRC: (images, arrays["x"]), dnn.SCALE: (channels, arrays["gamma"])}
        if op == "batch_norm_forward":
            tensors.update({dnn.SHIFT: (channels, arrays["beta"]), dnn.DST: (images, None),
                            dnn.MEAN: (channels, None), dnn.VARIANCE: (channels, None)})
        else:
            desc = dnn.make("batch_normalization_backward_primitive_desc_create", dnn.engine, dnn.BACKWARD,
                            x, x, x, eps, dnn.SCALED, forward, None)
            tensors.update({dnn.MEAN: (channels, arrays["mean"]), dnn.VARIANCE: (channels, arrays["var"]),
                            dnn.DIFF_DST: (images, arrays["dy"]), dnn.DIFF_SRC: (images, None),
                            dnn.DIFF_SCALE: (channels, None), dnn.DIFF_SHIFT: (channels, None)})
        self.prepare(dnn, desc, tensors)



"""The door to the engine, and its loop over blocks, batches and epochs.

Python arrays come in here and nowhere else: Engine checks shapes, dtypes and layout, releases the GIL, and runs the
pointer functions of forward.pyx, loss.pyx, backward.pyx and descent.pyx over one block of columns after another.
"""
cimport numpy as np
from cpython.exc cimport PyErr_CheckSignals
from libc.math cimport INFINITY, isfinite
from libc.stdint cimport int64_t, uint64_t
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memcpy, memset

from .activations cimport LEAKY_RELU, LINEAR, RELU, SIGMOID, SOFTMAX, TANH
from .architecture cimport BLOCK, Architecture, real
from .backward cimport backward
from .batches cimport FLOAT32, FLOAT64, INT64, Table, epoch_key, gather, shuffle as shuffle_piece
from .descent cimport descend
from .forward cimport forward
from .loss cimport BINARY_CROSS_ENTROPY, CATEGORICAL_CROSS_ENTROPY, MEAN_SQUARED_ERROR, loss, loss_derivative, measure

import numpy

np.import_array()

cdef extern from "<time.h>" nogil:
    ctypedef long time_t
    cdef struct timespec:
        time_t tv_sec
        long tv_nsec
    enum: TIME_UTC
    int timespec_get(timespec *ts, int base)

ACTIVATIONS = {"linear": LINEAR, "sigmoid": SIGMOID, "tanh": TANH, "relu": RELU, "leaky_relu": LEAKY_RELU,
               "softmax": SOFTMAX}
LOSSES = {"binary_cross_entropy": BINARY_CROSS_ENTROPY, "categorical_cross_entropy": CATEGORICAL_CROSS_ENTROPY,
          "mean_squared_error": MEAN_SQUARED_ERROR}

cdef enum:
    WORK_BETWEEN_LOOKS = 1 << 18    # multiply-adds after which the clock is worth reading

cdef double SIGNAL_SECONDS = 0.02   # how often Ctrl-C is looked for


cdef double seconds_now() noexcept nogil:
    cdef timespec now
    timespec_get(&now, TIME_UTC)
    return now.tv_sec + 1e-9 * now.tv_nsec


cdef struct Watch:
    double looked           # when signals were last looked for
    Py_ssize_t work         # multiply-adds since the clock was last read


cdef int watch_for_signals(Watch *watch, Py_ssize_t work) except -1 nogil:
    """Raise what a signal handler raises, KeyboardInterrupt after Ctrl-C, at most SIGNAL_SECONDS after the signal."""
    cdef double now
    watch.work += work
    if watch.work >= WORK_BETWEEN_LOOKS:
        watch.work = 0
        now = seconds_now()
        if not 0 <= now - watch.looked < SIGNAL_SECONDS:
            watch.looked = now
            with gil:
                PyErr_CheckSignals()
    return 0


cdef Py_ssize_t scratch_elements(const Architecture *net) noexcept nogil:
    cdef Py_ssize_t l, widest = 0
    for l in range(net.L + 1):
        widest = max(widest, net.n[l])
    return (4 * net.units + net.n[net.L] + widest) * BLOCK


cdef int run_blocks(const Architecture *net, const real *theta, const Table *X, const Table *Y, const int64_t *order,
                    Py_ssize_t start, Py_ssize_t stop, real *scratch, real *gradient, double *summed_loss,
                    double *metric, Watch *watch) except -1 nogil:
    """Forward, loss and, unless gradient is NULL, backward of examples start … stop−1 of an order, block by block.

    Adds to gradient (∇J without the 1/m), summed_loss and metric.
    """
    cdef Py_ssize_t size = net.units * BLOCK, output = net.first[net.L] * BLOCK, at, columns
    cdef real *A = scratch
    cdef real *Z = A + size
    cdef real *dA = Z + size
    cdef real *dZ = dA + size
    cdef real *Y_block = dZ + size
    cdef real *A_transposed = Y_block + net.n[net.L] * BLOCK
    at = start
    while at < stop:
        columns = min(BLOCK, stop - at)
        gather(X, order, at, columns, A, net.n[0])
        gather(Y, order, at, columns, Y_block, net.n[net.L])
        forward(net, theta, Z, A, columns)
        summed_loss[0] += loss(net, Z + output, A + output, Y_block, dZ + output, columns)
        measure(net, A + output, Y_block, metric, columns)
        if gradient != NULL:
            backward(net, theta, Z, A, dZ, dA, A_transposed, gradient, False, columns)
        watch_for_signals(watch, net.parameters * columns)
        at += BLOCK
    return 0


cdef int run_epoch(const Architecture *net, real *theta, const Table *X, const Table *Y, const int64_t *order,
                   Py_ssize_t batch_size, double learning_rate, real *scratch, real *gradient, double *summed_loss,
                   double *metric, Watch *watch) except -1 nogil:
    """One epoch of mini-batch gradient descent: forward, loss, backward and descend for every batch."""
    cdef Py_ssize_t start, stop
    start = 0
    while start < X.m:
        stop = start + min(batch_size, X.m - start)
        memset(gradient, 0, net.parameters * sizeof(real))
        run_blocks(net, theta, X, Y, order, start, stop, scratch, gradient, summed_loss, metric, watch)
        descend(theta, gradient, <real>(learning_rate / (stop - start)), net.parameters)
        start = stop
    return 0


cdef int new_order(int64_t *order, Py_ssize_t m, uint64_t key, Watch *watch) except -1 nogil:
    """The order of one epoch, made in pieces between which signals are looked for."""
    cdef Py_ssize_t start = 0, stop
    while start < m:
        stop = min(start + WORK_BETWEEN_LOOKS, m)
        shuffle_piece(order, start, stop, key)
        watch_for_signals(watch, WORK_BETWEEN_LOOKS)
        start = stop
    return 0


cdef bint all_finite(const real *theta, Py_ssize_t parameters) noexcept nogil:
    cdef Py_ssize_t p
    for p in range(parameters):
        if not isfinite(theta[p]):
            return False
    return True


cdef int train(const Architecture *net, real *theta, const Table *X, const Table *Y, double[:, ::1] stats,
               Py_ssize_t batch_size, double learning_rate, uint64_t seed, uint64_t epoch, int64_t *order,
               double seconds, real *scratch, real *gradient) except -1 nogil:
    cdef Py_ssize_t e
    cdef Watch watch
    cdef double began = seconds_now(), before, now = began
    watch.looked = began
    watch.work = 0
    for e in range(stats.shape[0]):
        before = now
        if order != NULL:
            new_order(order, X.m, epoch_key(seed, epoch + e), &watch)
        run_epoch(net, theta, X, Y, order, batch_size, learning_rate, scratch, gradient, &stats[e, 1], &stats[e, 2],
                  &watch)
        now = seconds_now()
        stats[e, 0] = max(now - before, 0)
        if not (isfinite(stats[e, 1]) and all_finite(theta, net.parameters)) or now - began > seconds:
            break
    return 0


cdef int predict(const Architecture *net, const real *theta, const Table *X, real *outputs,
                 real *scratch) except -1 nogil:
    """Ŷ as the user holds it, one row an example."""
    cdef Py_ssize_t at, columns, i, c, K = net.n[net.L]
    cdef real *A = scratch
    cdef real *Z = A + net.units * BLOCK
    cdef real *Y_hat = A + net.first[net.L] * BLOCK
    cdef Watch watch
    watch.looked = seconds_now()
    watch.work = 0
    at = 0
    while at < X.m:
        columns = min(BLOCK, X.m - at)
        gather(X, NULL, at, columns, A, net.n[0])
        forward(net, theta, Z, A, columns)
        for c in range(columns):
            for i in range(K):
                outputs[(at + c)*K + i] = Y_hat[i*BLOCK + c]
        watch_for_signals(&watch, net.parameters * columns)
        at += BLOCK
    return 0


cdef void copy_columns(const real *block, real *matrix, Py_ssize_t units, Py_ssize_t m, Py_ssize_t start,
                       Py_ssize_t columns) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(units):
        memcpy(matrix + i*m + start, block + i*BLOCK, columns * sizeof(real))


cdef int examine(const Architecture *net, const real *theta, const Table *X, const Table *Y, void **Z_out,
                 void **A_out, void **dZ_out, void **dA_out, double *summed_loss, real *gradient,
                 real *scratch) except -1 nogil:
    """Forward and, where there is a Y, backward of all examples, with every array kept: (n[l], m) for every l."""
    cdef Py_ssize_t size = net.units * BLOCK, output = net.first[net.L] * BLOCK, at, columns, l, row
    cdef real *A = scratch
    cdef real *Z = A + size
    cdef real *dA = Z + size
    cdef real *dZ = dA + size
    cdef real *Y_block = dZ + size
    cdef real *A_transposed = Y_block + net.n[net.L] * BLOCK
    cdef Watch watch
    watch.looked = seconds_now()
    watch.work = 0
    at = 0
    while at < X.m:
        columns = min(BLOCK, X.m - at)
        gather(X, NULL, at, columns, A, net.n[0])
        forward(net, theta, Z, A, columns)
        if Y != NULL:
            gather(Y, NULL, at, columns, Y_block, net.n[net.L])
            summed_loss[0] += loss(net, Z + output, A + output, Y_block, dZ + output, columns)
            loss_derivative(net, A + output, Y_block, dA + output, columns)
            backward(net, theta, Z, A, dZ, dA, A_transposed, gradient, True, columns)
        for l in range(net.L + 1):
            row = net.first[l] * BLOCK
            if Y == NULL:
                copy_columns(A + row, <real *>A_out[l], net.n[l], X.m, at, columns)
                if l > 0:
                    copy_columns(Z + row, <real *>Z_out[l], net.n[l], X.m, at, columns)
            else:
                copy_columns(dA + row, <real *>dA_out[l], net.n[l], X.m, at, columns)
                if l > 0:
                    copy_columns(dZ + row, <real *>dZ_out[l], net.n[l], X.m, at, columns)
        watch_for_signals(&watch, net.parameters * columns)
        at += BLOCK
    return 0


cdef np.ndarray checked_parameters(object array, str name, Py_ssize_t parameters, object dtype, bint writable):
    if not isinstance(array, np.ndarray):
        raise TypeError(f"{name}: expected a numpy array, got {type(array).__name__}")
    cdef np.ndarray vector = array
    if vector.dtype != dtype or vector.ndim != 1 or np.PyArray_DIM(vector, 0) != parameters:
        raise ValueError(f"{name}: expected shape ({parameters},) and dtype {dtype}, "
                         f"got shape {array.shape} and dtype {vector.dtype}")
    if not np.PyArray_CHKFLAGS(vector, np.NPY_ARRAY_CARRAY if writable else np.NPY_ARRAY_CARRAY_RO):
        raise ValueError(f"{name}: expected a contiguous, aligned{', writable' if writable else ''} array")
    return vector


cdef Table checked_table(object array, str name, Py_ssize_t features, bint labels) except *:
    """An array of examples as the engine reads it; labels: an (m,) array holds class numbers, not one feature."""
    cdef Table table
    if not isinstance(array, np.ndarray):
        raise TypeError(f"{name}: expected a numpy array, got {type(array).__name__}")
    cdef np.ndarray rows = array
    cdef int number = np.PyArray_TYPE(rows)
    if number == np.NPY_FLOAT64:
        table.kind = FLOAT64
    elif number == np.NPY_FLOAT32:
        table.kind = FLOAT32
    elif number == np.NPY_INT64:
        table.kind = INT64
    else:
        raise TypeError(f"{name}: expected dtype float32, float64 or int64, got {rows.dtype}")
    if not np.PyArray_CHKFLAGS(rows, np.NPY_ARRAY_ALIGNED) or not np.PyArray_ISNOTSWAPPED(rows):
        raise ValueError(f"{name}: expected an aligned array in the machine's byte order")
    table.labels = labels and rows.ndim == 1
    if rows.ndim not in (1, 2) or (1 if rows.ndim == 1 else np.PyArray_DIM(rows, 1)) != (1 if table.labels else features):
        raise ValueError(f"{name}: expected shape (m, {features}), got {array.shape}")
    if table.labels and table.kind != INT64:
        raise TypeError(f"{name}: expected int64 class numbers, got {rows.dtype}")
    table.m = np.PyArray_DIM(rows, 0)
    if not 0 < table.m < <int64_t>1 << 32:
        raise ValueError(f"{name}: expected 1 to 2**32 - 1 examples, got {table.m}")
    table.features = features
    table.data = np.PyArray_BYTES(rows)
    table.row = np.PyArray_STRIDE(rows, 0)
    table.feature = np.PyArray_STRIDE(rows, 1) if rows.ndim == 2 else 0
    return table


cdef class Engine:
    """The compiled engine of one architecture: its parameters θ and its data come in with every call.

    Parameters
    ----------
    sizes : sequence of int
        n[0], n[1], …, n[L].
    activations : sequence of str
        g[1], …, g[L]: keys of ACTIVATIONS, softmax for the output layer only.
    loss : str
        A key of LOSSES.
    dtype : numpy.dtype
        float32 or float64, of θ and of every array that comes out.

    Notes
    -----
    X is (m, n[0]); Y is (m, n[L]), or (m,) where n[L] is 1 or Y holds class numbers.  Both may be float32, float64 or
    int64 with any strides, and are read where they lie.
    """
    cdef Architecture net
    cdef bint single
    cdef bint class_numbers
    cdef readonly object dtype

    def __cinit__(self, sizes, activations, loss, dtype):
        cdef Py_ssize_t l, units = 0, at = 0
        self.dtype = numpy.dtype(dtype)
        if self.dtype not in (numpy.dtype("float32"), numpy.dtype("float64")):
            raise ValueError(f"dtype: expected float32 or float64, got {self.dtype}")
        if len(sizes) < 2 or len(activations) != len(sizes) - 1 or min(sizes) < 1:
            raise ValueError(f"sizes, activations: expected two or more positive sizes and an activation for each but "
                             f"the first, got {sizes} and {activations}")
        self.single = self.dtype == numpy.dtype("float32")
        self.class_numbers = loss == "categorical_cross_entropy"
        self.net.L = len(activations)
        self.net.loss = LOSSES[loss]
        self.net.n = <Py_ssize_t *>calloc(4 * (self.net.L + 1), sizeof(Py_ssize_t))
        self.net.g = <int *>calloc(self.net.L + 1, sizeof(int))
        if self.net.n == NULL or self.net.g == NULL:
            raise MemoryError()
        self.net.first = self.net.n + self.net.L + 1
        self.net.W = self.net.first + self.net.L + 1
        self.net.b = self.net.W + self.net.L + 1
        for l in range(self.net.L + 1):
            self.net.n[l] = sizes[l]
            self.net.first[l] = units
            units += self.net.n[l]
            if l > 0:
                self.net.g[l] = ACTIVATIONS[activations[l - 1]]
                self.net.W[l] = at
                self.net.b[l] = at + self.net.n[l] * self.net.n[l - 1]
                at = self.net.b[l] + self.net.n[l]
        self.net.units = units
        self.net.parameters = at

    def __dealloc__(self):
        free(self.net.n)
        free(self.net.g)

    cdef void *scratch(self, bint gradient) except NULL:
        """Room for a block, and behind it for a gradient; the caller frees it."""
        cdef Py_ssize_t elements = scratch_elements(&self.net) + (self.net.parameters if gradient else 0)
        cdef void *memory = malloc(elements * (4 if self.single else 8))
        if memory == NULL:
            raise MemoryError()
        return memory

    cdef list layers(self, Py_ssize_t m, Py_ssize_t first, void **data):
        """New arrays (n[l], m) for l = first … L behind as many None, and where their elements are."""
        cdef Py_ssize_t l
        cdef list arrays = [None] * first
        for l in range(first, self.net.L + 1):
            arrays.append(numpy.empty((self.net.n[l], m), self.dtype))
            data[l] = np.PyArray_DATA(<np.ndarray>arrays[l])
        return arrays

    def forward(self, theta, X):
        """Z and A of every layer: two lists indexed by l, with Z[0] None and A[0] = Xᵀ; elements (n[l], m)."""
        return self._examine(theta, X, None)[:2]

    def backward(self, theta, X, Y):
        """The loss J (mean over the examples), dZ and dA of every layer (lists indexed by l), and ∇J, flat like θ."""
        return self._examine(theta, X, Y)[2:]

    def _examine(self, theta, X, Y):
        cdef Table inputs = checked_table(X, "X", self.net.n[0], False), targets
        cdef Table *wanted = NULL
        cdef np.ndarray parameters = checked_parameters(theta, "theta", self.net.parameters, self.dtype, False)
        cdef np.ndarray gradient = numpy.zeros(self.net.parameters, self.dtype)
        cdef double summed_loss = 0
        cdef Py_ssize_t width = self.net.L + 1
        cdef list Z = [], A = [], dZ = [], dA = []
        if Y is not None:
            targets = self._targets(Y, inputs.m)
            wanted = &targets
        cdef void **data = <void **>calloc(4 * width, sizeof(void *))
        cdef void *scratch = self.scratch(False)
        try:
            if Y is None:
                Z, A = self.layers(inputs.m, 1, data), self.layers(inputs.m, 0, data + width)
            else:
                dZ, dA = self.layers(inputs.m, 1, data + 2 * width), self.layers(inputs.m, 0, data + 3 * width)
            with nogil:
                if self.single:
                    examine[float](&self.net, <const float *>np.PyArray_DATA(parameters), &inputs, wanted, data,
                                   data + width, data + 2 * width, data + 3 * width, &summed_loss,
                                   <float *>np.PyArray_DATA(gradient), <float *>scratch)
                else:
                    examine[double](&self.net, <const double *>np.PyArray_DATA(parameters), &inputs, wanted, data,
                                    data + width, data + 2 * width, data + 3 * width, &summed_loss,
                                    <double *>np.PyArray_DATA(gradient), <double *>scratch)
        finally:
            free(scratch)
            free(data)
        gradient /= inputs.m
        return Z, A, summed_loss / inputs.m, dZ, dA, gradient

    cdef Table _targets(self, Y, Py_ssize_t m) except *:
        cdef Table targets = checked_table(Y, "Y", self.net.n[self.net.L], self.class_numbers)
        if targets.m != m:
            raise ValueError(f"Y: expected as many examples as X, {m}, got {targets.m}")
        return targets

    def predict(self, theta, X):
        """Ŷ, (m, n[L])."""
        cdef Table inputs = checked_table(X, "X", self.net.n[0], False)
        cdef np.ndarray parameters = checked_parameters(theta, "theta", self.net.parameters, self.dtype, False)
        cdef np.ndarray outputs = numpy.empty((inputs.m, self.net.n[self.net.L]), self.dtype)
        cdef void *scratch = self.scratch(False)
        try:
            with nogil:
                if self.single:
                    predict[float](&self.net, <const float *>np.PyArray_DATA(parameters), &inputs,
                                   <float *>np.PyArray_DATA(outputs), <float *>scratch)
                else:
                    predict[double](&self.net, <const double *>np.PyArray_DATA(parameters), &inputs,
                                    <double *>np.PyArray_DATA(outputs), <double *>scratch)
        finally:
            free(scratch)
        return outputs

    def evaluate(self, theta, X, Y):
        """The loss summed over the examples, and metric (n[L],): metric[0] counts the examples predicted rightly; of
        linear outputs, metric[i] is the sum of squared errors of unit i."""
        cdef Table inputs = checked_table(X, "X", self.net.n[0], False)
        cdef Table targets = self._targets(Y, inputs.m)
        cdef np.ndarray parameters = checked_parameters(theta, "theta", self.net.parameters, self.dtype, False)
        cdef double[::1] metric = numpy.zeros(self.net.n[self.net.L])
        cdef double summed_loss = 0
        cdef Watch watch
        watch.looked = seconds_now()
        watch.work = 0
        cdef void *scratch = self.scratch(False)
        try:
            with nogil:
                if self.single:
                    run_blocks[float](&self.net, <const float *>np.PyArray_DATA(parameters), &inputs, &targets, NULL,
                                      0, inputs.m, <float *>scratch, NULL, &summed_loss, &metric[0], &watch)
                else:
                    run_blocks[double](&self.net, <const double *>np.PyArray_DATA(parameters), &inputs, &targets, NULL,
                                       0, inputs.m, <double *>scratch, NULL, &summed_loss, &metric[0], &watch)
        finally:
            free(scratch)
        return summed_loss, numpy.asarray(metric)

    def descend(self, theta, gradient, double learning_rate):
        """θ ← θ − α·∇J, in place."""
        cdef np.ndarray parameters = checked_parameters(theta, "theta", self.net.parameters, self.dtype, True)
        cdef np.ndarray slope = checked_parameters(gradient, "gradient", self.net.parameters, self.dtype, False)
        if self.single:
            descend[float](<float *>np.PyArray_DATA(parameters), <const float *>np.PyArray_DATA(slope),
                           <float>learning_rate, self.net.parameters)
        else:
            descend[double](<double *>np.PyArray_DATA(parameters), <const double *>np.PyArray_DATA(slope),
                            learning_rate, self.net.parameters)

    def train(self, theta, X, Y, double[:, ::1] stats, *, Py_ssize_t batch_size, double learning_rate, uint64_t seed,
              uint64_t epoch, bint shuffle, double seconds=INFINITY):
        """Mini-batch gradient descent of θ in place, for as many epochs as stats has rows.

        Each epoch writes one row: its seconds, its summed loss, its metric as in evaluate.  The caller fills the first
        column with NaN and the others with 0 and so sees, also after Ctrl-C, how many epochs were completed.  It ends
        early after `seconds`, and after an epoch whose loss or θ is not finite.
        """
        cdef Table inputs = checked_table(X, "X", self.net.n[0], False)
        cdef Table targets = self._targets(Y, inputs.m)
        cdef np.ndarray parameters = checked_parameters(theta, "theta", self.net.parameters, self.dtype, True)
        if stats.shape[1] != 2 + self.net.n[self.net.L]:
            raise ValueError(f"stats: expected {2 + self.net.n[self.net.L]} columns, got {stats.shape[1]}")
        if batch_size < 1:
            raise ValueError(f"batch_size: expected a positive int, got {batch_size}")
        cdef void *scratch = self.scratch(True)
        cdef Py_ssize_t block = scratch_elements(&self.net)
        cdef int64_t *order = NULL
        try:
            if shuffle:
                order = <int64_t *>malloc(inputs.m * sizeof(int64_t))
                if order == NULL:
                    raise MemoryError()
            with nogil:
                if self.single:
                    train[float](&self.net, <float *>np.PyArray_DATA(parameters), &inputs, &targets, stats, batch_size,
                                 learning_rate, seed, epoch, order, seconds, <float *>scratch, <float *>scratch + block)
                else:
                    train[double](&self.net, <double *>np.PyArray_DATA(parameters), &inputs, &targets, stats,
                                  batch_size, learning_rate, seed, epoch, order, seconds, <double *>scratch,
                                  <double *>scratch + block)
        finally:
            free(scratch)
            free(order)

"""The door to the engine: Engine checks Python's arrays, releases the GIL, and runs the pointer functions of loop.pyx."""
import numpy

cimport numpy as np
from libc.math cimport INFINITY
from libc.stdint cimport int64_t, uint64_t
from libc.stdlib cimport calloc, free

from .architecture cimport Architecture, is_large
from .batches cimport Batch, Rows
from .checks cimport check_array, checked_parameters, checked_rows, checked_weights, code_of
from .descent cimport Optimizer, descend
from .loop cimport WORK_OF_AN_EXAMPLE, Fit, examine, predict, train
from .threads cimport blocks_in_memory, forward_elements, most_shares, parts_of, run_batch, scratch_elements, threads_for
from .signals cimport Watch, new_watch

from .activations import ACTIVATIONS
from .descent import OPTIMIZERS
from .loss import LOSSES
from .threads import OPENMP

np.import_array()

cdef enum:
    CACHE_LINE = 64         # bytes, and the widest vector


# Zeroed memory for one call, `size` bytes from aligned(memory) on: products of arbitrary numbers can be slow.
cdef np.ndarray new_memory(Py_ssize_t size):
    cdef np.npy_intp length = size + CACHE_LINE
    return np.PyArray_ZEROS(1, &length, np.NPY_UINT8, 0)


cdef void *aligned(np.ndarray memory):
    return <void *>((<size_t>np.PyArray_DATA(memory) + CACHE_LINE - 1) // CACHE_LINE * CACHE_LINE)


cdef class Workspace:
    """The memory in which a batch is computed: a block for every thread, and the partial sums of every share."""
    cdef np.ndarray memory
    cdef void *scratch
    cdef void *gradient
    cdef double *share_sums

    def __cinit__(self, Engine engine, Py_ssize_t examples, int threads, bint gradient):
        cdef Py_ssize_t size = 4 if engine.single else 8, shares = most_shares(&engine.net, examples)
        cdef Py_ssize_t blocks = blocks_in_memory(&engine.net, threads) * scratch_elements(&engine.net) * size
        cdef Py_ssize_t partial_sums = 1 if is_large(&engine.net) else shares
        cdef Py_ssize_t sums = shares * (1 + engine.net.n[engine.net.L]) * sizeof(double)
        self.memory = new_memory(blocks + sums + (partial_sums * engine.net.parameters * size if gradient else 0))
        self.scratch = aligned(self.memory)
        self.share_sums = <double *>(<char *>self.scratch + blocks)
        self.gradient = <char *>self.share_sums + sums


cdef class Engine:
    """The compiled engine of one architecture; the parameters θ and the data are arguments of every call.

    Parameters
    ----------
    sizes : sequence of int
        n[0], n[1], …, n[L].
    activations : sequence of str
        g[1], …, g[L]: keys of ACTIVATIONS, softmax for the output layer only.
    loss : str
        A key of LOSSES.
    dtype : numpy.dtype
        float32 or float64: of θ, and of every array that is returned.
    dropout : sequence of float, optional
        The probability that a unit of layer l = 1 … L is dropped in training.

    Notes
    -----
    X is (m, n[0]); Y is (m, n[L]), or (m,) where n[L] is 1 or Y holds class numbers; weights are (m,).  All may be
    float32, float64 or integers (but uint64) with any strides, and are read where they lie.
    """
    cdef Architecture net
    cdef bint single
    cdef bint class_numbers
    cdef bint drops
    cdef readonly object dtype

    def __cinit__(self, sizes, activations, loss, dtype, dropout=None):
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
        self.net.loss = code_of(loss, "loss", LOSSES)
        self.net.n = <Py_ssize_t *>calloc(4 * (self.net.L + 1), sizeof(Py_ssize_t))
        self.net.g = <int *>calloc(self.net.L + 1, sizeof(int))
        self.net.dropout = <double *>calloc(self.net.L + 1, sizeof(double))
        if self.net.n == NULL or self.net.g == NULL or self.net.dropout == NULL:
            raise MemoryError()
        self.net.first = self.net.n + self.net.L + 1
        self.net.W = self.net.first + self.net.L + 1
        self.net.b = self.net.W + self.net.L + 1
        for l in range(self.net.L + 1):
            self.net.n[l] = sizes[l]
            self.net.first[l] = units
            units += self.net.n[l]
            if l > 0:
                self.net.g[l] = code_of(activations[l - 1], "activations", ACTIVATIONS)
                self.net.dropout[l] = 0 if dropout is None else dropout[l - 1]
                self.drops = self.drops or self.net.dropout[l] > 0
                self.net.W[l] = at
                self.net.b[l] = at + self.net.n[l] * self.net.n[l - 1]
                at = self.net.b[l] + self.net.n[l]
        self.net.units = units
        self.net.parameters = at

    def __dealloc__(self):
        free(self.net.n)
        free(self.net.g)
        free(self.net.dropout)

    cdef list layers(self, Py_ssize_t m, Py_ssize_t first, void **data):
        """New arrays (n[l], m) for l = first … L, with None before them; data[l] points to their elements."""
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
        cdef Rows inputs = checked_rows(X, "X", self.net.n[0], False), targets
        cdef Rows *wanted = NULL
        cdef np.ndarray parameters = checked_parameters(theta, "theta", self.net.parameters, self.dtype, False)
        cdef np.ndarray gradient = numpy.zeros(self.net.parameters, self.dtype)
        cdef np.ndarray sums = numpy.zeros(1 + self.net.n[self.net.L])
        cdef Py_ssize_t width = self.net.L + 1
        cdef np.ndarray pointers = numpy.zeros(4 * width, numpy.uintp)
        cdef np.ndarray memory = new_memory(scratch_elements(&self.net) * self.dtype.itemsize)
        cdef void *scratch = aligned(memory)
        cdef void **data = <void **>np.PyArray_DATA(pointers)
        cdef list Z = [], A = [], dZ = [], dA = []
        if Y is not None:
            targets = self._targets(Y, inputs.m)
            wanted = &targets
            dZ, dA = self.layers(inputs.m, 1, data + 2 * width), self.layers(inputs.m, 0, data + 3 * width)
        else:
            Z, A = self.layers(inputs.m, 1, data), self.layers(inputs.m, 0, data + width)
        with nogil:
            if self.single:
                examine[float](&self.net, <const float *>np.PyArray_DATA(parameters), &inputs, wanted, data,
                               data + width, data + 2 * width, data + 3 * width, <double *>np.PyArray_DATA(sums),
                               <float *>np.PyArray_DATA(gradient), <float *>scratch)
            else:
                examine[double](&self.net, <const double *>np.PyArray_DATA(parameters), &inputs, wanted, data,
                                data + width, data + 2 * width, data + 3 * width, <double *>np.PyArray_DATA(sums),
                                <double *>np.PyArray_DATA(gradient), <double *>scratch)
        gradient /= inputs.m
        return Z, A, float(sums[0]) / inputs.m, dZ, dA, gradient

    cdef Rows _targets(self, Y, Py_ssize_t m) except *:
        cdef Rows targets = checked_rows(Y, "Y", self.net.n[self.net.L], self.class_numbers)
        if targets.m != m:
            raise ValueError(f"Y: expected as many examples as X, {m}, got {targets.m}")
        return targets

    def predict(self, theta, X, *, int n_threads=0):
        """Ŷ, (m, n[L]).  ValueError if a feature is not finite in this dtype."""
        cdef Rows inputs = checked_rows(X, "X", self.net.n[0], False)
        cdef np.ndarray parameters = checked_parameters(theta, "theta", self.net.parameters, self.dtype, False)
        cdef np.npy_intp[2] shape
        shape[0], shape[1] = inputs.m, self.net.n[self.net.L]
        cdef np.ndarray outputs = np.PyArray_EMPTY(2, shape, np.NPY_FLOAT32 if self.single else np.NPY_FLOAT64, 0)
        cdef int threads = threads_for(n_threads, <double>inputs.m * (self.net.parameters + WORK_OF_AN_EXAMPLE), inputs.m)
        cdef np.ndarray memory = new_memory(threads * forward_elements(&self.net, inputs.m) * (4 if self.single else 8))
        cdef void *scratch = aligned(memory)
        cdef bint finite
        with nogil:
            if self.single:
                finite = predict[float](&self.net, <const float *>np.PyArray_DATA(parameters), &inputs, threads,
                                        <float *>np.PyArray_DATA(outputs), <float *>scratch)
            else:
                finite = predict[double](&self.net, <const double *>np.PyArray_DATA(parameters), &inputs, threads,
                                         <double *>np.PyArray_DATA(outputs), <double *>scratch)
        if not finite:
            raise ValueError(f"X: expected finite numbers that {self.dtype} can hold")
        return outputs

    def evaluate(self, theta, X, Y, weights=None, *, int n_threads=0):
        """The loss summed over the examples, and metric (n[L],): metric[0] counts the examples predicted rightly;
        for linear outputs, metric[i] is the sum of squared errors of unit i.  Each example counts with its weight."""
        cdef Rows inputs = checked_rows(X, "X", self.net.n[0], False)
        cdef Rows targets = self._targets(Y, inputs.m)
        cdef Rows weight_rows
        cdef np.ndarray parameters = checked_parameters(theta, "theta", self.net.parameters, self.dtype, False)
        cdef np.ndarray sums = numpy.zeros(1 + self.net.n[self.net.L])
        cdef int threads = threads_for(n_threads, <double>inputs.m * self.net.parameters, parts_of(&self.net, inputs.m))
        cdef Workspace workspace = Workspace(self, inputs.m, threads, False)
        cdef Watch watch = new_watch()
        cdef Batch batch = Batch(&inputs, &targets, NULL, NULL, 0, inputs.m, False, 0)
        if weights is not None:
            weight_rows = checked_weights(weights, inputs.m)
            batch.weights = &weight_rows
        with nogil:
            if self.single:
                run_batch[float](&self.net, <const float *>np.PyArray_DATA(parameters), &batch, threads,
                                 <float *>workspace.scratch, NULL, <double *>np.PyArray_DATA(sums), workspace.share_sums,
                                 &watch)
            else:
                run_batch[double](&self.net, <const double *>np.PyArray_DATA(parameters), &batch, threads,
                                  <double *>workspace.scratch, NULL, <double *>np.PyArray_DATA(sums), workspace.share_sums,
                                  &watch)
        return float(sums[0]), sums[1:]

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

    def train(self, theta, X, Y, np.ndarray stats, weights=None, *, Py_ssize_t batch_size, np.ndarray learning_rates,
              np.ndarray counts, uint64_t seed, uint64_t epoch, bint shuffle, str rule="sgd", coefficients=(0, 0, 0, 0),
              np.ndarray state=None, double l1=0, double l2=0, double clip_norm=0, np.ndarray trace=None,
              double seconds=INFINITY, int n_threads=0):
        """Mini-batch gradient descent of θ in place, for as many epochs as stats has rows.

        Each epoch writes one row: its seconds, its summed loss, and its metric as in evaluate, but unweighted.  The caller
        fills the first column with NaN and the others with 0, and so sees how many epochs were completed, also after Ctrl-C.
        The fit ends early after `seconds`, and after an epoch whose loss or θ is not finite.  learning_rates has one for
        each epoch; counts (2,) counts the steps of the network and of the optimiser.  rule is a key of OPTIMIZERS,
        coefficients are its β₁, β₂, ε and λ (see descent.pyx), state (vectors, P) is what it keeps between steps.  trace
        (epochs, P) receives θ after each epoch.  n_threads = 0: as many as the work of a batch pays for.
        """
        cdef Rows inputs = checked_rows(X, "X", self.net.n[0], False)
        cdef Rows targets = self._targets(Y, inputs.m)
        cdef Rows weight_rows
        cdef np.ndarray parameters = checked_parameters(theta, "theta", self.net.parameters, self.dtype, True)
        cdef int type_number = np.PyArray_TYPE(parameters)
        cdef Batch batch = Batch(&inputs, &targets, NULL, NULL, 0, 0, self.drops, 0)
        cdef Py_ssize_t epochs = stats.shape[0] if stats.ndim else 0, P = self.net.parameters
        cdef Optimizer optimizer
        if weights is not None:
            weight_rows = checked_weights(weights, inputs.m)
            batch.weights = &weight_rows
        optimizer.rule, optimizer.vectors = code_of(rule, "rule", OPTIMIZERS)
        optimizer.beta1, optimizer.beta2, optimizer.epsilon, optimizer.decay = coefficients
        optimizer.l1, optimizer.l2, optimizer.clip_norm = l1, l2, clip_norm
        if state is None:
            state = numpy.empty((0, P), self.dtype)
        check_array(stats, "stats", np.NPY_FLOAT64, (epochs, 2 + self.net.n[self.net.L]))
        check_array(learning_rates, "learning_rates", np.NPY_FLOAT64, (epochs,))
        check_array(counts, "counts", np.NPY_INT64, (2,))
        if optimizer.vectors:
            check_array(state, "state", type_number, (optimizer.vectors, P))
        if trace is not None:
            check_array(trace, "trace", type_number, (epochs, P))
        if batch_size < 1:
            raise ValueError(f"batch_size: expected a positive int, got {batch_size}")
        batch_size = min(batch_size, inputs.m)
        cdef int threads = threads_for(n_threads, <double>batch_size * P, parts_of(&self.net, batch_size))
        cdef Workspace workspace = Workspace(self, batch_size, threads, True)
        cdef np.ndarray order = numpy.empty(inputs.m if shuffle else 0, numpy.int64)
        cdef int64_t *indices = <int64_t *>np.PyArray_DATA(order) if shuffle else NULL
        cdef Fit fit = Fit(epochs, batch_size, <const double *>np.PyArray_DATA(learning_rates), seed, epoch, indices,
                           <int64_t *>np.PyArray_DATA(counts), <double *>np.PyArray_DATA(stats), seconds, threads)
        cdef void *kept = np.PyArray_DATA(state)
        cdef void *traced = NULL if trace is None else np.PyArray_DATA(trace)
        with nogil:
            if self.single:
                train[float](&self.net, &fit, &batch, &optimizer, <float *>np.PyArray_DATA(parameters), <float *>kept,
                             <float *>traced, <float *>workspace.scratch, <float *>workspace.gradient, workspace.share_sums)
            else:
                train[double](&self.net, &fit, &batch, &optimizer, <double *>np.PyArray_DATA(parameters), <double *>kept,
                              <double *>traced, <double *>workspace.scratch, <double *>workspace.gradient,
                              workspace.share_sums)

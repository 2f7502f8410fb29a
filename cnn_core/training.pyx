"""The door to the engine, and its loop over blocks, batches and epochs.

Python arrays come in here and nowhere else: Engine checks shapes, dtypes and layout, releases the GIL, and runs the
pointer functions of forward.pyx, loss.pyx, backward.pyx and descent.pyx over one block of columns after another.
"""
import os

import numpy

cimport numpy as np
from cpython.exc cimport PyErr_CheckSignals
from cython.parallel cimport prange, threadid
from libc.math cimport INFINITY, isfinite, sqrt
from libc.stdint cimport int64_t, uint64_t
from libc.stdlib cimport calloc, free
from libc.string cimport memcpy, memset

from .activations cimport (ELU, GELU, LEAKY_RELU, LINEAR, RELU, SELU, SIGMOID, SILU, SOFTMAX, SOFTPLUS, TANH)
from .architecture cimport BLOCK, Architecture, real
from .backward cimport backward
from .batches cimport FLOAT32, FLOAT64, INT64, Table, gather, key_of, shuffle as shuffle_piece
from .descent cimport (ADAGRAD, ADAM, ADAMAX, ADAMW, MOMENTUM, NESTEROV, RMSPROP, SGD, Optimizer, descend, penalise,
                      squared_norm, update)
from .dropout cimport Draw
from .forward cimport forward
from .loss cimport (BINARY_CROSS_ENTROPY, CATEGORICAL_CROSS_ENTROPY, HUBER, MEAN_ABSOLUTE_ERROR, MEAN_SQUARED_ERROR, loss,
                   loss_derivative, measure)
from .tiles cimport NARROW, WIDE

np.import_array()

cdef extern from *:
    """
    #ifdef _OPENMP
    #include <omp.h>
    #define PYNN_OPENMP 1
    #else
    #define PYNN_OPENMP 0
    #define omp_get_max_threads() 1
    #endif
    """
    bint PYNN_OPENMP
    int omp_get_max_threads() noexcept nogil

cdef extern from "<time.h>" nogil:
    ctypedef long time_t
    cdef struct timespec:
        time_t tv_sec
        long tv_nsec
    enum: TIME_UTC
    int timespec_get(timespec *ts, int base)

ACTIVATIONS = {"linear": LINEAR, "sigmoid": SIGMOID, "tanh": TANH, "relu": RELU, "leaky_relu": LEAKY_RELU,
               "elu": ELU, "selu": SELU, "gelu": GELU, "silu": SILU, "softplus": SOFTPLUS, "softmax": SOFTMAX}
LOSSES = {"binary_cross_entropy": BINARY_CROSS_ENTROPY, "categorical_cross_entropy": CATEGORICAL_CROSS_ENTROPY,
          "mean_squared_error": MEAN_SQUARED_ERROR, "mean_absolute_error": MEAN_ABSOLUTE_ERROR, "huber": HUBER}
# A rule of descent.pyx, and how many vectors like θ it keeps between steps: m and v, or v alone where m is not used.
OPTIMIZERS = {"sgd": (SGD, 0), "momentum": (MOMENTUM, 1), "nesterov": (NESTEROV, 1), "rmsprop": (RMSPROP, 1),
              "adagrad": (ADAGRAD, 1), "adam": (ADAM, 2), "adamw": (ADAMW, 2), "adamax": (ADAMAX, 2)}
OPENMP = bool(PYNN_OPENMP)

cdef enum:
    CACHE_LINE = 64                 # bytes, and the widest vector
    SHARES = 16                     # partial sums of a batch, where they are small
    SMALL_GRADIENT = 1 << 19        # elements; of larger ones two partial sums are room enough
    PIECE = 1 << 10                 # parameters whose partial sums are added up together
    WORK_BETWEEN_LOOKS = 1 << 18    # multiply-adds after which the clock is worth reading
    WORK_OF_A_SHARE = 1 << 21       # multiply-adds of a share at most, between two looks for signals
    WORK_OF_A_THREAD = 1 << 20      # multiply-adds for which a thread is worth waking
    WORK_OF_AN_EXAMPLE = 64         # of fetching it, in multiply-adds

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


cdef Watch new_watch() noexcept nogil:
    cdef Watch watch
    watch.looked = seconds_now()
    watch.work = 0
    return watch


# How a batch is split into partial sums: a function of the shapes alone, so that the number of threads changes no bit.
# Blocks go to the shares in turn, `blocks` at a time; every share sums the gradient of its blocks by itself.
cdef struct Split:
    Py_ssize_t shares
    Py_ssize_t blocks


# The most shares that so many examples or fewer are split into; fewer examples may have more shares than they.
cdef Py_ssize_t most_shares(const Architecture *net, Py_ssize_t examples) noexcept nogil:
    return min((examples + BLOCK - 1) // BLOCK, SHARES if net.parameters < SMALL_GRADIENT else 2)


cdef Split split_of(const Architecture *net, Py_ssize_t examples) noexcept nogil:
    cdef Py_ssize_t blocks = (examples + BLOCK - 1) // BLOCK, most = most_shares(net, examples)
    cdef Split split
    split.blocks = (blocks + most - 1) // most
    split.blocks = max(1, min(split.blocks, WORK_OF_A_SHARE // (net.parameters * BLOCK)))
    split.shares = min(most, (blocks + split.blocks - 1) // split.blocks)
    return split


# Threads for so many multiply-adds in so many independent parts; wanted = 0 leaves the choice to the work.
cdef int threads_for(int wanted, double work, Py_ssize_t parts) noexcept nogil:
    cdef int most = 1 if forked else omp_get_max_threads()
    if wanted == 0:
        wanted = <int>min(work / WORK_OF_A_THREAD, 1024)
    return <int>max(1, min(min(wanted, most), parts))


cdef struct Batch:          # examples start … stop−1 of an order, as they lie where order is NULL
    const Table *X
    const Table *Y
    const Table *weights    # of the examples, one column; NULL where all count alike
    const int64_t *order
    Py_ssize_t start
    Py_ssize_t stop
    bint drops              # whether dropout is on, and the key of its draws
    uint64_t key


# The arrays of a block, one behind the other: A, Z, dA, dZ (net.units rows each), Y (n[L] rows), backward's panel, and weights.
cdef Py_ssize_t scratch_elements(const Architecture *net) noexcept nogil:
    return (4*net.units + net.n[net.L] + WIDE(4) + 1) * BLOCK


cdef inline Py_ssize_t padded(Py_ssize_t examples, Py_ssize_t narrow) noexcept nogil:
    return (examples + narrow - 1) // narrow * narrow


cdef double run_block(const Architecture *net, const real *theta, const Batch *batch, Py_ssize_t start, Py_ssize_t examples,
                      real *scratch, real *gradient, bint add, bint inputs_too, double *metric) noexcept nogil:
    """Forward, loss and, unless gradient is NULL, backward of one block; returns its summed loss, adds to metric."""
    cdef Py_ssize_t columns = padded(examples, NARROW(sizeof(real)))
    cdef Py_ssize_t size = net.units * columns, output = net.first[net.L] * columns
    cdef real *A = scratch
    cdef real *Z = A + size
    cdef real *dA = Z + size
    cdef real *dZ = dA + size
    cdef real *Y = dZ + size
    cdef real *panel = Y + net.n[net.L] * columns
    cdef real *weights = NULL
    cdef Draw draw = Draw(batch.key, start - batch.start)
    cdef double summed_loss
    gather(batch.X, batch.order, start, examples, A, net.n[0], columns)
    gather(batch.Y, batch.order, start, examples, Y, net.n[net.L], columns)
    if batch.weights != NULL:
        weights = panel + WIDE(sizeof(real)) * BLOCK
        gather(batch.weights, batch.order, start, examples, weights, 1, columns)
    forward(net, theta, Z, A, &draw if batch.drops else NULL, columns)
    summed_loss = loss(net, Z + output, A + output, Y, weights, dZ + output, examples, columns)
    # in training the metric counts every example alike, as in Keras
    measure(net, A + output, Y, weights if gradient == NULL else <real *>NULL, metric, examples, columns)
    if inputs_too:
        loss_derivative(net, A + output, Y, dA + output, columns)
    if gradient != NULL:
        backward(net, theta, Z, A, dZ, dA, panel, gradient, &draw if batch.drops else NULL, add, inputs_too, columns)
    return summed_loss


cdef void run_share(const Architecture *net, const real *theta, const Batch *batch, Py_ssize_t start, Py_ssize_t stop,
                    real *scratch, real *gradient, bint add, double *sums) noexcept nogil:
    """The blocks of examples start … stop−1 of a batch's order, added to sums: the loss, and behind it the metric."""
    stop = min(stop, batch.stop)
    while start < stop:
        sums[0] += run_block(net, theta, batch, start, min(BLOCK, stop - start), scratch, gradient, add, False, sums + 1)
        add = True
        start += BLOCK


cdef Py_ssize_t run_batch(const Architecture *net, const real *theta, const Batch *batch, int n_threads, real *scratch,
                          real *gradient, double *sums, double *share_sums, Watch *watch) except -1 nogil:
    """Forward, loss and, unless gradient is NULL, backward of a batch, block by block.

    gradient becomes ∇J without the 1/m, as the partial sums of which the number is returned; the loss and the metric are
    added to sums.  gradient and share_sums have room for the partial sums of every share, scratch for a block of every
    thread.
    """
    cdef Py_ssize_t examples = batch.stop - batch.start, start = batch.start
    cdef Split split = split_of(net, examples)
    cdef Py_ssize_t span = split.blocks * BLOCK, rest = (net.parameters if gradient != NULL else 0)
    cdef Py_ssize_t width = 1 + net.n[net.L], room = scratch_elements(net), share, p
    cdef bint add = False, one_sum
    if split.shares == 1:
        while start < batch.stop:
            run_share(net, theta, batch, start, start + span, scratch, gradient, add, sums)
            watch_for_signals(watch, net.parameters * span)
            start += span
            add = True
        return 1
    n_threads = threads_for(n_threads, <double>net.parameters * examples, split.shares)
    memset(share_sums, 0, split.shares * width * sizeof(double))
    # where every share is one block, a lone thread adds each to those before it at once, in the order of step_part
    one_sum = n_threads == 1 and split.blocks == 1 and examples <= split.shares * BLOCK
    while start < batch.stop:
        if n_threads == 1:
            for share in range(split.shares):
                run_share(net, theta, batch, start + share*span, start + (share + 1)*span, scratch,
                          gradient if one_sum else gradient + share*rest, add or (one_sum and share > 0),
                          share_sums + share*width)
                watch_for_signals(watch, net.parameters * span)
        else:
            for share in prange(split.shares, num_threads=n_threads, schedule="dynamic", chunksize=1):
                run_share(net, theta, batch, start + share*span, start + (share + 1)*span, scratch + threadid()*room,
                          gradient + share*rest, add, share_sums + share*width)
            watch_for_signals(watch, net.parameters * span * split.shares)
        start += span * split.shares
        add = True
    for share in range(split.shares):
        for p in range(width):
            sums[p] += share_sums[share*width + p]
    return 1 if one_sum else split.shares


# The partial sums of ∇J are added up, penalised, clipped and handed to the optimiser, by every thread for its part of θ.
# IN t (the number of the step, from 1)   IN/OUT theta, gradient, state (what the optimiser keeps: m, then v)
cdef void step(const Architecture *net, const Optimizer *optimizer, double t, real *theta, real *gradient,
               Py_ssize_t shares, Py_ssize_t examples, real *state, int n_threads) noexcept nogil:
    cdef double scale = 1 / <double>examples, norm
    cdef Py_ssize_t length, part, share, p
    if optimizer.l1 != 0 or optimizer.l2 != 0 or optimizer.clip_norm > 0:       # what needs the whole sum
        for share in range(1, shares):
            for p in range(net.parameters):
                gradient[p] += gradient[share*net.parameters + p]
        shares = 1
        penalise(net, theta, gradient, <real>(examples * optimizer.l1), <real>(examples * optimizer.l2))
    if optimizer.clip_norm > 0:
        norm = scale * sqrt(squared_norm(gradient, net.parameters))
        if norm > optimizer.clip_norm:
            scale *= optimizer.clip_norm / norm
    n_threads = threads_for(n_threads, 0, net.parameters // PIECE) if shares > 1 else 1
    length = (net.parameters + n_threads - 1) // n_threads
    if n_threads == 1:
        step_part(optimizer, t, theta, gradient, shares, <real>scale, state, net.parameters, 0, net.parameters)
    else:
        for part in prange(n_threads, num_threads=n_threads, schedule="static"):
            step_part(optimizer, t, theta, gradient, shares, <real>scale, state, net.parameters,
                      min(part*length, net.parameters), min((part + 1)*length, net.parameters))


cdef void step_part(const Optimizer *optimizer, double t, real *theta, const real *gradient, Py_ssize_t shares, real scale,
                    real *state, Py_ssize_t parameters, Py_ssize_t start, Py_ssize_t stop) noexcept nogil:
    cdef real[PIECE] total
    cdef real *second = state + (parameters if optimizer.rule >= ADAM else 0)
    cdef Py_ssize_t count, share, p
    if shares == 1:
        update(optimizer, t, theta + start, gradient + start, scale, state + start, second + start, stop - start)
        return
    while start < stop:
        count = min(PIECE, stop - start)
        for p in range(count):
            total[p] = gradient[start + p] + gradient[parameters + start + p]
        for share in range(2, shares):
            for p in range(count):
                total[p] += gradient[share*parameters + start + p]
        update(optimizer, t, theta + start, total, scale, state + start, second + start, count)
        start += count


cdef int new_order(int64_t *order, Py_ssize_t m, uint64_t key, Watch *watch) except -1 nogil:
    """The order of one epoch, made in pieces between which signals are looked for."""
    cdef Py_ssize_t start = 0, stop
    while start < m:
        stop = min(start + WORK_BETWEEN_LOOKS, m)
        shuffle_piece(order, start, stop, key)
        watch_for_signals(watch, WORK_BETWEEN_LOOKS)
        start = stop
    return 0


cdef bint all_finite(const real *values, Py_ssize_t count) noexcept nogil:
    cdef Py_ssize_t p
    cdef int wrong = 0
    for p in range(count):
        wrong |= not (values[p] - values[p] == 0)
    return not wrong


cdef int train(const Architecture *net, real *theta, Batch *batch, double *stats, const double *learning_rates,
               Py_ssize_t epochs, Py_ssize_t batch_size, Optimizer *optimizer, real *state, int64_t *counts, uint64_t seed,
               uint64_t epoch, int64_t *order, double seconds, int n_threads, real *scratch, real *gradient,
               double *share_sums, real *trace) except -1 nogil:
    """Epochs of mini-batch gradient descent: forward, loss, backward and a step for every batch."""
    cdef Py_ssize_t e, width = 2 + net.n[net.L], shares, m = batch.X.m
    cdef Watch watch = new_watch()
    cdef double began = watch.looked, before, now = began
    batch.order = order
    for e in range(epochs):
        before = now
        optimizer.alpha = learning_rates[e]
        if order != NULL:
            new_order(order, m, key_of(seed, epoch + e), &watch)
        batch.start = 0
        while batch.start < m:
            batch.stop = batch.start + min(batch_size, m - batch.start)
            batch.key = key_of(seed, ~<uint64_t>counts[0])
            shares = run_batch(net, theta, batch, n_threads, scratch, gradient, stats + e*width + 1, share_sums, &watch)
            counts[0] += 1
            counts[1] += 1
            step(net, optimizer, counts[1], theta, gradient, shares, batch.stop - batch.start, state, n_threads)
            batch.start = batch.stop
        if trace != NULL:
            memcpy(trace + e*net.parameters, theta, net.parameters * sizeof(real))
        now = seconds_now()
        stats[e*width] = max(now - before, 0)
        if not (isfinite(stats[e*width + 1]) and all_finite(theta, net.parameters)) or now - began > seconds:
            break
    return 0


# Ŷ of examples start … stop−1 as the user holds it, one row an example; returns whether their features are all finite.
cdef bint predict_piece(const Architecture *net, const real *theta, const Table *X, Py_ssize_t start, Py_ssize_t stop,
                        real *outputs, real *scratch) noexcept nogil:
    cdef Py_ssize_t examples, columns, i, c, K = net.n[net.L]
    cdef real *A = scratch
    cdef real *Y_hat
    cdef bint finite = True
    while start < stop:
        examples = min(BLOCK, stop - start)
        columns = padded(examples, NARROW(sizeof(real)))
        gather(X, NULL, start, examples, A, net.n[0], columns)
        finite = finite and all_finite(A, net.n[0] * columns)
        forward(net, theta, A + net.units*columns, A, NULL, columns)
        Y_hat = A + net.first[net.L] * columns
        for i in range(K):
            for c in range(examples):
                outputs[(start + c)*K + i] = Y_hat[i*columns + c]
        start += BLOCK
    return finite


cdef int predict(const Architecture *net, const real *theta, const Table *X, int n_threads, real *outputs,
                 real *scratch) except -1 nogil:
    """Ŷ of all examples; returns 1, or 0 where a feature was not finite."""
    cdef Py_ssize_t work = net.parameters + WORK_OF_AN_EXAMPLE, room = scratch_elements(net)
    cdef Py_ssize_t span = max(BLOCK, WORK_BETWEEN_LOOKS // (work * BLOCK) * BLOCK), start = 0, part
    cdef int wrong = 0
    cdef Watch watch = new_watch()
    while start < X.m:
        if n_threads == 1 or X.m - start <= span:
            wrong |= not predict_piece(net, theta, X, start, min(start + span, X.m), outputs, scratch)
            start += span
        else:
            for part in prange(n_threads, num_threads=n_threads, schedule="static"):
                wrong |= not predict_piece(net, theta, X, min(start + part*span, X.m),
                                           min(start + (part + 1)*span, X.m), outputs, scratch + threadid()*room)
            start += n_threads * span
        watch_for_signals(&watch, WORK_BETWEEN_LOOKS)
    return not wrong


cdef void copy_columns(const real *block, real *matrix, Py_ssize_t units, Py_ssize_t m, Py_ssize_t start,
                       Py_ssize_t examples, Py_ssize_t columns) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(units):
        memcpy(matrix + i*m + start, block + i*columns, examples * sizeof(real))


cdef int examine(const Architecture *net, const real *theta, const Table *X, const Table *Y, void **Z_out,
                 void **A_out, void **dZ_out, void **dA_out, double *sums, real *gradient,
                 real *scratch) except -1 nogil:
    """Forward and, where there is a Y, backward of all examples, with every array kept: (n[l], m) for every l."""
    cdef Py_ssize_t start = 0, examples, columns, size, l, row
    cdef real *A = scratch
    cdef Batch batch = Batch(X, Y, NULL, NULL, 0, X.m, False, 0)
    cdef Watch watch = new_watch()
    while start < X.m:
        examples = min(BLOCK, X.m - start)
        columns = padded(examples, NARROW(sizeof(real)))
        size = net.units * columns
        if Y != NULL:
            sums[0] += run_block(net, theta, &batch, start, examples, scratch, gradient, start > 0, True, sums + 1)
        else:
            gather(X, NULL, start, examples, A, net.n[0], columns)
            forward(net, theta, A + size, A, NULL, columns)
        for l in range(net.L + 1):
            row = net.first[l] * columns
            if Y == NULL:
                copy_columns(A + row, <real *>A_out[l], net.n[l], X.m, start, examples, columns)
                if l > 0:
                    copy_columns(A + size + row, <real *>Z_out[l], net.n[l], X.m, start, examples, columns)
            else:
                copy_columns(A + 2*size + row, <real *>dA_out[l], net.n[l], X.m, start, examples, columns)
                if l > 0:
                    copy_columns(A + 3*size + row, <real *>dZ_out[l], net.n[l], X.m, start, examples, columns)
        watch_for_signals(&watch, net.parameters * BLOCK)
        start += BLOCK
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


cdef Table checked_weights(object array, Py_ssize_t m) except *:
    cdef Table table = checked_table(array, "weights", 1, False)
    if table.m != m:
        raise ValueError(f"weights: expected as many as X has examples, {m}, got {table.m}")
    return table


cdef int check_array(np.ndarray array, str name, int number, tuple shape) except -1:
    """What the engine writes to, or keeps: a writable C-contiguous array of this type and shape."""
    if array is None or (<object>array).shape != shape or np.PyArray_TYPE(array) != number or not np.PyArray_ISCARRAY(array):
        raise ValueError(f"{name}: expected a writable C-contiguous {np.PyArray_DescrFromType(number)} array of shape "
                         f"{shape}, got {'None' if array is None else f'{(<object>array).shape} {array.dtype}'}")
    return 0


cdef np.ndarray new_room(Py_ssize_t size):
    """Memory for a while, of so many bytes from where aligned() says; zeros, since a product with rubbish can be slow."""
    cdef np.npy_intp length = size + CACHE_LINE
    return np.PyArray_ZEROS(1, &length, np.NPY_UINT8, 0)


cdef void *aligned(np.ndarray room):
    return <void *>((<size_t>np.PyArray_DATA(room) + CACHE_LINE - 1) // CACHE_LINE * CACHE_LINE)


cdef bint forked = False        # OpenMP's threads do not live on in a child after a fork: there all work is serial


def _after_fork():
    global forked
    forked = True


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


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
    dropout : sequence of float, optional
        The probability that a unit of layer l = 1 … L is dropped in training.

    Notes
    -----
    X is (m, n[0]); Y is (m, n[L]), or (m,) where n[L] is 1 or Y holds class numbers; weights are (m,).  All may be
    float32, float64 or int64 with any strides, and are read where they lie.
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
        self.net.loss = LOSSES[loss]
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
                self.net.g[l] = ACTIVATIONS[activations[l - 1]]
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
        cdef np.ndarray sums = numpy.zeros(1 + self.net.n[self.net.L])
        cdef Py_ssize_t width = self.net.L + 1
        cdef np.ndarray pointers = numpy.zeros(4 * width, numpy.uintp)
        cdef np.ndarray room = new_room(scratch_elements(&self.net) * self.dtype.itemsize)
        cdef void *scratch = aligned(room)
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

    cdef Table _targets(self, Y, Py_ssize_t m) except *:
        cdef Table targets = checked_table(Y, "Y", self.net.n[self.net.L], self.class_numbers)
        if targets.m != m:
            raise ValueError(f"Y: expected as many examples as X, {m}, got {targets.m}")
        return targets

    def predict(self, theta, X, *, int n_threads=0):
        """Ŷ, (m, n[L]).  ValueError where a feature is not finite in this dtype."""
        cdef Table inputs = checked_table(X, "X", self.net.n[0], False)
        cdef np.ndarray parameters = checked_parameters(theta, "theta", self.net.parameters, self.dtype, False)
        cdef np.npy_intp[2] shape
        shape[0], shape[1] = inputs.m, self.net.n[self.net.L]
        cdef np.ndarray outputs = np.PyArray_EMPTY(2, shape, np.NPY_FLOAT32 if self.single else np.NPY_FLOAT64, 0)
        cdef int threads = threads_for(n_threads, <double>inputs.m * (self.net.parameters + WORK_OF_AN_EXAMPLE), inputs.m)
        cdef np.ndarray room = new_room(threads * scratch_elements(&self.net) * (4 if self.single else 8))
        cdef void *scratch = aligned(room)
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
        """The loss summed over the examples, and metric (n[L],): metric[0] counts the examples predicted rightly; of
        linear outputs, metric[i] is the sum of squared errors of unit i.  Each example counts with its weight."""
        cdef Table inputs = checked_table(X, "X", self.net.n[0], False)
        cdef Table targets = self._targets(Y, inputs.m)
        cdef Table weighing
        cdef np.ndarray parameters = checked_parameters(theta, "theta", self.net.parameters, self.dtype, False)
        cdef np.ndarray sums = numpy.zeros(1 + self.net.n[self.net.L])
        cdef int threads = threads_for(n_threads, <double>inputs.m * self.net.parameters, inputs.m)
        cdef Buffers room = Buffers(self, inputs.m, threads, False)
        cdef Watch watch = new_watch()
        cdef Batch batch = Batch(&inputs, &targets, NULL, NULL, 0, inputs.m, False, 0)
        if weights is not None:
            weighing = checked_weights(weights, inputs.m)
            batch.weights = &weighing
        with nogil:
            if self.single:
                run_batch[float](&self.net, <const float *>np.PyArray_DATA(parameters), &batch, threads,
                                 <float *>room.scratch, NULL, <double *>np.PyArray_DATA(sums), room.share_sums, &watch)
            else:
                run_batch[double](&self.net, <const double *>np.PyArray_DATA(parameters), &batch, threads,
                                  <double *>room.scratch, NULL, <double *>np.PyArray_DATA(sums), room.share_sums, &watch)
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

        Each epoch writes one row: its seconds, its summed loss, its metric as in evaluate but unweighted.  The caller
        fills the first column with NaN and the others with 0 and so sees, also after Ctrl-C, how many epochs were completed.
        It ends early after `seconds`, and after an epoch whose loss or θ is not finite.  learning_rates has one for each
        epoch; counts (2,) counts the steps of the network and of the optimiser.  rule is a key of OPTIMIZERS, coefficients its
        β₁, β₂, ε and λ (see descent.pyx), state (vectors, P) what it keeps between steps.  trace (epochs, P) receives θ
        after each epoch.  n_threads = 0 leaves their number to the work of a batch.
        """
        cdef Table inputs = checked_table(X, "X", self.net.n[0], False)
        cdef Table targets = self._targets(Y, inputs.m)
        cdef Table weighing
        cdef np.ndarray parameters = checked_parameters(theta, "theta", self.net.parameters, self.dtype, True)
        cdef Batch batch = Batch(&inputs, &targets, NULL, NULL, 0, 0, self.drops, 0)
        cdef Optimizer optimizer
        cdef Py_ssize_t epochs = stats.shape[0] if stats.ndim else 0
        if weights is not None:
            weighing = checked_weights(weights, inputs.m)
            batch.weights = &weighing
        check_array(stats, "stats", np.NPY_FLOAT64, (epochs, 2 + self.net.n[self.net.L]))
        check_array(learning_rates, "learning_rates", np.NPY_FLOAT64, (epochs,))
        check_array(counts, "counts", np.NPY_INT64, (2,))
        optimizer.rule, vectors = OPTIMIZERS[rule]
        optimizer.beta1, optimizer.beta2, optimizer.epsilon, optimizer.decay = coefficients
        optimizer.l1, optimizer.l2, optimizer.clip_norm = l1, l2, clip_norm
        if state is None:
            state = numpy.empty((0, self.net.parameters), self.dtype)
        if vectors:
            check_array(state, "state", np.PyArray_TYPE(parameters), (vectors, self.net.parameters))
        if trace is not None:
            check_array(trace, "trace", np.PyArray_TYPE(parameters), (epochs, self.net.parameters))
        if batch_size < 1:
            raise ValueError(f"batch_size: expected a positive int, got {batch_size}")
        batch_size = min(batch_size, inputs.m)
        cdef int threads = threads_for(n_threads, <double>batch_size * self.net.parameters, batch_size)
        cdef Buffers room = Buffers(self, batch_size, threads, True)
        cdef np.ndarray order = numpy.empty(inputs.m if shuffle else 0, numpy.int64)
        cdef int64_t *indices = <int64_t *>np.PyArray_DATA(order) if shuffle else NULL
        cdef void *kept = np.PyArray_DATA(state)
        cdef void *traced = NULL if trace is None else np.PyArray_DATA(trace)
        with nogil:
            if self.single:
                train[float](&self.net, <float *>np.PyArray_DATA(parameters), &batch, <double *>np.PyArray_DATA(stats),
                             <const double *>np.PyArray_DATA(learning_rates), epochs, batch_size, &optimizer, <float *>kept,
                             <int64_t *>np.PyArray_DATA(counts), seed, epoch, indices, seconds, threads,
                             <float *>room.scratch, <float *>room.gradient, room.share_sums, <float *>traced)
            else:
                train[double](&self.net, <double *>np.PyArray_DATA(parameters), &batch, <double *>np.PyArray_DATA(stats),
                              <const double *>np.PyArray_DATA(learning_rates), epochs, batch_size, &optimizer,
                              <double *>kept, <int64_t *>np.PyArray_DATA(counts), seed, epoch, indices, seconds, threads,
                              <double *>room.scratch, <double *>room.gradient, room.share_sums, <double *>traced)


cdef class Buffers:
    """What run_examples works in: a block for every thread, and the partial sums of every share of a batch."""
    cdef np.ndarray memory
    cdef void *scratch
    cdef void *gradient
    cdef double *share_sums

    def __cinit__(self, Engine engine, Py_ssize_t examples, int threads, bint gradient):
        cdef Py_ssize_t size = 4 if engine.single else 8, shares = most_shares(&engine.net, examples)
        cdef Py_ssize_t blocks = threads * scratch_elements(&engine.net) * size
        cdef Py_ssize_t sums = shares * (1 + engine.net.n[engine.net.L]) * sizeof(double)
        self.memory = new_room(blocks + sums + (shares * engine.net.parameters * size if gradient else 0))
        self.scratch = aligned(self.memory)
        self.share_sums = <double *>(<char *>self.scratch + blocks)
        self.gradient = <char *>self.share_sums + sums

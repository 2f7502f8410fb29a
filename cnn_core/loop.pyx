"""The loops over examples: epochs of training, predictions, and a step with every array kept."""
from cython.parallel cimport prange, threadid
from libc.math cimport isfinite
from libc.stdint cimport int64_t, uint64_t
from libc.string cimport memcpy

from .architecture cimport BLOCK, Architecture, real
from .batches cimport Batch, Rows, gather, key_of, shuffle
from .descent cimport Optimizer
from .forward cimport forward
from .signals cimport WORK_BETWEEN_LOOKS, Watch, new_watch, seconds_now, watch_for_signals
from .threads cimport (add_gradient, forward_elements, needs_no_gradient, padded, panel_at, run_batch, run_block, step,
                       step_by_one_example)
from .tiles cimport NARROW


cdef int new_order(int64_t *order, Py_ssize_t m, uint64_t key, Watch *watch) except -1 nogil:
    """The order of one epoch, made in pieces, with a look for signals after each."""
    cdef Py_ssize_t start = 0, stop
    while start < m:
        stop = min(start + WORK_BETWEEN_LOOKS, m)
        shuffle(order, start, stop, key)
        watch_for_signals(watch, WORK_BETWEEN_LOOKS)
        start = stop
    return 0


cdef bint all_finite(const real *values, Py_ssize_t count) noexcept nogil:
    cdef Py_ssize_t p
    cdef int wrong = 0
    for p in range(count):
        wrong |= not (values[p] - values[p] == 0)
    return not wrong


cdef int train(const Architecture *net, const Fit *fit, Batch *batch, Optimizer *optimizer, real *theta, real *state,
               real *trace, real *scratch, real *gradient, double *share_sums) except -1 nogil:
    """Epochs of mini-batch gradient descent: forward, loss, backward and a step for every batch."""
    cdef Py_ssize_t e, width = 2 + net.n[net.L], shares, m = batch.X.m
    cdef double *stats
    cdef Watch watch = new_watch()
    cdef double began = watch.looked, before, now = began
    batch.order = fit.order
    for e in range(fit.epochs):
        before = now
        stats = fit.stats + e*width
        optimizer.alpha = fit.learning_rates[e]
        if fit.order != NULL:
            new_order(fit.order, m, key_of(fit.seed, fit.epoch + e), &watch)
        batch.start = 0
        while batch.start < m:
            batch.stop = batch.start + min(fit.batch_size, m - batch.start)
            batch.key = key_of(fit.seed, ~<uint64_t>fit.counts[0])
            if needs_no_gradient(optimizer, batch.stop - batch.start):
                step_by_one_example(net, optimizer, batch, theta, scratch, stats + 1, fit.n_threads)
                watch_for_signals(&watch, net.parameters)
            else:
                shares = run_batch(net, theta, batch, fit.n_threads, scratch, gradient, stats + 1, share_sums, &watch)
                step(net, optimizer, fit.counts[1] + 1, theta, gradient, shares, batch.stop - batch.start, state,
                     fit.n_threads)
            fit.counts[0] += 1
            fit.counts[1] += 1
            batch.start = batch.stop
        if trace != NULL:
            memcpy(trace + e*net.parameters, theta, net.parameters * sizeof(real))
        now = seconds_now()
        stats[0] = max(now - before, 0)
        if not (isfinite(stats[1]) and all_finite(theta, net.parameters)) or now - began > fit.seconds:
            break
    return 0


# Ŷ of examples start … stop−1, a row for each example; returns whether all features are finite.
cdef bint predict_piece(const Architecture *net, const real *theta, const Rows *X, Py_ssize_t start, Py_ssize_t stop,
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


cdef int predict(const Architecture *net, const real *theta, const Rows *X, int n_threads, real *outputs,
                 real *scratch) except -1 nogil:
    """Ŷ of all examples; returns 1, or 0 if a feature is not finite."""
    cdef Py_ssize_t work = net.parameters + WORK_OF_AN_EXAMPLE, block = forward_elements(net, X.m)
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
                                           min(start + (part + 1)*span, X.m), outputs, scratch + threadid()*block)
            start += n_threads * span
        watch_for_signals(&watch, WORK_BETWEEN_LOOKS)
    return not wrong


cdef void copy_columns(const real *block, real *matrix, Py_ssize_t units, Py_ssize_t m, Py_ssize_t start,
                       Py_ssize_t examples, Py_ssize_t columns) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(units):
        memcpy(matrix + i*m + start, block + i*columns, examples * sizeof(real))


cdef int examine(const Architecture *net, const real *theta, const Rows *X, const Rows *Y, void **Z_out,
                 void **A_out, void **dZ_out, void **dA_out, double *sums, real *gradient,
                 real *scratch) except -1 nogil:
    """Forward and, if there is a Y, backward of all examples; every array is kept: (n[l], m) for every l."""
    cdef Py_ssize_t start = 0, examples, columns, size, l, row
    cdef real *A = scratch
    cdef Batch batch = Batch(X, Y, NULL, NULL, 0, X.m, False, 0)
    cdef Watch watch = new_watch()
    while start < X.m:
        examples = min(BLOCK, X.m - start)
        columns = padded(examples, NARROW(sizeof(real)))
        size = net.units * columns
        if Y != NULL:
            sums[0] += run_block(net, theta, &batch, start, examples, scratch, True, True, sums + 1)
            add_gradient(net, scratch, scratch + panel_at(net), gradient, start > 0, 0, 1, columns, 1)
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

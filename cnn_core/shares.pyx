"""Whose sum: a batch is split into shares, each of which sums the gradient of its blocks; then θ takes one step.

The split is a function of the shapes alone, and the partial sums are added in a fixed order, so any number of threads gives the
same bits.  Of a large network there is a single sum, since a second one would be as large as θ: there the threads share the
units of each layer.
"""
import os

from cython.parallel cimport prange, threadid
from libc.math cimport sqrt
from libc.string cimport memset

from .backward cimport backward
from .batches cimport gather
from .descent cimport penalise, squared_norm, update
from .dropout cimport Draw
from .forward cimport forward
from .loss cimport loss, loss_derivative, metric, output_gradient
from .signals cimport watch_for_signals
from .tiles cimport NARROW

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

OPENMP = bool(PYNN_OPENMP)

cdef enum:
    SHARES = 16                     # partial sums of a batch
    PIECE = 1 << 10                 # parameters whose partial sums are added up together
    WORK_OF_A_SHARE = 1 << 21       # the most multiply-adds of a share between two looks for signals
    WORK_OF_A_THREAD = 1 << 20      # multiply-adds for which it pays to wake a thread

cdef bint forked = False            # OpenMP's threads do not survive a fork: in a child all work is serial


def _after_fork():
    global forked
    forked = True


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


# Blocks go to the shares in turn, `blocks` at a time.
cdef struct Split:
    Py_ssize_t shares
    Py_ssize_t blocks


# The most shares of a batch of this many examples, or of a smaller one.
cdef Py_ssize_t most_shares(const Architecture *net, Py_ssize_t examples) noexcept nogil:
    return 1 if is_large(net) else min((examples + BLOCK - 1) // BLOCK, SHARES)


cdef Split split_of(const Architecture *net, Py_ssize_t examples) noexcept nogil:
    cdef Py_ssize_t blocks = (examples + net.block - 1) // net.block, most = most_shares(net, examples)
    cdef Split split
    split.blocks = (blocks + most - 1) // most
    split.blocks = max(1, min(split.blocks, WORK_OF_A_SHARE // (net.parameters * net.block)))
    split.shares = min(most, (blocks + split.blocks - 1) // split.blocks)
    return split


# The number of threads for this work, in multiply-adds, which has `parts` independent parts; wanted = 0: as many as pay off.
cdef int threads_for(int wanted, double work, Py_ssize_t parts) noexcept nogil:
    cdef int most = 1 if forked else omp_get_max_threads()
    if wanted == 0:
        wanted = <int>min(work / WORK_OF_A_THREAD, 1024)
    return <int>max(1, min(min(wanted, most), parts))


# What threads can share of a batch: its examples or, in a large network, the units of its layers.
cdef Py_ssize_t parts_of(const Architecture *net, Py_ssize_t examples) noexcept nogil:
    return net.units if is_large(net) else examples


cdef double run_block(const Architecture *net, const real *theta, const Batch *batch, Py_ssize_t start, Py_ssize_t examples,
                      real *scratch, real *gradient, bint add, bint inputs_too, double *metrics,
                      int n_threads) noexcept nogil:
    """Forward, loss and, unless gradient is NULL, backward of one block; returns its summed loss, adds to metrics."""
    cdef Py_ssize_t columns = padded(examples, NARROW(sizeof(real)))
    cdef Py_ssize_t size = net.units * columns, output = net.first[net.L] * columns
    cdef real *A = scratch
    cdef real *Z = A + size
    cdef real *dA = Z + size
    cdef real *dZ = dA + size
    cdef real *Y = dZ + size
    cdef real *panels = Y + (net.n[net.L] + 1) * columns
    cdef real *weights = NULL
    cdef Draw draw = Draw(batch.key, start - batch.start)
    cdef double summed_loss
    gather(batch.X, batch.order, start, examples, A, net.n[0], columns, n_threads)
    gather(batch.Y, batch.order, start, examples, Y, net.n[net.L], columns, 1)
    if batch.weights != NULL:
        weights = panels - columns
        gather(batch.weights, batch.order, start, examples, weights, 1, columns, 1)
    forward(net, theta, Z, A, &draw if batch.drops else NULL, columns, n_threads)
    summed_loss = loss(net, Z + output, A + output, Y, weights, examples, columns)
    # in training the metric is not weighted, as in Keras
    metric(net, A + output, Y, weights if gradient == NULL else <real *>NULL, metrics, examples, columns)
    if inputs_too:
        loss_derivative(net, A + output, Y, dA + output, columns)
    if gradient != NULL:
        output_gradient(net, Z + output, A + output, Y, weights, dZ + output, examples, columns)
        backward(net, theta, Z, A, dZ, dA, panels, gradient, &draw if batch.drops else NULL, add, inputs_too, columns,
                 n_threads)
    return summed_loss


cdef void run_share(const Architecture *net, const real *theta, const Batch *batch, Py_ssize_t start, Py_ssize_t stop,
                    real *scratch, real *gradient, bint add, double *sums, int n_threads) noexcept nogil:
    """The blocks of examples start … stop−1 of the batch; adds the loss to sums[0], the metric to sums[1], …."""
    stop = min(stop, batch.stop)
    while start < stop:
        sums[0] += run_block(net, theta, batch, start, min(net.block, stop - start), scratch, gradient, add, False, sums + 1,
                             n_threads)
        add = True
        start += net.block


cdef Py_ssize_t run_batch(const Architecture *net, const real *theta, const Batch *batch, int n_threads, real *scratch,
                          real *gradient, double *sums, double *share_sums, Watch *watch) except -1 nogil:
    """Forward, loss and, unless gradient is NULL, backward of a batch, block by block.

    gradient becomes ∇J without the 1/m, as partial sums, and their number is returned; the loss and the metric are added to
    sums.  gradient and share_sums hold a partial sum for every share, scratch a block for every thread or, of a large network,
    one block.
    """
    cdef Py_ssize_t examples = batch.stop - batch.start, start = batch.start
    cdef Split split = split_of(net, examples)
    cdef Py_ssize_t span = split.blocks * net.block, stride = (net.parameters if gradient != NULL else 0)
    cdef Py_ssize_t width = 1 + net.n[net.L], block = scratch_elements(net, 1), share, p
    cdef bint add = False, one_sum
    if split.shares == 1:
        while start < batch.stop:
            run_share(net, theta, batch, start, start + span, scratch, gradient, add, sums, n_threads if is_large(net) else 1)
            watch_for_signals(watch, net.parameters * span)
            start += span
            add = True
        return 1
    n_threads = threads_for(n_threads, <double>net.parameters * examples, split.shares)
    memset(share_sums, 0, split.shares * width * sizeof(double))
    # where every share is one block, a single thread adds each to the sum at once, in the order of step_part
    one_sum = n_threads == 1 and split.blocks == 1 and examples <= split.shares * BLOCK
    while start < batch.stop:
        if n_threads == 1:
            for share in range(split.shares):
                run_share(net, theta, batch, start + share*span, start + (share + 1)*span, scratch,
                          gradient if one_sum else gradient + share*stride, add or (one_sum and share > 0),
                          share_sums + share*width, 1)
                watch_for_signals(watch, net.parameters * span)
        else:
            for share in prange(split.shares, num_threads=n_threads, schedule="dynamic", chunksize=1):
                run_share(net, theta, batch, start + share*span, start + (share + 1)*span, scratch + threadid()*block,
                          gradient + share*stride, add, share_sums + share*width, 1)
            watch_for_signals(watch, net.parameters * span * split.shares)
        start += span * split.shares
        add = True
    for share in range(split.shares):
        for p in range(width):
            sums[p] += share_sums[share*width + p]
    return 1 if one_sum else split.shares


# The partial sums of ∇J are added up, penalised and clipped, and the optimiser takes its step; each thread has a part of θ.
# IN t (the number of the step, from 1)   IN/OUT theta, gradient, state (what the optimiser keeps: m, then v)
cdef void step(const Architecture *net, const Optimizer *optimizer, double t, real *theta, real *gradient,
               Py_ssize_t shares, Py_ssize_t examples, real *state, int n_threads) noexcept nogil:
    cdef double scale = 1 / <double>examples, norm
    cdef Py_ssize_t length, part, share, p
    if optimizer.l1 != 0 or optimizer.l2 != 0 or optimizer.clip_norm > 0:       # these need the whole sum
        for share in range(1, shares):
            for p in range(net.parameters):
                gradient[p] += gradient[share*net.parameters + p]
        shares = 1
        penalise(net, theta, gradient, <real>(examples * optimizer.l1), <real>(examples * optimizer.l2))
    if optimizer.clip_norm > 0:
        norm = scale * sqrt(squared_norm(gradient, net.parameters))
        if norm > optimizer.clip_norm:
            scale *= optimizer.clip_norm / norm
    n_threads = threads_for(n_threads, 0, net.parameters // PIECE) if shares > 1 or is_large(net) else 1
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
    cdef real *second = state + (parameters if optimizer.vectors == 2 else 0)
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

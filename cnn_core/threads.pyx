"""Threads: a batch is split into shares, each of which sums the gradient of its blocks; then θ takes one step.

The split is a function of the shapes alone, and the partial sums are added in a fixed order, so any number of threads gives the
same bits.  Of a large network there is a single sum, since a second one would be as large as θ: there the threads share the
blocks of a group, then the units of each layer.
"""
import os

from cython.parallel cimport prange, threadid
from libc.math cimport sqrt
from libc.string cimport memset

from .architecture cimport LARGEST, start_of
from .backward cimport backward, parameter_gradient
from .batches cimport gather
from .descent cimport SGD, descend_by_one_example, penalise, squared_norm, update
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


# The most shares of a batch of this many examples, or of a smaller one; of a large network, the blocks of a group.
cdef Py_ssize_t most_shares(const Architecture *net, Py_ssize_t examples) noexcept nogil:
    return GROUP if is_large(net) else min((examples + BLOCK - 1) // BLOCK, SHARES)


cdef Split split_of(const Architecture *net, Py_ssize_t examples) noexcept nogil:
    cdef Py_ssize_t blocks = (examples + BLOCK - 1) // BLOCK, most = most_shares(net, examples)
    cdef Split split
    split.blocks = (blocks + most - 1) // most
    split.blocks = max(1, min(split.blocks, WORK_OF_A_SHARE // (net.parameters * BLOCK)))
    split.shares = min(most, (blocks + split.blocks - 1) // split.blocks)
    return split


# The number of threads for this work, in multiply-adds, which has `parts` independent parts; wanted = 0: as many as pay off.
cdef int threads_for(int wanted, double work, Py_ssize_t parts) noexcept nogil:
    cdef int most = 1 if forked else omp_get_max_threads()
    if wanted == 0:
        wanted = <int>min(work / WORK_OF_A_THREAD, 1024)
    return <int>max(1, min(min(wanted, most), parts))


# What threads can share of a batch: its examples or, in a large network, also the units of its layers.
cdef Py_ssize_t parts_of(const Architecture *net, Py_ssize_t examples) noexcept nogil:
    return net.units if is_large(net) else examples


cdef double run_block(const Architecture *net, const real *theta, const Batch *batch, Py_ssize_t start, Py_ssize_t examples,
                      real *scratch, bint backwards, bint inputs_too, double *metrics) noexcept nogil:
    """Forward, loss and, if backwards, backward of one block down to dZ[1]; returns its summed loss, adds to metrics."""
    cdef Py_ssize_t columns = padded(examples, NARROW(sizeof(real)))
    cdef Py_ssize_t size = net.units * columns, output = net.first[net.L] * columns
    cdef real *A = scratch
    cdef real *Z = A + size
    cdef real *dA = Z + size
    cdef real *dZ = dA + size
    cdef real *Y = dZ + size
    cdef real *weights = NULL
    cdef Draw draw = Draw(batch.key, start - batch.start)
    cdef double summed_loss
    gather(batch.X, batch.order, start, examples, A, net.n[0], columns)
    gather(batch.Y, batch.order, start, examples, Y, net.n[net.L], columns)
    if batch.weights != NULL:
        weights = Y + net.n[net.L] * columns
        gather(batch.weights, batch.order, start, examples, weights, 1, columns)
    forward(net, theta, Z, A, &draw if batch.drops else NULL, columns)
    summed_loss = loss(net, Z + output, A + output, Y, weights, examples, columns)
    # in training the metric is not weighted, as in Keras
    metric(net, A + output, Y, <real *>NULL if backwards else weights, metrics, examples, columns)
    if inputs_too:
        loss_derivative(net, A + output, Y, dA + output, columns)
    if backwards:
        output_gradient(net, Z + output, A + output, Y, weights, dZ + output, examples, columns)
        backward(net, theta, Z, A, dZ, dA, &draw if batch.drops else NULL, inputs_too, columns)
    return summed_loss


# dW and db of some blocks in memory after run_block, for one of so many parts of the units of every layer.
cdef void add_gradient(const Architecture *net, const real *scratch, real *panel, real *gradient, bint add, int part, int parts,
                       Py_ssize_t columns, Py_ssize_t blocks) noexcept nogil:
    cdef Py_ssize_t l
    for l in range(1, net.L + 1):
        parameter_gradient(net, scratch, scratch + 3*net.units*columns, panel, gradient, add, l,
                           start_of(part, parts, net.n[l]), start_of(part + 1, parts, net.n[l]), columns, blocks,
                           scratch_elements(net))


cdef void run_share(const Architecture *net, const real *theta, const Batch *batch, Py_ssize_t start, Py_ssize_t stop,
                    real *scratch, real *gradient, bint add, double *sums) noexcept nogil:
    """The blocks of examples start … stop−1 of the batch; adds the loss to sums[0], the metric to sums[1], …."""
    cdef Py_ssize_t examples
    stop = min(stop, batch.stop)
    while start < stop:
        examples = min(BLOCK, stop - start)
        sums[0] += run_block(net, theta, batch, start, examples, scratch, gradient != NULL, False, sums + 1)
        if gradient != NULL:
            add_gradient(net, scratch, scratch + panel_at(net), gradient, add, 0, 1, padded(examples, NARROW(sizeof(real))), 1)
        add = True
        start += BLOCK


cdef void run_group(const Architecture *net, const real *theta, const Batch *batch, Py_ssize_t start, Py_ssize_t stop,
                    real *scratch, real *gradient, bint add, double *sums, double *block_sums, int n_threads) noexcept nogil:
    """As run_share, of a large network: the threads share the blocks, then the units of every layer for dW and db."""
    cdef Py_ssize_t examples = stop - start, most = group_block(examples), blocks = (examples + most - 1) // most, b, p
    cdef Py_ssize_t width = 1 + net.n[net.L], memory = scratch_elements(net), columns = padded(most, NARROW(sizeof(real)))
    cdef Py_ssize_t last = padded(examples - (blocks - 1)*most, NARROW(sizeof(real)))
    cdef Py_ssize_t equal = blocks if last == columns else blocks - 1
    cdef int part
    memset(block_sums, 0, blocks * width * sizeof(double))
    for b in prange(blocks, num_threads=<int>min(n_threads, blocks), schedule="static", chunksize=1):
        block_sums[b*width] = run_block(net, theta, batch, start + b*most, min(most, stop - start - b*most), scratch + b*memory,
                                        gradient != NULL, False, block_sums + b*width + 1)
    for b in range(blocks):
        for p in range(width):
            sums[p] += block_sums[b*width + p]
    if gradient == NULL:
        return
    for part in prange(n_threads, num_threads=n_threads, schedule="static", chunksize=1):
        if equal > 0:
            add_gradient(net, scratch, scratch + part*memory + panel_at(net), gradient, add, part, n_threads, columns, equal)
        if equal < blocks:
            add_gradient(net, scratch + equal*memory, scratch + part*memory + panel_at(net), gradient, add or equal > 0, part,
                         n_threads, last, 1)


# Examples of a block in a group of so many: two blocks at least, so that two threads can share them.
cdef Py_ssize_t group_block(Py_ssize_t examples) noexcept nogil:
    return BLOCK if examples > BLOCK else (examples + 31) // 32 * 16


cdef Py_ssize_t run_batch(const Architecture *net, const real *theta, const Batch *batch, int n_threads, real *scratch,
                          real *gradient, double *sums, double *share_sums, Watch *watch) except -1 nogil:
    """Forward, loss and, unless gradient is NULL, backward of a batch, block by block.

    gradient becomes ∇J without the 1/m, as partial sums, and their number is returned; the loss and the metric are added to
    sums.  gradient and share_sums hold a partial sum for every share, scratch has blocks_in_memory.
    """
    cdef Py_ssize_t examples = batch.stop - batch.start, start = batch.start
    cdef Split split = split_of(net, examples)
    cdef Py_ssize_t span = split.blocks * BLOCK, stride = (net.parameters if gradient != NULL else 0)
    cdef Py_ssize_t width = 1 + net.n[net.L], block = scratch_elements(net), share, p
    cdef bint add = False, one_sum
    if is_large(net):
        span = GROUP * BLOCK if net.parameters < LARGEST else 2 * BLOCK
        while start < batch.stop:
            run_group(net, theta, batch, start, min(start + span, batch.stop), scratch, gradient, add, sums, share_sums,
                      n_threads)
            watch_for_signals(watch, net.parameters * span)
            start += span
            add = True
        return 1
    if split.shares == 1:
        while start < batch.stop:
            run_share(net, theta, batch, start, start + span, scratch, gradient, add, sums)
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
                          share_sums + share*width)
                watch_for_signals(watch, net.parameters * span)
        else:
            for share in prange(split.shares, num_threads=n_threads, schedule="dynamic", chunksize=1):
                run_share(net, theta, batch, start + share*span, start + (share + 1)*span, scratch + threadid()*block,
                          gradient + share*stride, add, share_sums + share*width)
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


# Whether a step needs no gradient in memory: plain gradient descent on a single example.
cdef bint needs_no_gradient(const Optimizer *optimizer, Py_ssize_t examples) noexcept nogil:
    return (examples == 1 and optimizer.rule == SGD and optimizer.l1 == 0 and optimizer.l2 == 0
            and not optimizer.clip_norm > 0)


cdef void step_by_one_example(const Architecture *net, const Optimizer *optimizer, const Batch *batch, real *theta,
                              real *scratch, double *sums, int n_threads) noexcept nogil:
    """run_batch and step, where needs_no_gradient: the same bits, but dW is neither written nor read again."""
    cdef real *dZ = scratch + 3*net.units
    cdef real alpha = <real>optimizer.alpha
    cdef int part
    sums[0] += run_block(net, theta, batch, batch.start, 1, scratch, True, False, sums + 1)
    if n_threads == 1:
        descend_by_one_example(net, theta, scratch, dZ, alpha, 0, 1)
    else:
        for part in prange(n_threads, num_threads=n_threads, schedule="static", chunksize=1):
            descend_by_one_example(net, theta, scratch, dZ, alpha, part, n_threads)

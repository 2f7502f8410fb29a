"""Dropout (Srivastava et al. 2014), inverted: in training a unit is set to 0 with probability p and divided by 1 − p otherwise.

A hash of (seed, step, l, unit, example of the batch) decides, so that forward.pyx and backward.pyx drop the same units, for any
number of threads.
"""
from libc.stdint cimport uint64_t

from .architecture cimport real
from .batches cimport splitmix64


# A ← A ∗ D / (1 − p), where D is 0 with probability p and 1 otherwise: reference.dropout_mask.
# IN/OUT A[l] or dA[l] (units, columns)
cdef void drop(real *A, const Draw *draw, Py_ssize_t l, double p, Py_ssize_t units, Py_ssize_t columns) noexcept nogil:
    cdef uint64_t key = splitmix64(draw.key ^ <uint64_t>l), row
    cdef uint64_t least = <uint64_t>(p * 4294967296.0)          # a unit with a hash below p·2^32 is dropped
    cdef real scale = <real>(1 / (1 - p))
    cdef Py_ssize_t i, c
    for i in range(units):
        row = key + (<uint64_t>i << 32) + <uint64_t>draw.first
        for c in range(columns):
            A[i*columns + c] = <real>0 if splitmix64(row + <uint64_t>c) >> 32 < least else A[i*columns + c] * scale

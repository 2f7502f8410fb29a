from libc.stdint cimport uint64_t

from .architecture cimport real

cdef struct Draw:           # decides which units of a block are dropped
    uint64_t key            # of the seed and the step
    Py_ssize_t first        # the position of the block's first example in the batch

cdef void drop(real *A, const Draw *draw, Py_ssize_t l, double p, Py_ssize_t units, Py_ssize_t columns) noexcept nogil

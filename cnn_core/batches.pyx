"""Which examples form a batch, and how they become the columns of A[0] and Y.

The order of epoch e is a function of (seed, e) and nothing else: Fisher–Yates, whose i-th draw is the hash splitmix64
(Steele, Lea, Flood 2014) of a key and i.  So it can be repeated anywhere, after any interruption.
"""
from libc.stdint cimport int64_t, uint64_t

from .architecture cimport BLOCK, real


cdef inline uint64_t splitmix64(uint64_t x) noexcept nogil:
    x += <uint64_t>0x9E3779B97F4A7C15
    x = (x ^ (x >> 30)) * <uint64_t>0xBF58476D1CE4E5B9
    x = (x ^ (x >> 27)) * <uint64_t>0x94D049BB133111EB
    return x ^ (x >> 31)


cdef uint64_t epoch_key(uint64_t seed, uint64_t epoch) noexcept nogil:
    return splitmix64(seed ^ splitmix64(epoch))


# Steps i = start … stop−1 of the shuffle of 0, 1, 2, …: each puts i in place and exchanges it with one not after it.
# IN/OUT order
cdef void shuffle(int64_t *order, int64_t start, int64_t stop, uint64_t key) noexcept nogil:
    cdef int64_t i, j
    for i in range(start, stop):
        # j is uniform over 0 … i
        j = ((splitmix64(key + <uint64_t>i) >> 32) * <uint64_t>(i + 1)) >> 32
        order[i] = order[j] if j < i else i
        order[j] = i


cdef inline double element(const Table *table, const char *at) noexcept nogil:
    if table.kind == FLOAT64:
        return (<const double *>at)[0]
    if table.kind == FLOAT32:
        return (<const float *>at)[0]
    return <double>(<const int64_t *>at)[0]


# Examples order[start], order[start + 1], … (order NULL: start, start + 1, …) as columns.    OUT A (units, columns)
cdef void gather(const Table *table, const int64_t *order, Py_ssize_t start, Py_ssize_t columns, real *A,
                 Py_ssize_t units) noexcept nogil:
    cdef Py_ssize_t i, c
    cdef const char *example
    for c in range(columns):
        example = table.data + (start + c if order == NULL else order[start + c]) * table.row
        if table.labels:
            for i in range(units):
                A[i*BLOCK + c] = (<const int64_t *>example)[0] == i
        else:
            for i in range(units):
                A[i*BLOCK + c] = <real>element(table, example + i * table.feature)

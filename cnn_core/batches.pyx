"""Which examples form a batch, and how they become the columns of A[0] and Y.

The order of epoch e is a function of (seed, e) alone: a Fisher–Yates shuffle, whose i-th draw is the hash splitmix64 (Steele,
Lea, Flood 2014) of a key and i.  So it can be repeated on any machine and after any interruption.
"""
from libc.stdint cimport int8_t, int16_t, int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t

from .architecture cimport real
from .tiles cimport turn_square

ctypedef fused element:         # of the user's array
    float
    double
    int64_t
    int32_t
    int16_t
    int8_t
    uint32_t
    uint16_t
    uint8_t


cdef uint64_t key_of(uint64_t seed, uint64_t number) noexcept nogil:
    return splitmix64(seed ^ splitmix64(number))


# Steps i = start … stop−1 of the shuffle of 0, 1, 2, …: each appends i and exchanges it with itself or an earlier one.
# IN/OUT order
cdef void shuffle(int64_t *order, int64_t start, int64_t stop, uint64_t key) noexcept nogil:
    cdef int64_t i, j
    for i in range(start, stop):
        # j is uniform over 0 … i
        j = ((splitmix64(key + <uint64_t>i) >> 32) * <uint64_t>(i + 1)) >> 32
        order[i] = order[j] if j < i else i
        order[j] = i


# Examples order[start], order[start + 1], … (order NULL: start, start + 1, …) as columns; surplus columns repeat the last
# example.    OUT A (units, columns)
cdef void gather(const Rows *rows, const int64_t *order, Py_ssize_t start, Py_ssize_t examples, real *A,
                 Py_ssize_t units, Py_ssize_t columns) noexcept nogil:
    cdef Py_ssize_t i, c
    cdef int64_t label
    if rows.labels:
        for c in range(examples):
            label = (<const int64_t *>(rows.data + (start + c if order == NULL else order[start + c]) * rows.example_stride))[0]
            for i in range(units):
                A[i*columns + c] = label == i
    elif rows.kind == FLOAT64:
        gather_features(<const double *>rows.data, rows, order, start, examples, A, units, columns)
    elif rows.kind == FLOAT32:
        gather_features(<const float *>rows.data, rows, order, start, examples, A, units, columns)
    elif rows.kind == INT64:
        gather_features(<const int64_t *>rows.data, rows, order, start, examples, A, units, columns)
    elif rows.kind == INT32:
        gather_features(<const int32_t *>rows.data, rows, order, start, examples, A, units, columns)
    elif rows.kind == INT16:
        gather_features(<const int16_t *>rows.data, rows, order, start, examples, A, units, columns)
    elif rows.kind == INT8:
        gather_features(<const int8_t *>rows.data, rows, order, start, examples, A, units, columns)
    elif rows.kind == UINT32:
        gather_features(<const uint32_t *>rows.data, rows, order, start, examples, A, units, columns)
    elif rows.kind == UINT16:
        gather_features(<const uint16_t *>rows.data, rows, order, start, examples, A, units, columns)
    elif rows.kind == UINT8:
        gather_features(<const uint8_t *>rows.data, rows, order, start, examples, A, units, columns)
    for i in range(units):
        for c in range(examples, columns):
            A[i*columns + c] = A[i*columns + examples - 1]


cdef void gather_features(const element *data, const Rows *rows, const int64_t *order, Py_ssize_t start,
                          Py_ssize_t examples, real *A, Py_ssize_t units, Py_ssize_t columns) noexcept nogil:
    cdef Py_ssize_t i, c = 0, j
    cdef (const char *)[4] example
    cdef bint neighbours = rows.feature_stride == sizeof(element)
    while c + 4 <= examples:            # four examples at a time, so that writes are neighbours
        for j in range(4):
            example[j] = <const char *>data + (start + c + j if order == NULL else order[start + c + j]) * rows.example_stride
        i = 0
        if (real is float and element is float) or (real is double and element is double):
            while neighbours and i + 4 <= units:
                turn_square(<const real *>example[0] + i, <const real *>example[1] + i, <const real *>example[2] + i,
                            <const real *>example[3] + i, A + i*columns + c, columns)
                i += 4
        for i in range(i, units):
            for j in range(4):
                A[i*columns + c + j] = <real>(<const element *>(example[j] + i*rows.feature_stride))[0]
        c += 4
    while c < examples:
        example[0] = <const char *>data + (start + c if order == NULL else order[start + c]) * rows.example_stride
        for i in range(units):
            A[i*columns + c] = <real>(<const element *>(example[0] + i*rows.feature_stride))[0]
        c += 1

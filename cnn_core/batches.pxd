from libc.stdint cimport int64_t, uint64_t

from .architecture cimport real

cdef enum Kind:
    FLOAT32
    FLOAT64
    INT64
    INT32
    INT16
    INT8
    UINT32
    UINT16
    UINT8

cdef struct Rows:               # the user's array, read where it lies, through its strides: a row is an example
    const char *data
    Kind kind
    Py_ssize_t m
    Py_ssize_t features
    Py_ssize_t example_stride   # bytes from one example to the next
    Py_ssize_t feature_stride   # bytes from one feature to the next
    bint labels                 # one column of class numbers k, which stand for one-hot columns

cdef struct Batch:              # examples start … stop−1 of an order
    const Rows *X
    const Rows *Y
    const Rows *weights         # of the examples, one column; NULL: all weights are 1
    const int64_t *order        # NULL: the order of X
    Py_ssize_t start
    Py_ssize_t stop
    bint drops                  # whether there is dropout, and the key of its draws
    uint64_t key

cdef inline uint64_t splitmix64(uint64_t x) noexcept nogil:
    x += <uint64_t>0x9E3779B97F4A7C15
    x = (x ^ (x >> 30)) * <uint64_t>0xBF58476D1CE4E5B9
    x = (x ^ (x >> 27)) * <uint64_t>0x94D049BB133111EB
    return x ^ (x >> 31)

cdef void shuffle(int64_t *order, int64_t start, int64_t stop, uint64_t key) noexcept nogil
cdef uint64_t key_of(uint64_t seed, uint64_t number) noexcept nogil
cdef void gather(const Rows *rows, const int64_t *order, Py_ssize_t start, Py_ssize_t examples, real *A,
                 Py_ssize_t units, Py_ssize_t columns) noexcept nogil

"""The register tile: the sums of a few units over a few examples that a product holds in registers while it runs.

A tile is ROWS units by WIDE columns, or by NARROW columns at the end of a row.  These sizes suit the number and the width of
the registers of each instruction set; they take sizeof(real).  setup.py makes the compiler unroll loops of at most 7 rounds,
here over units, and vectorise longer ones, here over columns.
"""
from .architecture cimport real

cdef extern from *:
    """
    #if defined(__AVX512F__)                            /* 32 registers of 64 bytes */
    #define PYNN_ROWS(size) 6
    #define PYNN_WIDE(size) (128 / (Py_ssize_t)(size))
    #define PYNN_NARROW(size) (64 / (Py_ssize_t)(size))
    #elif defined(__AVX2__) || defined(__aarch64__)     /* 16 of 32 bytes, or 32 of 16 bytes */
    #define PYNN_ROWS(size) 6
    #define PYNN_WIDE(size) (64 / (Py_ssize_t)(size))
    #define PYNN_NARROW(size) 8
    #else                                               /* 16 of 16 bytes */
    #define PYNN_ROWS(size) ((size) == 4 ? 6 : 3)
    #define PYNN_WIDE(size) 8
    #define PYNN_NARROW(size) 8
    #endif
    #if defined(__GNUC__)       /* only after inlining are a tile's sizes constants */
    #undef CYTHON_INLINE
    #define CYTHON_INLINE inline __attribute__((always_inline))
    #endif
    """
    Py_ssize_t ROWS "PYNN_ROWS"(size_t size) noexcept nogil
    Py_ssize_t WIDE "PYNN_WIDE"(size_t size) noexcept nogil
    Py_ssize_t NARROW "PYNN_NARROW"(size_t size) noexcept nogil

cdef enum:
    MOST = 6 * 32           # elements of the largest tile


# out (rows, columns) = bias + W (rows, length)·A (length, width), or added to out; columns <= width are stored.
# W[i, k] = W[i·W_row + k·W_step], A[k, c] = A[k·A_step + c], out[i, c] = out[i·out_step + c]; bias may be NULL.
cdef inline void tile(Py_ssize_t rows, Py_ssize_t width, const real *W, Py_ssize_t W_row, Py_ssize_t W_step,
                      const real *A, Py_ssize_t A_step, const real *bias, bint add, real *out, Py_ssize_t out_step,
                      Py_ssize_t length, Py_ssize_t columns) noexcept nogil:
    cdef real[MOST] sums
    cdef real w
    cdef Py_ssize_t i, k, c
    for i in range(rows):
        for c in range(width):
            sums[i*width + c] = 0
    for k in range(length):
        for i in range(rows):
            w = W[i*W_row + k*W_step]
            for c in range(width):
                sums[i*width + c] += w * A[k*A_step + c]
    for i in range(rows):
        if bias != NULL:
            for c in range(width):
                sums[i*width + c] += bias[i]
        if columns < width:
            for c in range(columns):
                out[i*out_step + c] = (out[i*out_step + c] if add else <real>0) + sums[i*width + c]
        elif add:
            for c in range(width):
                out[i*out_step + c] += sums[i*width + c]
        else:
            for c in range(width):
                out[i*out_step + c] = sums[i*width + c]

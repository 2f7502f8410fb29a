"""The register tile: the sums of a few units over a few examples that a product holds in registers while it runs.

A tile is ROWS units by WIDE columns, or by NARROW or LEAST columns at the end of a row.  These sizes suit the number and the
width of the registers of each instruction set; they take sizeof(real).  `floats` and `doubles` are such registers, and `few` is
one of LEAST floats: vectors that gcc and clang add and multiply with + and *, a number at a time with other compilers.
"""
from .architecture cimport real

cdef extern from *:
    """
    #if defined(__AVX512F__)                            /* 32 registers of 64 bytes */
    #define PYNN_REGISTER 64
    #define PYNN_ROWS(size) 6
    #define PYNN_WIDE(size) (128 / (Py_ssize_t)(size))
    #define PYNN_NARROW(size) (64 / (Py_ssize_t)(size))
    #elif defined(__AVX2__)                             /* 16 of 32 bytes */
    #define PYNN_REGISTER 32
    #define PYNN_ROWS(size) 6
    #define PYNN_WIDE(size) (64 / (Py_ssize_t)(size))
    #define PYNN_NARROW(size) 8
    #elif defined(__aarch64__)                          /* 32 of 16 bytes */
    #define PYNN_REGISTER 16
    #define PYNN_ROWS(size) 6
    #define PYNN_WIDE(size) (64 / (Py_ssize_t)(size))
    #define PYNN_NARROW(size) 8
    #else                                               /* 16 of 16 bytes */
    #define PYNN_REGISTER 16
    #define PYNN_ROWS(size) ((size) == 4 ? 6 : 3)
    #define PYNN_WIDE(size) 8
    #define PYNN_NARROW(size) 8
    #endif
    #if defined(__GNUC__)
    typedef float pynn_floats __attribute__((vector_size(PYNN_REGISTER), aligned(4), may_alias));
    typedef double pynn_doubles __attribute__((vector_size(PYNN_REGISTER), aligned(8), may_alias));
    typedef float pynn_few __attribute__((vector_size(32), aligned(4), may_alias));
    #define PYNN_FETCH(address) __builtin_prefetch(address)
    typedef float pynn_four_floats __attribute__((vector_size(16), aligned(4), may_alias));
    typedef double pynn_four_doubles __attribute__((vector_size(32), aligned(8), may_alias));
    #if defined(__clang__)
    #define PYNN_SHUFFLE(ints, a, b, i, j, k, l) __builtin_shufflevector(a, b, i, j, k, l)
    #else
    typedef int pynn_four_ints __attribute__((vector_size(16)));
    typedef long long pynn_four_longs __attribute__((vector_size(32)));
    #define PYNN_SHUFFLE(ints, a, b, i, j, k, l) __builtin_shuffle(a, b, (ints){i, j, k, l})
    #endif
    #define PYNN_SQUARE(name, real, four, ints) static inline __attribute__((always_inline)) void name( \
            const real *a, const real *b, const real *c, const real *d, real *out, Py_ssize_t step) { \
        four low_ab = PYNN_SHUFFLE(ints, *(const four *)a, *(const four *)b, 0, 4, 1, 5); \
        four low_cd = PYNN_SHUFFLE(ints, *(const four *)c, *(const four *)d, 0, 4, 1, 5); \
        four high_ab = PYNN_SHUFFLE(ints, *(const four *)a, *(const four *)b, 2, 6, 3, 7); \
        four high_cd = PYNN_SHUFFLE(ints, *(const four *)c, *(const four *)d, 2, 6, 3, 7); \
        *(four *)out = PYNN_SHUFFLE(ints, low_ab, low_cd, 0, 1, 4, 5); \
        *(four *)(out + step) = PYNN_SHUFFLE(ints, low_ab, low_cd, 2, 3, 6, 7); \
        *(four *)(out + 2*step) = PYNN_SHUFFLE(ints, high_ab, high_cd, 0, 1, 4, 5); \
        *(four *)(out + 3*step) = PYNN_SHUFFLE(ints, high_ab, high_cd, 2, 3, 6, 7); }
    PYNN_SQUARE(pynn_square_of_floats, float, pynn_four_floats, pynn_four_ints)
    PYNN_SQUARE(pynn_square_of_doubles, double, pynn_four_doubles, pynn_four_longs)
    #undef CYTHON_INLINE        /* only after inlining are a tile's sizes constants */
    #define CYTHON_INLINE inline __attribute__((always_inline))
    #else
    typedef float pynn_floats;
    typedef double pynn_doubles;
    typedef float pynn_few;
    #define PYNN_FETCH(address) (void)(address)
    #define PYNN_SQUARE(a, b, c, d, out, step) for (int j = 0; j < 4; j++) { (out)[j*(step)] = (a)[j]; \
        (out)[j*(step) + 1] = (b)[j]; (out)[j*(step) + 2] = (c)[j]; (out)[j*(step) + 3] = (d)[j]; }
    #define pynn_square_of_floats PYNN_SQUARE
    #define pynn_square_of_doubles PYNN_SQUARE
    #endif
    """
    ctypedef float floats "pynn_floats"
    ctypedef double doubles "pynn_doubles"
    ctypedef long double few "pynn_few"     # so that Cython tells it from floats
    # The square with the rows a, b, c, d of four elements becomes the square with these columns: rows of out, `step` apart.
    void square_of_floats "pynn_square_of_floats"(const float *a, const float *b, const float *c, const float *d, float *out,
                                                  Py_ssize_t step) noexcept nogil
    void square_of_doubles "pynn_square_of_doubles"(const double *a, const double *b, const double *c, const double *d,
                                                    double *out, Py_ssize_t step) noexcept nogil
    void fetch "PYNN_FETCH"(const void *address) noexcept nogil
    Py_ssize_t ROWS "PYNN_ROWS"(size_t size) noexcept nogil
    Py_ssize_t WIDE "PYNN_WIDE"(size_t size) noexcept nogil
    Py_ssize_t NARROW "PYNN_NARROW"(size_t size) noexcept nogil

ctypedef fused vector:
    floats
    doubles
    few


cdef inline void turn_square(const real *a, const real *b, const real *c, const real *d, real *out,
                             Py_ssize_t step) noexcept nogil:
    if real is float:
        square_of_floats(a, b, c, d, out, step)
    else:
        square_of_doubles(a, b, c, d, out, step)


cdef enum:
    MOST = 6 * 32           # elements of the largest tile
    LEAST = 8               # columns of the narrowest: where NARROW is 16, half a register


# out (rows, columns) = bias + W (rows, length)·A (length, width), or added to out; columns <= width are stored.
# A[k, c] = A[k·A_step + c], out[i, c] = out[i·out_step + c], W[i, k] = W[i·W_step + k] or, if transposed, W[k·W_step + i];
# bias may be NULL.
# `kind` is NULL; its type says which registers hold `real`.
cdef inline void tile(vector *kind, Py_ssize_t rows, Py_ssize_t width, bint transposed, const real *W, Py_ssize_t W_step,
                      const real *A, Py_ssize_t A_step, const real *bias, bint add, real *out, Py_ssize_t out_step,
                      Py_ssize_t length, Py_ssize_t columns) noexcept nogil:
    cdef vector[MOST] sums, a
    cdef real[MOST] spilled
    cdef real w
    cdef Py_ssize_t lanes = sizeof(vector) // sizeof(real), vectors = width // lanes, i, k, c
    if (real is float and vector is not doubles) or (real is double and vector is doubles):
        if length >= 32:
            for i in range(rows):
                for c in range(vectors):
                    fetch(out + i*out_step + c*lanes)
        for i in range(rows):
            for c in range(vectors):
                sums[i*vectors + c] = W[i if transposed else i*W_step] * (<const vector *>(A + c*lanes))[0]
        for k in range(1, length):
            for c in range(vectors):
                a[c] = (<const vector *>(A + k*A_step + c*lanes))[0]
            for i in range(rows):
                w = W[k*W_step + i if transposed else i*W_step + k]
                for c in range(vectors):
                    sums[i*vectors + c] += w * a[c]
        if bias != NULL:
            for i in range(rows):
                for c in range(vectors):
                    sums[i*vectors + c] += bias[i]
        if columns < width:
            for i in range(rows):
                for c in range(vectors):
                    (<vector *>(spilled + i*width + c*lanes))[0] = sums[i*vectors + c]
            for i in range(rows):
                for c in range(columns):
                    out[i*out_step + c] = (out[i*out_step + c] if add else <real>0) + spilled[i*width + c]
        elif add:
            for i in range(rows):
                for c in range(vectors):
                    (<vector *>(out + i*out_step + c*lanes))[0] += sums[i*vectors + c]
        else:
            for i in range(rows):
                for c in range(vectors):
                    (<vector *>(out + i*out_step + c*lanes))[0] = sums[i*vectors + c]


# z[i] = b[i] + Σ W[i, k] a[k] for 8 rows or 1 of W (rows, inputs), with vectors along k.
cdef inline void dots(vector *kind, Py_ssize_t rows, const real *W, const real *b, const real *a, real *z,
                      Py_ssize_t inputs) noexcept nogil:
    cdef vector[8] sums
    cdef real[8 * 16] lane
    cdef real[8] total
    cdef Py_ssize_t lanes = sizeof(vector) // sizeof(real), whole = inputs // lanes * lanes, i, k
    cdef real rest
    if (real is float and vector is floats) or (real is double and vector is doubles):
        for i in range(rows):
            total[i] = 0
        if whole > 0:
            for i in range(rows):
                sums[i] = (<const vector *>(W + i*inputs))[0] * (<const vector *>a)[0]
            k = lanes
            while k < whole:
                for i in range(rows):
                    sums[i] += (<const vector *>(W + i*inputs + k))[0] * (<const vector *>(a + k))[0]
                k += lanes
            for i in range(rows):
                (<vector *>(lane + i*lanes))[0] = sums[i]
            if rows == 8 and lanes >= 4:
                add_lanes(lane, lanes, total)
                add_lanes(lane + 4*lanes, lanes, total + 4)
            else:
                for i in range(rows):
                    add_lanes_of_row(lane + i*lanes, lanes, total + i)
        for i in range(rows):
            rest = b[i]
            for k in range(whole, inputs):
                rest += W[i*inputs + k] * a[k]
            z[i] = rest + total[i]


# The sum of the lanes of a vector, halves upon halves.          OUT total
cdef inline void add_lanes_of_row(real *lane, Py_ssize_t lanes, real *total) noexcept nogil:
    cdef Py_ssize_t half = lanes, k
    while half > 1:
        half //= 2
        for k in range(half):
            lane[k] += lane[half + k]
    total[0] = lane[0]


# The same sums of four vectors of 4, 8 or 16 lanes, with the vectors side by side for the last two halves.        OUT total (4)
cdef inline void add_lanes(const real *lane, Py_ssize_t lanes, real *total) noexcept nogil:
    cdef real[16] four, turned
    cdef Py_ssize_t i, c
    for i in range(4):
        for c in range(4):
            if lanes == 16:
                four[4*i + c] = (lane[i*lanes + c] + lane[i*lanes + 8 + c]) + (lane[i*lanes + 4 + c] + lane[i*lanes + 12 + c])
            elif lanes == 8:
                four[4*i + c] = lane[i*lanes + c] + lane[i*lanes + 4 + c]
            else:
                four[4*i + c] = lane[i*lanes + c]
    turn_square(four, four + 4, four + 8, four + 12, turned, 4)
    for i in range(4):
        total[i] = (turned[i] + turned[8 + i]) + (turned[4 + i] + turned[12 + i])

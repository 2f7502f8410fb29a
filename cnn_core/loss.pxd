from .architecture cimport Architecture, real

cdef enum Loss:
    BINARY_CROSS_ENTROPY
    CATEGORICAL_CROSS_ENTROPY
    MEAN_SQUARED_ERROR
    MEAN_ABSOLUTE_ERROR
    HUBER

cdef double loss(const Architecture *net, const real *Z, const real *A, const real *Y, const real *weights,
                 Py_ssize_t examples, Py_ssize_t columns) noexcept nogil
cdef void output_gradient(const Architecture *net, const real *Z, const real *A, const real *Y, const real *weights, real *dZ,
                          Py_ssize_t examples, Py_ssize_t columns) noexcept nogil
cdef void loss_derivative(const Architecture *net, const real *A, const real *Y, real *dA,
                          Py_ssize_t columns) noexcept nogil
cdef void metric(const Architecture *net, const real *A, const real *Y, const real *weights, double *sums,
                 Py_ssize_t examples, Py_ssize_t columns) noexcept nogil

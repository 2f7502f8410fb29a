from .architecture cimport real

cdef void product_plus_bias(const real *W, const real *b, const real *A, real *Z,
                            Py_ssize_t units, Py_ssize_t inputs, Py_ssize_t columns) noexcept nogil
cdef void transposed_product(const real *W, const real *dZ, real *dA,
                             Py_ssize_t units, Py_ssize_t inputs, Py_ssize_t columns) noexcept nogil
cdef void outer_product(const real *dZ, const real *A, real *panel, real *dW, bint add, Py_ssize_t units, Py_ssize_t inputs,
                        Py_ssize_t columns, Py_ssize_t blocks, Py_ssize_t apart) noexcept nogil
cdef void subtract_outer_product(real *W, const real *dz, const real *a, real alpha, Py_ssize_t units,
                                 Py_ssize_t inputs) noexcept nogil
cdef void row_sums(const real *dZ, real *db, bint add, Py_ssize_t units, Py_ssize_t columns) noexcept nogil

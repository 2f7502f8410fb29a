from .architecture cimport Architecture, real

cdef void backward(const Architecture *net, const real *theta, const real *Z, const real *A, real *dZ, real *dA,
                   real *panel, real *gradient, bint add, bint inputs_too, Py_ssize_t columns) noexcept nogil

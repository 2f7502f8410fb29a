from .architecture cimport Architecture, real
from .dropout cimport Draw

cdef void backward(const Architecture *net, const real *theta, const real *Z, real *A, real *dZ, real *dA, real *panels,
                   real *gradient, const Draw *draw, bint add, bint inputs_too, Py_ssize_t columns,
                   int n_threads) noexcept nogil

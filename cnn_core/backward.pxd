from .architecture cimport Architecture, real
from .dropout cimport Draw

cdef void backward(const Architecture *net, const real *theta, const real *Z, const real *A, real *dZ, real *dA,
                   const Draw *draw, bint inputs_too, Py_ssize_t columns) noexcept nogil
cdef void parameter_gradient(const Architecture *net, const real *A, const real *dZ, real *panel, real *gradient, bint add,
                             Py_ssize_t l, Py_ssize_t start, Py_ssize_t stop, Py_ssize_t columns, Py_ssize_t blocks,
                             Py_ssize_t apart) noexcept nogil

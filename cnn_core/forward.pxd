from .architecture cimport Architecture, real

cdef void forward(const Architecture *net, const real *theta, real *Z, real *A, Py_ssize_t columns) noexcept nogil

from .architecture cimport real

cdef void descend(real *theta, const real *gradient, real alpha, Py_ssize_t parameters) noexcept nogil

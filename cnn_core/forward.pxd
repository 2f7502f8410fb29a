from .architecture cimport Architecture, real
from .dropout cimport Draw

cdef void forward(const Architecture *net, const real *theta, real *Z, real *A, const Draw *draw,
                  Py_ssize_t columns) noexcept nogil

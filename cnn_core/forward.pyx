"""Forward propagation of one block:  Z[l] = W[l]·A[l−1] + b[l],  A[l] = g[l](Z[l])."""
from cython.parallel cimport prange

from .activations cimport SOFTMAX, activate
from .architecture cimport Architecture, real, start_of
from .dropout cimport Draw, drop
from .products cimport product_plus_bias


# As reference.forward.          IN theta (θ), A[0], draw (NULL: no dropout)   OUT Z[1…L], A[1…L]
cdef void forward(const Architecture *net, const real *theta, real *Z, real *A, const Draw *draw,
                  Py_ssize_t columns, int n_threads) noexcept nogil:
    cdef Py_ssize_t l, output = net.first[net.L] * columns
    cdef int part
    for l in range(1, net.L + 1):
        if n_threads == 1:
            forward_units(net, theta, Z, A, draw, l, 0, net.n[l], columns)
        else:
            for part in prange(n_threads, num_threads=n_threads, schedule="static"):
                forward_units(net, theta, Z, A, draw, l, start_of(part, n_threads, net.n[l]),
                              start_of(part + 1, n_threads, net.n[l]), columns)
    if net.g[net.L] == SOFTMAX:             # over the units of each column
        activate(SOFTMAX, Z + output, A + output, net.n[net.L], columns)


# Units start … stop−1 of layer l.
cdef void forward_units(const Architecture *net, const real *theta, real *Z, real *A, const Draw *draw, Py_ssize_t l,
                        Py_ssize_t start, Py_ssize_t stop, Py_ssize_t columns) noexcept nogil:
    cdef Py_ssize_t here = (net.first[l] + start) * columns, before = net.first[l - 1] * columns
    # Z[l] = W[l]·A[l−1] + b[l]
    product_plus_bias(theta + net.W[l] + start*net.n[l - 1], theta + net.b[l] + start, A + before, Z + here, stop - start,
                      net.n[l - 1], columns)
    # A[l] = g[l](Z[l])
    if net.g[l] != SOFTMAX:
        activate(net.g[l], Z + here, A + here, stop - start, columns)
    if draw != NULL and net.dropout[l] > 0:
        drop(A + here, draw, l, net.dropout[l], start, stop - start, columns)

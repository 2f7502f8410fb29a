"""Forward propagation of one block:  Z[l] = W[l]·A[l−1] + b[l],  A[l] = g[l](Z[l])."""
from .activations cimport activate
from .architecture cimport Architecture, real
from .dropout cimport Draw, drop
from .products cimport product_plus_bias


# As reference.forward.          IN theta (θ), A[0], draw (NULL: no dropout)   OUT Z[1…L], A[1…L]
cdef void forward(const Architecture *net, const real *theta, real *Z, real *A, const Draw *draw,
                  Py_ssize_t columns) noexcept nogil:
    cdef Py_ssize_t l, here, before
    for l in range(1, net.L + 1):
        here = net.first[l] * columns
        before = net.first[l - 1] * columns
        # Z[l] = W[l]·A[l−1] + b[l]
        product_plus_bias(theta + net.W[l], theta + net.b[l], A + before, Z + here, net.n[l], net.n[l - 1], columns)
        # A[l] = g[l](Z[l])
        activate(net.g[l], Z + here, A + here, net.n[l], columns)
        if draw != NULL and net.dropout[l] > 0:
            drop(A + here, draw, l, net.dropout[l], net.n[l], columns)

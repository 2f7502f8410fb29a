"""Backpropagation of one block, from dZ[L] (which loss.pyx computes) down to layer 1.

    dA[l] = W[l+1]ᵀ·dZ[l+1]      dZ[l] = dA[l] ∗ g[l]′(Z[l])      dW[l] = dZ[l]·A[l−1]ᵀ      db[l] = Σ dZ[l]

The article's 1/m is left out here: shares.pyx and Engine.backward divide the sum over the batch by m.
"""
from cython.parallel cimport prange

from .activations cimport times_derivative
from .architecture cimport Architecture, real, start_of
from .dropout cimport Draw, drop
from .products cimport outer_product, row_sums, transposed_product
from .tiles cimport WIDE


# As reference.backward.          IN theta (θ), Z[1…L], A[0…L], dZ[L]   OUT dZ[1…L−1], dA[1…L−1], dA[0] if inputs_too, and as
# gradient dW and db, summed over the examples, or added to it if add.  panels is scratch memory for a strip of A[l−1]ᵀ for
# every thread; draw is that of forward.
cdef void backward(const Architecture *net, const real *theta, const real *Z, real *A, real *dZ, real *dA, real *panels,
                   real *gradient, const Draw *draw, bint add, bint inputs_too, Py_ssize_t columns,
                   int n_threads) noexcept nogil:
    cdef Py_ssize_t l
    cdef int part
    for l in range(net.L, 0, -1):
        if n_threads == 1:
            backward_units(net, theta, Z, A, dZ, dA, panels, gradient, draw, add, l, 0, net.n[l], columns)
        else:
            for part in prange(n_threads, num_threads=n_threads, schedule="static"):
                backward_units(net, theta, Z, A, dZ, dA, panels + part*WIDE(sizeof(real))*columns, gradient, draw, add, l,
                               start_of(part, n_threads, net.n[l]), start_of(part + 1, n_threads, net.n[l]), columns)
    if inputs_too:
        # dA[0] = W[1]ᵀ·dZ[1]
        transposed_product(theta + net.W[1], net.n[0], dZ + net.first[1]*columns, dA, net.n[1], net.n[0], columns)


# Units start … stop−1 of layer l.
cdef void backward_units(const Architecture *net, const real *theta, const real *Z, real *A, real *dZ, real *dA, real *panel,
                         real *gradient, const Draw *draw, bint add, Py_ssize_t l, Py_ssize_t start, Py_ssize_t stop,
                         Py_ssize_t columns) noexcept nogil:
    cdef Py_ssize_t here = (net.first[l] + start) * columns, before = net.first[l - 1] * columns, units = stop - start, e
    if l < net.L:
        # dA[l] = W[l+1]ᵀ·dZ[l+1]
        transposed_product(theta + net.W[l + 1] + start, net.n[l], dZ + net.first[l + 1]*columns, dA + here, net.n[l + 1],
                           units, columns)
        if draw != NULL and net.dropout[l] > 0:
            drop(dA + here, draw, l, net.dropout[l], start, units, columns)
            for e in range(here, here + units*columns):         # g′ is a function of the a that was dropped or divided
                A[e] *= <real>(1 - net.dropout[l])
        # dZ[l] = dA[l] ∗ g[l]′(Z[l])
        times_derivative(net.g[l], Z + here, A + here, dA + here, dZ + here, units, columns)
    # dW[l] = dZ[l]·A[l−1]ᵀ
    outer_product(dZ + here, A + before, panel, gradient + net.W[l] + start*net.n[l - 1], add, units, net.n[l - 1], columns)
    # db[l] = Σ dZ[l]
    row_sums(dZ + here, gradient + net.b[l] + start, add, units, columns)

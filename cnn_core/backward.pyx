"""Backpropagation of one block, from dZ[L] (which loss.pyx computes) down to layer 1.

    dZ[l] = dA[l] ∗ g[l]′(Z[l])      dW[l] = dZ[l]·A[l−1]ᵀ      db[l] = Σ dZ[l]      dA[l−1] = W[l]ᵀ·dZ[l]

The article's 1/m is left out here: shares.pyx and Engine.backward divide the sum over the batch by m.
"""
from .activations cimport times_derivative
from .architecture cimport Architecture, real
from .dropout cimport Draw, drop
from .products cimport outer_product, row_sums, transposed_product


# As reference.backward.          IN theta (θ), Z[1…L], A[0…L], dZ[L]   OUT dZ[1…L−1], dA[1…L−1], dA[0] if inputs_too, and as
# gradient dW and db, summed over the examples, or added to it if add.  panel is scratch memory for a strip of A[l−1]ᵀ; draw is
# that of forward.
cdef void backward(const Architecture *net, const real *theta, const real *Z, real *A, real *dZ, real *dA, real *panel,
                   real *gradient, const Draw *draw, bint add, bint inputs_too, Py_ssize_t columns) noexcept nogil:
    cdef Py_ssize_t l, here, before, e
    for l in range(net.L, 0, -1):
        here = net.first[l] * columns
        before = net.first[l - 1] * columns
        if l < net.L:
            if draw != NULL and net.dropout[l] > 0:
                drop(dA + here, draw, l, net.dropout[l], net.n[l], columns)
                for e in range(here, here + net.n[l]*columns):      # g′ is a function of the a that was dropped or divided
                    A[e] *= <real>(1 - net.dropout[l])
            # dZ[l] = dA[l] ∗ g[l]′(Z[l])
            times_derivative(net.g[l], Z + here, A + here, dA + here, dZ + here, net.n[l], columns)
        # dW[l] = dZ[l]·A[l−1]ᵀ
        outer_product(dZ + here, A + before, panel, gradient + net.W[l], add, net.n[l], net.n[l - 1], columns)
        # db[l] = Σ dZ[l]
        row_sums(dZ + here, gradient + net.b[l], add, net.n[l], columns)
        if l > 1 or inputs_too:
            # dA[l−1] = W[l]ᵀ·dZ[l]
            transposed_product(theta + net.W[l], dZ + here, dA + before, net.n[l], net.n[l - 1], columns)

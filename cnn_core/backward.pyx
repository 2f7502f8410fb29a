"""Backpropagation of one block, from dZ[L] (which loss.pyx computes) down to layer 1.

    dZ[l] = dA[l] ∗ g[l]′(Z[l])      dA[l−1] = W[l]ᵀ·dZ[l]      dW[l] = dZ[l]·A[l−1]ᵀ      db[l] = Σ dZ[l]

First all dZ, then dW and db: of a large network, threads share the examples in the first and the units in the second.  The
article's 1/m is left out here: threads.pyx and Engine.backward divide the sum over the batch by m.
"""
from .activations cimport times_derivative
from .architecture cimport Architecture, real
from .dropout cimport Draw, drop
from .products cimport outer_product, row_sums, transposed_product


# The first half of reference.backward.          IN theta (θ), Z[1…L], A[0…L], dZ[L]   OUT dZ[1…L−1], dA[1…L−1], and dA[0] if
# inputs_too; draw is that of forward.
cdef void backward(const Architecture *net, const real *theta, const real *Z, const real *A, real *dZ, real *dA,
                   const Draw *draw, bint inputs_too, Py_ssize_t columns) noexcept nogil:
    cdef Py_ssize_t l, here, before, e
    cdef const real *a
    for l in range(net.L, 0, -1):
        here = net.first[l] * columns
        before = net.first[l - 1] * columns
        if l < net.L:
            a = A + here
            if draw != NULL and net.dropout[l] > 0:
                drop(dA + here, draw, l, net.dropout[l], net.n[l], columns)
                for e in range(here, here + net.n[l]*columns):      # g′ is a function of the a that was dropped or divided
                    dZ[e] = A[e] * <real>(1 - net.dropout[l])
                a = dZ + here
            # dZ[l] = dA[l] ∗ g[l]′(Z[l])
            times_derivative(net.g[l], Z + here, a, dA + here, dZ + here, net.n[l], columns)
        if l > 1 or inputs_too:
            # dA[l−1] = W[l]ᵀ·dZ[l]
            transposed_product(theta + net.W[l], dZ + here, dA + before, net.n[l], net.n[l - 1], columns)


# The second half, for units start … stop−1 of layer l, summed over blocks whose arrays begin `apart` elements from one another.
# IN A[0…L−1], dZ[1…L]   OUT in gradient dW and db, or added to it if add.  panel is scratch memory for a strip of A[l−1]ᵀ.
cdef void parameter_gradient(const Architecture *net, const real *A, const real *dZ, real *panel, real *gradient, bint add,
                             Py_ssize_t l, Py_ssize_t start, Py_ssize_t stop, Py_ssize_t columns, Py_ssize_t blocks,
                             Py_ssize_t apart) noexcept nogil:
    cdef Py_ssize_t here = (net.first[l] + start) * columns, before = net.first[l - 1] * columns, block
    # dW[l] = dZ[l]·A[l−1]ᵀ
    outer_product(dZ + here, A + before, panel, gradient + net.W[l] + start*net.n[l - 1], add, stop - start, net.n[l - 1],
                  columns, blocks, apart)
    # db[l] = Σ dZ[l]
    for block in range(blocks):
        row_sums(dZ + here + block*apart, gradient + net.b[l] + start, add or block > 0, stop - start, columns)

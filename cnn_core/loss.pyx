"""The loss J of a block and its derivative by the output layer: J-sum, dZ[L], and the article's dA[L].

Every loss is a mean over the units of the output layer (categorical cross-entropy: a sum), summed here over examples:

    binary cross-entropy        ℓ = −(y log ŷ + (1−y) log(1−ŷ)) = max(z, 0) − y z + log(1 + e^−|z|)
    categorical cross-entropy   ℓ = −Σ y log ŷ = log Σ e^z − Σ y z
    mean squared error          ℓ = (ŷ − y)²

The cross-entropies are computed from z, since ŷ may round to 0 or 1 and its logarithm to −∞, and so is
dZ[L] = dA[L] ∗ g′(Z[L]) = Ŷ − Y, in which dA[L] and g′ would be ∞ and 0.
"""
from libc.math cimport exp, fabs, log, log1p

from .activations cimport SIGMOID
from .architecture cimport BLOCK, Architecture, real
from .kernels cimport times_derivative


# The loss summed over the block.          IN Z[L], A[L], Y (n[L], columns)   OUT dZ[L] (n[L], columns)
cdef double loss(const Architecture *net, const real *Z, const real *A, const real *Y, real *dZ,
                 Py_ssize_t columns) noexcept nogil:
    cdef Py_ssize_t K = net.n[net.L], i, c, at
    cdef double total = 0, z, largest, exponentials
    cdef real share = 1 / <real>K
    if net.loss == BINARY_CROSS_ENTROPY:
        for i in range(K):
            for c in range(i*BLOCK, i*BLOCK + columns):
                z = Z[c]
                # ℓ = max(z, 0) − y z + log(1 + e^−|z|)
                total += (0 if z <= 0 else z) - Y[c]*z + log1p(exp(-fabs(z)))
                # dZ[L] = A[L] − Y
                dZ[c] = (A[c] - Y[c]) * share
        return total / K
    if net.loss == CATEGORICAL_CROSS_ENTROPY:
        for c in range(columns):
            largest = Z[c]
            for i in range(K):
                if Z[i*BLOCK + c] > largest:
                    largest = Z[i*BLOCK + c]
            exponentials = 0
            for i in range(K):
                at = i*BLOCK + c
                exponentials += exp(<double>Z[at] - largest)
                # Σ y z, with Σ y = 1: z is taken from its largest, so that no digits cancel
                total -= Y[at] * (<double>Z[at] - largest)
                # dZ[L] = A[L] − Y
                dZ[at] = A[at] - Y[at]
            # log Σ e^z
            total += log(exponentials)
        return total
    for i in range(K):
        for c in range(i*BLOCK, i*BLOCK + columns):
            total += (<double>A[c] - Y[c]) * (<double>A[c] - Y[c])
    # dZ[L] = dA[L] ∗ g′(Z[L])
    loss_derivative(net, A, Y, dZ, columns)
    times_derivative(net.g[net.L], Z, A, dZ, dZ, K, columns)
    return total / K


# dA[L], the derivative of the summed loss by Ŷ: infinite where a cross-entropy's ŷ has rounded to the wrong end.
# IN A[L], Y (n[L], columns)   OUT dA[L] (n[L], columns)
cdef void loss_derivative(const Architecture *net, const real *A, const real *Y, real *dA,
                          Py_ssize_t columns) noexcept nogil:
    cdef Py_ssize_t K = net.n[net.L], i, c
    cdef real share = 1 / <real>K
    for i in range(K):
        for c in range(i*BLOCK, i*BLOCK + columns):
            if net.loss == BINARY_CROSS_ENTROPY:
                # dA[L] = −(Y/Ŷ − (1−Y)/(1−Ŷ)), of which only one term is there for y = 0 or 1
                dA[c] = (-1 / A[c] if Y[c] == 1 else 1 / (1 - A[c])) * share
            elif net.loss == CATEGORICAL_CROSS_ENTROPY:
                # dA[L] = −Y/Ŷ
                dA[c] = -1 / A[c] if Y[c] == 1 else 0 * A[c]
            else:
                # dA[L] = 2 (Ŷ − Y)
                dA[c] = 2 * (A[c] - Y[c]) * share


# Added to metric: metric[0] the examples predicted rightly, or, for linear outputs, metric[i] the squared errors of unit i.
# IN A[L], Y (n[L], columns)   OUT metric (n[L])
cdef void measure(const Architecture *net, const real *A, const real *Y, double *metric,
                  Py_ssize_t columns) noexcept nogil:
    cdef Py_ssize_t K = net.n[net.L], i, c, chosen
    cdef bint right
    if net.g[net.L] == SIGMOID:
        for c in range(columns):
            right = True
            for i in range(K):
                right = right and (A[i*BLOCK + c] > <real>0.5) == (Y[i*BLOCK + c] > <real>0.5)
            metric[0] += right
    elif net.loss == CATEGORICAL_CROSS_ENTROPY:
        for c in range(columns):
            chosen = 0
            for i in range(1, K):
                if A[i*BLOCK + c] > A[chosen*BLOCK + c]:
                    chosen = i
            metric[0] += Y[chosen*BLOCK + c] == 1
    else:
        for i in range(K):
            for c in range(columns):
                metric[i] += (<double>A[i*BLOCK + c] - Y[i*BLOCK + c]) * (<double>A[i*BLOCK + c] - Y[i*BLOCK + c])

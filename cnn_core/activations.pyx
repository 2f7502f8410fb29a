"""The activations over a block: A[l] = g(Z[l]) and dZ[l] = dA[l] ∗ g′(Z[l]).  activations.pxd has g and g′ of one number.

Every activation has a loop of its own, over neighbours in memory and without a branch, so that the compiler turns it into
vector instructions.
"""
from .architecture cimport BLOCK, real

ACTIVATIONS = {"linear": LINEAR, "sigmoid": SIGMOID, "tanh": TANH, "relu": RELU, "leaky_relu": LEAKY_RELU, "elu": ELU,
               "selu": SELU, "gelu": GELU, "silu": SILU, "softplus": SOFTPLUS, "softmax": SOFTMAX}


# A = g(Z); softmax runs over the rows of each column.          IN Z (units, columns)   OUT A (units, columns)
cdef void activate(int g, const real *Z, real *A, Py_ssize_t units, Py_ssize_t columns) noexcept nogil:
    cdef Py_ssize_t e
    if g == LINEAR:
        for e in range(units * columns):
            A[e] = linear(Z[e])
    elif g == SIGMOID:
        for e in range(units * columns):
            A[e] = sigmoid(Z[e])
    elif g == TANH:
        for e in range(units * columns):
            A[e] = tanh(Z[e])
    elif g == RELU:
        for e in range(units * columns):
            A[e] = relu(Z[e])
    elif g == LEAKY_RELU:
        for e in range(units * columns):
            A[e] = leaky_relu(Z[e])
    elif g == ELU:
        for e in range(units * columns):
            A[e] = elu(Z[e])
    elif g == SELU:
        for e in range(units * columns):
            A[e] = selu(Z[e])
    elif g == GELU:
        for e in range(units * columns):
            A[e] = gelu(Z[e])
    elif g == SILU:
        for e in range(units * columns):
            A[e] = silu(Z[e])
    elif g == SOFTPLUS:
        for e in range(units * columns):
            A[e] = softplus(Z[e])
    elif g == SOFTMAX:
        softmax(Z, A, units, columns)


# dZ = dA ∗ g′(Z), for every activation but softmax          IN Z, A, dA (units, columns)   OUT dZ (units, columns)
cdef void times_derivative(int g, const real *Z, const real *A, const real *dA, real *dZ,
                           Py_ssize_t units, Py_ssize_t columns) noexcept nogil:
    cdef Py_ssize_t e
    if g == LINEAR:
        for e in range(units * columns):
            dZ[e] = dA[e] * linear_prime(Z[e], A[e])
    elif g == SIGMOID:
        for e in range(units * columns):
            dZ[e] = dA[e] * sigmoid_prime(Z[e], A[e])
    elif g == TANH:
        for e in range(units * columns):
            dZ[e] = dA[e] * tanh_prime(Z[e], A[e])
    elif g == RELU:
        for e in range(units * columns):
            dZ[e] = dA[e] * relu_prime(Z[e], A[e])
    elif g == LEAKY_RELU:
        for e in range(units * columns):
            dZ[e] = dA[e] * leaky_relu_prime(Z[e], A[e])
    elif g == ELU:
        for e in range(units * columns):
            dZ[e] = dA[e] * elu_prime(Z[e], A[e])
    elif g == SELU:
        for e in range(units * columns):
            dZ[e] = dA[e] * selu_prime(Z[e], A[e])
    elif g == GELU:
        for e in range(units * columns):
            dZ[e] = dA[e] * gelu_prime(Z[e], A[e])
    elif g == SILU:
        for e in range(units * columns):
            dZ[e] = dA[e] * silu_prime(Z[e], A[e])
    elif g == SOFTPLUS:
        for e in range(units * columns):
            dZ[e] = dA[e] * softplus_prime(Z[e], A[e])


# A[i] = e^(Z[i] − max Z) / Σ e^(Z[k] − max Z), column by column, as reference.softmax.  Each a depends on every z of its
# column, so its g′ is a matrix; dZ[L] is A[L] − Y, in loss.pyx.          IN Z (units, columns)   OUT A (units, columns)
cdef void softmax(const real *Z, real *A, Py_ssize_t units, Py_ssize_t columns) noexcept nogil:
    cdef real[BLOCK] largest, total
    cdef Py_ssize_t i, c
    for c in range(columns):
        largest[c] = Z[c]
        total[c] = 0
    for i in range(1, units):
        for c in range(columns):
            largest[c] = Z[i*columns + c] if Z[i*columns + c] > largest[c] else largest[c]
    for i in range(units):
        for c in range(columns):
            A[i*columns + c] = exponential(Z[i*columns + c] - largest[c])
            total[c] += A[i*columns + c]
    for i in range(units):
        for c in range(columns):
            A[i*columns + c] /= total[c]

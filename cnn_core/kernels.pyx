"""Matrix products and elementwise maps over blocks; the one place that is tuned for speed.

The innermost loop always runs over neighbours in memory, which the compiler turns into vector instructions: over the
examples of a block where it can, over the inputs of a unit in the outer product.
"""
from .activations cimport (SIGMOID, TANH, RELU, LEAKY_RELU, SOFTMAX, exponential, sigmoid, sigmoid_prime,
                           tanh, tanh_prime, relu, relu_prime, leaky_relu, leaky_relu_prime)
from .architecture cimport BLOCK, real


# Z = W·A + b          IN W (units, inputs), b (units), A (inputs, columns)   OUT Z (units, columns)
cdef void product_plus_bias(const real *W, const real *b, const real *A, real *Z,
                            Py_ssize_t units, Py_ssize_t inputs, Py_ssize_t columns) noexcept nogil:
    cdef Py_ssize_t i, k, c
    cdef real w
    for i in range(units):
        for c in range(columns):
            Z[i*BLOCK + c] = b[i]
        for k in range(inputs):
            w = W[i*inputs + k]
            for c in range(columns):
                Z[i*BLOCK + c] += w * A[k*BLOCK + c]


# dW += dZ·Aᵀ          IN dZ (units, columns), A (inputs, columns)   OUT A_transposed (columns, inputs), dW (units, inputs)
cdef void add_outer_product(const real *dZ, const real *A, real *A_transposed, real *dW,
                            Py_ssize_t units, Py_ssize_t inputs, Py_ssize_t columns) noexcept nogil:
    cdef Py_ssize_t i, k, c
    cdef real d
    for k in range(inputs):
        for c in range(columns):
            A_transposed[c*inputs + k] = A[k*BLOCK + c]
    for i in range(units):
        for c in range(columns):
            d = dZ[i*BLOCK + c]
            for k in range(inputs):
                dW[i*inputs + k] += d * A_transposed[c*inputs + k]


# db += Σ over the columns of dZ          IN dZ (units, columns)   OUT db (units)
cdef void add_row_sums(const real *dZ, real *db, Py_ssize_t units, Py_ssize_t columns) noexcept nogil:
    cdef Py_ssize_t i, c
    cdef real total
    for i in range(units):
        total = 0
        for c in range(columns):
            total += dZ[i*BLOCK + c]
        db[i] += total


# dA = Wᵀ·dZ          IN W (units, inputs), dZ (units, columns)   OUT dA (inputs, columns)
cdef void transposed_product(const real *W, const real *dZ, real *dA,
                             Py_ssize_t units, Py_ssize_t inputs, Py_ssize_t columns) noexcept nogil:
    cdef Py_ssize_t i, k, c
    cdef real w
    for k in range(inputs):
        for c in range(columns):
            dA[k*BLOCK + c] = 0
        for i in range(units):
            w = W[i*inputs + k]
            for c in range(columns):
                dA[k*BLOCK + c] += w * dZ[i*BLOCK + c]


# A = g(Z), softmax over the rows of each column          IN Z (units, columns)   OUT A (units, columns)
cdef void activate(int g, const real *Z, real *A, Py_ssize_t units, Py_ssize_t columns) noexcept nogil:
    cdef Py_ssize_t i, c
    if g == SOFTMAX:
        softmax(Z, A, units, columns)
        return
    for i in range(units):
        if g == RELU:
            for c in range(i*BLOCK, i*BLOCK + columns):
                A[c] = relu(Z[c])
        elif g == LEAKY_RELU:
            for c in range(i*BLOCK, i*BLOCK + columns):
                A[c] = leaky_relu(Z[c])
        elif g == SIGMOID:
            for c in range(i*BLOCK, i*BLOCK + columns):
                A[c] = sigmoid(Z[c])
        elif g == TANH:
            for c in range(i*BLOCK, i*BLOCK + columns):
                A[c] = tanh(Z[c])
        else:
            for c in range(i*BLOCK, i*BLOCK + columns):
                A[c] = Z[c]


# dZ = dA ∗ g′(Z)          IN Z, A, dA (units, columns)   OUT dZ (units, columns)
cdef void times_derivative(int g, const real *Z, const real *A, const real *dA, real *dZ,
                           Py_ssize_t units, Py_ssize_t columns) noexcept nogil:
    cdef Py_ssize_t i, c
    for i in range(units):
        if g == RELU:
            for c in range(i*BLOCK, i*BLOCK + columns):
                dZ[c] = dA[c] * relu_prime(Z[c], A[c])
        elif g == LEAKY_RELU:
            for c in range(i*BLOCK, i*BLOCK + columns):
                dZ[c] = dA[c] * leaky_relu_prime(Z[c], A[c])
        elif g == SIGMOID:
            for c in range(i*BLOCK, i*BLOCK + columns):
                dZ[c] = dA[c] * sigmoid_prime(Z[c], A[c])
        elif g == TANH:
            for c in range(i*BLOCK, i*BLOCK + columns):
                dZ[c] = dA[c] * tanh_prime(Z[c], A[c])
        else:
            for c in range(i*BLOCK, i*BLOCK + columns):
                dZ[c] = dA[c]


# A[i] = e^(Z[i] − max Z) / Σ e^(Z[k] − max Z), column by column          IN Z (units, columns)   OUT A (units, columns)
cdef void softmax(const real *Z, real *A, Py_ssize_t units, Py_ssize_t columns) noexcept nogil:
    cdef Py_ssize_t i, c
    cdef real largest, total
    for c in range(columns):
        largest = Z[c]
        for i in range(1, units):
            if Z[i*BLOCK + c] > largest:
                largest = Z[i*BLOCK + c]
        total = 0
        for i in range(units):
            A[i*BLOCK + c] = exponential(Z[i*BLOCK + c] - largest)
            total += A[i*BLOCK + c]
        for i in range(units):
            A[i*BLOCK + c] /= total

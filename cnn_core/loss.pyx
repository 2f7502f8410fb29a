"""The loss of a block, its derivative by the output layer (dZ[L], and the article's dA[L]), and the metric.

Every loss is a mean over the units of the output layer (categorical cross-entropy: a sum), summed here over examples:

    binary cross-entropy        ℓ = −(y log ŷ + (1−y) log(1−ŷ)) = max(z, 0) − y z + log(1 + e^−|z|)
    categorical cross-entropy   ℓ = −Σ y log ŷ = log Σ e^z − Σ y z
    mean squared error          ℓ = (ŷ − y)²
    mean absolute error         ℓ = |ŷ − y|
    Huber                       ℓ = ½ (ŷ − y)² where |ŷ − y| <= 1, else |ŷ − y| − ½

The cross-entropies are computed from z, since ŷ may round to 0 or 1, and its logarithm to −∞.  For the same reason their
dZ[L] = dA[L] ∗ g′(Z[L]) is computed as Ŷ − Y: the factors dA[L] and g′ would be ∞ and 0.
"""
from libc.math cimport log

from .activations cimport LINEAR, SIGMOID, SOFTMAX, times_derivative
from .architecture cimport BLOCK, Architecture, real
from .elementary cimport exponential, log1p

LOSSES = {"binary_cross_entropy": BINARY_CROSS_ENTROPY, "categorical_cross_entropy": CATEGORICAL_CROSS_ENTROPY,
          "mean_squared_error": MEAN_SQUARED_ERROR, "mean_absolute_error": MEAN_ABSOLUTE_ERROR, "huber": HUBER}


# The loss summed over the examples of a block, each times its weight (weights may be NULL): reference.stable_loss.
# IN Z[L], A[L], Y (n[L], columns), weights (columns)
cdef double loss(const Architecture *net, const real *Z, const real *A, const real *Y, const real *weights,
                 Py_ssize_t examples, Py_ssize_t columns) noexcept nogil:
    cdef Py_ssize_t K = net.n[net.L], i, c
    cdef double[BLOCK] losses
    cdef double z, d
    for c in range(columns):
        losses[c] = 0
    for i in range(K):
        if net.loss == BINARY_CROSS_ENTROPY:
            for c in range(columns):
                z = Z[i*columns + c]
                # ℓ = max(z, 0) − y z + log(1 + e^−|z|)
                losses[c] += (0 if z <= 0 else z) - Y[i*columns + c]*z + log1p(exponential(-z if z > 0 else z))
        elif net.loss == MEAN_SQUARED_ERROR:
            for c in range(columns):
                d = <double>A[i*columns + c] - Y[i*columns + c]
                # ℓ = (ŷ − y)²
                losses[c] += d * d
        elif net.loss == MEAN_ABSOLUTE_ERROR:
            for c in range(columns):
                d = <double>A[i*columns + c] - Y[i*columns + c]
                # ℓ = |ŷ − y|
                losses[c] += -d if d < 0 else d
        elif net.loss == HUBER:
            for c in range(columns):
                d = <double>A[i*columns + c] - Y[i*columns + c]
                d = -d if d < 0 else d
                # ℓ = ½ (ŷ − y)², or |ŷ − y| − ½
                losses[c] += d - 0.5 if d > 1 else 0.5 * d * d
    if net.loss == CATEGORICAL_CROSS_ENTROPY:
        cross_entropy(Z, Y, losses, K, columns)
    elif K > 1:
        for c in range(columns):
            losses[c] /= K
    if weights != NULL:
        for c in range(columns):
            losses[c] *= weights[c]
    return sum_of(losses, examples)


# ℓ = log Σ e^z − Σ y z of every column, both from z's largest, so that no digits cancel; Σ y = 1.
cdef void cross_entropy(const real *Z, const real *Y, double *losses, Py_ssize_t K, Py_ssize_t columns) noexcept nogil:
    cdef double[BLOCK] largest, exponentials, chosen
    cdef Py_ssize_t i, c
    cdef double z
    for c in range(columns):
        largest[c] = Z[c]
        exponentials[c] = 0
        chosen[c] = 0
    for i in range(1, K):
        for c in range(columns):
            z = Z[i*columns + c]
            largest[c] = z if z > largest[c] else largest[c]
    for i in range(K):
        for c in range(columns):
            z = Z[i*columns + c] - largest[c]
            exponentials[c] += exponential(z)
            chosen[c] += Y[i*columns + c] * z
    for c in range(columns):
        losses[c] = log(exponentials[c]) - chosen[c]


# Σ x, in four sums, so that an addition does not wait for the one before it.          IN x (count)
cdef double sum_of(const double *x, Py_ssize_t count) noexcept nogil:
    cdef double[4] sums
    cdef Py_ssize_t c, s
    for s in range(4):
        sums[s] = 0
    for c in range(count):
        sums[c & 3] += x[c]
    return (sums[0] + sums[1]) + (sums[2] + sums[3])


# dZ[L] in its stable form, each column times its weight (weights may be NULL): reference.output_gradient.
# IN Z[L], A[L], Y (n[L], columns), weights (columns)   OUT dZ[L] (n[L], columns)
cdef void output_gradient(const Architecture *net, const real *Z, const real *A, const real *Y, const real *weights, real *dZ,
                          Py_ssize_t examples, Py_ssize_t columns) noexcept nogil:
    cdef Py_ssize_t K = net.n[net.L], i, c, e
    cdef real share = 1 / <real>K
    if net.loss == CATEGORICAL_CROSS_ENTROPY:
        # dZ[L] = A[L] − Y
        for e in range(K * columns):
            dZ[e] = A[e] - Y[e]
    elif net.loss == BINARY_CROSS_ENTROPY:
        # dZ[L] = A[L] − Y
        for e in range(K * columns):
            dZ[e] = (A[e] - Y[e]) * share
    else:
        # dZ[L] = dA[L] ∗ g′(Z[L])
        loss_derivative(net, A, Y, dZ, columns)
        times_derivative(net.g[net.L], Z, A, dZ, dZ, K, columns)
    if weights != NULL:
        for i in range(K):
            for c in range(columns):
                dZ[i*columns + c] *= weights[c]
    # surplus columns add nothing to a gradient
    for i in range(K):
        for e in range(i*columns + examples, (i + 1)*columns):
            dZ[e] = 0


# a / b, and 0 where a is 0, also for 0/0: reference.ratio.
cdef inline real ratio(real a, real b) noexcept nogil:
    return a / b if a != 0 else <real>0


# dA[L], the derivative of the summed loss by Ŷ: infinite where ŷ of a cross-entropy has rounded to the wrong end:
# reference.loss_derivative.          IN A[L], Y (n[L], columns)   OUT dA[L] (n[L], columns)
cdef void loss_derivative(const Architecture *net, const real *A, const real *Y, real *dA,
                          Py_ssize_t columns) noexcept nogil:
    cdef Py_ssize_t K = net.n[net.L], e
    cdef real share = 1 / <real>K
    if net.loss == BINARY_CROSS_ENTROPY:
        # dA[L] = −(Y/Ŷ − (1−Y)/(1−Ŷ))
        for e in range(K * columns):
            dA[e] = (ratio(<real>1 - Y[e], <real>1 - A[e]) - ratio(Y[e], A[e])) * share
    elif net.loss == CATEGORICAL_CROSS_ENTROPY:
        # dA[L] = −Y/Ŷ
        for e in range(K * columns):
            dA[e] = <real>-1 / A[e] if Y[e] == 1 else <real>0 * A[e]
    elif net.loss == MEAN_SQUARED_ERROR:
        # dA[L] = 2 (Ŷ − Y)
        for e in range(K * columns):
            dA[e] = <real>2 * (A[e] - Y[e]) * share
    elif net.loss == MEAN_ABSOLUTE_ERROR:
        # dA[L] = the sign of Ŷ − Y
        for e in range(K * columns):
            dA[e] = share if A[e] > Y[e] else (-share if A[e] < Y[e] else <real>0 * A[e])
    elif net.loss == HUBER:
        # dA[L] = Ŷ − Y, from −1 to 1
        for e in range(K * columns):
            dA[e] = A[e] - Y[e]
            dA[e] = (<real>1 if dA[e] > 1 else (<real>-1 if dA[e] < -1 else dA[e])) * share


# Adds to sums[0] the number of examples predicted rightly or, for linear outputs, to sums[i] the squared errors of unit i, each
# times its weight (weights may be NULL): reference.metric.   IN A[L], Y (n[L], columns), weights (columns)   IN/OUT sums (n[L])
cdef void metric(const Architecture *net, const real *A, const real *Y, const real *weights, double *sums,
                 Py_ssize_t examples, Py_ssize_t columns) noexcept nogil:
    cdef Py_ssize_t K = net.n[net.L], i, c
    cdef double[BLOCK] measured
    cdef int[BLOCK] wrong
    cdef real[BLOCK] largest
    cdef int count = 0
    cdef double d
    if net.g[net.L] == LINEAR:
        for i in range(K):
            for c in range(columns):
                d = <double>A[i*columns + c] - Y[i*columns + c]
                measured[c] = d * d if weights == NULL else d * d * weights[c]
            sums[i] += sum_of(measured, examples)
        return
    for c in range(columns):
        wrong[c] = 0
        largest[c] = -1         # less than every output of softmax
    for i in range(K):
        if net.g[net.L] == SIGMOID:
            for c in range(columns):
                wrong[c] |= (A[i*columns + c] > <real>0.5) != (Y[i*columns + c] > <real>0.5)
        elif net.g[net.L] == SOFTMAX:
            for c in range(columns):
                wrong[c] = Y[i*columns + c] != 1 if A[i*columns + c] > largest[c] else wrong[c]
                largest[c] = A[i*columns + c] if A[i*columns + c] > largest[c] else largest[c]
    if weights == NULL:
        for c in range(examples):
            count += wrong[c]
        sums[0] += examples - count
    else:
        for c in range(columns):
            measured[c] = <double>0 if wrong[c] else weights[c]
        sums[0] += sum_of(measured, examples)

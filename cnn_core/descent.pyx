"""Gradient descent:  θ ← θ − α·∇J, which is W[l] ← W[l] − α·dW[l] and b[l] ← b[l] − α·db[l] for every layer at once.

Below it are the optimisers that refine the step, as PyTorch defines them, and the penalties that are added to ∇J.  Powers are
elementwise; g is ∇J; m and v start at 0; t counts the steps from 1.

    momentum    m ← μ m + g                                                 θ ← θ − α m
    Nesterov    m ← μ m + g                                                 θ ← θ − α (g + μ m)
    RMSprop     v ← β₂ v + (1−β₂) g²                                        θ ← θ − α g / (√v + ε)
    Adagrad     v ← v + g²                                                  θ ← θ − α g / (√v + ε)
    Adam        m ← β₁ m + (1−β₁) g,  v ← β₂ v + (1−β₂) g²                  θ ← θ − α m̂ / (√v̂ + ε)
    AdamW       θ ← θ − α λ θ, then Adam
    Adamax      m ← β₁ m + (1−β₁) g,  v ← max(β₂ v, |g| + ε)                θ ← θ − α m̂ / v

where m̂ = m / (1−β₁ᵗ) and v̂ = v / (1−β₂ᵗ).
"""
from libc.math cimport pow, sqrt

from .architecture cimport Architecture, real, start_of
from .products cimport subtract_outer_product

cdef extern from "<math.h>" nogil:
    float sqrtf(float x)

# A rule, and how many vectors like θ it keeps between steps: m and v, or one of them.
OPTIMIZERS = {"sgd": (SGD, 0), "momentum": (MOMENTUM, 1), "nesterov": (NESTEROV, 1), "rmsprop": (RMSPROP, 1),
              "adagrad": (ADAGRAD, 1), "adam": (ADAM, 2), "adamw": (ADAMW, 2), "adamax": (ADAMAX, 2)}


# As reference.descend.          IN gradient (∇J), alpha (α)   IN/OUT theta (θ)
cdef void descend(real *theta, const real *gradient, real alpha, Py_ssize_t parameters) noexcept nogil:
    cdef Py_ssize_t p
    for p in range(parameters):
        # θ ← θ − α·∇J
        theta[p] -= alpha * gradient[p]


# As descend, for the gradient of a single example, dW[l] = dZ[l]·A[l−1]ᵀ and db[l] = dZ[l], which is never in memory; for one
# of so many parts of the units of every layer.       IN A[0…L−1], dZ[1…L] (one column), alpha (α)   IN/OUT theta (θ)
cdef void descend_by_one_example(const Architecture *net, real *theta, const real *A, const real *dZ, real alpha, int part,
                                 int parts) noexcept nogil:
    cdef Py_ssize_t l, start, units
    for l in range(1, net.L + 1):
        start = start_of(part, parts, net.n[l])
        units = start_of(part + 1, parts, net.n[l]) - start
        # W[l] ← W[l] − α·dZ[l]·A[l−1]ᵀ
        subtract_outer_product(theta + net.W[l] + start*net.n[l - 1], dZ + net.first[l] + start, A + net.first[l - 1], alpha,
                               units, net.n[l - 1])
        # b[l] ← b[l] − α·dZ[l]
        descend(theta + net.b[l] + start, dZ + net.first[l] + start, alpha, units)


# Step t of an optimiser, as reference.update.          IN gradient (∇J / scale)   IN/OUT theta (θ), first (m), second (v)
cdef void update(const Optimizer *optimizer, double t, real *theta, const real *gradient, real scale, real *first,
                 real *second, Py_ssize_t parameters) noexcept nogil:
    cdef real alpha = <real>optimizer.alpha, epsilon = <real>optimizer.epsilon
    cdef real beta1 = <real>optimizer.beta1, new1 = <real>(1 - optimizer.beta1)
    cdef real beta2 = <real>optimizer.beta2, new2 = <real>(1 - optimizer.beta2)
    cdef real keep = <real>(1 - optimizer.alpha * optimizer.decay), g, root
    cdef Py_ssize_t p
    if optimizer.rule == SGD:
        descend(theta, gradient, alpha * scale, parameters)
    elif optimizer.rule == MOMENTUM:
        for p in range(parameters):
            first[p] = normal(beta1 * first[p] + scale * gradient[p])
            theta[p] -= alpha * first[p]
    elif optimizer.rule == NESTEROV:
        for p in range(parameters):
            g = scale * gradient[p]
            first[p] = normal(beta1 * first[p] + g)
            theta[p] -= alpha * (g + beta1 * first[p])
    elif optimizer.rule == RMSPROP:
        for p in range(parameters):
            g = scale * gradient[p]
            second[p] = normal(beta2 * second[p] + new2 * g * g)
            theta[p] -= alpha * g / (square_root(second[p]) + epsilon)
    elif optimizer.rule == ADAGRAD:
        for p in range(parameters):
            g = scale * gradient[p]
            second[p] = normal(second[p] + g * g)
            theta[p] -= alpha * g / (square_root(second[p]) + epsilon)
    elif optimizer.rule == ADAM or optimizer.rule == ADAMW:
        alpha = <real>(optimizer.alpha / (1 - pow(optimizer.beta1, t)))
        root = <real>(1 / sqrt(1 - pow(optimizer.beta2, t)))
        for p in range(parameters):
            g = scale * gradient[p]
            first[p] = normal(beta1 * first[p] + new1 * g)
            second[p] = normal(beta2 * second[p] + new2 * g * g)
            theta[p] = keep * theta[p] - alpha * first[p] / (square_root(second[p]) * root + epsilon)
    elif optimizer.rule == ADAMAX:
        alpha = <real>(optimizer.alpha / (1 - pow(optimizer.beta1, t)))
        for p in range(parameters):
            g = scale * gradient[p]
            first[p] = normal(beta1 * first[p] + new1 * g)
            g = (-g if g < 0 else g) + epsilon
            second[p] = beta2 * second[p] if beta2 * second[p] > g else g
            theta[p] -= alpha * first[p] / second[p]


# x, or 0 where x is subnormal: a CPU is a hundred times slower with such numbers, and β m never reaches 0 by itself.
cdef inline real normal(real x) noexcept nogil:
    cdef real least
    if real is float:
        least = <float>1.1754943508222875e-38
    else:
        least = 2.2250738585072014e-308
    return <real>0 if -least < x and x < least else x


cdef inline real square_root(real x) noexcept nogil:
    if real is float:
        return sqrtf(x)
    else:
        return sqrt(x)


# dW[l] ← dW[l] + l2·W[l] + l1·sign(W[l]), as reference.penalise.          IN theta (θ)   IN/OUT gradient
cdef void penalise(const Architecture *net, const real *theta, real *gradient, real l1, real l2) noexcept nogil:
    cdef Py_ssize_t l, p
    for l in range(1, net.L + 1):
        for p in range(net.W[l], net.b[l]):
            gradient[p] += l2 * theta[p] + (l1 if theta[p] > 0 else (-l1 if theta[p] < 0 else <real>0))


# ‖∇J‖², by which threads.pyx clips as reference.clip.
cdef double squared_norm(const real *gradient, Py_ssize_t parameters) noexcept nogil:
    cdef double[8] sums
    cdef Py_ssize_t p, lane
    for lane in range(8):
        sums[lane] = 0
    for p in range(parameters - parameters % 8):
        sums[p & 7] += <double>gradient[p] * gradient[p]
    for p in range(parameters - parameters % 8, parameters):
        sums[0] += <double>gradient[p] * gradient[p]
    return ((sums[0] + sums[4]) + (sums[1] + sums[5])) + ((sums[2] + sums[6]) + (sums[3] + sums[7]))

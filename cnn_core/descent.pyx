"""Gradient descent:  θ ← θ − α·∇J, which is W[l] ← W[l] − α·dW[l] and b[l] ← b[l] − α·db[l] for every layer at once."""
from .architecture cimport real


# IN gradient (∇J), alpha (α)   IN/OUT theta (θ)
cdef void descend(real *theta, const real *gradient, real alpha, Py_ssize_t parameters) noexcept nogil:
    cdef Py_ssize_t p
    for p in range(parameters):
        # θ ← θ − α·∇J
        theta[p] -= alpha * gradient[p]

"""g and g′ of every activation, side by side; g′ is a function of z and of a = g(z).

NaN stays NaN everywhere: a comparison with it is false, so each branch is written for NaN to fall through.
"""
from .architecture cimport real
from .elementary cimport exponential

cdef enum Activation:
    LINEAR
    SIGMOID
    TANH
    RELU
    LEAKY_RELU
    SOFTMAX                 # over the units of the output layer, so not an elementwise map: see kernels.softmax


# sigmoid(z) = 1 / (1 + e^−z);  sigmoid′ = a (1 − a).  e^−|z| cannot overflow.
cdef inline real sigmoid(real z) noexcept nogil:
    cdef real e = exponential(-z if z > 0 else z)
    return (<real>1 if z > 0 else e) / (<real>1 + e)

cdef inline real sigmoid_prime(real z, real a) noexcept nogil:
    return a * (<real>1 - a)


# tanh(z), in elementary.pxd;  tanh′ = 1 − a².
cdef inline real tanh_prime(real z, real a) noexcept nogil:
    return <real>1 - a * a


# relu(z) = max(0, z);  relu′ = 1 where z > 0, else 0 (also at z = 0).
cdef inline real relu(real z) noexcept nogil:
    return <real>0 if z <= 0 else z

cdef inline real relu_prime(real z, real a) noexcept nogil:
    return <real>1 if z > 0 else <real>0


# leaky_relu(z) = z where z > 0, else 0.01 z;  leaky_relu′ = 1 or 0.01.
cdef inline real leaky_relu(real z) noexcept nogil:
    return z if z > 0 else <real>0.01 * z

cdef inline real leaky_relu_prime(real z, real a) noexcept nogil:
    return <real>1 if z > 0 else <real>0.01

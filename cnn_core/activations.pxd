"""g and g′ of every activation, side by side, named as in reference.py; g′ is a function of z and of a = g(z).

NaN stays NaN everywhere: a comparison with it is false, so each branch is written for NaN to fall through.
"""
from .architecture cimport real
from .elementary cimport exponential, expm1_of_negative, log1p, normal_tail

cdef enum Activation:
    LINEAR
    SIGMOID
    TANH
    RELU
    LEAKY_RELU
    ELU
    SELU
    GELU
    SILU
    SOFTPLUS
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


# elu(z) = z where z > 0, else e^z − 1;  elu′ = 1 or a + 1.
cdef inline real elu(real z) noexcept nogil:
    return z if z > 0 else expm1_of_negative(z)

cdef inline real elu_prime(real z, real a) noexcept nogil:
    return <real>1 if z > 0 else a + <real>1


# selu(z) = λ z where z > 0, else λ α (e^z − 1);  selu′ = λ or a + λ α.  These λ and α keep mean 0 and variance 1 from
# layer to layer (Klambauer et al. 2017).
cdef inline real selu(real z) noexcept nogil:
    return <real>1.0507009873554805 * z if z > 0 else <real>1.7580993408473766 * expm1_of_negative(z)

cdef inline real selu_prime(real z, real a) noexcept nogil:
    return <real>1.0507009873554805 if z > 0 else a + <real>1.7580993408473766


# gelu(z) = z Φ(z);  gelu′ = Φ(z) + z e^(−z²/2) / √(2π).  Φ is the normal distribution's.
cdef inline real gelu(real z) noexcept nogil:
    cdef real tail = normal_tail(z, exponential(<real>-0.5 * z * z))
    return z * (<real>1 - tail if z > 0 else tail)

cdef inline real gelu_prime(real z, real a) noexcept nogil:
    cdef real e = exponential(<real>-0.5 * z * z), tail = normal_tail(z, e)
    return (<real>1 - tail if z > 0 else tail) + <real>0.3989422804014327 * z * e


# silu(z) = z σ(z), σ the sigmoid;  silu′ = σ(z) (1 + z (1 − σ(z))).
cdef inline real silu(real z) noexcept nogil:
    return z * sigmoid(z)

cdef inline real silu_prime(real z, real a) noexcept nogil:
    cdef real s = sigmoid(z)
    return s * (<real>1 + z * (<real>1 - s))


# softplus(z) = log(1 + e^z) = max(z, 0) + log(1 + e^−|z|);  softplus′ = σ(z).
cdef inline real softplus(real z) noexcept nogil:
    return (<real>0 if z <= 0 else z) + log1p(exponential(-z if z > 0 else z))

cdef inline real softplus_prime(real z, real a) noexcept nogil:
    return sigmoid(z)

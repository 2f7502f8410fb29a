"""g and g′ of every activation, side by side, named as in reference.py; g′ is a function of z and of a = g(z).

NaN stays NaN everywhere: a comparison with NaN is false, and each function returns NaN in that case.
"""
from .architecture cimport real
from .elementary cimport (exponential, expm1_of_negative, log1p, minus_logs, nearest, normal_tail, power_of_two,
                         short_expm1)

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
    SOFTMAX                 # over the units of the output layer, not elementwise: see activations.pyx

cdef void activate(int g, const real *Z, real *A, Py_ssize_t units, Py_ssize_t columns) noexcept nogil
cdef void times_derivative(int g, const real *Z, const real *A, const real *dA, real *dZ,
                           Py_ssize_t units, Py_ssize_t columns) noexcept nogil


# linear(z) = z;  linear′ = 1.
cdef inline real linear(real z) noexcept nogil:
    return z

cdef inline real linear_prime(real z, real a) noexcept nogil:
    return <real>1


# sigmoid(z) = 1 / (1 + e^−z);  sigmoid′ = a (1 − a).  e^−|z| cannot overflow.
cdef inline real sigmoid(real z) noexcept nogil:
    cdef real e = exponential(-z if z > 0 else z)
    return (<real>1 if z > 0 else e) / (<real>1 + e)

cdef inline real sigmoid_prime(real z, real a) noexcept nogil:
    return a * (<real>1 - a)


# tanh(z) = (e^2|z| − 1) / (e^2|z| + 1) with z's sign, where e^2|z| − 1 = 2^n (e^r − 1) + (2^n − 1) keeps its digits: within 4
# units in the last place;  tanh′ = 1 − a².
cdef inline real tanh(real z) noexcept nogil:
    cdef real twice = <real>2 * (z if z > 0 else -z), n, scale, e
    twice = <real>44 if twice > <real>44 else twice
    n = nearest(twice * <real>1.44269504088896340736)
    scale = power_of_two(n)
    e = scale * short_expm1(minus_logs(twice, n)) + (scale - <real>1)
    e = e / (e + <real>2)
    return -e if z < 0 else e

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

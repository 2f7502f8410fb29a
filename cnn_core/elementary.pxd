"""e^x, e^x − 1, log(1 + x) and the normal distribution's tail without a branch or a table, so that loops over them become
vector instructions.

Each moves its argument to a short interval, where the first terms of the Taylor series are enough, and computes the result
from there.  Errors: at most 2 units in the last place; infinities and NaN come out as in C's library.
"""
from libc.math cimport INFINITY, NAN
from libc.stdint cimport int32_t, uint32_t, uint64_t

from .architecture cimport real

# A literal is a double in C and would turn a loop over floats into one over doubles: hence <real>1.

cdef union Float:           # a number and its bits
    float value
    uint32_t bits

cdef union Double:
    double value
    uint64_t bits


# 2^n for a whole n: after adding 1.5·2^23 (1.5·2^52) the lowest bits hold n + bias; they are shifted to the exponent.
cdef inline real power_of_two(real n) noexcept nogil:
    cdef Float f
    cdef Double d
    if real is float:
        f.value = n + <float>(12582912.0 + 127)
        f.bits = f.bits << 23
        return f.value
    else:
        d.value = n + (6755399441055744.0 + 1023)
        d.bits = d.bits << 52
        return d.value


# x to the nearest whole number, for |x| < 2^22 (2^51).
cdef inline real nearest(real x) noexcept nogil:
    if real is float:
        return (x + <float>12582912.0) - <float>12582912.0
    else:
        return (x + 6755399441055744.0) - 6755399441055744.0


# x − n·log 2, with log 2 in two parts, of which n times the first is exact.
cdef inline real minus_logs(real x, real n) noexcept nogil:
    if real is float:
        return (x - n * <float>0.693359375) - n * <float>-2.12194440054690583e-4
    else:
        return (x - n * 6.93147180369123816490e-01) - n * 1.90821492927058770002e-10


# e^r − 1 = r + r²/2! + r³/3! + …, for |r| <= log(2)/2.
cdef inline real short_expm1(real r) noexcept nogil:
    if real is float:
        return r + r*r*(<float>(1/2.) + r*(<float>(1/6.) + r*(<float>(1/24.) + r*(<float>(1/120.) + r*(
            <float>(1/720.) + r*<float>(1/5040.))))))
    else:
        return r + r*r*(1/2. + r*(1/6. + r*(1/24. + r*(1/120. + r*(1/720. + r*(1/5040. + r*(1/40320. + r*(
            1/362880. + r*(1/3628800. + r*(1/39916800. + r*(1/479001600. + r*(1/6227020800.))))))))))))


# e^x = 2^n e^r with x = n log 2 + r.  2^n is two factors, since it may lie outside the normal numbers where e^x does not.
cdef inline real exponential(real x) noexcept nogil:
    cdef real low, high, n, half
    if real is float:
        low, high = -105, 90
    else:
        low, high = -746, 711
    x = low if x < low else x
    x = high if x > high else x
    n = nearest(x * <real>1.44269504088896340736)
    half = nearest(n * <real>0.5)
    return (<real>1 + short_expm1(minus_logs(x, n))) * power_of_two(half) * power_of_two(n - half)


# e^x − 1 = 2^n (e^r − 1) + (2^n − 1) for x <= 0, which keeps the digits of a small x.
cdef inline real expm1_of_negative(real x) noexcept nogil:
    cdef real n, scale
    x = <real>-44 if x < <real>-44 else x
    n = nearest(x * <real>1.44269504088896340736)
    scale = power_of_two(n)
    return scale * short_expm1(minus_logs(x, n)) + (scale - <real>1)


# log(1 + x) = k log 2 + log(1 + f), where 1 + x = 2^k (1 + f) with 1 + f between √½ and √2.
cdef inline real log1p(real x) noexcept nogil:
    cdef real u = <real>1 + x, f, k, lost, s, z, R, half_square, result
    cdef Float uf, kf
    cdef Double ud, kd
    if real is float:
        uf.value = u
        uf.bits = uf.bits + (<uint32_t>0x3f800000 - <uint32_t>0x3f3504f3)
        kf.bits = (uf.bits >> 23) | <uint32_t>0x4b000000
        k = kf.value - <float>(8388608.0 + 127)
        uf.bits = (uf.bits & <uint32_t>0x007fffff) + <uint32_t>0x3f3504f3
        f = uf.value - <real>1
    else:
        ud.value = u
        ud.bits = ud.bits + (<uint64_t>0x3ff0000000000000 - <uint64_t>0x3fe6a09e667f3bcd)
        kd.bits = (ud.bits >> 52) | <uint64_t>0x4330000000000000
        k = kd.value - (4503599627370496.0 + 1023)
        ud.bits = (ud.bits & <uint64_t>0x000fffffffffffff) + <uint64_t>0x3fe6a09e667f3bcd
        f = ud.value - <real>1
    # the rounding error of 1 + x; for k = 0 nothing is rounded
    lost = (<real>1 - (u - x) if k > <real>1 else x - (u - <real>1)) / u
    f = x if k == 0 else f
    lost = <real>0 if k == 0 else lost
    # log(1 + f) = 2 artanh s = f − (f²/2 − s (f²/2 + R)),  R = 2 (s²/3 + s⁴/5 + …)
    s = f / (<real>2 + f)
    z = s * s
    half_square = <real>0.5 * f * f
    if real is float:
        R = z*(<float>(2/3.) + z*(<float>(2/5.) + z*(<float>(2/7.) + z*<float>(2/9.))))
        result = k*<float>0.693359375 - ((half_square - (s*(half_square + R) + (k*<float>-2.12194440054690583e-4 + lost))) - f)
    else:
        R = z*(2/3. + z*(2/5. + z*(2/7. + z*(2/9. + z*(2/11. + z*(2/13. + z*(2/15. + z*(2/17. + z*(2/19. + z*(2/21.))))))))))
        result = k*6.93147180369123816490e-01 - (
            (half_square - (s*(half_square + R) + (k*1.90821492927058770002e-10 + lost))) - f)
    result = result if x > -1 else (-INFINITY if x == -1 else NAN)
    return result if x < INFINITY else x


# Φ(−|x|) = e^(−x²/2) t P(2t − 1) with t = 4/(4 + |x|), for e = e^(−x²/2): Φ is the normal distribution's.  P is the
# Chebyshev series of Φ(−|x|) e^(x²/2) / t over 0 <= t <= 1, as powers.
cdef inline real normal_tail(real x, real e) noexcept nogil:
    cdef real t = <real>4 / (<real>4 + (x if x > 0 else -x)), s = <real>2 * t - <real>1, P
    # in parts, since Cython needs very long for deep brackets
    if real is float:
        P = <float>0.0018780578454 + s*(<float>-0.00086998865936 + s*(<float>-0.00039094672471 + s*(<float>3.3413346774e-5
            + s*(<float>3.9330142396e-5 + s*(<float>-4.3277057539e-7)))))
        P = <float>0.18882128263 + s*(<float>0.15197410095 + s*(<float>0.096784348465 + s*(<float>0.046631677718 +
            s*(<float>0.01509916207 + s*P))))
    else:
        P = -2.170613917681122256e-8 + s*(-3.675121749809092218e-9 + s*(5.349590323790224682e-9 +
            s*(-3.464963387765453467e-10 + s*(-9.297457155612780982e-10 + s*(2.091094245866588417e-10 +
            s*(8.457642999443180121e-11 + s*(-2.861490842835232535e-11)))))))
        P = 0.00005777373853094037904 + s*(-4.770610175707610678e-7 + s*(-8.786199912433390182e-6 +
            s*(1.791624763669248961e-7 + s*(1.480150962563280058e-6 + s*(-1.574535582853825645e-7 +
            s*(-2.556504013813853403e-7 + s*(6.81062687740928657e-8 + s*(3.914204350863722418e-8 + s*P))))))))
        P = 0.188821282603937873 + s*(0.1519741604929730315 + s*(0.09678435018555373745 + s*(0.04663046448991366425 +
            s*(0.01509914372272904071 + s*(0.001885047241707827157 + s*(-0.000869923091753213834 +
            s*(-0.0004077046148732328019 + s*(0.00003333607726050142596 + s*P))))))))
    return e * t * P

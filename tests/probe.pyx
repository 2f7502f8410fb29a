"""The products and the elementary functions by themselves, on arrays: what tests and the benchmark of the tiles call.

setup.py builds it as cnn_core.<instruction set>.probe, in place only.
"""
cimport numpy as np

import time

import numpy

from .activations cimport tanh
from .architecture cimport BLOCK, real
from .elementary cimport expm1_of_negative, exponential, log1p, normal_tail
from .products cimport outer_product, product_plus_bias, transposed_product
from .threads cimport padded
from .tiles cimport NARROW, WIDE, doubles, floats, vector

np.import_array()


cdef void elementwise(int which, const real *x, real *y, Py_ssize_t count) noexcept nogil:
    cdef Py_ssize_t e
    if which == 0:
        for e in range(count):
            y[e] = exponential(x[e])
    elif which == 1:
        for e in range(count):
            y[e] = tanh(x[e])
    elif which == 2:
        for e in range(count):
            y[e] = log1p(x[e])
    elif which == 3:
        for e in range(count):
            y[e] = expm1_of_negative(x[e])
    elif which == 4:
        for e in range(count):
            y[e] = normal_tail(x[e], exponential(<real>-0.5 * x[e] * x[e]))


def elementary(str name, np.ndarray x):
    """"exp", "tanh", "log1p", "expm1" (of x <= 0) or "normal_tail" of every element of a C-contiguous array."""
    cdef int which = ("exp", "tanh", "log1p", "expm1", "normal_tail").index(name)
    cdef np.ndarray y = numpy.empty_like(x)
    if x.dtype == numpy.float32:
        elementwise(which, <const float *>np.PyArray_DATA(x), <float *>np.PyArray_DATA(y), x.size)
    else:
        elementwise(which, <const double *>np.PyArray_DATA(x), <double *>np.PyArray_DATA(y), x.size)
    return y


cdef void products(int which, const real *left, const real *right, const real *b, real *panel, real *out,
                   Py_ssize_t units, Py_ssize_t inputs, Py_ssize_t columns, Py_ssize_t times) noexcept nogil:
    """A product over blocks that lie one behind the other, as in the engine."""
    cdef Py_ssize_t t, at, width
    for t in range(times):
        at = 0
        while at < columns:
            width = min(BLOCK, columns - at)
            if which == 0:
                product_plus_bias(left, b, right + inputs*at, out + units*at, units, inputs, width)
            elif which == 1:
                transposed_product(left, right + units*at, out + inputs*at, units, inputs, width)
            elif which == 2:
                outer_product(left + units*at, right + inputs*at, panel, out, at > 0, units, inputs, width, 1, 0)
            at += BLOCK


cdef void multiply_add(vector *sums, Py_ssize_t times) noexcept nogil:
    """Sums that do not wait for one another, in as many registers as a tile has; they stay finite."""
    cdef vector[12] registers
    cdef vector one = sums[0]
    cdef Py_ssize_t t, i
    for i in range(6):                  # the compiler unrolls loops of at most 7 rounds
        registers[i], registers[6 + i] = sums[i], sums[6 + i]
    for t in range(times):
        for i in range(6):
            registers[i] = registers[i] * <float>0.5 + one
            registers[6 + i] = registers[6 + i] * <float>0.5 + one
    for i in range(6):
        sums[i], sums[6 + i] = registers[i], registers[6 + i]


def peak(dtype, Py_ssize_t times=200_000):
    """Multiply-adds per second of one core, in this dtype: 12 vectors at a time, without memory."""
    cdef np.ndarray memory = numpy.ones(12 * 16, dtype)
    cdef Py_ssize_t lanes = (sizeof(floats) if dtype == "float32" else sizeof(doubles)) // memory.dtype.itemsize
    began = time.perf_counter()
    if dtype == "float32":
        multiply_add(<floats *>np.PyArray_DATA(memory), times)
    else:
        multiply_add(<doubles *>np.PyArray_DATA(memory), times)
    return 12 * lanes * times / (time.perf_counter() - began)


def as_blocks(array):
    """An array (rows, m) as the engine holds it: blocks of columns, one behind the other, the last one padded with zeros."""
    whole = numpy.zeros((array.shape[0], padded(array.shape[1], NARROW(array.dtype.itemsize))), array.dtype)
    whole[:, :array.shape[1]] = array
    memory = numpy.empty(whole.nbytes + 64, numpy.uint8)       # aligned, as in the engine
    start = -memory.ctypes.data % 64
    block = memory[start:start + whole.nbytes].view(array.dtype)
    numpy.concatenate([whole[:, at:at + BLOCK].ravel() for at in range(0, whole.shape[1], BLOCK)], out=block)
    return block, whole.shape[1]


def from_blocks(block, Py_ssize_t rows, Py_ssize_t m):
    """The array (rows, m) of such blocks."""
    columns = block.size // rows
    return numpy.concatenate([block[at*rows:min(at + BLOCK, columns)*rows].reshape(rows, -1)
                              for at in range(0, columns, BLOCK)], axis=1)[:, :m]


def product(str name, np.ndarray left, right, Py_ssize_t times=1):
    """"W·A" (W, A), "Wᵀ·dZ" (W, dZ) or "dZ·Aᵀ" (dZ, A) of C-contiguous arrays of one dtype, and the mean seconds of
    `times` repetitions."""
    cdef int which = ("W·A", "Wᵀ·dZ", "dZ·Aᵀ").index(name)
    cdef Py_ssize_t m = right.shape[1], units = left.shape[0], inputs = right.shape[0] if which == 2 else left.shape[1]
    cdef Py_ssize_t columns
    cdef np.ndarray right_block, left_block = left, out, b = numpy.zeros(units, left.dtype)
    cdef np.ndarray panel = numpy.zeros(WIDE(4) * BLOCK, left.dtype)
    right_block, columns = as_blocks(right)
    if which == 2:
        left_block, _ = as_blocks(left)
    out = numpy.empty((units * columns, inputs * columns, units * inputs)[which], left.dtype)
    began = time.perf_counter()
    if left.dtype == numpy.float32:
        products(which, <const float *>np.PyArray_DATA(left_block), <const float *>np.PyArray_DATA(right_block),
                 <const float *>np.PyArray_DATA(b), <float *>np.PyArray_DATA(panel), <float *>np.PyArray_DATA(out),
                 units, inputs, columns, times)
    else:
        products(which, <const double *>np.PyArray_DATA(left_block), <const double *>np.PyArray_DATA(right_block),
                 <const double *>np.PyArray_DATA(b), <double *>np.PyArray_DATA(panel), <double *>np.PyArray_DATA(out),
                 units, inputs, columns, times)
    seconds = (time.perf_counter() - began) / times
    if which == 2:
        return out.reshape(units, inputs), seconds
    return from_blocks(out, (units, inputs)[which], m), seconds

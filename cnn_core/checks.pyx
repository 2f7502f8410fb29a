"""The checks at the door: Python arrays come in here and nowhere else, and the pointer functions behind check nothing.

A message names the argument, the value received and what was expected.
"""
cimport numpy as np
from libc.stdint cimport int64_t

from .batches cimport FLOAT32, FLOAT64, INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, Kind, Rows

np.import_array()

cdef dict KINDS = {             # by the letters of NumPy's dtypes
    "f4": FLOAT32, "f8": FLOAT64, "i8": INT64, "i4": INT32, "i2": INT16, "i1": INT8, "u4": UINT32, "u2": UINT16, "u1": UINT8}


cdef object code_of(str name, str argument, dict codes):
    """What the engine calls an activation, a loss or a rule; a name of the registry that is new here is not built yet."""
    if name not in codes:
        raise ValueError(f"{argument}: the built engine has no {name!r}, only {', '.join(map(repr, codes))}; after adding it "
                         "to cnn_core, build the engine again: pip install -e .")
    return codes[name]


cdef np.ndarray checked_parameters(object array, str name, Py_ssize_t parameters, object dtype, bint writable):
    if not isinstance(array, np.ndarray):
        raise TypeError(f"{name}: expected a numpy array, got {type(array).__name__}")
    cdef np.ndarray vector = array
    if vector.dtype != dtype or vector.ndim != 1 or np.PyArray_DIM(vector, 0) != parameters:
        raise ValueError(f"{name}: expected shape ({parameters},) and dtype {dtype}, "
                         f"got shape {array.shape} and dtype {vector.dtype}")
    if not np.PyArray_CHKFLAGS(vector, np.NPY_ARRAY_CARRAY if writable else np.NPY_ARRAY_CARRAY_RO):
        raise ValueError(f"{name}: expected a contiguous, aligned{', writable' if writable else ''} array")
    return vector


cdef Rows checked_rows(object array, str name, Py_ssize_t features, bint labels) except *:
    """An array of examples as the engine reads it; labels: whether an (m,) array holds class numbers, not one feature."""
    cdef Rows rows
    if not isinstance(array, np.ndarray):
        raise TypeError(f"{name}: expected a numpy array, got {type(array).__name__}")
    cdef np.ndarray given = array
    cdef object kind = KINDS.get(given.dtype.str[1:])
    if kind is None:
        raise TypeError(f"{name}: expected dtype float32, float64 or integers other than uint64, got {given.dtype}")
    rows.kind = <Kind><int>kind
    if not np.PyArray_CHKFLAGS(given, np.NPY_ARRAY_ALIGNED) or not np.PyArray_ISNOTSWAPPED(given):
        raise ValueError(f"{name}: expected an aligned array in the machine's byte order")
    rows.labels = labels and given.ndim == 1
    if given.ndim not in (1, 2) or (1 if given.ndim == 1 else np.PyArray_DIM(given, 1)) != (1 if rows.labels else features):
        raise ValueError(f"{name}: expected shape (m, {features}), got {array.shape}")
    if rows.labels and rows.kind != INT64:
        raise TypeError(f"{name}: expected int64 class numbers, got {given.dtype}")
    rows.m = np.PyArray_DIM(given, 0)
    if not 0 < rows.m < <int64_t>1 << 32:
        raise ValueError(f"{name}: expected 1 to 2**32 - 1 examples, got {rows.m}")
    rows.features = features
    rows.data = np.PyArray_BYTES(given)
    rows.example_stride = np.PyArray_STRIDE(given, 0)
    rows.feature_stride = np.PyArray_STRIDE(given, 1) if given.ndim == 2 else 0
    return rows


cdef Rows checked_weights(object array, Py_ssize_t m) except *:
    cdef Rows weights = checked_rows(array, "weights", 1, False)
    if weights.m != m:
        raise ValueError(f"weights: expected as many as X has examples, {m}, got {weights.m}")
    return weights


cdef int check_array(np.ndarray array, str name, int type_number, tuple shape) except -1:
    """Of an array that the engine writes to: writable, C-contiguous, of this type and shape."""
    if (array is None or (<object>array).shape != shape or np.PyArray_TYPE(array) != type_number
            or not np.PyArray_ISCARRAY(array)):
        raise ValueError(f"{name}: expected a writable C-contiguous {np.PyArray_DescrFromType(type_number)} array of shape "
                         f"{shape}, got {'None' if array is None else f'{(<object>array).shape} {array.dtype}'}")
    return 0

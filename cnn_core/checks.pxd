cimport numpy as np

from .batches cimport Rows

cdef np.ndarray checked_parameters(object array, str name, Py_ssize_t parameters, object dtype, bint writable)
cdef Rows checked_rows(object array, str name, Py_ssize_t features, bint labels) except *
cdef Rows checked_weights(object array, Py_ssize_t m) except *
cdef int check_array(np.ndarray array, str name, int type_number, tuple shape) except -1
cdef object code_of(str name, str argument, dict codes)

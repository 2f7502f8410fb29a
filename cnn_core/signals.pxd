cdef enum:
    WORK_BETWEEN_LOOKS = 1 << 18    # multiply-adds between two readings of the clock

cdef struct Watch:
    double looked           # when signals were last looked for
    Py_ssize_t work         # multiply-adds since the clock was last read

cdef double seconds_now() noexcept nogil
cdef Watch new_watch() noexcept nogil
cdef int watch_for_signals(Watch *watch, Py_ssize_t work) except -1 nogil

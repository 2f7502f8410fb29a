"""Ctrl-C during a long call: the engine looks for signals every SIGNAL_SECONDS, between two pieces of work."""
from cpython.exc cimport PyErr_CheckSignals

cdef extern from "<time.h>" nogil:
    ctypedef long time_t
    cdef struct timespec:
        time_t tv_sec
        long tv_nsec
    enum: TIME_UTC
    int timespec_get(timespec *ts, int base)

cdef double SIGNAL_SECONDS = 0.02


cdef double seconds_now() noexcept nogil:
    cdef timespec now
    timespec_get(&now, TIME_UTC)
    return now.tv_sec + 1e-9 * now.tv_nsec


cdef Watch new_watch() noexcept nogil:
    cdef Watch watch
    watch.looked = seconds_now()
    watch.work = 0
    return watch


cdef int watch_for_signals(Watch *watch, Py_ssize_t work) except -1 nogil:
    """Add the work since the last call; raise what a signal handler raises, such as KeyboardInterrupt after Ctrl-C."""
    cdef double now
    watch.work += work
    if watch.work >= WORK_BETWEEN_LOOKS:
        watch.work = 0
        now = seconds_now()
        if not 0 <= now - watch.looked < SIGNAL_SECONDS:
            watch.looked = now
            with gil:
                PyErr_CheckSignals()
    return 0

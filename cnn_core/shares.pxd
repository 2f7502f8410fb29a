from .architecture cimport BLOCK, Architecture, is_large, real
from .batches cimport Batch
from .descent cimport Optimizer
from .signals cimport Watch
from .tiles cimport WIDE


# The arrays of a block, one behind the other: A, Z, dA, dZ (net.units rows each), Y (n[L] rows), weights, and a panel of
# backward's for every thread that works on it.
cdef inline Py_ssize_t scratch_elements(const Architecture *net, int panels) noexcept nogil:
    return (4*net.units + net.n[net.L] + 1 + panels*WIDE(4)) * net.block


# The columns of a block: the examples, and surplus columns up to a multiple of the width of a tile; one example stays alone.
cdef inline Py_ssize_t padded(Py_ssize_t examples, Py_ssize_t narrow) noexcept nogil:
    return 1 if examples == 1 else (examples + narrow - 1) // narrow * narrow


# A and Z of a block of at most so many examples: all that a prediction needs.
cdef inline Py_ssize_t forward_elements(const Architecture *net, Py_ssize_t examples) noexcept nogil:
    return 2*net.units * min(net.block, padded(examples, WIDE(4)))


cdef int threads_for(int wanted, double work, Py_ssize_t parts) noexcept nogil
cdef Py_ssize_t parts_of(const Architecture *net, Py_ssize_t examples) noexcept nogil
cdef Py_ssize_t most_shares(const Architecture *net, Py_ssize_t examples) noexcept nogil
cdef double run_block(const Architecture *net, const real *theta, const Batch *batch, Py_ssize_t start, Py_ssize_t examples,
                      real *scratch, real *gradient, bint add, bint inputs_too, double *metrics,
                      int n_threads) noexcept nogil
cdef Py_ssize_t run_batch(const Architecture *net, const real *theta, const Batch *batch, int n_threads, real *scratch,
                          real *gradient, double *sums, double *share_sums, Watch *watch) except -1 nogil
cdef void step(const Architecture *net, const Optimizer *optimizer, double t, real *theta, real *gradient,
               Py_ssize_t shares, Py_ssize_t examples, real *state, int n_threads) noexcept nogil

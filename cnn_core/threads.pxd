from .architecture cimport BLOCK, GROUP, Architecture, is_large, real
from .batches cimport Batch
from .descent cimport Optimizer
from .signals cimport Watch
from .tiles cimport LEAST, WIDE


# The arrays of a block, one behind the other: A, Z, dA, dZ (net.units rows each), Y (n[L] rows), weights and a panel of
# parameter_gradient.
cdef inline Py_ssize_t scratch_elements(const Architecture *net) noexcept nogil:
    return (4*net.units + net.n[net.L] + 1 + WIDE(4)) * BLOCK


# Where the panel is in a block's memory: behind everything else.
cdef inline Py_ssize_t panel_at(const Architecture *net) noexcept nogil:
    return (4*net.units + net.n[net.L] + 1) * BLOCK


# Blocks in memory: one for every thread and, of a large network, at least those of a group.
cdef inline Py_ssize_t blocks_in_memory(const Architecture *net, int n_threads) noexcept nogil:
    return max(GROUP, n_threads) if is_large(net) else n_threads


# The columns of a block: the examples, and surplus columns up to a multiple of the width of a tile; one example stays alone.
cdef inline Py_ssize_t padded(Py_ssize_t examples, Py_ssize_t narrow) noexcept nogil:
    return 1 if examples == 1 else LEAST if examples <= LEAST else (examples + narrow - 1) // narrow * narrow


# A and Z of a block of at most so many examples: all that a prediction needs.
cdef inline Py_ssize_t forward_elements(const Architecture *net, Py_ssize_t examples) noexcept nogil:
    return 2*net.units * min(BLOCK, padded(examples, WIDE(4)))


cdef int threads_for(int wanted, double work, Py_ssize_t parts) noexcept nogil
cdef Py_ssize_t parts_of(const Architecture *net, Py_ssize_t examples) noexcept nogil
cdef Py_ssize_t most_shares(const Architecture *net, Py_ssize_t examples) noexcept nogil
cdef double run_block(const Architecture *net, const real *theta, const Batch *batch, Py_ssize_t start, Py_ssize_t examples,
                      real *scratch, bint backwards, bint inputs_too, double *metrics) noexcept nogil
cdef void add_gradient(const Architecture *net, const real *scratch, real *panel, real *gradient, bint add, int part, int parts,
                       Py_ssize_t columns, Py_ssize_t blocks) noexcept nogil
cdef Py_ssize_t run_batch(const Architecture *net, const real *theta, const Batch *batch, int n_threads, real *scratch,
                          real *gradient, double *sums, double *share_sums, Watch *watch) except -1 nogil
cdef void step(const Architecture *net, const Optimizer *optimizer, double t, real *theta, real *gradient,
               Py_ssize_t shares, Py_ssize_t examples, real *state, int n_threads) noexcept nogil
cdef bint needs_no_gradient(const Optimizer *optimizer, Py_ssize_t examples) noexcept nogil
cdef void step_by_one_example(const Architecture *net, const Optimizer *optimizer, const Batch *batch, real *theta,
                              real *scratch, double *sums, int n_threads) noexcept nogil

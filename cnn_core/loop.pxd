from libc.stdint cimport int64_t, uint64_t

from .architecture cimport Architecture, real
from .batches cimport Batch, Rows
from .descent cimport Optimizer

cdef enum:
    WORK_OF_AN_EXAMPLE = 64         # the work of fetching it, in multiply-adds

cdef struct Fit:                    # what Engine.train was asked for
    Py_ssize_t epochs
    Py_ssize_t batch_size
    const double *learning_rates    # of every epoch
    uint64_t seed
    uint64_t epoch                  # epochs trained so far: the number of the first epoch
    int64_t *order                  # memory for the order of an epoch; NULL: the order of X
    int64_t *counts                 # steps so far, of the network and of the optimiser
    double *stats                   # OUT a row for each epoch: seconds, loss, metric
    double seconds                  # after which the fit ends early
    int n_threads

cdef int train(const Architecture *net, const Fit *fit, Batch *batch, Optimizer *optimizer, real *theta, real *state,
               real *trace, real *scratch, real *gradient, double *share_sums) except -1 nogil
cdef int predict(const Architecture *net, const real *theta, const Rows *X, int n_threads, real *outputs,
                 real *scratch) except -1 nogil
cdef int examine(const Architecture *net, const real *theta, const Rows *X, const Rows *Y, void **Z_out,
                 void **A_out, void **dZ_out, void **dA_out, double *sums, real *gradient,
                 real *scratch) except -1 nogil

from .architecture cimport Architecture, real

cdef enum Rule:
    SGD
    MOMENTUM
    NESTEROV
    RMSPROP
    ADAGRAD
    ADAM
    ADAMW
    ADAMAX

cdef struct Optimizer:
    int rule                    # one of Rule
    int vectors                 # that it keeps between steps: with 2, m and then v
    double alpha                # α, the learning rate
    double beta1                # of the running mean of ∇J, or μ of momentum
    double beta2                # of the running mean of (∇J)²
    double epsilon              # ε
    double decay                # λ: the part of θ that AdamW subtracts, times α
    double l1                   # of the penalty l1·Σ|W| + l2/2·ΣW²
    double l2
    double clip_norm            # the largest norm ‖∇J‖; 0: no limit

cdef void descend(real *theta, const real *gradient, real alpha, Py_ssize_t parameters) noexcept nogil
cdef void descend_by_one_example(const Architecture *net, real *theta, const real *A, const real *dZ, real alpha, int part,
                                 int parts) noexcept nogil
cdef void update(const Optimizer *optimizer, double t, real *theta, const real *gradient, real scale, real *first,
                 real *second, Py_ssize_t parameters) noexcept nogil
cdef void penalise(const Architecture *net, const real *theta, real *gradient, real l1, real l2) noexcept nogil
cdef double squared_norm(const real *gradient, Py_ssize_t parameters) noexcept nogil

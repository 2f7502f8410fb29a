"""What the engine knows of a network: its shape, its activations, its loss.

A *block* is a strip of at most BLOCK examples (columns).  Every block array holds all layers below one another, layer
l starting at row first[l], C-contiguous:

    A[l] = A + first[l]·columns     (n[l], columns)

and θ holds W[1], b[1], W[2], b[2], … row-major: W[l] = θ + W[l], b[l] = θ + b[l].

The columns of a block are as many as the register tiles need.  Where there are fewer examples, the last one fills the
columns that are left, and loss.pyx sets their dZ[L] to 0, so that they add nothing to a gradient.
"""

ctypedef fused real:
    float
    double

cdef enum:
    BLOCK = 64              # columns: activations of a block stay in the L1 and L2 caches

cdef struct Architecture:
    Py_ssize_t L            # number of layers
    Py_ssize_t units        # n[0] + … + n[L], the rows of a block array
    Py_ssize_t parameters   # elements of θ
    Py_ssize_t *n           # n[l], units of layer l, l = 0…L
    Py_ssize_t *first       # first row of layer l in a block array
    Py_ssize_t *W           # where W[l] starts in θ
    Py_ssize_t *b           # where b[l] starts in θ
    int *g                  # activation of layer l, one of activations.Activation
    int loss                # one of loss.Loss
    double *dropout         # probability that a unit of layer l is dropped in training

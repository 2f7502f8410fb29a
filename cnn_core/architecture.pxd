"""The engine's description of a network: its shape, its activations, its loss.

A *block* is a strip of at most BLOCK examples (columns).  A block array is C-contiguous and holds the rows of all layers,
one layer below the other; layer l starts at row first[l]:

    A[l] = A + first[l]·columns     (n[l], columns)

θ holds W[1], b[1], W[2], b[2], …, row-major; the layer's W is at θ + W[l], its b at θ + b[l].

The number of columns is a multiple of the width of a register tile.  Surplus columns repeat the last example, and loss.pyx sets
their dZ[L] to 0, so that they add nothing to a gradient.
"""

ctypedef fused real:
    float
    double

cdef enum:
    BLOCK = 64              # columns: activations of a block stay in the L1 and L2 caches
    LARGE = 1 << 17         # parameters of a large network, of whose gradient there is a single sum
    GROUP = 4               # blocks of a large network whose products are added to that sum at once
    LARGEST = 1 << 22       # parameters of a network of which 2 blocks are a group: Ctrl-C must not wait for long

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


cdef inline bint is_large(const Architecture *net) noexcept nogil:
    return net.parameters >= LARGE


# Where part `part` of `parts` of n units begins.  Parts begin at multiples of 16 units, so that every unit is computed by the
# same instructions, and so to the same bits, for any number of parts.
cdef inline Py_ssize_t start_of(Py_ssize_t part, Py_ssize_t parts, Py_ssize_t n) noexcept nogil:
    return min((n + 16*parts - 1) // (16*parts) * 16 * part, n)

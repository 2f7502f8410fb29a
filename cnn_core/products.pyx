"""Matrix products over blocks, where nearly all of the time is spent; only this file and tiles.pxd are tuned for speed."""
from libc.string cimport memset

from .architecture cimport real
from .tiles cimport LEAST, NARROW, ROWS, WIDE, dots, doubles, few, floats, tile, turn_square, vector

cdef enum:
    CHUNK = 128             # inputs that a product takes at once: their strip of columns stays in the L1 cache


# Z = W·A + b          IN W (units, inputs), b (units), A (inputs, columns)   OUT Z (units, columns)
cdef void product_plus_bias(const real *W, const real *b, const real *A, real *Z,
                            Py_ssize_t units, Py_ssize_t inputs, Py_ssize_t columns) noexcept nogil:
    if columns == 1:
        dot_products(W, b, A, Z, units, inputs)
    else:
        multiply(False, W, inputs, A, columns, b, False, Z, columns, units, inputs, columns)


# dA = Wᵀ·dZ          IN W (units, inputs), dZ (units, columns)   OUT dA (inputs, columns)
cdef void transposed_product(const real *W, const real *dZ, real *dA,
                             Py_ssize_t units, Py_ssize_t inputs, Py_ssize_t columns) noexcept nogil:
    if columns == 1:
        weighted_rows(W, dZ, dA, units, inputs)
    else:
        multiply(True, W, inputs, dZ, columns, <const real *>NULL, False, dA, columns, inputs, units, columns)


# dW = dZ·Aᵀ, or added to dW, summed over blocks whose arrays begin `apart` elements from one another
# IN dZ (units, columns), A (inputs, columns)   OUT panel (columns, WIDE), dW (units, inputs)
cdef void outer_product(const real *dZ, const real *A, real *panel, real *dW, bint add, Py_ssize_t units, Py_ssize_t inputs,
                        Py_ssize_t columns, Py_ssize_t blocks, Py_ssize_t apart) noexcept nogil:
    # Aᵀ is copied into a panel, a few inputs at a time, so that a tile's columns are inputs; surplus columns of the last
    # panel are computed, not stored
    cdef Py_ssize_t first = 0, count, width, block
    if columns == 1:
        for block in range(blocks):
            scaled_rows(dZ + block*apart, A + block*apart, dW, add or block > 0, units, inputs)
        return
    while first < inputs:
        width = width_for(inputs - first, sizeof(real))
        count = min(width, inputs - first)
        for block in range(blocks):
            transpose(A + block*apart + first*columns, panel, width, count, columns)
            multiply(False, dZ + block*apart, columns, panel, width, <const real *>NULL, add or block > 0, dW + first, inputs,
                     units, columns, count)
        first += width


# The width of the tile that begins where so many columns are left.
cdef inline Py_ssize_t width_for(Py_ssize_t columns, size_t size) noexcept nogil:
    return WIDE(size) if columns > NARROW(size) else NARROW(size) if columns > LEAST else LEAST


# panel = Aᵀ, with `width` elements from one row to the next          IN A (rows, columns)   OUT panel (columns, rows)
cdef inline void transpose(const real *A, real *panel, Py_ssize_t width, Py_ssize_t rows, Py_ssize_t columns) noexcept nogil:
    cdef Py_ssize_t k, c, last = rows - 1
    cdef (const real *)[4] row
    for k in range(0, rows, 4):             # four rows at a time, the last one again where fewer are left; columns is 4·n
        for c in range(4):
            row[c] = A + min(k + c, last)*columns
        for c in range(0, columns, 4):
            turn_square(row[0] + c, row[1] + c, row[2] + c, row[3] + c, panel + c*width + k, width)


# db = Σ over the columns of dZ, or added to db          IN dZ (units, columns)   OUT db (units)
cdef void row_sums(const real *dZ, real *db, bint add, Py_ssize_t units, Py_ssize_t columns) noexcept nogil:
    cdef Py_ssize_t narrow = NARROW(sizeof(real)) if columns > LEAST else LEAST, i, c, lane
    cdef real[16] sums
    if columns == 1:
        for i in range(units):
            db[i] = db[i] + dZ[i] if add else dZ[i]
        return
    for i in range(units):
        for lane in range(narrow):
            sums[lane] = dZ[i*columns + lane]
        c = narrow
        while c < columns:
            for lane in range(narrow):
                sums[lane] += dZ[i*columns + c + lane]
            c += narrow
        if narrow == 16:
            for lane in range(8):
                sums[lane] += sums[lane + 8]
        db[i] = (db[i] if add else <real>0) + (((sums[0] + sums[4]) + (sums[1] + sums[5]))
                                               + ((sums[2] + sums[6]) + (sums[3] + sums[7])))


# With one column, vectors run along the inputs: z[i] = b[i] + Σ W[i, k] a[k], eight units at a time, so that an addition
# does not wait for the one before it.          IN W (units, inputs), b (units), a (inputs)   OUT z (units)
cdef void dot_products(const real *W, const real *b, const real *a, real *z, Py_ssize_t units,
                       Py_ssize_t inputs) noexcept nogil:
    cdef Py_ssize_t i = 0, rows
    while i < units:
        rows = 8 if i + 8 <= units else 1
        if real is float:
            rows_of_dots(<floats *>NULL, rows, W + i*inputs, b + i, a, z + i, inputs)
        else:
            rows_of_dots(<doubles *>NULL, rows, W + i*inputs, b + i, a, z + i, inputs)
        i += rows


# dots, with its rows as a constant of the compiler: 8 or 1
cdef inline void rows_of_dots(vector *kind, Py_ssize_t rows, const real *W, const real *b, const real *a, real *z,
                              Py_ssize_t inputs) noexcept nogil:
    if rows == 8:
        dots(kind, 8, W, b, a, z, inputs)
    else:
        dots(kind, 1, W, b, a, z, inputs)


# da[k] = Σ W[i, k] dz[i], four units at a time          IN W (units, inputs), dz   OUT da (inputs)
cdef void weighted_rows(const real *W, const real *dz, real *da, Py_ssize_t units, Py_ssize_t inputs) noexcept nogil:
    cdef const real *row
    cdef Py_ssize_t i = 0, k
    memset(da, 0, inputs * sizeof(real))
    while i + 4 <= units:
        row = W + i*inputs
        for k in range(inputs):
            da[k] += (dz[i]*row[k] + dz[i + 1]*row[inputs + k]) + (dz[i + 2]*row[2*inputs + k] + dz[i + 3]*row[3*inputs + k])
        i += 4
    while i < units:
        for k in range(inputs):
            da[k] += dz[i] * W[i*inputs + k]
        i += 1


# dW[i, k] = dz[i] a[k], or added to dW          IN dz (units), a (inputs)   OUT dW (units, inputs)
cdef void scaled_rows(const real *dz, const real *a, real *dW, bint add, Py_ssize_t units, Py_ssize_t inputs) noexcept nogil:
    cdef Py_ssize_t i, k
    for i in range(units):
        if add:
            for k in range(inputs):
                dW[i*inputs + k] += dz[i] * a[k]
        else:
            for k in range(inputs):
                dW[i*inputs + k] = dz[i] * a[k]


# W ← W − α·dz·aᵀ, where dz·aᵀ is rounded as scaled_rows rounds it          IN dz (units), a (inputs)   IN/OUT W (units, inputs)
cdef void subtract_outer_product(real *W, const real *dz, const real *a, real alpha, Py_ssize_t units,
                                 Py_ssize_t inputs) noexcept nogil:
    cdef Py_ssize_t i, k
    for i in range(units):
        for k in range(inputs):
            W[i*inputs + k] -= alpha * (dz[i] * a[k])


# out (rows, columns) = bias + W (rows, length)·A (length, columns), or added to out: see tile.  The rows are divided evenly
# among tiles of at most ROWS rows.
cdef inline void multiply(bint transposed, const real *W, Py_ssize_t W_step, const real *A, Py_ssize_t A_step,
                          const real *bias, bint add, real *out, Py_ssize_t out_step,
                          Py_ssize_t rows, Py_ssize_t length, Py_ssize_t columns) noexcept nogil:
    cdef Py_ssize_t tiles = 1, least = rows, larger = 0, k = 0, t, i, c, count, piece
    cdef const real *corner
    cdef floats *of_float = NULL
    cdef doubles *of_double = NULL
    cdef few *of_few = NULL
    if rows > ROWS(sizeof(real)):
        tiles = (rows + ROWS(sizeof(real)) - 1) // ROWS(sizeof(real))
        least = rows // tiles
        larger = rows - least * tiles       # this many tiles have one row more
    while k < length:
        piece = min(length - k, CHUNK)
        i = 0
        for t in range(tiles):
            count = least + 1 if t < larger else least
            corner = W + (k*W_step + i if transposed else i*W_step + k)
            c = 0
            while c < columns:
                if columns - c > NARROW(sizeof(real)):
                    rows_of_tile(of_float if real is float else of_double, count, WIDE(sizeof(real)), transposed, corner,
                                 W_step, A + k*A_step + c, A_step, bias, add, out + i*out_step + c, out_step, piece,
                                 columns - c)
                elif NARROW(sizeof(real)) == LEAST or columns - c > LEAST:
                    rows_of_tile(of_float if real is float else of_double, count, NARROW(sizeof(real)), transposed, corner,
                                 W_step, A + k*A_step + c, A_step, bias, add, out + i*out_step + c, out_step, piece,
                                 columns - c)
                else:
                    rows_of_tile(of_few if real is float else of_double, count, LEAST, transposed, corner, W_step,
                                 A + k*A_step + c, A_step, bias, add, out + i*out_step + c, out_step, piece, columns - c)
                c += width_for(columns - c, sizeof(real))
            i += count
            if bias != NULL:
                bias += count
        k += CHUNK
        bias = NULL
        add = True


# tile, with its rows as a constant of the compiler: 1 to ROWS, which is at most 6
cdef inline void rows_of_tile(vector *kind, Py_ssize_t rows, Py_ssize_t width, bint transposed, const real *W,
                              Py_ssize_t W_step, const real *A, Py_ssize_t A_step, const real *bias, bint add, real *out,
                              Py_ssize_t out_step, Py_ssize_t length, Py_ssize_t columns) noexcept nogil:
    if rows == 6:
        tile(kind, 6, width, transposed, W, W_step, A, A_step, bias, add, out, out_step, length, columns)
    elif rows == 5:
        tile(kind, 5, width, transposed, W, W_step, A, A_step, bias, add, out, out_step, length, columns)
    elif rows == 4:
        tile(kind, 4, width, transposed, W, W_step, A, A_step, bias, add, out, out_step, length, columns)
    elif rows == 3:
        tile(kind, 3, width, transposed, W, W_step, A, A_step, bias, add, out, out_step, length, columns)
    elif rows == 2:
        tile(kind, 2, width, transposed, W, W_step, A, A_step, bias, add, out, out_step, length, columns)
    elif rows == 1:
        tile(kind, 1, width, transposed, W, W_step, A, A_step, bias, add, out, out_step, length, columns)

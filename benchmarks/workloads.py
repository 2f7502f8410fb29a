"""The workloads W1-W11, their data and their targets."""
from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]

LEARNING_RATE = 0.01

SMALL = (2, 4, 6, 6, 4, 1)
WIDE = (2, 25, 50, 50, 25, 1)
DIGITS = (784, 256, 128, 10)


@dataclass(frozen=True)
class Case:
    """A network and the examples that it learns by batches of `batch`, or answers all in one call.

    `threads` None leaves their number to the contestant; `targets` are the least ratios of a peer's time to pynn's, where
    "best" is the fastest peer, and "share" the least share of the peak.
    """

    workload: str
    sizes: tuple[int, ...]
    examples: int
    batch: int
    task: Literal["train", "predict"] = "train"
    dtype: str = "float32"
    threads: int | None = 1
    targets: dict[str, float] = field(default_factory=dict)

    @property
    def steps(self) -> int:
        """Batches an epoch, the last of which may be smaller."""
        return -(-self.examples // self.batch)

    @property
    def multiply_adds(self) -> int:
        """Of a step, or of a call: those of the mathematics alone."""
        layers = [inputs * units for inputs, units in itertools.pairwise(self.sizes)]
        return self.batch * (sum(layers) if self.task == "predict" else 3*sum(layers) - layers[0])

    @property
    def what(self) -> str:
        """The work in words."""
        network = "-".join(map(str, self.sizes))
        if self.task == "predict":
            return f"{network}, predict {self.examples} example{'s' if self.examples > 1 else ''}"
        batch = "full batch" if self.batch == self.examples else f"batch {self.batch}"
        return f"{network}, {self.examples} examples, {batch}"

    @property
    def unit(self) -> str:
        """The unit of work that a measured time belongs to."""
        return "step" if self.task == "train" else "call"


W1 = Case("W1", SMALL, 900, 32, targets={"JAX": 10, "PyTorch": 200, "Keras": 1000})
W2 = Case("W2", WIDE, 900, 900, targets={"best": 1, "share": 0.75})
W3 = Case("W3", WIDE, 900, 32, targets={"best": 2, "share": 0.6})
W4 = Case("W4", DIGITS, 2560, 128, targets={"best": 1, "share": 0.85})
W5_ONE = Case("W5", SMALL, 1, 1, "predict", targets={"best": 2})
W5_MANY = Case("W5", SMALL, 1_000_000, 1_000_000, "predict", targets={"best": 4})

# W10: one example at a time on wide networks.
W10 = tuple(Case("W10", sizes, examples, 1, task, targets={"NumPy": 1, "PyTorch": 1})
            for sizes in (DIGITS, (1024, 1024, 1024, 10), (100, 500, 1))
            for task, examples in (("predict", 1), ("train", 64)))

# W9: the map, for `python -m benchmarks.network_map`: three equal hidden layers, of a few hundred to ten million parameters.
W9_SIZES = tuple((20, n, n, n, 10) for n in (3, 18, 65, 218, 701, 2228))
W9_BATCHES = (1, 8, 32, 128, 1024)

# W11: many small fits; microseconds that a fit costs beside its epochs.
W11_EPOCHS = 5
W11_MICROSECONDS = {"Network": 30, "NetworkClassifier": 300}

# W1-W5 and W10: pynn beside its peers.  Cases without a target are measured only where their dtype is asked for.
CASES = (
    W1, replace(W1, dtype="float64", targets={}),
    W2, replace(W2, dtype="float64"),
    W3, replace(W3, dtype="float64", targets={}),
    W4, replace(W4, threads=2),
    replace(W4, dtype="float64", targets={}), replace(W4, dtype="float64", threads=2, targets={}),
    W5_ONE, W5_MANY, *W10,
)

# W6: the time of an example from a thousand to ten million of them, slowest over fastest; and memory beyond the data, by
# what X is, its dtype, the batch (None: all) and whether the order is shuffled.
W6_EXAMPLES = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
W6_BATCHES = (32, None)
W6_EPOCHS = 10              # at least: the checks and the first evaluation of a fit should not matter
W6_SPREAD = 1.15
W6_MEMORY = (
    ("array", "float32", 32, False), ("array", "float32", 32, True), ("array", "float32", None, False),
    ("array", "float64", 32, False), ("memmap", "float32", 32, False), ("memmap", "float32", 32, True),
)
W6_MEBIBYTES = 16
W6_BYTES_AN_EXAMPLE = 8     # in addition, if the order is shuffled

# W7: a whole process, as a ratio to one that only imports numpy.
W7_EPOCHS = 50
W7_RATIO = 1.5

# W8: threads.  Two against one; and the default's speed against the better of the two, where 10 % is noise.
W8_SPEEDUP_CASES = (W4, replace(W2, examples=100_000, batch=100_000))
W8_DEFAULT_CASES = (W1, W2, W3, W5_ONE, W5_MANY)
W8_SPEEDUP = 1.8
W8_DEFAULT = 0.9


def data(case: Case) -> tuple[Array, Array]:
    """X (m, n[0]) in the case's dtype and classes y (m,): two noisy circles, or random digits."""
    rng = np.random.default_rng(0)
    m, units = case.examples, case.sizes[-1]
    if units > 1 or case.sizes[0] != 2:
        return rng.random((m, case.sizes[0])).astype(case.dtype), rng.integers(max(2, units), size=m)
    y = rng.integers(2, size=m)
    angle, radius = rng.uniform(0, 2 * np.pi, m), np.where(y == 1, 0.3, 1.0)
    X = radius * np.stack([np.cos(angle), np.sin(angle)]) + rng.normal(scale=0.1, size=(2, m))
    return np.ascontiguousarray(X.T, case.dtype), y

"""Model: what a network consists of, as attributes that are checked, copied and described; the verbs are in network.py."""
from __future__ import annotations

import difflib
import operator
import threading
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, Self

import numpy as np

from cnn_core import Engine
from pynn.architecture import Architecture
from pynn.datasets.frame import is_table
from pynn.numpy_engine import NumpyEngine
from pynn.optimizers import Optimizer
from pynn.parameters import Layer, copy_in, layer_views
from pynn.standardizer import Standardizer, check_standardizer
from pynn.state import LastFit, Snapshot, State
from pynn.table_encoder import TableEncoder, check_encoder
from pynn.translation import Sentence, _
from pynn.validation import check_examples, check_names, check_targets, join_names
from pynn.writing import display_width, printable

Array = np.ndarray[Any, np.dtype[Any]]

ENGINES: dict[str, Any] = {"cython": Engine, "numpy": NumpyEngine}


class Parts(NamedTuple):
    """Everything that a network consists of: what copies, pickles and model files carry."""

    architecture: Architecture
    engine: str
    feature_names: tuple[str, ...] | None
    label_names: tuple[str, ...] | None
    standardizer: Standardizer | None
    target_standardizer: Standardizer | None
    snapshot: Snapshot
    encoder: TableEncoder | None = None
    last_fit: LastFit | None = None


class Model:
    """A network without its verbs: see `pynn.Network`."""

    def __init__(self, architecture: Architecture, engine_name: str) -> None:
        """All parameters are 0."""
        a = self._architecture = architecture
        self._engine_name = engine_name
        self._engine = ENGINES[engine_name](a.sizes, a.activations, a.loss, a.dtype, (*a.dropout, 0.0))
        self._state = State(a.parameters, a.dtype)
        self._layers = [Layer(l, W, b, a.activations[l - 1])
                        for l, (W, b) in enumerate(layer_views(self._state.theta, a.sizes), start=1)]
        self._feature_names: tuple[str, ...] | None = None
        self._label_names: tuple[str, ...] | None = None
        self._standardizer: Standardizer | None = None
        self._target_standardizer: Standardizer | None = None
        self._encoder: TableEncoder | None = None
        self._fitting = threading.Lock()

    def __setattr__(self, name: str, value: Any) -> None:
        """A public name must be an attribute of the class, so that a misspelt one is an error."""
        if not name.startswith("_") and not hasattr(type(self), name):
            known = [one for one in dir(type(self)) if not one.startswith("_") and not callable(getattr(type(self), one))]
            near = difflib.get_close_matches(name, known, n=1)
            advice = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
            raise AttributeError(f"{name}: a {type(self).__name__} has no such attribute; {advice}")
        super().__setattr__(name, value)

    @property
    def architecture(self) -> Architecture:
        """Sizes, activations, loss, dropout and dtype in one."""
        return self._architecture

    @property
    def state(self) -> State:
        """What a fit changes: θ, the seed, the counts of epochs and steps, the optimiser and its memory."""
        return self._state

    @property
    def parameters(self) -> Array:
        """θ = W[1], b[1], W[2], b[2], … row-major in one vector, a view; assignment copies finite numbers in."""
        return self._state.theta

    @parameters.setter
    def parameters(self, value: Any) -> None:
        copy_in(value, self._state.theta, "parameters")

    @property
    def sizes(self) -> tuple[int, ...]:
        """n[0], …, n[L]."""
        return self._architecture.sizes

    @property
    def activations(self) -> tuple[str, ...]:
        """g[1], …, g[L]."""
        return self._architecture.activations

    @property
    def loss(self) -> str:
        """The name of the loss."""
        return self._architecture.loss

    @property
    def dtype(self) -> np.dtype[Any]:
        """float64 or float32, the dtype of every array."""
        return self._architecture.dtype

    @property
    def dropout(self) -> tuple[float, ...]:
        """For each hidden layer, the probability that a step of fit drops a unit."""
        return self._architecture.dropout

    @property
    def is_regression(self) -> bool:
        """Whether the outputs are values (linear) rather than probabilities."""
        return self._architecture.is_regression

    @property
    def engine(self) -> str:
        """cython or numpy."""
        return self._engine_name

    @property
    def optimizer(self) -> Optimizer:
        """The optimiser of the last fit, or of the next one; the network keeps its state from fit to fit."""
        return self._state.optimizer

    @property
    def learning_rate(self) -> float:
        """The optimiser's α; in a callback, the α of this epoch.

        A callback may assign it, which takes effect with the next epoch, unless the fit has a schedule: that is a ValueError.
        """
        scheduled = self._state.scheduled
        return self._state.optimizer.learning_rate if scheduled is None else scheduled

    @learning_rate.setter
    def learning_rate(self, value: float) -> None:
        if self._state.scheduled is not None:
            raise ValueError(Sentence("learning_rate: in this fit a schedule sets it, so a callback cannot set it to "
                                      "{value!r}; give fit a number as learning_rate, or let the schedule do what the "
                                      "callback does", value=value))
        self._state.optimizer = self._state.optimizer.with_learning_rate(value)
        if self._state.last_fit is not None:        # a divergence at another rate is no longer the question
            self._state.last_fit = self._state.last_fit._replace(learning_rate=float(value), diverged=False)

    @property
    def epoch(self) -> int:
        """The number of epochs trained so far."""
        return self._state.epoch

    @property
    def feature_names(self) -> tuple[str, ...] | None:
        """The n[0] names of the inputs, or None; fit takes the column names of a DataFrame if there are no names yet."""
        return self._feature_names

    @feature_names.setter
    def feature_names(self, value: Iterable[str] | None) -> None:
        self._feature_names = check_names(value, "feature_names", self.sizes[0])

    @property
    def label_names(self) -> tuple[str, ...] | None:
        """Names of the classes (2 for one sigmoid unit) or of the n[L] outputs (labels or values); or None."""
        return self._label_names

    @label_names.setter
    def label_names(self, value: Iterable[str] | None) -> None:
        self._label_names = check_names(value, "label_names", self._architecture.labels)

    @property
    def standardizer(self) -> Standardizer | None:
        """Applied to every X before layer 1; or None."""
        return self._standardizer

    @standardizer.setter
    def standardizer(self, value: Standardizer | None) -> None:
        self._standardizer = check_standardizer(value, "standardizer", self.sizes[0])

    @property
    def target_standardizer(self) -> Standardizer | None:
        """Applied to every y of a regression, and undone in every prediction; or None.

        The network learns (y − mean) / scale, so values of any size suit one learning rate.  `fit`, `backward` and `evaluate`
        take y in the user's units; `net(X)`, `predict` and R² are in the user's units.  Losses, gradients and the A[L] of
        `forward` are in the units of the standardised y.  In float32 a prediction has about 7 digits, too few where the mean
        is more than 10⁵ times the scale.

        Examples
        --------
        >>> import pynn
        >>> X, y = pynn.datasets.plane(200, rng=0)
        >>> prices = 400_000 + 90_000 * y
        >>> net = pynn.Network([2, 8, 1], output="linear", rng=0)
        >>> net.target_standardizer = pynn.Standardizer.fit(prices.reshape(-1, 1))
        >>> history = net.fit(X, prices, epochs=50, learning_rate=0.1)
        >>> net.score(X, prices) > 0.9
        True
        """
        return self._target_standardizer

    @target_standardizer.setter
    def target_standardizer(self, value: Standardizer | None) -> None:
        checked = check_standardizer(value, "target_standardizer", self.sizes[-1])
        if checked is not None and not self.is_regression:
            raise ValueError(Sentence("target_standardizer: expected None for a network with probabilities as outputs "
                                      "({activation}), got a Standardizer; only values are scaled (output='linear')",
                                      activation=self.activations[-1]))
        self._target_standardizer = checked

    @property
    def encoder(self) -> TableEncoder | None:
        """Applied to every X that is a table or a frame; or None.  An array is taken as what the encoder makes.

        Assignment copies a fitted encoder in, and names the features by its inputs.
        """
        return self._encoder

    @encoder.setter
    def encoder(self, value: TableEncoder | None) -> None:
        self._encoder = check_encoder(value, self.sizes[0])
        if self._encoder is not None:
            self._feature_names = self._encoder.feature_names

    def __len__(self) -> int:
        """L, the number of layers after the input."""
        return len(self._layers)

    def __getitem__(self, l: int) -> Layer:
        if isinstance(l, bool) or not hasattr(l, "__index__"):
            raise TypeError(Sentence("layer: expected an int from 1 to {count}, got {l!r}", count=len(self), l=l))
        number = operator.index(l)
        if not 1 <= number <= len(self):
            raise IndexError(f"layer: expected 1 to {len(self)} (0 is the input), got {number}")
        return self._layers[number - 1]

    def __iter__(self) -> Iterator[Layer]:
        """Layers 1 … L."""
        return iter(self._layers)

    # ------------------------------------------------------------------------------------------- arrays that come in

    def encode(self, X: Any, name: str) -> Any:
        """X (m, n[0]) of a table or a frame, if there is an encoder; anything else as it is; errors call it `name`."""
        return self._encoder.transform_named(X, name) if self._encoder is not None and is_table(X) else X

    def check_examples(self, X: Any, name: str, *, narrow: bool = False) -> Array:
        """X (m, n[0]) as layer 1 sees it: checked, in the order of feature_names, standardised; errors call it `name`.

        A table or a frame is encoded first, if there is an encoder.
        With `narrow`, integers of few bits stay as they are, for the engine to read; in other arithmetic they overflow.
        """
        if self._encoder is not None:
            X = self.encode(X, name)
        known = self._feature_names
        columns = column_names(X, self.sizes[0]) if known is not None else None
        if columns is not None and known is not None and columns != known:
            raise ValueError(Sentence("{name}: expected the columns {known} in this order, got {columns}", name=name,
                                      known=join_names(known), columns=join_names(columns)))
        if self._standardizer is not None:
            X = self._standardizer.transform_named(X, name)
        return check_examples(X, name, self.sizes[0], self.dtype, narrow=narrow)

    def check_targets(self, y: Any, name: str, m: int) -> Array:
        """y of m examples in the form that the engine takes: checked, standardised; errors call it `name`."""
        y = check_targets(y, name, m, self.sizes[-1], self.activations[-1], self.dtype)
        if self._target_standardizer is None:
            return y
        standard = self._target_standardizer.transform_named(y.reshape(m, -1), name).reshape(y.shape)
        return check_targets(standard, f"{name}, standardised", m, self.sizes[-1], self.activations[-1], self.dtype)

    def restore_targets(self, outputs: Array) -> Array:
        """Outputs of the last layer (m, n[L]) in the user's units: what target_standardizer did to y is undone."""
        if self._target_standardizer is None:
            return outputs
        with np.errstate(over="ignore"):
            return self._target_standardizer.restore(outputs).astype(self.dtype)

    # --------------------------------------------------------------------------------------- copies and descriptions

    def copy(self) -> Self:
        """A second network with the same parameters, seed and epoch: it continues exactly as this one would."""
        twin = type(self).__new__(type(self))
        twin.__setstate__(self.__getstate__())
        return twin

    def __getstate__(self) -> Parts:
        return Parts(self._architecture, self._engine_name, self._feature_names, self._label_names, self._standardizer,
                     self._target_standardizer, self._state.snapshot(), self._encoder, self._state.last_fit)

    def __setstate__(self, parts: Parts) -> None:
        Model.__init__(self, parts.architecture, parts.engine)
        self._feature_names, self._label_names = parts.feature_names, parts.label_names
        self._standardizer, self._target_standardizer = parts.standardizer, parts.target_standardizer
        self._encoder = parts.encoder
        self._state.restore(parts.snapshot)
        self._state.last_fit = parts.last_fit

    def summary(self) -> str:
        """A table of the layers, for printing.

        Examples
        --------
        >>> import pynn
        >>> print(pynn.Network([2, 4, 1]).summary())
        layer  units  activation  W       b       parameters
        0          2  input
        1          4  relu        (4, 2)  (4, 1)          12
        2          1  sigmoid     (1, 4)  (1, 1)           5
        17 parameters, float64, loss binary_cross_entropy
        """
        rows = [(_("layer"), _("units"), _("activation"), "W", "b", _("parameters")),
                ("0", str(self.sizes[0]), _("input"), "", "", "")]
        rows += [(str(l), str(len(layer.W)), layer.activation, str(layer.W.shape), str(layer.b.shape),
                  str(layer.W.size + layer.b.size)) for l, layer in enumerate(self, start=1)]
        widths = [max(map(display_width, column)) for column in zip(*rows, strict=True)]
        align = (str.ljust, str.rjust, str.ljust, str.ljust, str.ljust, str.rjust)
        lines = ["  ".join(put(cell, width - display_width(cell) + len(cell))
                           for put, cell, width in zip(align, row, widths, strict=True)).rstrip() for row in rows]
        lines.append(_("{parameters} parameters, {dtype}, loss {loss}",
                       parameters=len(self.parameters), dtype=self.dtype, loss=self.loss))
        if self.feature_names is not None:
            lines.append(_("inputs: {names}", names=join_names(self.feature_names)))
        if self.label_names is not None:
            names = join_names(self.label_names)
            lines.append(_("outputs: {names}", names=names) if self.is_regression else _("labels: {names}", names=names))
        if self.standardizer is not None:
            lines.append(_("inputs are standardised"))
        if self.target_standardizer is not None:
            lines.append(_("targets are standardised: losses are in their units, predictions in the user's"))
        if self.encoder is not None:
            lines += [_("columns of a table:"), *(f"  {line}" for line in self.encoder.describe().splitlines())]
        return printable("\n".join(lines))

    def __repr__(self) -> str:
        return (f"Network({list(self.sizes)}, hidden={list(self.activations[:-1])}, output={self.activations[-1]!r}, "
                f"loss={self.loss!r}, dtype={self.dtype.name!r}, engine={self.engine!r})")


def column_names(X: object, expected: int) -> tuple[str, ...] | None:
    """The column names of a DataFrame, if they are `expected` different ones of type str; otherwise None."""
    columns = getattr(X, "columns", None)
    if isinstance(columns, str) or not isinstance(columns, Iterable):
        return None
    names = tuple(columns)
    if not all(isinstance(name, str) for name in names) or not len(names) == len(set(names)) == expected:
        return None
    return tuple(map(str, names))

"""The optimisers: immutable recipes with PyTorch's defaults.  Their rules are in reference.py and cnn_core/descent.pyx.

The network holds what an optimiser keeps between steps, so one recipe serves many networks.
"""
from __future__ import annotations

from dataclasses import dataclass, field, replace

from pynn.reference import OPTIMIZERS
from pynn.registry import Coefficients
from pynn.translation import Sentence
from pynn.validation import boolean, choice, real_number

__all__ = ["SGD", "Adagrad", "Adam", "AdamW", "Adamax", "Optimizer", "RMSprop"]


@dataclass(frozen=True)
class Optimizer:
    """What all optimisers share: the learning rate α, the rule and its coefficients."""

    learning_rate: float = 0.01

    def __post_init__(self) -> None:
        self._check("learning_rate", 0, low_included=False)

    def _check(self, name: str, low: float, high: float = float("inf"), *, low_included: bool = True) -> None:
        value = real_number(getattr(self, name), name, low, high, low_included=low_included, high_included=False)
        object.__setattr__(self, name, value)

    def with_learning_rate(self, learning_rate: float) -> Optimizer:
        """Return the same recipe with another α."""
        return replace(self, learning_rate=learning_rate)

    @property
    def rule(self) -> str:
        """Its key in reference.OPTIMIZERS."""
        return type(self).__name__.lower()

    @property
    def vectors(self) -> int:
        """How many vectors like θ it keeps between steps."""
        return OPTIMIZERS[self.rule].vectors

    @property
    def coefficients(self) -> Coefficients:
        """The numbers of its rule besides α."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class SGD(Optimizer):
    """Gradient descent on mini-batches, with momentum μ: m ← μ m + g, θ ← θ − α m; Nesterov: θ ← θ − α (g + μ m).

    Examples
    --------
    >>> import pynn
    >>> X, y = pynn.datasets.moons(200, rng=0)
    >>> net = pynn.Network([2, 8, 1], rng=0)
    >>> history = net.fit(X, y, epochs=20, optimizer=pynn.optimizers.SGD(learning_rate=0.05, momentum=0.9))
    >>> bool(history.loss[-1] < history.loss[0])
    True
    """

    momentum: float = 0.0
    nesterov: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check("momentum", 0, 1)
        if boolean(self.nesterov, "nesterov") and not self.momentum:
            raise ValueError(Sentence("nesterov: expected a momentum above 0 with it, got momentum=0"))

    @property
    def rule(self) -> str:
        """Its key in reference.OPTIMIZERS."""
        return "nesterov" if self.nesterov else "momentum" if self.momentum else "sgd"

    @property
    def coefficients(self) -> Coefficients:
        """The numbers of its rule besides α."""
        return Coefficients(beta1=self.momentum)


@dataclass(frozen=True, kw_only=True)
class RMSprop(Optimizer):
    """v ← β v + (1−β) g², θ ← θ − α g / (√v + ε), with β named alpha as in PyTorch (Tieleman, Hinton 2012)."""

    alpha: float = 0.99
    eps: float = 1e-8

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check("alpha", 0, 1)
        self._check("eps", 0)

    @property
    def coefficients(self) -> Coefficients:
        """The numbers of its rule besides α."""
        return Coefficients(beta2=self.alpha, epsilon=self.eps)


@dataclass(frozen=True, kw_only=True)
class Adagrad(Optimizer):
    """v ← v + g², θ ← θ − α g / (√v + ε) (Duchi, Hazan, Singer 2011)."""

    eps: float = 1e-10

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check("eps", 0)

    @property
    def coefficients(self) -> Coefficients:
        """The numbers of its rule besides α."""
        return Coefficients(epsilon=self.eps)


@dataclass(frozen=True, kw_only=True)
class Adam(Optimizer):
    """m ← β₁ m + (1−β₁) g, v ← β₂ v + (1−β₂) g², θ ← θ − α m̂ / (√v̂ + ε) (Kingma, Ba 2014)."""

    learning_rate: float = field(default=0.001, kw_only=False)
    betas: tuple[float, float] = (0.9, 0.999)
    eps: float = 1e-8

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check("eps", 0)
        if not isinstance(self.betas, tuple | list) or len(self.betas) != 2:
            raise TypeError(Sentence("betas: expected a pair of numbers, got {betas!r}", betas=self.betas))
        pair = tuple(real_number(beta, f"betas[{i}]", 0, 1, high_included=False) for i, beta in enumerate(self.betas))
        object.__setattr__(self, "betas", pair)

    @property
    def coefficients(self) -> Coefficients:
        """The numbers of its rule besides α."""
        return Coefficients(*self.betas, self.eps)


@dataclass(frozen=True, kw_only=True)
class AdamW(Adam):
    """θ ← θ − α λ θ, then as Adam; λ is weight_decay (Loshchilov, Hutter 2017)."""

    weight_decay: float = 0.01

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check("weight_decay", 0)

    @property
    def coefficients(self) -> Coefficients:
        """The numbers of its rule besides α."""
        return Coefficients(*self.betas, self.eps, self.weight_decay)


@dataclass(frozen=True, kw_only=True)
class Adamax(Adam):
    """m ← β₁ m + (1−β₁) g, ``v ← max(β₂ v, |g| + ε)``, θ ← θ − α m̂ / v (Kingma, Ba 2014); the article's figures used it."""

    learning_rate: float = field(default=0.002, kw_only=False)


RECIPES: dict[str, type[Optimizer]] = {
    "sgd": SGD, "rmsprop": RMSprop, "adagrad": Adagrad, "adam": Adam, "adamw": AdamW, "adamax": Adamax,
}


def optimizer_of(optimizer: object) -> Optimizer:
    """The recipe itself, or the recipe of this name with its defaults."""
    if isinstance(optimizer, Optimizer) and type(optimizer) is not Optimizer:
        return optimizer
    if not isinstance(optimizer, str):
        raise TypeError(Sentence("optimizer: expected a name or one of pynn.optimizers, got {optimizer!r}",
                                 optimizer=optimizer))
    return RECIPES[choice(optimizer, "optimizer", RECIPES)]()

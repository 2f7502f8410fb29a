"""All gradients held against central differences, parameter by parameter."""
from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from pynn.learn.gradcheck import Comparison, parameter_names
from pynn.network import Network
from pynn.parameters import layer_views
from pynn.playground.arguments import arguments
from pynn.playground.choices import Json
from pynn.playground.messages import Message
from pynn.translation import Sentence

if TYPE_CHECKING:
    from pynn.playground.session import Session

_EXAMPLES = 50              # enough: the equations are the same for every example
_H = 1e-6
_TOLERANCE = 1e-6
_SLICE = 0.01               # seconds


def _gradients(session: Session, command: Json) -> None:
    arguments(command)
    if session.net.dtype != np.float64:
        raise ValueError(Sentence("dtype: expected float64, which has enough digits for differences, got float32"))
    session.tasks["gradients"] = _check(session)


def _check(session: Session) -> Iterator[None]:
    examples, net = session.course.stage.examples, session.net.copy()
    comparison = Comparison(net, examples.X[:_EXAMPLES], examples.y[:_EXAMPLES], _H, _TOLERANCE)
    began = time.perf_counter()
    for _ in comparison.run():
        if time.perf_counter() - began > _SLICE:
            yield
            began = time.perf_counter()
    session.results["gradients"] = Message(_report(net, comparison))
    session.renew("gradients")


def _report(net: Network, comparison: Comparison) -> Json:
    """Every parameter with both values; errors are relative to the largest derivative, as in pynn.check_gradients."""
    errors = comparison.errors()
    places = [(l, i, k) for l, (W, b) in enumerate(layer_views(net.parameters, net.sizes), start=1)
              for i, k in [*((i, k + 1) for i, k in np.ndindex(*W.shape)), *((i, 0) for i in range(len(b)))]]
    rows = [{"name": name, "layer": l, "unit": i + 1, "input": k, "backward": one, "difference": other, "error": error}
            for name, (l, i, k), one, other, error in zip(parameter_names(net), places, comparison.analytic.tolist(),
                                                          comparison.numeric.tolist(), errors.tolist(), strict=True)]
    at = int(errors.argmax())
    return {"type": "gradients", "done": True, "checked": len(rows), "parameters": len(rows), "examples": len(comparison.X),
            "ok": bool(errors[at] <= _TOLERANCE and comparison.largest() > 0), "max_error": float(errors[at]),
            "worst": rows[at]["name"], "undecided": [str(one) for one in sorted(comparison.undecided)], "rows": rows}


COMMANDS = {"gradients": _gradients}

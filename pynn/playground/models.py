"""Networks from elsewhere: what setting they have, and how a session begins with their weights."""
from __future__ import annotations

import dataclasses
import os
import tempfile
from typing import TYPE_CHECKING

from pynn.network import Network, load
from pynn.playground.arguments import REQUIRED, arguments
from pynn.playground.building import Origin
from pynn.playground.changes import merged
from pynn.playground.choices import MOST_SEED, TABLE, Json
from pynn.playground.table_file import content_error
from pynn.playground.tables import from_base64
from pynn.translation import Sentence

if TYPE_CHECKING:
    from pynn.playground.session import Session


def _open_model(session: Session, command: Json) -> None:
    name, content = arguments(command, name="model", content=REQUIRED)
    data = from_base64(content)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model")
        with open(path, "wb") as file:
            file.write(data)
        try:
            net = load(path)
        except ValueError as error:
            raise ValueError(content_error(error, path, str(name)[:200])) from None
    use_network(session, net)


def use_network(session: Session, net: Network) -> None:
    """Begin with the weights of a network, on the data that are there; a ValueError if they do not fit.

    Of a table, the network's own columns are read as it reads them.
    """
    source, now = session.origin.source, session.course.stage.setting
    part: Json = {"network": network_part(net), "training": training_part(net), "seed": net.state.seed % MOST_SEED}
    if source is not None and now["data"]["name"] == TABLE:
        part["data"] = {"standardize": False}           # the network has its own scales
        if source.file is not None:
            source = source.file.source(source.target, None, net)
    origin = Origin(source, net, part["seed"])
    setting = merged(origin, now, part)
    stage = origin.stage(setting)
    inputs, outputs = stage.examples.X.shape[1], origin.first_network(stage).sizes[-1]
    if net.sizes[::len(net)] != (inputs, outputs):
        raise ValueError(Sentence("content: expected a model of {inputs} inputs and {outputs} outputs, as the data have, got "
                                  "one of {first} and {last}", inputs=inputs, outputs=outputs, first=net.sizes[0],
                                  last=net.sizes[-1]))
    session.reopen(setting, origin=origin)


def network_part(net: Network) -> Json:
    """The network part of a setting that has this shape."""
    return {"hidden": list(net.sizes[1:-1]), "activations": list(net.activations[:-1]), "output": net.activations[-1],
            "loss": net.loss, "dropout": list(net.dropout), "dtype": net.dtype.name}


def training_part(net: Network) -> Json:
    """The training part of a setting that goes on with the network's optimiser."""
    entry = dataclasses.asdict(net.optimizer)
    rate = entry.pop("learning_rate")
    coefficients = {name: list(value) if isinstance(value, tuple) else value for name, value in entry.items()}
    return {"optimizer": type(net.optimizer).__name__.lower(), "learning_rate": rate, "coefficients": coefficients}


COMMANDS = {"open_model": _open_model}

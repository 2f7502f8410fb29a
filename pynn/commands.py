"""What the commands of pynn do, from the parsed command line to the printed results."""
from __future__ import annotations

import argparse
import csv
import dataclasses
import json
import os
import sys
import warnings
from typing import Any, NoReturn

import numpy as np

from pynn import datasets
from pynn import export as exporters
from pynn.datasets.csv import read_features
from pynn.datasets.labels import match_labels
from pynn.datasets.table import Features
from pynn.history import History
from pynn.network import Network, load
from pynn.standardizer import Standardizer

Array = np.ndarray[Any, np.dtype[Any]]

FORMATS = ("c", "javascript", "numpy", "onnx", "safetensors")


def train(given: argparse.Namespace) -> None:
    """Train a network on a table and save it."""
    if os.path.isdir(given.out) or not os.path.isdir(os.path.dirname(os.path.abspath(given.out))):
        raise ValueError(f"--out: expected a file in an existing folder, got {given.out}")     # before hours of training
    if given.seed is not None and given.seed < 0:
        raise ValueError(f"--seed: expected an int of at least 0, got {given.seed}")
    table = _training_table(given)
    rng = np.random.default_rng(given.seed)
    X, y, validation = table.X, table.y, None
    _say_notes(given, table)
    _say(f"{given.data}: {len(table)} rows; {table.describe()}; target {table.target.name}: {_taken_for(table)}")
    if given.validation_split:
        X, X_val, y, y_val = datasets.split(X, y, test_size=given.validation_split, rng=rng,
                                            stratify=table.label_names is not None)
        validation = X_val, y_val
    net = _network(given, table, rng)
    if not given.no_scale:
        net.standardizer = Standardizer.fit(X)
        if net.is_regression:
            net.target_standardizer = Standardizer.fit(y.reshape(-1, 1))
            _say(f"{table.target_name} is standardised, and so is the loss; predictions and R² are in its own units")
    history = _fit(given, net, X, y, validation)
    net.save(given.out)
    what = "values" if table.label_names is None else f"{len(table.label_names)} classes"
    _say(f"{len(table)} rows of {X.shape[1]} features and {what}; wrote {given.out}")
    result = {name: value for name, value in history.last().items() if name != "epoch_seconds"}
    _print(given, {"epochs": history.epochs, **result})
    if history.interrupted:
        fail(f"interrupted after {history.epochs} epochs; the model is that of the last step")


def predict(given: argparse.Namespace) -> None:
    """Write a CSV file with a prediction for every row of a table."""
    net = load(given.model)
    features = read_features(given.data, net.feature_names, **_reading(given))
    _say_notes(given, features)
    X = features.X
    if given.proba and net.is_regression:
        raise ValueError("--proba: this model predicts values, which have no probabilities")
    outputs = net.predict(X)
    header, rows = ["prediction"], outputs.reshape(len(X), -1).tolist()
    if net.is_regression or outputs.ndim == 2:              # values, or several labels: a column for each
        header = list(net.label_names or (header if outputs.ndim == 1 else map(str, range(net.sizes[-1]))))
    elif net.label_names is not None:
        rows = [[net.label_names[k]] for k in outputs]
    if given.proba:
        probabilities = net.predict_proba(X)
        header += [f"P({label})" for label in net.label_names or range(probabilities.shape[1])]
        rows = [[*row, *more] for row, more in zip(rows, probabilities.tolist(), strict=True)]
    with open(given.out or os.dup(sys.stdout.fileno()), "w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


def evaluate(given: argparse.Namespace) -> None:
    """Print the loss and the accuracy, or R², of a model on a table."""
    net = load(given.model)
    table = datasets.load_csv(given.data, target=given.target, features=net.feature_names,
                              classes=not net.is_regression and net.label_names is not None, **_reading(given))
    _say_notes(given, table)
    _print(given, {"rows": len(table), **net.evaluate(table.X, _class_numbers(net, table))})


def info(given: argparse.Namespace) -> None:
    """Print what is in a model file."""
    net = load(given.model)
    if not given.json:
        print(net.summary())
        print(f"trained for {net.epoch} epochs, at last by {net.optimizer}")
        return
    print(json.dumps({
        "sizes": net.sizes, "activations": net.activations, "loss": net.loss, "dropout": net.dropout,
        "dtype": net.dtype.name, "parameters": len(net.parameters), "feature_names": net.feature_names,
        "label_names": net.label_names, "standardized": net.standardizer is not None,
        "target_standardized": net.target_standardizer is not None, "epoch": net.epoch,
        "optimizer": {"name": type(net.optimizer).__name__, **dataclasses.asdict(net.optimizer)}}))


def export(given: argparse.Namespace) -> None:
    """Write a model in another format."""
    net = load(given.model)
    if os.path.exists(given.out) and os.path.samefile(given.model, given.out):
        raise ValueError(f"--out: expected another file than the model, got {given.out}")
    try:
        getattr(exporters, f"to_{given.to}")(net, given.out)
    except RuntimeError as error:           # what was written cannot be compiled or run
        fail(str(error))
    _say(f"wrote {given.out}")


def figures(given: argparse.Namespace) -> None:
    """Draw the article's nine figures."""
    import matplotlib

    matplotlib.use("Agg")           # pictures go to files: no screen is needed
    from pynn.article_figures import write_figures

    for path in write_figures(given.out):
        print(path)


def fail(message: str) -> NoReturn:
    """Print an error and exit with code 1."""
    _say(f"error: {message}")
    sys.exit(1)


def _reading(given: argparse.Namespace) -> dict[str, Any]:
    """The arguments of load_csv on how the file is written."""
    return {"header": given.header, "delimiter": given.delimiter, "decimal": given.decimal, "encoding": given.encoding}


def _training_table(given: argparse.Namespace) -> datasets.Table:
    """The table without the dropped columns."""
    table = datasets.load_csv(given.data, target=given.target, features=given.features, classes=given.classes,
                              **_reading(given))
    for name in given.drop:
        if name not in table.feature_names:
            raise ValueError(f"--drop: expected a feature of {given.data}, got {name!r}; "
                             f"there are {', '.join(map(repr, table.feature_names))}")
    columns = tuple(column for column in table.columns if column.name not in given.drop)
    if not columns:
        raise ValueError("--drop: expected at least one other feature, all are dropped")
    if table.label_names is not None and len(table.label_names) < 2:
        raise ValueError(f"--target: expected at least two classes, got only {table.label_names[0]!r}")
    return dataclasses.replace(table, columns=columns)


def _taken_for(table: datasets.Table) -> str:
    """What the target is taken for, and how to say that it is something else."""
    if table.label_names is None:
        return "values (--classes takes the numbers for names of classes)"
    otherwise = " (--values takes the numbers for values)" if table.target.kind == "number" else ""
    return f"{len(table.label_names)} classes{otherwise}"


def _network(given: argparse.Namespace, table: datasets.Table, rng: np.random.Generator) -> Network:
    """A fresh network for the table, with its names."""
    classes = len(table.label_names or ())
    net = Network([len(table.columns), *given.hidden, classes if classes > 2 else 1], hidden=given.activation,
                  output=None if classes else "linear", rng=rng)
    net.feature_names, net.label_names = table.feature_names, table.label_names or (table.target_name,)
    return net


def _fit(given: argparse.Namespace, net: Network, X: Array, y: Array, validation: tuple[Array, Array] | None) -> History:
    """Train; each warning becomes a line on stderr."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        history = net.fit(X, y, epochs=given.epochs, batch_size=given.batch_size, optimizer=given.optimizer,
                          learning_rate=given.learning_rate, validation_data=validation)
    for warning in caught:
        _say(f"warning: {warning.message}")
    return history


def _class_numbers(net: Network, table: datasets.Table) -> Array:
    """y with the class numbers of the network."""
    if table.label_names is None:
        return table.y
    known = net.label_names
    if net.is_regression or known is None:
        raise ValueError("--target: this model predicts numbers, got text")
    numbers = match_labels(table.label_names, known)
    for label, number in zip(table.label_names, numbers, strict=True):
        if number is None:
            raise ValueError(f"--target: unknown class {label!r}; the model knows {', '.join(map(repr, known))}")
    return np.array(numbers)[table.y]


def _print(given: argparse.Namespace, result: dict[str, float]) -> None:
    if given.json:
        print(json.dumps(result))
    else:
        print(", ".join(f"{name} {value:.4g}" if isinstance(value, float) else f"{name} {value}"
                        for name, value in result.items()))


def _say(message: str) -> None:
    print(f"pynn: {message}", file=sys.stderr)


def _say_notes(given: argparse.Namespace, features: Features) -> None:
    """What was left out of the table."""
    for note in features.notes:
        _say(f"{given.data}: {note}")

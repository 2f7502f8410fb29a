"""The command pynn: train, predict, evaluate and info for tables in CSV, and the article's figures.

Results go to stdout, messages to stderr.  Exit codes: 0, done; 1, training or the network failed; 2, the input is wrong.
"""
from __future__ import annotations

import argparse
import csv
import dataclasses
import json
import os
import sys
import warnings
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from pynn import datasets
from pynn.network import Network, load
from pynn.optimizers import RECIPES
from pynn.reference import HIDDEN
from pynn.standardizer import Standardizer


def main(arguments: Sequence[str] | None = None) -> None:
    """Do what the command line says: `pynn --help` lists it."""
    parser = _parser()
    given = parser.parse_args(arguments)
    try:
        given.run(given)
        sys.stdout.flush()
    except BrokenPipeError:             # whoever read the results, as `head`, has enough of them
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except (ValueError, OSError) as error:
        parser.error(str(error))
    except MemoryError as error:
        _fail(f"not enough memory: {error}")
    except ArithmeticError as error:
        _fail(str(error))
    except KeyboardInterrupt:
        _fail("interrupted")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="pynn", description="The dense neural network that you can see through.")
    parser.add_argument("--version", action="version", version=metadata.version("pynn-dense"))
    commands = parser.add_subparsers(required=True, metavar="command")

    train = commands.add_parser("train", help="train a network on a CSV table and save it",
                                description="Train a network on a CSV table with a header line and save it. A target of text "
                                            "makes a classifier, a target of numbers a regression.")
    train.add_argument("data", help="the CSV file")
    _add_target(train)
    train.add_argument("--out", required=True, help="the model file to write")
    train.add_argument("--hidden", type=_sizes, default="16,16", help="units of the hidden layers (%(default)s); '' for none")
    train.add_argument("--activation", choices=HIDDEN, default="relu", metavar="NAME",
                       help=f"of the hidden layers: {', '.join(HIDDEN)} (%(default)s)")
    train.add_argument("--epochs", type=int, default=100, help="how many times every row is met (%(default)s)")
    train.add_argument("--batch-size", type=int, default=32, help="rows a step (%(default)s)")
    train.add_argument("--optimizer", choices=RECIPES, default="adam", metavar="NAME",
                       help=f"{', '.join(RECIPES)} (%(default)s)")
    train.add_argument("--learning-rate", type=float, help="if not given, the optimiser's own")
    train.add_argument("--validation-split", type=float, default=0.0, metavar="SHARE",
                       help="of the rows to validate on, drawn at random (%(default)s)")
    train.add_argument("--classes", action="store_true", help="numbers in the target are names of classes, as text is")
    train.add_argument("--seed", type=int, help="the same seed, the same model; if not given, a new one")
    train.add_argument("--no-scale", action="store_true",
                       help="take the inputs as they are; else they are standardised, also when predicting")
    _add_json(train)
    train.set_defaults(run=_train)

    predict = commands.add_parser("predict", help="predict from a CSV table",
                                  description="Write a CSV with a prediction for every row. Columns are found by their names.")
    predict.add_argument("model", help="a file that train wrote")
    predict.add_argument("data", help="the CSV file")
    predict.add_argument("--out", help="the file to write; if not given, to stdout")
    predict.add_argument("--proba", action="store_true", help="add the probability of every class")
    predict.set_defaults(run=_predict)

    evaluate = commands.add_parser("evaluate", help="measure a model on a CSV table",
                                   description="Print the loss and the accuracy, or R², on a CSV table.")
    evaluate.add_argument("model", help="a file that train wrote")
    evaluate.add_argument("data", help="the CSV file")
    _add_target(evaluate)
    _add_json(evaluate)
    evaluate.set_defaults(run=_evaluate)

    info = commands.add_parser("info", help="print what is in a model file")
    info.add_argument("model", help="a file that train wrote")
    _add_json(info)
    info.set_defaults(run=_info)

    figures = commands.add_parser("figures", help="draw the article's nine figures",
                                  formatter_class=argparse.ArgumentDefaultsHelpFormatter,
                                  description="Train the article's network on its two circles and draw its nine figures.")
    figures.add_argument("--out", type=Path, default=Path("figures"), help="the folder of the pictures, made if missing")
    figures.set_defaults(run=_figures)
    return parser


def _add_target(command: argparse.ArgumentParser) -> None:
    command.add_argument("--target", default=-1, metavar="COLUMN", help="the column to predict; if not given, the last one")


def _add_json(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="print one JSON object")


def _sizes(text: str) -> list[int]:
    return [int(size) for size in text.split(",")] if text.strip() else []


def _train(given: argparse.Namespace) -> None:
    if os.path.isdir(given.out) or not os.path.isdir(os.path.dirname(os.path.abspath(given.out))):
        raise ValueError(f"--out: expected a file in a folder that is there, got {given.out}")     # not after hours of training
    if given.seed is not None and given.seed < 0:
        raise ValueError(f"--seed: expected an int of at least 0, got {given.seed}")
    table = datasets.load_csv(given.data, target=given.target, classes=given.classes)
    if table.label_names is not None and len(table.label_names) < 2:
        raise ValueError(f"--target: expected at least two classes, got only {table.label_names[0]!r}")
    rng = np.random.default_rng(given.seed)
    X, y, validation = table.X, table.y, None
    if given.validation_split:
        X, X_val, y, y_val = datasets.split(X, y, test_size=given.validation_split, rng=rng,
                                            stratify=table.label_names is not None)
        validation = X_val, y_val
    classes = len(table.label_names or ())
    net = Network([X.shape[1], *given.hidden, classes if classes > 2 else 1], hidden=given.activation,
                  output=None if classes else "linear", rng=rng)
    net.feature_names, net.label_names = table.feature_names, table.label_names or (table.target_name,)
    if not given.no_scale:
        net.standardizer = Standardizer.fit(X)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        history = net.fit(X, y, epochs=given.epochs, batch_size=given.batch_size, optimizer=given.optimizer,
                          learning_rate=given.learning_rate, validation_data=validation)
    for warning in caught:
        _say(f"warning: {warning.message}")
    net.save(given.out)
    what = f"{classes} classes" if classes else "values"
    _say(f"{len(table.X)} rows of {X.shape[1]} features and {what}; wrote {given.out}")
    result = {name: value for name, value in history.last().items() if name != "epoch_seconds"}
    _print(given, {"epochs": history.epochs, **result})
    if history.interrupted:
        _fail(f"interrupted after {history.epochs} epochs; the model is as the last step left it")


def _predict(given: argparse.Namespace) -> None:
    net = load(given.model)
    X = datasets.load_features(given.data, net.feature_names)
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


def _evaluate(given: argparse.Namespace) -> None:
    net = load(given.model)
    table = datasets.load_csv(given.data, target=given.target, features=net.feature_names,
                              classes=not net.is_regression and net.label_names is not None)
    _print(given, {"rows": len(table.X), **net.evaluate(table.X, _numbered(net, table))})


def _numbered(net: Network, table: datasets.Table) -> np.ndarray[Any, np.dtype[Any]]:
    """y with the class numbers of the network."""
    if table.label_names is None:
        return table.y
    known = net.label_names
    if net.is_regression or known is None:
        raise ValueError("--target: this model predicts numbers, got text")
    unknown = [label for label in table.label_names if label not in known]
    if unknown:
        raise ValueError(f"--target: unknown class {unknown[0]!r}; the model knows {', '.join(map(repr, known))}")
    return np.array([known.index(label) for label in table.label_names])[table.y]


def _info(given: argparse.Namespace) -> None:
    net = load(given.model)
    if not given.json:
        print(net.summary())
        print(f"trained for {net.epoch} epochs, at last by {net.optimizer}")
        return
    print(json.dumps({
        "sizes": net.sizes, "activations": net.activations, "loss": net.loss, "dropout": net.dropout,
        "dtype": net.dtype.name, "parameters": len(net.parameters), "feature_names": net.feature_names,
        "label_names": net.label_names, "standardized": net.standardizer is not None, "epoch": net.epoch,
        "optimizer": {"name": type(net.optimizer).__name__, **dataclasses.asdict(net.optimizer)}}))


def _figures(given: argparse.Namespace) -> None:
    import matplotlib

    matplotlib.use("Agg")           # pictures go to files: no screen is needed
    from pynn.article_figures import write_figures

    for path in write_figures(given.out):
        print(path)


def _print(given: argparse.Namespace, result: dict[str, float]) -> None:
    if given.json:
        print(json.dumps(result))
    else:
        print(", ".join(f"{name} {value:.4g}" if isinstance(value, float) else f"{name} {value}"
                        for name, value in result.items()))


def _say(message: str) -> None:
    print(f"pynn: {message}", file=sys.stderr)


def _fail(message: str) -> None:
    _say(f"error: {message}")
    sys.exit(1)

"""What the commands of pynn do, from the parsed command line to the printed results."""
from __future__ import annotations

import argparse
import csv
import dataclasses
import functools
import io
import itertools
import json
import os
import sys
import warnings
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

import numpy as np

from pynn import datasets
from pynn import export as exporters
from pynn.command_tables import (
    class_numbers,
    encoded,
    input_columns,
    inputs_of,
    reading,
    separate,
    standardizer_of,
    training_table,
    understood,
)
from pynn.datasets.csv.loading import read_features
from pynn.datasets.table import Features
from pynn.history import History
from pynn.learn.score_sheet import check_file
from pynn.network import Network, load
from pynn.output_places import check_output, check_replaceable, is_model, is_report, report_mark
from pynn.report.subject import Subject
from pynn.storage import replacing
from pynn.table_encoder import TableEncoder
from pynn.translation import _, language, translated
from pynn.validation import real_number

Array = np.ndarray[Any, np.dtype[Any]]

FORMATS = ("c", "javascript", "numpy", "onnx", "safetensors")


def train(given: argparse.Namespace) -> None:
    """Train a network on a table and save it."""
    check_output("--out", given.out, {_("the table"): given.data})         # before hours of training
    check_replaceable("--out", given.out, _("a model of pynn's"), is_model)
    _check_report(given, {_("the table"): given.data}, {"--out": given.out})
    if given.seed is not None and given.seed < 0:
        raise ValueError(_("--seed: expected an int of at least 0, got {seed}", seed=given.seed))
    table = training_table(given)
    rng = np.random.default_rng(given.seed)
    _say_notes(given, table)
    _say(f"{given.data}: {understood(table)}")
    rows, validation_rows = _split_rows(given, table, rng)
    X, encoder = encoded(table, rows, scale=not given.no_scale)
    net = _network(given, table, X.shape[1], encoder, rng)
    y, validation = table.y, None
    if validation_rows is not None:
        validation = X[validation_rows], y[validation_rows]
        X, y = X[rows], y[rows]
    if not given.no_scale:
        net.standardizer = standardizer_of(table.columns, X) if encoder is None else None
        if net.is_regression:
            net.target_standardizer = standardizer_of([table.target], y.reshape(-1, 1))
            _say(_("{target} is standardised, and so is the loss; predictions and R² are in its own units",
                   target=table.target_name))
    history = _fit(given, net, X, y, validation)
    _save(net, given.out)
    what = _("values") if table.label_names is None else _("{count} classes", count=len(table.label_names))
    _say(_("{rows} rows of {features} features and {what}; wrote {path}",
           rows=len(table), features=len(table.columns), what=what, path=given.out))
    if given.report:
        subject = Subject(net, table, np.arange(len(y)), X, y, _(
            "the {count} rows that it was trained on; it may predict other rows worse: --validation-split 0.2 sets rows aside",
            count=len(y)))
        if validation is not None:
            subject = Subject(net, table, validation_rows, *validation, _(
                "{count} validation rows, which it was not trained on", count=len(validation_rows)))
        _report(given, subject, history)
    result = {name: value for name, value in history.last().items() if name != "epoch_seconds"}
    _print(given, {"epochs": history.epochs, **result})
    if history.interrupted:
        fail(_("interrupted after {epochs} epochs; the model is that of the last step", epochs=history.epochs))


def predict(given: argparse.Namespace) -> None:
    """Write a CSV file with a prediction for every row of a table."""
    if given.out:
        check_output("--out", given.out, {_("the model"): given.model, _("the table"): given.data})
    net = load(given.model)
    if given.proba and net.is_regression:
        raise ValueError(_("--proba: this model predicts values, which have no probabilities"))
    names = input_columns(net)
    read = read_features(given.data, names, kept=given.keep, **reading(given))
    _say_notes(given, read)
    features, kept = separate(read, names, given.keep)
    X = inputs_of(net, features, given.unknown)
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
    copied_names = [column.name for column in kept]
    header = [f"predicted {name}" if name in copied_names else name for name in header]
    if set(header) & set(copied_names):
        raise ValueError(_("--keep: expected no column with a name of the predictions, {names}", names=", ".join(header)))
    if kept:
        cells = zip(*(column.cells for column in kept), strict=True)
        header = [*copied_names, *header]
        rows = [[*copied, *row] for copied, row in zip(cells, rows, strict=True)]
    _write_table(given.out, [header, *rows])


def evaluate(given: argparse.Namespace) -> None:
    """Print the loss and the accuracy, or R², of a model on a table."""
    _check_report(given, {_("the model"): given.model, _("the table"): given.data})
    net = load(given.model)
    table = datasets.load_csv(given.data, target=given.target, features=input_columns(net),
                              classes=not net.is_regression and net.label_names is not None, **reading(given))
    _say_notes(given, table)
    X, y = inputs_of(net, table, given.unknown), class_numbers(net, table)
    result = {"rows": len(table), **net.evaluate(X, y)}
    if net.target_standardizer is not None:
        _say(_("the loss is that of {target} standardised, as for training; R² is in its own units", target=table.target_name))
    if given.report:
        _report(given, Subject(net, table, np.arange(len(y)), X, y, _("the {count} rows of {table}", count=len(y),
                                                                              table=given.data)))
    _print(given, result)


def info(given: argparse.Namespace) -> None:
    """Print what is in a model file."""
    net = load(given.model)
    if not given.json:
        print(net.summary())
        print(_("trained for {epochs} epochs, at last by {optimizer}", epochs=net.epoch, optimizer=net.optimizer))
        return
    print(json.dumps({
        "sizes": net.sizes, "activations": net.activations, "loss": net.loss, "dropout": net.dropout,
        "dtype": net.dtype.name, "parameters": len(net.parameters), "feature_names": net.feature_names,
        "label_names": net.label_names, "standardized": net.standardizer is not None,
        "target_standardized": net.target_standardizer is not None,
        "columns": None if net.encoder is None else net.encoder.entry(), "epoch": net.epoch,
        "optimizer": {"name": type(net.optimizer).__name__, **dataclasses.asdict(net.optimizer)}}))


def export(given: argparse.Namespace) -> None:
    """Write a model in another format."""
    check_output("--out", given.out, {_("the model"): given.model})
    net = load(given.model)
    try:
        getattr(exporters, f"to_{given.to}")(net, given.out)
    except RuntimeError as error:           # what was written cannot be compiled or run
        fail(translated(error))
    _say(_("wrote {path}", path=given.out))


def playground(given: argparse.Namespace) -> None:
    """Open the playground, until Ctrl-C."""
    from pynn.playground.opening import serve

    serve(port=given.port, open_browser=not given.no_browser, data=given.data, target=given.target, model=given.model,
          lesson=given.lesson, code=given.open)


def figures(given: argparse.Namespace) -> None:
    """Draw the article's nine figures."""
    import matplotlib

    matplotlib.use("Agg")           # pictures go to files: no screen is needed
    from pynn.article_figures import write_figures

    for path in write_figures(given.out):
        print(path)


def check(given: argparse.Namespace) -> None:
    """Check a file of functions against the workbook and print its score sheet."""
    sheet = check_file(given.file, given.seed)
    print(json.dumps(sheet.to_dict()) if given.json else sheet)
    if not sheet.ok:
        sys.exit(1)


def fail(message: str) -> NoReturn:
    """Print an error and exit with code 1."""
    _say(_("error: {message}", message=message))
    sys.exit(1)


def _split_rows(given: argparse.Namespace, table: datasets.Table, rng: np.random.Generator) -> tuple[Any, Any]:
    """The rows to train on and those to validate on; None, None without validation."""
    if not real_number(given.validation_split, "--validation-split", 0, 1, high_included=False):
        return None, None
    rows = np.arange(len(table))
    return datasets.split(rows, table.y, test_size=given.validation_split, rng=rng, stratify=table.label_names is not None)[:2]


def _network(given: argparse.Namespace, table: datasets.Table, inputs: int, encoder: TableEncoder | None,
             rng: np.random.Generator) -> Network:
    """A fresh network for the table, with its names."""
    classes = len(table.label_names or ())
    net = Network([inputs, *given.hidden, classes if classes > 2 else 1], hidden=given.activation,
                  output=None if classes else "linear", rng=rng)
    net.label_names = table.label_names or (table.target_name,)
    if encoder is None:
        net.feature_names = table.feature_names
    net.encoder = encoder
    return net


def _fit(given: argparse.Namespace, net: Network, X: Array, y: Array, validation: tuple[Array, Array] | None) -> History:
    """Train; each warning becomes a line on stderr."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        history = net.fit(X, y, epochs=given.epochs, batch_size=given.batch_size, optimizer=given.optimizer,
                          learning_rate=given.learning_rate, validation_data=validation)
    for warning in caught:
        _say(_("warning: {message}", message=warning.message))
    return history


def _check_report(given: argparse.Namespace, reads: dict[str, str], writes: dict[str, str] | None = None) -> None:
    """A ValueError unless the report, if one is wanted, can be written without loss."""
    if given.report:
        check_output("--report", given.report, reads, writes)
        check_replaceable("--report", given.report, _("a report of pynn's"), is_report)


def _report(given: argparse.Namespace, subject: Subject, history: History | None = None) -> None:
    """Write the report."""
    from pynn.report.page import write_report  # here, because it needs matplotlib

    check_replaceable("--report", given.report, _("a report of pynn's"), is_report)
    notes = [_("{table}: {understood}.", table=os.path.basename(given.data), understood=understood(subject.table)),
             *(_("{note}.", note=note) for note in subject.table.notes)]
    write_report(given.report, report_mark(language()), notes, subject, history)
    _say(_("wrote {path}", path=given.report))


def _save(net: Network, out: str) -> None:
    """Save the network; if another file took its place while it was trained, beside that file."""
    try:
        check_replaceable("--out", out, _("a model of pynn's"), is_model)
    except ValueError as error:
        beside = next(name for name in (f"{out}.model{k or ''}" for k in itertools.count()) if not os.path.exists(name))
        net.save(beside)
        told = translated(error).removesuffix(_("; nothing was written"))
        raise ValueError(_("{error}; the model is in {path}", error=told, path=beside)) from None
    net.save(out)


def _write_table(out: str | None, rows: Iterable[Sequence[Any]]) -> None:
    """Write a CSV file, at once so that a failure leaves the old one, or to stdout."""
    if out is None or (os.path.exists(out) and not os.path.isfile(out)):         # stdout, or a device or a pipe
        with open(out or os.dup(sys.stdout.fileno()), "w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, lineterminator="\n").writerows(rows)
        return
    with replacing(out) as file:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="")
        csv.writer(text, lineterminator="\n").writerows(rows)
        text.detach()


def _print(given: argparse.Namespace, result: dict[str, float]) -> None:
    if given.json:
        print(json.dumps(result))
    else:
        words = {"epochs": _("epochs"), "rows": _("rows"), "loss": _("loss"), "accuracy": _("accuracy"),
                 "val_loss": _("val_loss"), "val_accuracy": _("val_accuracy"), "r2": _("r2"), "val_r2": _("val_r2")}
        parts = [f"{words.get(name, name)} {f'{value:.4g}' if isinstance(value, float) else value}"
                 for name, value in result.items()]
        print(functools.reduce(lambda one, other: _("{one}, {other}", one=one, other=other), parts))


def _say(message: str) -> None:
    print(f"pynn: {message}", file=sys.stderr)


def _say_notes(given: argparse.Namespace, features: Features) -> None:
    """What was left out of the table."""
    for note in features.notes:
        _say(f"{given.data}: {note}")

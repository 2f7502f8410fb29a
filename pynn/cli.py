"""The command pynn: its options, messages and exit codes.

Results go to stdout, messages to stderr.  Exit codes: 0, done; 1, training or the network failed; 2, the input is wrong.
"""
from __future__ import annotations

import argparse
import contextlib
import csv
import io
import os
import sys
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path

from pynn import commands
from pynn.optimizers import RECIPES
from pynn.reference import HIDDEN
from pynn.translation import _, translated


def main(arguments: Sequence[str] | None = None) -> None:
    """Do what the command line says: `pynn --help` lists it."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:          # it was closed before the start
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))     # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")        # names may have characters that a terminal does not have
    with _argparse_speaking():
        parser = _parser()
        given = parser.parse_args(arguments)
    try:
        given.run(given)
        sys.stdout.flush()
    except BrokenPipeError:             # the reader of the results, as `head`, has stopped
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except (ValueError, OSError) as error:
        with _argparse_speaking():
            parser.error(translated(error))
    except MemoryError as error:
        commands.fail(_("not enough memory: {error}", error=error))
    except ArithmeticError as error:
        commands.fail(translated(error))
    except KeyboardInterrupt:
        commands.fail(_("interrupted"))


@contextlib.contextmanager
def _argparse_speaking() -> Iterator[None]:
    """The words of argparse itself in the language in use: it takes them from a function of this name in its module."""
    words = {
        "usage: ": _("usage: "), "positional arguments": _("positional arguments"), "options": _("options"),
        "show this help message and exit": _("show this help message and exit"),
        "%(prog)s: error: %(message)s\n": _("%(prog)s: error: %(message)s\n"),
        "argument %(argument_name)s: %(message)s": _("argument %(argument_name)s: %(message)s"),
        "the following arguments are required: %s": _("the following arguments are required: %s"),
        "unrecognized arguments: %s": _("unrecognized arguments: %s"), "expected one argument": _("expected one argument"),
        "invalid choice: %(value)r (choose from %(choices)s)": _("invalid choice: %(value)r (choose from %(choices)s)"),
        "invalid %(type)s value: %(value)r": _("invalid %(type)s value: %(value)r"),
        "not allowed with argument %s": _("not allowed with argument %s"),
        "ambiguous option: %(option)s could match %(matches)s": _("ambiguous option: %(option)s could match %(matches)s"),
    }
    before = vars(argparse)["_"]
    vars(argparse)["_"] = lambda text: words.get(text, text)
    try:
        yield
    finally:
        vars(argparse)["_"] = before


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="pynn", description=_("The dense neural network that you can see through."))
    parser.add_argument("--version", action="version", version=metadata.version("pynn-dense"),
                        help=_("show program's version number and exit"))
    subparsers = parser.add_subparsers(required=True, metavar=_("command"))
    _add_train(subparsers.add_parser(
        "train", help=_("train a network on a table and save it"),
        description=_("Train a network on a table and save it. A target of text, or of two different numbers, "
                    "makes a classifier; other numbers make a regression.")))
    _add_predict(subparsers.add_parser(
        "predict", help=_("predict from a table"),
        description=_("Write a CSV file with a prediction for every row. Columns are found by their names.")))
    _add_evaluate(subparsers.add_parser(
        "evaluate", help=_("measure a model on a table"),
        description=_("Print the loss and the accuracy, or R², on a table.")))
    _add_info(subparsers.add_parser("info", help=_("print what is in a model file")))
    _add_export(subparsers.add_parser(
        "export", help=_("write a model as C, JavaScript, NumPy, ONNX or safetensors"),
        description=_("Write a model for use outside of pynn. Where the runtime of the format is installed (a C compiler, "
                      "node, onnxruntime), the file is run on examples and compared with the model.")))
    _add_check(subparsers.add_parser(
        "check", help=_("check a file of functions against the workbook"),
        description=_("Run a student's file in a process of its own and print a score sheet: an exercise of the workbook, its "
                    "points, what is wrong. Exit code 0 if all are right. What the file prints is not shown.")))
    _add_playground(subparsers.add_parser(
        "playground", help=_("open the playground in the browser"),
        description=_("Open a page with a network to take hold of: it trains before your eyes, on circles or on your own "
                      "table. The page is served by this machine for this machine; nothing leaves it. Ctrl-C ends it.")))
    _add_figures(subparsers.add_parser(
        "figures", help=_("draw the article's nine figures"),
        description=_("Train the article's network on its two circles and draw its nine figures.")))
    return parser


def _add_train(train: argparse.ArgumentParser) -> None:
    _add_table(train)
    _add_target(train)
    train.add_argument("--features", type=_names, metavar="A,B", help=_("the input columns; by default all but the target"))
    train.add_argument("--drop", type=_names, default=[], metavar="A,B", help=_("columns that are not inputs"))
    train.add_argument("--out", required=True, help=_("the model file to write"))
    train.add_argument("--hidden", type=_sizes, default="16,16",
                       help=_("units of the hidden layers (%(default)s); '' for none"))
    train.add_argument("--activation", choices=HIDDEN, default="relu", metavar="NAME",
                       help=_("of the hidden layers: {names} (%(default)s)", names=", ".join(HIDDEN)))
    train.add_argument("--epochs", type=int, default=100, help=_("passes over all rows (%(default)s)"))
    train.add_argument("--batch-size", type=int, default=32, help=_("rows in a step (%(default)s)"))
    train.add_argument("--optimizer", choices=RECIPES, default="adam", metavar="NAME",
                       help=_("{names} (%(default)s)", names=", ".join(RECIPES)))
    train.add_argument("--learning-rate", type=float, help=_("by default the optimiser's own"))
    train.add_argument("--validation-split", type=float, default=0.0, metavar="SHARE",
                       help=_("share of the rows, drawn at random, to validate on (%(default)s)"))
    kinds = train.add_mutually_exclusive_group()
    kinds.add_argument("--classes", action="store_const", const=True, default=None,
                       help=_("numbers in the target are names of classes; by default if there are two different ones"))
    kinds.add_argument("--values", action="store_const", const=False, dest="classes",
                       help=_("numbers in the target are values"))
    train.add_argument("--seed", type=int, help=_("the same seed gives the same model; by default a new one"))
    train.add_argument("--no-scale", action="store_true", help=_("do not standardise the inputs, nor values to predict"))
    _add_report(train)
    _add_json(train)
    train.set_defaults(run=commands.train)


def _add_predict(predict: argparse.ArgumentParser) -> None:
    _add_model(predict)
    _add_table(predict)
    predict.add_argument("--out", help=_("the file to write; by default stdout"))
    predict.add_argument("--keep", type=_names, default=[], metavar="A,B",
                         help=_("columns of the table to copy beside the predictions"))
    _add_unknown(predict)
    predict.add_argument("--proba", action="store_true", help=_("add the probability of every class"))
    predict.set_defaults(run=commands.predict)


def _add_evaluate(evaluate: argparse.ArgumentParser) -> None:
    _add_model(evaluate)
    _add_table(evaluate)
    _add_target(evaluate)
    _add_unknown(evaluate)
    _add_report(evaluate)
    _add_json(evaluate)
    evaluate.set_defaults(run=commands.evaluate)


def _add_info(info: argparse.ArgumentParser) -> None:
    _add_model(info)
    _add_json(info)
    info.set_defaults(run=commands.info)


def _add_export(export: argparse.ArgumentParser) -> None:
    _add_model(export)
    export.add_argument("--to", required=True, choices=commands.FORMATS, metavar="FORMAT",
                        help=_("the format: {names}", names=", ".join(commands.FORMATS)))
    export.add_argument("--out", required=True, help=_("the file to write; a C file with a name in .h is a header"))
    export.set_defaults(run=commands.export)


def _add_check(check: argparse.ArgumentParser) -> None:
    check.add_argument("file", help=_("a Python file with the functions; it should not import pynn"))
    check.add_argument("--seed", type=int,
                       help=_("the same seed gives the same inputs; by default a new one, which is printed"))
    _add_json(check)
    check.set_defaults(run=commands.check)


def _add_figures(figures: argparse.ArgumentParser) -> None:
    figures.add_argument("--out", type=Path, default=Path("figures"),
                         help=_("the folder of the pictures, made if missing (default: %(default)s)"))
    figures.set_defaults(run=commands.figures)


def _add_playground(playground: argparse.ArgumentParser) -> None:
    playground.add_argument("--port", type=int, default=0, help=_("the port of the page; by default any that is free"))
    playground.add_argument("--no-browser", action="store_true", help=_("print the address, and open no browser"))
    playground.add_argument("--data", metavar="TABLE", help=_("a CSV file to train on"))
    playground.add_argument("--target", metavar="COLUMN", help=_("the column of the table to predict; by default the last one"))
    playground.add_argument("--model", help=_("a model file to begin with"))
    playground.add_argument("--lesson", type=int, metavar="NUMBER", help=_("begin with the setting of a lesson"))
    playground.add_argument("--open", metavar="ADDRESS", help=_("begin with what somebody shared: an address or its code"))
    playground.set_defaults(run=commands.playground)


def _add_model(command: argparse.ArgumentParser) -> None:
    command.add_argument("model", help=_("a model file"))


def _add_table(command: argparse.ArgumentParser) -> None:
    command.add_argument("data", help=_("a CSV file, or one like it; may be gzipped"))
    command.add_argument("--delimiter", type=_delimiter, help=_("the character between cells, or 'tab'; by default found"))
    command.add_argument("--decimal", choices=".,", help=_("the decimal sign; by default found"))
    command.add_argument("--encoding", help=_("by default found by the byte order mark; UTF-8 if there is none"))
    names = command.add_mutually_exclusive_group()
    names.add_argument("--header", action="store_const", const="names", default=True,
                       help=_("the first line has the names of the columns, even if it looks like data"))
    names.add_argument("--no-header", action="store_const", const=False, dest="header",
                       help=_("the first line is data; the columns are called column 1, column 2, …"))


def _add_target(command: argparse.ArgumentParser) -> None:
    command.add_argument("--target", default=-1, metavar="COLUMN", help=_("the column to predict; by default the last one"))


def _add_unknown(command: argparse.ArgumentParser) -> None:
    command.add_argument("--unknown", choices=("error", "ignore"), default="error",
                         help=_("for a text that the model does not know, or a missing cell in a column that had none: an "
                                "error, or ignored: its inputs are 0, and a missing number is the mean (%(default)s)"))


def _add_report(command: argparse.ArgumentParser) -> None:
    command.add_argument("--report", metavar="FILE",
                         help=_("write a page in HTML: the curves, the mistakes, the importance of each column, a diagnosis"))


def _add_json(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help=_("print one JSON object"))


def _sizes(text: str) -> list[int]:
    try:
        return [int(size) for size in text.split(",")] if text.strip() else []
    except ValueError:
        raise argparse.ArgumentTypeError(_("expected units such as 16,16, got {text!r}", text=text)) from None


def _names(text: str) -> list[str]:
    """The names in a list; a name with a comma stands in double quotes, as in a CSV file."""
    return [name.strip() for name in next(csv.reader([text], skipinitialspace=True), [""])]


def _delimiter(text: str) -> str:
    return {"tab": "\t", "\\t": "\t"}.get(text, text)

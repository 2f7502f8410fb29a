"""The command pynn."""
from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path


def main(arguments: Sequence[str] | None = None) -> None:
    """Do what the command line says: `pynn --help` lists it."""
    parser = argparse.ArgumentParser(prog="pynn", description="The dense neural network that you can see through.")
    commands = parser.add_subparsers(required=True, metavar="command")
    figures = commands.add_parser("figures", help="draw the article's nine figures",
                                  formatter_class=argparse.ArgumentDefaultsHelpFormatter,
                                  description="Train the article's network on its two circles and draw its nine figures.")
    figures.add_argument("--out", type=Path, default=Path("figures"), help="the folder of the pictures, made if missing")
    figures.set_defaults(run=_figures)
    given = parser.parse_args(arguments)
    try:
        given.run(given)
    except OSError as error:
        parser.error(str(error))


def _figures(given: argparse.Namespace) -> None:
    import matplotlib

    matplotlib.use("Agg")           # pictures go to files: no screen is needed
    from pynn.gallery import write_figures

    for path in write_figures(given.out):
        print(path)

"""The article's nine figures, of its own problem: what `pynn figures` writes.

    python examples/figures.py --out figures
"""
from __future__ import annotations

import argparse
from pathlib import Path

import matplotlib

from pynn.article_figures import write_figures

matplotlib.use("Agg")           # pictures go to files: no screen is needed


def main() -> None:
    parser = argparse.ArgumentParser(description="Train the article's network and draw its nine figures.",
                                     formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("figures"), help="the folder of the pictures, made if missing")
    for path in write_figures(parser.parse_args().out):
        print(path)


if __name__ == "__main__":
    main()

"""The article's experiment: a small network learns to separate two circles in the plane; three pictures show how.

    python examples/circles.py --epochs 50 --out pictures
"""
from __future__ import annotations

import argparse
import time
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt

import pynn
from pynn.translation import _

matplotlib.use("Agg")           # pictures are written to files, so no screen is needed


def main() -> None:
    parser = argparse.ArgumentParser(description="Train a small network on two circles and draw what it learned.",
                                     formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--epochs", type=int, default=50, help="how many times the network sees every example")
    parser.add_argument("--learning-rate", type=float, default=0.1, help="the step size of gradient descent")
    parser.add_argument("--batch-size", type=int, default=32, help="examples in a step")
    parser.add_argument("--seed", type=int, default=1, help="seed of the data, the split and the weights; lesson 9 takes 0")
    parser.add_argument("--out", type=Path, default=Path("."), help="the folder of the pictures; it is made if it is missing")
    arguments = parser.parse_args()
    try:
        run(arguments.epochs, arguments.learning_rate, arguments.batch_size, arguments.seed, arguments.out)
    except (ValueError, TypeError, OSError) as error:
        parser.error(str(error))


def run(epochs: int, learning_rate: float, batch_size: int, seed: int, out: Path) -> None:
    X, y = pynn.datasets.circles(1000, factor=0.3, noise=0.1, rng=seed)
    X_train, X_test, y_train, y_test = pynn.datasets.split(X, y, test_size=0.1, rng=seed)
    net = pynn.Network([2, 4, 6, 6, 4, 1], hidden="relu", output="sigmoid", rng=seed)
    print(net.summary())

    print(_("\nTraining on {m} examples: {epochs} epochs in batches of {batch_size}, learning rate {learning_rate:g}",
            m=len(X_train), epochs=epochs, batch_size=batch_size, learning_rate=learning_rate))
    start = time.perf_counter()
    history = net.fit(X_train, y_train, validation_data=(X_test, y_test), epochs=epochs, batch_size=batch_size,
                      learning_rate=learning_rate)
    print(_("Time: {seconds:.3f} s", seconds=time.perf_counter() - start))
    print(_("Test accuracy on {m} examples: {accuracy:.3f}", m=len(X_test), accuracy=net.score(X_test, y_test)))

    out.mkdir(parents=True, exist_ok=True)
    data = pynn.plot.dataset(X, y)
    surface = pynn.plot.decision_surface(net, X_test, y_test)
    for ax in (data, surface):
        ax.set_aspect("equal")          # so that circles look round
    data.set_title(_("The two circles"))
    surface.set_title(_("What the network learned, and the test examples"))
    curves = pynn.plot.history(history)
    curves.set_title(_("Training"))
    for name, ax in (("data", data), ("surface", surface), ("history", curves)):
        path = out / f"circles-{name}.png"
        ax.figure.savefig(path, dpi=150)
        plt.close(ax.figure)
        print(path)


if __name__ == "__main__":
    main()

"""How many seeds learn the circles from each kind of initial weights.

    python benchmarks/count_seeds.py 1500
"""
from __future__ import annotations

import sys

import numpy as np

from pynn import Network, datasets
from pynn.initializers import INITIALIZERS


def accuracy(seed: int, initializer: str) -> float:
    """Test accuracy after 50 epochs of the article's network."""
    X, y = datasets.circles(1000, factor=0.3, noise=0.1, rng=seed)
    X_train, X_test, y_train, y_test = datasets.split(X, y, test_size=0.1, rng=seed)
    net = Network([2, 4, 6, 6, 4, 1], initializer=initializer, rng=seed)
    net.fit(X_train, y_train, epochs=50, batch_size=32, learning_rate=0.1)
    return net.score(X_test, y_test)


if __name__ == "__main__":
    seeds = range(int(sys.argv[1]))
    for name in INITIALIZERS:
        learned = np.mean([accuracy(seed, name) >= 0.99 for seed in seeds])
        print(f"{name}: {learned:.1%} of {len(seeds)} seeds reach a test accuracy of 0.99")

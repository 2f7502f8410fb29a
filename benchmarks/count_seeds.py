"""How many seeds learn the circles, with He's weights as pynn draws them and drawn independently.

    python benchmarks/count_seeds.py 1500
"""
from __future__ import annotations

import sys

import numpy as np

from pynn import Network, datasets


def accuracy(seed: int, *, independent: bool) -> float:
    """Test accuracy after 50 epochs of the article's network."""
    X, y = datasets.circles(1000, factor=0.3, noise=0.1, rng=seed)
    X_train, X_test, y_train, y_test = datasets.split(X, y, test_size=0.1, rng=seed)
    net = Network([2, 4, 6, 6, 4, 1], rng=seed)
    if independent:
        rng = np.random.default_rng(seed)
        for layer in net:
            layer.W = rng.normal(scale=np.sqrt(2 / layer.W.shape[1]), size=layer.W.shape)
    net.fit(X_train, y_train, epochs=50, batch_size=32, learning_rate=0.1)
    return net.score(X_test, y_test)


if __name__ == "__main__":
    seeds = range(int(sys.argv[1]))
    for independent, name in ((False, "mirrored pairs"), (True, "independent")):
        learned = np.mean([accuracy(seed, independent=independent) >= 0.99 for seed in seeds])
        print(f"{name}: {learned:.1%} of {len(seeds)} seeds reach a test accuracy of 0.99")

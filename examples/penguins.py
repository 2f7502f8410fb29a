"""Three species of penguins from four measurements: softmax, and load_csv on your own table.

The data are the Palmer penguins (Gorman, Williams and Fraser 2014; CC0), as the package palmerpenguins ships them:
pip install ".[penguins]"
"""
from __future__ import annotations

import argparse
import csv
import importlib.util
import sys
import tempfile
from pathlib import Path

import numpy as np

import pynn

MEASUREMENTS = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"]


def write_complete_rows(path: Path) -> int:
    """Write the penguins without missing measurements to a CSV file; return how many are left out."""
    package = importlib.util.find_spec("palmerpenguins")
    if package is None or package.origin is None:
        sys.exit('This example needs the penguins: pip install ".[penguins]"')
    with open(Path(package.origin).parent / "data" / "penguins.csv", newline="", encoding="utf-8") as file:
        penguins = list(csv.DictReader(file))
    complete = [row for row in penguins if all(row[name] not in ("", "NA") for name in MEASUREMENTS)]
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [*MEASUREMENTS, "species"], extrasaction="ignore")
        writer.writeheader()
        writer.writerows(complete)
    return len(penguins) - len(complete)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--epochs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "penguins.csv"
        left_out = write_complete_rows(path)
        table = pynn.datasets.load_csv(path, target="species")
    species = table.label_names
    assert species is not None
    print(f"{len(table.X)} penguins, {left_out} left out for missing values; inputs {', '.join(table.feature_names)}")

    X_train, X_test, y_train, y_test = pynn.datasets.split(table.X, table.y, test_size=0.2, stratify=True,
                                                           rng=arguments.seed)
    # millimetres and grams to one scale, from the training set alone
    mean, deviation = X_train.mean(axis=0), X_train.std(axis=0)
    X_train, X_test = (X_train - mean) / deviation, (X_test - mean) / deviation

    net = pynn.Network([len(MEASUREMENTS), 16, len(species)], hidden="relu", output="softmax", rng=arguments.seed)
    print(net.summary())
    net.fit(X_train, y_train, epochs=arguments.epochs, batch_size=32, learning_rate=0.1)

    confusion = np.zeros((len(species), len(species)), int)
    np.add.at(confusion, (y_test, net.predict(X_test)), 1)
    width = max(map(len, species)) + 2
    print("\nTest set: species in rows, prediction in columns")
    print(" " * width + "".join(name.rjust(width) for name in species))
    for name, row in zip(species, confusion, strict=True):
        print(name.ljust(width) + "".join(str(count).rjust(width) for count in row))
    print(f"\nTest accuracy: {net.evaluate(X_test, y_test)['accuracy']:.3f}")


if __name__ == "__main__":
    main()

"""A search for good hyper-parameters on one or many machines: only the scheduler's address changes.

    python examples/search.py                                   # two worker processes, started on this machine
    python examples/search.py --scheduler tcp://10.0.0.1:8786   # the workers of a Dask cluster, on any machines

For a cluster, install pynn on every machine (pip install "pynn-dense[dask]"), run `dask scheduler` on one of them, and on each
`dask worker tcp://10.0.0.1:8786 --nthreads 1 --nworkers auto`.  The data are scikit-learn's 1797 digits of 8 × 8 pixels.
"""
from __future__ import annotations

import argparse

import joblib
from dask.distributed import Client
from scipy.stats import loguniform
from sklearn.datasets import load_digits
from sklearn.model_selection import RandomizedSearchCV, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import pynn

CANDIDATES = {
    "networkclassifier__hidden_layer_sizes": [(32,), (64,), (64, 32)],
    "networkclassifier__activation": ["relu", "tanh", "gelu"],
    "networkclassifier__learning_rate_init": loguniform(1e-3, 3e-2),
    "networkclassifier__dropout": [0.0, 0.2],
    "networkclassifier__l2": loguniform(1e-6, 1e-2),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--scheduler", metavar="tcp://HOST:PORT", help="of a Dask cluster; by default, one is started here")
    parser.add_argument("--candidates", type=int, default=12, help="number of random candidates (default: 12)")
    parser.add_argument("--epochs", type=int, default=30, help="of every fit (default: 30)")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()

    X_train, X_test, y_train, y_test = train_test_split(*load_digits(return_X_y=True), random_state=arguments.seed)
    # the workers share the processors: one thread for each fit
    classifier = pynn.NetworkClassifier(batch_size=32, max_iter=arguments.epochs, n_threads=1, random_state=arguments.seed)
    search = RandomizedSearchCV(make_pipeline(StandardScaler(), classifier), CANDIDATES, n_iter=arguments.candidates, cv=3,
                                random_state=arguments.seed)
    here = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None}
    with Client(arguments.scheduler) if arguments.scheduler else Client(**here), joblib.parallel_config(backend="dask"):
        search.fit(X_train, y_train)

    print(f"The best of {arguments.candidates} candidates, accuracy {search.best_score_:.3f} in cross-validation:")
    for name, value in search.best_params_.items():
        print(f"  {name.removeprefix('networkclassifier__')} = {value if not isinstance(value, float) else round(value, 6)}")
    print(f"Accuracy on the {len(X_test)} test images: {search.score(X_test, y_test):.3f}")


if __name__ == "__main__":
    main()

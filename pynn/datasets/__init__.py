"""Data sets: the article's circles and others, splitting, and reading tables from files.

A bad value is a ValueError and a bad type a TypeError; both name the argument, the value received and what was expected.
"""
from pynn.datasets.csv.loading import load_csv, load_features
from pynn.datasets.generators import blobs, circles, moons, plane, sine, spirals, xor
from pynn.datasets.splitting import split
from pynn.datasets.table import Table

__all__ = ["Table", "blobs", "circles", "load_csv", "load_features", "moons", "plane", "sine", "spirals", "split", "xor"]

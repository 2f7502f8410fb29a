"""Pictures of data, networks and trainings: the article's nine figures, and four beyond them.

Conventions of all functions:

- A picture of one panel takes `ax` and returns it; None makes a new figure. A picture of several panels takes `axes`, an
  array of Axes in any shape, and returns an array of Axes; None makes a new figure.
- Last come keywords for the function of matplotlib that draws the main part of the picture.
- A network and its data stay unchanged, and nothing is trained.
- An argument that does not fit raises a TypeError, a ValueError or an IndexError before a figure is made; the message names
  the argument, the value received and what was expected.
- Blue is positive and class 1, orange is negative and class 0. More classes have more colours, and each has a marker.
- Names of features and classes appear as they are. Chinese, Japanese and Korean names need an installed font that has these
  characters.

`describe` puts a picture into words.
"""
from pynn.plot._style import prepare_fonts
from pynn.plot.beyond_decision_surface import decision_surface
from pynn.plot.beyond_landscape import loss_landscape
from pynn.plot.beyond_range_test import range_test
from pynn.plot.beyond_unit_maps import unit_maps
from pynn.plot.description import describe
from pynn.plot.figure1_dataset import dataset
from pynn.plot.figure2_network import network
from pynn.plot.figure3_film import film, stills
from pynn.plot.figure4_neuron import neuron
from pynn.plot.figure5_layer import layer
from pynn.plot.figure6_activations import activations
from pynn.plot.figure7_history import history
from pynn.plot.figure8_descent import descent
from pynn.plot.figure9_propagation import propagation

__all__ = [
    "activations",
    "dataset",
    "decision_surface",
    "descent",
    "describe",
    "film",
    "history",
    "layer",
    "loss_landscape",
    "network",
    "neuron",
    "propagation",
    "range_test",
    "stills",
    "unit_maps",
]

prepare_fonts()

"""Pictures of data, networks and histories: they are drawn in Axes, given or new, and never train."""
from pynn.plot._panels import describe
from pynn.plot.beyond_decision_surface import decision_surface
from pynn.plot.beyond_landscape import loss_landscape
from pynn.plot.beyond_unit_maps import unit_maps
from pynn.plot.figure1_dataset import dataset
from pynn.plot.figure2_network import network
from pynn.plot.figure3_film import film, stills
from pynn.plot.figure4_neuron import layer, neuron
from pynn.plot.figure6_activations import activations
from pynn.plot.figure7_history import history, range_test
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

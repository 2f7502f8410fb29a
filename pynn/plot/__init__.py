"""Pictures of data, networks and histories: they are drawn in Axes, given or new, and never train."""
from pynn.plot.curves import history, range_test
from pynn.plot.descending import descent
from pynn.plot.diagrams import network
from pynn.plot.functions import activations
from pynn.plot.landscape import loss_landscape
from pynn.plot.neurons import layer, neuron
from pynn.plot.panels import describe
from pynn.plot.passes import propagation
from pynn.plot.points import dataset
from pynn.plot.process import film, stills
from pynn.plot.surface import decision_surface
from pynn.plot.units import unit_maps

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

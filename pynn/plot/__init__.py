"""Pictures of data, networks and histories: they are drawn in Axes, given or new, and never train."""
from pynn.plot.curves import history
from pynn.plot.diagrams import network
from pynn.plot.neurons import layer, neuron
from pynn.plot.panels import describe
from pynn.plot.passes import propagation
from pynn.plot.points import dataset
from pynn.plot.surface import decision_surface

__all__ = ["dataset", "decision_surface", "describe", "history", "layer", "network", "neuron", "propagation"]

"""Pictures of data, networks and histories: each draws one panel, returns its Axes and never trains."""
from pynn.plot.curves import history
from pynn.plot.points import dataset
from pynn.plot.surface import decision_surface

__all__ = ["dataset", "decision_surface", "history"]

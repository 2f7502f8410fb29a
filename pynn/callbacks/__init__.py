"""Callbacks: what a fit calls after every epoch.  Any callable (net, history) can be one; these are ready-made."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pynn.callbacks.early_stopping import EarlyStopping
from pynn.callbacks.learning_rate_schedule import LearningRateSchedule
from pynn.callbacks.model_checkpoint import ModelCheckpoint
from pynn.callbacks.recorder import Recorder
from pynn.callbacks.reduce_on_plateau import ReduceOnPlateau

if TYPE_CHECKING:
    from pynn.plot.live import LivePlot

__all__ = ["EarlyStopping", "LearningRateSchedule", "LivePlot", "ModelCheckpoint", "Recorder", "ReduceOnPlateau"]


def __getattr__(name: str) -> Any:
    """Load LivePlot when it is first used, because it needs matplotlib."""
    if name == "LivePlot":
        from pynn.plot.live import LivePlot
        return LivePlot
    raise AttributeError(f"module 'pynn.callbacks' has no attribute {name!r}")

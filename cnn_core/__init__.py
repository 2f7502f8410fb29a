"""The engine of pynn: forward propagation, backpropagation and gradient descent in typed Cython.

It knows buffers and shapes, never models, files or pictures.  Read it in the order forward.pyx, loss.pyx,
backward.pyx, descent.pyx, training.pyx; every call carries the article's formula that it computes.
"""
try:
    from .training import ACTIVATIONS, LOSSES, Engine
except ModuleNotFoundError as error:
    if error.name != "cnn_core.training":
        raise
    raise ImportError(
        "the compiled engine of pynn is missing beside these sources: you are in the source tree, whose cnn_core/ hides "
        "the installed one. Build it here with 'pip install -e .', or leave this folder to use an installed pynn."
    ) from error

__all__ = ["ACTIVATIONS", "LOSSES", "Engine"]

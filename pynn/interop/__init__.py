"""Ways in: a network that was trained elsewhere becomes a pynn.Network, to be explained, diagnosed and drawn.

Each function imports its framework when it is called, and none of them ever unpickles a file.  A layer that pynn does not
have is refused by its name.  The result is compared with the original on examples where the original can be run.
"""
from pynn.interop.arrays import from_arrays
from pynn.interop.keras_model import from_keras
from pynn.interop.safetensors_file import from_safetensors
from pynn.interop.sklearn_model import from_sklearn
from pynn.interop.torch_module import from_torch

__all__ = ["from_arrays", "from_keras", "from_safetensors", "from_sklearn", "from_torch"]

"""Ways out: a trained network as a file or a model for where it is used.

Each function writes its file by itself and needs no package; to_torch and to_keras make a model of that framework and need it.
The parameters, the standardizers and the names go along; the state of the optimiser does not.
"""
from pynn.export.c_source import to_c
from pynn.export.javascript_module import to_javascript
from pynn.export.keras_model import to_keras
from pynn.export.numpy_module import to_numpy
from pynn.export.onnx_file import to_onnx
from pynn.export.safetensors_file import to_safetensors
from pynn.export.torch_module import to_torch

__all__ = ["to_c", "to_javascript", "to_keras", "to_numpy", "to_onnx", "to_safetensors", "to_torch"]

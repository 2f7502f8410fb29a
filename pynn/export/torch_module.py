"""A network as a torch.nn.Sequential."""
from __future__ import annotations

from collections import OrderedDict
from typing import Any

import numpy as np

from pynn.export.checks import compare, examples_of
from pynn.export.contents import read_network
from pynn.validation import boolean

_LINEAR_ABOVE = 40.0    # Softplus is linear beyond it, where e^−z is less than the rounding of z; PyTorch's default is 20
_ACTIVATIONS: dict[str, tuple[str, dict[str, Any]]] = {       # the class in torch.nn, and its arguments
    "sigmoid": ("Sigmoid", {}), "tanh": ("Tanh", {}), "relu": ("ReLU", {}),
    "leaky_relu": ("LeakyReLU", {"negative_slope": 0.01}), "elu": ("ELU", {}), "selu": ("SELU", {}), "gelu": ("GELU", {}),
    "silu": ("SiLU", {}),
    "softplus": ("Softplus", {"threshold": _LINEAR_ABOVE}), "softmax": ("Softmax", {"dim": 1})}


def to_torch(net: Any, *, check: bool = True) -> Any:
    """Return the network as a torch.nn.Sequential in eval mode, equal to about 1e-15 in float64 and 1e-7 in float32.

    It takes (m, n[0]) inputs in the user's units and returns the outputs (m, n[L]), probabilities or values: the
    standardizers of inputs and targets are modules of their own.  The parameters are copies, with the names layer1.weight,
    layer1.bias, …, and they can be trained there.  Dropout goes along and is active in train mode.  feature_names and
    label_names are attributes of the Sequential.  Neither the loss nor the state of the optimiser is carried.

    Parameters
    ----------
    net : Network
    check : bool
        Run the module on examples.

    Returns
    -------
    torch.nn.Sequential

    Raises
    ------
    ImportError
        PyTorch is not installed.
    ValueError, TypeError
        The message names the argument, the value received and what was expected.
    ArithmeticError
        The module differs from the network.

    Examples
    --------
    >>> import pynn
    >>> net = pynn.Network([2, 4, 1], rng=0)
    >>> module = pynn.export.to_torch(net)                         # doctest: +SKIP
    >>> torch.save(module.state_dict(), "model.pt")                # doctest: +SKIP
    """
    contents = read_network(net, "to_torch", _ACTIVATIONS)
    boolean(check, "check")
    from pynn.export.torch_layers import RestoreTargets, Standardize, torch

    modules: OrderedDict[str, Any] = OrderedDict()
    if contents.standardizer is not None:
        modules["standardize"] = Standardize(contents.standardizer.mean, contents.standardizer.scale, contents.dtype)
    for l, (W, b, activation) in enumerate(zip(contents.W, contents.b, contents.activations, strict=True), start=1):
        linear = torch.nn.Linear(W.shape[1], W.shape[0], device="meta")
        linear.weight, linear.bias = (torch.nn.Parameter(torch.from_numpy(np.array(array))) for array in (W, b))
        modules[f"layer{l}"] = linear
        if activation != "linear":
            modules[f"{activation}{l}"] = _activation(torch.nn, activation)
        if l < len(contents.W) and contents.dropout[l - 1] > 0:
            modules[f"dropout{l}"] = torch.nn.Dropout(contents.dropout[l - 1])
    if contents.target_standardizer is not None:
        modules["restore_targets"] = RestoreTargets(contents.target_standardizer.mean, contents.target_standardizer.scale,
                                                    contents.dtype)
    sequential = torch.nn.Sequential(modules).eval()
    sequential.feature_names, sequential.label_names = contents.feature_names, contents.label_names
    if check:
        X, Y = examples_of(net)
        with torch.no_grad():
            compare(sequential(torch.from_numpy(X.astype(contents.dtype))).numpy(), Y, contents.dtype, "the PyTorch module")
    return sequential


def _activation(nn: Any, name: str) -> Any:
    kind, keywords = _ACTIVATIONS[name]
    return getattr(nn, kind)(**keywords)

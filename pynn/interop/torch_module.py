"""A network from a torch.nn.Sequential or a state_dict."""
from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from pynn import reference
from pynn.interop.draft import Draft, check_activations, check_predictions
from pynn.interop.named_arrays import layers_of
from pynn.network import Network

_SOFTPLUS_THRESHOLD = 20.0      # PyTorch's default, from where its softplus is linear


def from_torch(module_or_state_dict: Any, *, activations: str | Sequence[str] | None = None,
               output: str | None = None) -> Network:
    """Return the network that a torch.nn.Sequential is in eval mode, or that a state_dict belongs to.

    Read are Linear, with or without biases, Identity, Sigmoid, Tanh, ReLU, LeakyReLU(0.01), ELU(1), SELU, exact GELU, SiLU,
    Softplus(1) and, at the end, Softmax; BatchNorm1d right after a Linear, which becomes part of it; Dropout, which is kept
    after a hidden layer and left out before the first; Flatten; Sequential in Sequential; and what to_torch makes.

    Parameters
    ----------
    module_or_state_dict : torch.nn.Sequential, torch.nn.Linear, or mapping from names to tensors or arrays
        It is not changed.  A file has to be read before, by torch.load(path, weights_only=True).
    activations : str or sequence of str, optional
        For a state_dict, which has none: L names, g[1] … g[L]; or L − 1 names, or one for all hidden layers, and `output`.
    output : {"linear", "sigmoid", "softmax"}, optional
        The activation of the output layer.  It has to be given where the last module is a Linear: PyTorch's classifiers mostly
        end with logits (sigmoid, softmax), its regressions with values (linear).

    Returns
    -------
    Network
        In float64 if any parameter is, otherwise in float32.  The loss is the usual one of the output; the state of an
        optimiser is not read.

    Raises
    ------
    ImportError
        PyTorch is not installed, and the argument is no mapping.
    ValueError, TypeError
        The message names the layer or the argument, and what was expected.
    ArithmeticError
        The module predicts something else, because of a hook, say.

    Examples
    --------
    >>> import numpy as np, pynn
    >>> state = {"0.weight": np.ones((3, 2)), "0.bias": np.zeros(3), "2.weight": np.ones((1, 3)), "2.bias": np.zeros(1)}
    >>> pynn.interop.from_torch(state, activations="relu", output="sigmoid").sizes
    (2, 3, 1)
    """
    if isinstance(module_or_state_dict, Mapping):
        named = layers_of({name: _array(value) for name, value in module_or_state_dict.items()}, "module_or_state_dict")
        return named.draft(check_activations(activations, len(named.dense), output)).finish()
    try:
        import torch
    except ImportError as error:
        raise ImportError('pynn.interop.from_torch needs PyTorch: pip install "pynn-dense[torch]"') from error
    module = module_or_state_dict
    if not isinstance(module, torch.nn.Module):
        raise TypeError("module_or_state_dict: expected a torch.nn.Sequential or a state_dict (from a file: "
                        f"torch.load(path, weights_only=True)), got {type(module).__name__}")
    if activations is not None:
        raise ValueError(f"activations: expected None, since the modules have their own, got {activations!r}")
    draft = Draft()
    _read(torch.nn, module, draft, "")
    own = draft.activations[-1] if draft.activations else None
    if own is None and output is None and draft.weights:
        raise ValueError("output: the last layer has no activation; expected output='sigmoid' or 'softmax' if these are "
                         "logits, or 'linear' if they are values; got None")
    net = draft.finish(output, feature_names=getattr(module, "feature_names", None),
                       label_names=getattr(module, "label_names", None))
    _check(torch, module, net, logits=own is None)
    return net


def _array(tensor: Any) -> Any:
    """A tensor's numbers, without its gradient and from whichever device; half precision as float32."""
    if hasattr(tensor, "detach"):
        tensor = tensor.detach().cpu()
        tensor = tensor.float() if tensor.dtype.itemsize == 2 else tensor
    return np.asarray(tensor)


def _read(nn: Any, module: Any, draft: Draft, number: str) -> None:
    """Add a module to the draft; `number` is its place, such as 2.1."""
    label = f"layer {number} ({type(module).__name__})" if number else type(module).__name__
    if type(module) is nn.Sequential:
        for k, part in enumerate(module):
            _read(nn, part, draft, f"{number}.{k}" if number else str(k))
        return
    reader = _readers(nn).get(type(module))
    if reader is None:
        known = ", ".join(kind.__name__ for kind in _readers(nn))
        raise ValueError(f"{label} is not supported; expected a Sequential of {known}. Of a module with a forward of "
                         "its own, pass a Sequential of its layers, or its state_dict() with activations=")
    reader(module, draft, label)


def _readers(nn: Any) -> dict[Any, Callable[[Any, Draft, str], None]]:
    """What to do with a module of each type."""
    from pynn.export.torch_layers import RestoreTargets, Standardize

    def activation(name: str, condition: Callable[[Any], bool] = lambda module: True) -> Callable[[Any, Draft, str], None]:
        def read(module: Any, draft: Draft, label: str) -> None:
            if not condition(module):
                raise ValueError(f"{label} is {module}; pynn has {name} only as {_EXPECTED[name]}")
            draft.add_activation(name, label)
        return read

    return {
        nn.Linear: lambda module, draft, label: draft.add_dense(
            _array(module.weight), None if module.bias is None else _array(module.bias), label),
        nn.Identity: lambda module, draft, label: None,
        nn.Flatten: lambda module, draft, label: None,
        nn.Dropout: lambda module, draft, label: draft.add_dropout(module.p),
        nn.BatchNorm1d: _read_batch_norm,
        nn.Sigmoid: activation("sigmoid"),
        nn.Tanh: activation("tanh"),
        nn.ReLU: activation("relu"),
        nn.LeakyReLU: activation("leaky_relu", lambda module: module.negative_slope == 0.01),
        nn.ELU: activation("elu", lambda module: module.alpha == 1),
        nn.SELU: activation("selu"),
        nn.GELU: activation("gelu", lambda module: module.approximate == "none"),
        nn.SiLU: activation("silu"),
        nn.Softplus: activation("softplus", lambda module: module.beta == 1 and module.threshold >= _SOFTPLUS_THRESHOLD),
        nn.Softmax: activation("softmax", lambda module: module.dim in (1, -1)),
        Standardize: lambda module, draft, label: draft.add_standardizer(
            _array(module.mean).astype(np.float64) + _array(module.rest), _array(module.scale), label),
        RestoreTargets: lambda module, draft, label: draft.add_target_standardizer(_array(module.mean), _array(module.scale),
        label),
    }


_EXPECTED = {"leaky_relu": "LeakyReLU(0.01)", "elu": "ELU(alpha=1)", "gelu": "GELU(approximate='none')",
             "softplus": "Softplus(beta=1, threshold=20) or a higher threshold", "softmax": "Softmax(dim=1)"}


def _read_batch_norm(module: Any, draft: Draft, label: str) -> None:
    if module.running_mean is None:
        raise ValueError(f"{label}: expected one with running statistics, got track_running_stats=False")
    gamma, beta = (None if parameter is None else _array(parameter) for parameter in (module.weight, module.bias))
    draft.fold_batch_norm(_array(module.running_mean), _array(module.running_var), gamma, beta, module.eps, label)


def _check(torch: Any, module: Any, net: Network, *, logits: bool) -> None:
    """Compare with the module in eval mode, and leave the mode of each part as it was."""
    if next(module.parameters()).dtype.itemsize == 2:           # the network computes in float32
        module = copy.deepcopy(module).float()
    modes = [(part, part.training) for part in module.modules()]
    tensor = next(module.parameters())

    def predict(X: Any) -> Any:
        outputs = _array(module(torch.from_numpy(X).to(tensor)))
        return reference.ACTIVATIONS[net.activations[-1]].function(outputs.T).T if logits else outputs

    try:
        module.eval()
        with torch.no_grad():
            check_predictions(net, predict, "the module")
    finally:
        for part, training in modes:
            part.training = training

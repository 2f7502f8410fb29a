"""A network as a keras.Sequential."""
from __future__ import annotations

from typing import Any

import numpy as np

from pynn.export.checks import compare, examples_of
from pynn.export.contents import FLOAT32, Contents, read_network
from pynn.validation import boolean

_ACTIVATIONS = "sigmoid", "tanh", "relu", "leaky_relu", "elu", "selu", "gelu", "silu", "softplus"


def to_keras(net: Any, *, check: bool = True) -> Any:
    """Return the network as a keras.Sequential of Dense layers, for whichever backend Keras runs on.

    It takes (m, n[0]) inputs in the user's units and returns the outputs (m, n[L]), probabilities or values: the standardizers
    of inputs and targets are Rescaling layers.  Dropout goes along and is active in training.  The model is not compiled;
    names, loss and the state of the optimiser are not carried.

    The weights are the network's, bit for bit, but Keras multiplies matrices in float32, also those of float64 (on the backend
    of PyTorch; Keras follows JAX here).  So the model is equal to about 2e-7 for either dtype.

    Parameters
    ----------
    net : Network
    check : bool
        Run the model on examples.

    Returns
    -------
    keras.Sequential

    Raises
    ------
    ImportError
        Keras 3 is not installed, or not its backend.
    ValueError, TypeError
        The message names the argument, the value received and what was expected.
    ArithmeticError
        The model differs from the network.

    Examples
    --------
    >>> import pynn
    >>> net = pynn.Network([2, 4, 1], rng=0)
    >>> model = pynn.export.to_keras(net)                          # doctest: +SKIP
    >>> model.save("model.keras")                                  # doctest: +SKIP
    """
    contents = read_network(net, "to_keras", _ACTIVATIONS)
    boolean(check, "check")
    try:
        import keras
    except ImportError as error:
        raise ImportError('pynn.export.to_keras needs Keras 3 and a backend such as PyTorch: pip install "pynn-dense[keras]" '
                          f"and set KERAS_BACKEND ({error})") from error
    model = keras.Sequential([keras.Input((contents.sizes[0],), dtype=contents.dtype.name), *_layers(keras, contents)])
    for l, (W, b) in enumerate(zip(contents.W, contents.b, strict=True), start=1):
        model.get_layer(f"layer{l}").set_weights([np.ascontiguousarray(W.T), b])
    if check:
        X, Y = examples_of(net)
        got = keras.ops.convert_to_numpy(model(keras.ops.convert_to_tensor(X.astype(contents.dtype)), training=False))
        compare(got, Y, FLOAT32, "the Keras model")
    return model


def _layers(keras: Any, contents: Contents) -> list[Any]:
    """All but the input.  Rescaling is used since Keras' Normalization takes no scale below 1e-7."""
    layers, dtype = [], contents.dtype.name

    def rescaling(scale: Any, offset: Any, name: str) -> None:
        layers.append(keras.layers.Rescaling(scale.astype(dtype), offset.astype(dtype), dtype=dtype, name=name))

    if contents.standardizer is not None:
        mean, scale = contents.standardizer.mean.astype(contents.dtype), contents.standardizer.scale
        rescaling(np.ones_like(mean), -mean, "subtract_mean")
        rescaling(1 / scale, (mean - contents.standardizer.mean) / scale, "divide_by_scale")    # with what the mean lost
    for l, (units, activation) in enumerate(zip(contents.sizes[1:], contents.activations, strict=True), start=1):
        leaky = activation == "leaky_relu"
        layers.append(keras.layers.Dense(units, activation="linear" if leaky else activation, dtype=dtype, name=f"layer{l}"))
        if leaky:               # by name its slope would be 0.2
            layers.append(keras.layers.LeakyReLU(negative_slope=0.01, dtype=dtype, name=f"leaky_relu{l}"))
        if l < len(contents.W) and contents.dropout[l - 1] > 0:
            layers.append(keras.layers.Dropout(contents.dropout[l - 1], dtype=dtype, name=f"dropout{l}"))
    if contents.target_standardizer is not None:
        rescaling(contents.target_standardizer.scale, contents.target_standardizer.mean, "restore_targets")
    return layers

"""A network from a Keras model."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from pynn import reference
from pynn.interop.draft import Draft, check_predictions
from pynn.network import Network

_Reader = Callable[[Any, Draft, str], None]

_NAMED = ("linear", "sigmoid", "tanh", "relu", "elu", "selu", "gelu", "silu", "softplus", "softmax")


def from_keras(model: Any, *, output: str | None = None) -> Network:
    """Return the network that a Keras model of dense layers is when it predicts.

    Read are Dense, with or without biases, Activation and the layers ReLU, LeakyReLU(0.01), ELU(1) and Softmax, the
    activations linear, sigmoid, tanh, relu, elu, selu, gelu, silu (swish), softplus and softmax; Normalization before the
    first Dense, which becomes the standardizer, and with invert=True after the last, the target_standardizer;
    BatchNormalization right after a Dense without an activation, which becomes part of it; Dropout, which is kept after a
    hidden layer; Flatten; models in models.  The activation "leaky_relu" has slope 0.2 in Keras and is refused.

    Parameters
    ----------
    model : keras.Model
        One chain of layers: a Sequential or a functional model.  It is not changed.
    output : {"linear", "sigmoid", "softmax"}, optional
        The activation of the output layer where the model has none, because its outputs are logits; if not given, linear.

    Returns
    -------
    Network
        In float64 if any weight is, otherwise in float32.  The loss is the usual one of the output; the state of an optimiser
        is not read.

    Raises
    ------
    ImportError
        Keras 3 is not installed, or not its backend.
    ValueError, TypeError
        The message names the layer or the argument, and what was expected.
    ArithmeticError
        The model predicts something else, because a layer is used twice, say.

    Examples
    --------
    >>> import pynn
    >>> net = pynn.interop.from_keras(keras.models.load_model("model.keras"))     # doctest: +SKIP
    >>> pynn.plot.network(net)                                                    # doctest: +SKIP
    """
    try:
        import keras
    except ImportError as error:
        raise ImportError('pynn.interop.from_keras needs Keras 3 and a backend such as PyTorch: pip install '
                          f'"pynn-dense[keras]" and set KERAS_BACKEND ({error})') from error
    if not isinstance(model, keras.Model):
        raise TypeError(f"model: expected a keras.Model, got {type(model).__name__}")
    if not model.built or len(model.inputs) != 1 or len(model.outputs) != 1:
        raise ValueError("model: expected a built model with one input and one output: call it once, or give it a keras.Input")
    draft = Draft()
    _read(keras, model, draft)
    logits = output is not None and (not draft.activations or draft.activations[-1] is None)
    net = draft.finish(output)

    def predict(X: Any) -> Any:
        tensor = keras.ops.convert_to_tensor(X.reshape(-1, *model.inputs[0].shape[1:]))
        outputs = keras.ops.convert_to_numpy(model(tensor, training=False))
        return reference.ACTIVATIONS[net.activations[-1]].function(outputs.T).T if logits else outputs

    check_predictions(net, predict, "the model")
    return net


def _read(keras: Any, layer: Any, draft: Draft) -> None:
    """Add a layer, or the layers of a model, to the draft."""
    label = f"layer {layer.name!r} ({type(layer).__name__})"
    if isinstance(layer, keras.Model):
        for part in layer.layers:
            _read(keras, part, draft)
        return
    reader = _readers(keras).get(type(layer))
    if reader is None:
        known = ", ".join(kind.__name__ for kind in _readers(keras))
        raise ValueError(f"{label} is not supported; expected only {known}")
    reader(layer, draft, label)


def _readers(keras: Any) -> dict[Any, _Reader]:
    """What to do with a layer of each type."""
    def skip(layer: Any, draft: Draft, label: str) -> None:
        pass

    def read_dense(layer: Any, draft: Draft, label: str) -> None:
        W, b = (None if array is None else keras.ops.convert_to_numpy(array) for array in (layer.kernel, layer.bias))
        assert W is not None
        draft.add_dense(W.T, b, label)
        read_activation(layer, draft, label)

    def read_activation(layer: Any, draft: Draft, label: str) -> None:
        function = layer.activation
        if isinstance(function, keras.layers.Layer):
            _read(keras, function, draft)
            return
        name = next((name for name in _NAMED if function is getattr(keras.activations, name)), None)
        if name is None:
            raise ValueError(f"{label} has the activation {getattr(function, '__name__', function)!r}, which is not supported; "
                             f"expected one of {', '.join(_NAMED)} (Keras' leaky_relu has slope 0.2: use LeakyReLU(0.01))")
        draft.add_activation(name, label)

    def fixed(name: str, condition: Callable[[Any], bool], expected: str) -> _Reader:
        def read(layer: Any, draft: Draft, label: str) -> None:
            if not condition(layer):
                raise ValueError(f"{label}: pynn has {name} only as {expected}")
            draft.add_activation(name, label)
        return read

    layers = keras.layers
    return {
        layers.InputLayer: skip, layers.Flatten: skip, layers.Dense: read_dense, layers.Activation: read_activation,
        layers.ReLU: fixed("relu", lambda layer: (layer.max_value, layer.negative_slope, layer.threshold) in (
            (None, 0, 0),), "ReLU()"),
        layers.LeakyReLU: fixed("leaky_relu", lambda layer: abs(layer.negative_slope - 0.01) < 1e-9, "LeakyReLU(0.01)"),
        layers.ELU: fixed("elu", lambda layer: layer.alpha == 1, "ELU(alpha=1)"),
        layers.Softmax: fixed("softmax", lambda layer: layer.axis in (-1, 1), "Softmax(axis=-1)"),
        layers.Dropout: lambda layer, draft, label: draft.add_dropout(layer.rate),
        layers.Rescaling: _read_rescaling,
        layers.Normalization: lambda layer, draft, label: _read_normalization(keras, layer, draft, label),
        layers.BatchNormalization: lambda layer, draft, label: draft.fold_batch_norm(
            *(None if array is None else keras.ops.convert_to_numpy(array) for array in (
                layer.moving_mean, layer.moving_variance, layer.gamma, layer.beta)), layer.epsilon, label),
    }


def _read_rescaling(layer: Any, draft: Draft, label: str) -> None:
    """x scale + offset: of the inputs it is a standardisation, of the outputs the way back."""
    scale, offset = (np.asarray(value, np.float64).ravel() for value in (layer.scale, layer.offset))
    if draft.weights:
        units = len(draft.weights[-1])
        draft.add_target_standardizer(np.broadcast_to(offset, units), np.broadcast_to(scale, units), label)
    else:
        draft.add_standardizer(-offset / scale, 1 / scale, label)


def _read_normalization(keras: Any, layer: Any, draft: Draft, label: str) -> None:
    mean, variance = (keras.ops.convert_to_numpy(array).astype(np.float64).ravel() for array in (layer.mean, layer.variance))
    (draft.add_target_standardizer if layer.invert else draft.add_standardizer)(mean, np.maximum(np.sqrt(variance), 1e-7),
    label)

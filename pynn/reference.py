"""The article's equations in plain NumPy, in its order: a text to read, and the truth that the engine is tested against.

A column is an example.  X = A[0] is (n[0], m), W[l] is (n[l], n[l−1]), b[l] is (n[l], 1), Z[l] and A[l] are (n[l], m).
Lists are indexed by the layer: W[1] … W[L], with None at 0.  Source: P. Skalski, "Deep Dive into Math Behind Deep
Networks", 2018.  Each heading names the file of the engine that has the same functions, with the same symbols, in Cython.

ACTIVATIONS, LOSSES and OPTIMIZERS are the registries: all that pynn knows of each, by name, is in one entry.
"""
from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from pynn.registry import Activation, Coefficients, Loss, Rule

Array = np.ndarray[Any, np.dtype[Any]]
Layers = list[Any]                      # one array a layer, None where there is none

# ---------------------------------------- activations: g, and g′ as a function of z and a = g(z) (cnn_core/activations.pxd)


def linear(Z: Array) -> Array:
    """g(z) = z."""
    return Z.copy()


def linear_prime(Z: Array, A: Array) -> Array:
    """g′(z) = 1."""
    return np.ones_like(Z)


def sigmoid(Z: Array) -> Array:
    """g(z) = 1 / (1 + e^−z), written with e^−|z|, which cannot overflow."""
    e = np.exp(-np.abs(Z))
    return np.where(Z > 0, 1, e) / (1 + e)


def sigmoid_prime(Z: Array, A: Array) -> Array:
    """g′(z) = a (1 − a)."""
    return A * (1 - A)


def tanh(Z: Array) -> Array:
    """g(z) = tanh z."""
    return np.tanh(Z)


def tanh_prime(Z: Array, A: Array) -> Array:
    """g′(z) = 1 − a²."""
    return 1 - A * A


def relu(Z: Array) -> Array:
    """g(z) = max(0, z)."""
    return np.where(Z <= 0, np.zeros_like(Z), Z)


def relu_prime(Z: Array, A: Array) -> Array:
    """g′(z) = 1 where z > 0, else 0."""
    return (Z > 0).astype(Z.dtype)


def leaky_relu(Z: Array) -> Array:
    """g(z) = z where z > 0, else 0.01 z."""
    return np.where(Z > 0, Z, Z.dtype.type(0.01) * Z)


def leaky_relu_prime(Z: Array, A: Array) -> Array:
    """g′(z) = 1 where z > 0, else 0.01."""
    return np.where(Z > 0, Z.dtype.type(1), Z.dtype.type(0.01))


def elu(Z: Array) -> Array:
    """g(z) = z where z > 0, else e^z − 1."""
    return np.where(Z > 0, Z, np.expm1(np.minimum(Z, 0)))


def elu_prime(Z: Array, A: Array) -> Array:
    """g′(z) = 1 where z > 0, else a + 1."""
    return np.where(Z > 0, Z.dtype.type(1), A + 1)


SELU_SCALE, SELU_ALPHA = 1.0507009873554805, 1.6732632423543772     # Klambauer et al., 2017: mean 0, variance 1 are kept


def selu(Z: Array) -> Array:
    """g(z) = λ z where z > 0, else λ α (e^z − 1)."""
    return Z.dtype.type(SELU_SCALE) * np.where(Z > 0, Z, Z.dtype.type(SELU_ALPHA) * np.expm1(np.minimum(Z, 0)))


def selu_prime(Z: Array, A: Array) -> Array:
    """g′(z) = λ where z > 0, else a + λ α."""
    return np.where(Z > 0, Z.dtype.type(SELU_SCALE), A + Z.dtype.type(SELU_SCALE * SELU_ALPHA))


def gelu(Z: Array) -> Array:
    """g(z) = z Φ(z), Φ the distribution function of the normal distribution."""
    return Z * _normal(Z)


def gelu_prime(Z: Array, A: Array) -> Array:
    """g′(z) = Φ(z) + z e^(−z²/2) / √(2π)."""
    return _normal(Z) + Z * np.exp(-Z * Z / 2) / Z.dtype.type(math.sqrt(2 * math.pi))


def _normal(Z: Array) -> Array:
    """Φ(z) = erfc(−z / √2) / 2."""
    return np.vectorize(lambda z: math.erfc(-z / math.sqrt(2)) / 2, otypes=[Z.dtype])(Z)


def silu(Z: Array) -> Array:
    """g(z) = z σ(z), σ the sigmoid."""
    return Z * sigmoid(Z)


def silu_prime(Z: Array, A: Array) -> Array:
    """g′(z) = σ(z) (1 + z (1 − σ(z)))."""
    s = sigmoid(Z)
    return s * (1 + Z * (1 - s))


def softplus(Z: Array) -> Array:
    """g(z) = log(1 + e^z), written with e^−|z|, which cannot overflow."""
    return np.maximum(Z, 0) + np.log1p(np.exp(-np.abs(Z)))


def softplus_prime(Z: Array, A: Array) -> Array:
    """g′(z) = σ(z)."""
    return sigmoid(Z)


def softmax(Z: Array) -> Array:
    """g(z)[i] = e^z[i] / Σ e^z[k] over the units of one column, after taking the largest z from each."""
    e = np.exp(Z - Z.max(axis=0))
    return e / e.sum(axis=0)


Function = Callable[[Array], Array]

ACTIVATIONS: dict[str, Activation] = {
    "linear": Activation(linear, linear_prime, "z", "1"),
    "sigmoid": Activation(sigmoid, sigmoid_prime, "1 / (1 + e^−z)", "a (1 − a)", saturates=True),
    "tanh": Activation(tanh, tanh_prime, "tanh z", "1 − a²", words=("tanh",), saturates=True),
    "relu": Activation(relu, relu_prime,
                       "max(0, z)", "1 where z > 0, else 0", words=("max",), rectifier=True, kinks=(0.0,)),
    "leaky_relu": Activation(leaky_relu, leaky_relu_prime,
                             "z where z > 0, else 0.01 z", "1 where z > 0, else 0.01", rectifier=True, kinks=(0.0,)),
    "elu": Activation(elu, elu_prime, "z where z > 0, else e^z − 1", "1 where z > 0, else a + 1", rectifier=True),
    "selu": Activation(selu, selu_prime, "1.0507 z where z > 0, else 1.7581 (e^z − 1)",
                       "1.0507 where z > 0, else a + 1.7581", rectifier=True, kinks=(0.0,)),
    "gelu": Activation(gelu, gelu_prime, "z Φ(z)", "Φ(z) + z e^(−z²/2) / √(2π)", rectifier=True),
    "silu": Activation(silu, silu_prime, "z σ(z)", "σ(z) (1 + z (1 − σ(z)))", rectifier=True),
    "softplus": Activation(softplus, softplus_prime, "log(1 + e^z)", "σ(z)", words=("log",), rectifier=True),
    "softmax": Activation(softmax, None, "e^z[i] / Σ e^z[k]", "a[k] (δ[i,k] − a[i])"),
}
HIDDEN = tuple(name for name, g in ACTIVATIONS.items() if g.derivative is not None)     # of the hidden layers

# ------------------------------------------------------------------------------- forward propagation (cnn_core/forward.pyx)


def neuron(w: Array, b: float, x: Array, g: Function) -> Array:
    """One neuron: z = wᵀx + b, a = g(z)."""
    return g(np.asarray(w.T @ x + b))


def layer(W: Array, b: Array, A_previous: Array, g: Function) -> tuple[Array, Array]:
    """One layer, many examples: Z[l] = W[l] A[l−1] + b[l], A[l] = g[l](Z[l])."""
    Z = W @ A_previous + b
    return Z, g(Z)


def forward(W: Layers, b: Layers, X: Array, activations: list[str], masks: Layers | None = None) -> tuple[Layers, Layers]:
    """All layers: Z[1…L] and A[0…L]; activations[l − 1] names g[l].  In training with dropout, masks[l] multiplies A[l]."""
    Z: Layers = [None]
    A: Layers = [X]
    for l in range(1, len(W)):
        Z_l, A_l = layer(W[l], b[l], A[l - 1], ACTIVATIONS[activations[l - 1]].function)
        Z.append(Z_l)
        A.append(A_l if masks is None or masks[l] is None else A_l * masks[l])
    return Z, A


def dropout_mask(kept: Array, p: float, dtype: Any) -> Array:
    """Inverted dropout: 1/(1 − p) where a unit is kept, 0 where it is dropped, so that the expected A[l] stays what it is."""
    return np.where(kept, 1 / (1 - p), 0.0).astype(dtype)


# ----------------------------------------------------------------------------- losses: J and dA[L] (cnn_core/loss.pyx)


def binary_cross_entropy(Y: Array, Y_hat: Array) -> float:
    """J = −(1/m) Σ ( y log ŷ + (1−y) log(1−ŷ) ), the mean over the output units too."""
    return float(-np.mean(Y * np.log(Y_hat) + (1 - Y) * np.log(1 - Y_hat)))


def binary_cross_entropy_prime(Y: Array, Y_hat: Array) -> Array:
    """dA[L] = −( Y/Ŷ − (1−Y)/(1−Ŷ) )."""
    return (ratio(1 - Y, 1 - Y_hat) - ratio(Y, Y_hat)) / len(Y)


def ratio(a: Array, b: Array) -> Array:
    """a / b, and 0 where a is 0, also for 0/0."""
    return np.divide(a, b, out=np.zeros_like(b), where=a != 0)


def binary_cross_entropy_of_z(Y: Array, Z: Array) -> Array:
    """The loss of each example, from ŷ = sigmoid(z): max(z, 0) − y z + log(1 + e^−|z|)."""
    return np.mean(relu(Z) - Y * Z + np.log1p(np.exp(-np.abs(Z))), axis=0)


def categorical_cross_entropy(Y: Array, Y_hat: Array) -> float:
    """J = −(1/m) Σ y log ŷ, Y one-hot."""
    return float(-np.sum(Y * np.log(Y_hat)) / Y.shape[1])


def categorical_cross_entropy_prime(Y: Array, Y_hat: Array) -> Array:
    """dA[L] = −Y/Ŷ."""
    return np.where(Y == 1, np.divide(-1, Y_hat), 0 * Y_hat)


def categorical_cross_entropy_of_z(Y: Array, Z: Array) -> Array:
    """The loss of each example, from ŷ = softmax(z): log Σ e^z − Σ y z, both from the largest z."""
    Z = Z - Z.max(axis=0)
    return np.log(np.exp(Z).sum(axis=0)) - (Y * Z).sum(axis=0)


def mean_squared_error(Y: Array, Y_hat: Array, axis: int | None = None) -> Any:
    """J = (1/m) Σ (ŷ − y)², the mean over the output units too; with axis=0, the loss of each example."""
    return np.mean((Y_hat - Y) ** 2, axis)


def mean_squared_error_prime(Y: Array, Y_hat: Array) -> Array:
    """dA[L] = 2 (Ŷ − Y)."""
    return 2 * (Y_hat - Y) / len(Y)


def mean_absolute_error(Y: Array, Y_hat: Array, axis: int | None = None) -> Any:
    """J = (1/m) Σ |ŷ − y|, the mean over the output units too; with axis=0, the loss of each example."""
    return np.mean(np.abs(Y_hat - Y), axis)


def mean_absolute_error_prime(Y: Array, Y_hat: Array) -> Array:
    """dA[L] = sign(Ŷ − Y)."""
    return np.sign(Y_hat - Y) / len(Y)


def huber(Y: Array, Y_hat: Array, axis: int | None = None) -> Any:
    """J = (1/m) Σ ( ½ (ŷ − y)² where |ŷ − y| ≤ 1, else |ŷ − y| − ½ ), otherwise as mean_absolute_error."""
    d = np.abs(Y_hat - Y)
    return np.mean(np.where(d <= 1, d * d / 2, d - 0.5), axis)


def huber_prime(Y: Array, Y_hat: Array) -> Array:
    """dA[L] = Ŷ − Y where |Ŷ − Y| ≤ 1, else sign(Ŷ − Y)."""
    return np.clip(Y_hat - Y, -1, 1) / len(Y)


LOSSES: dict[str, Loss] = {
    "binary_cross_entropy": Loss(
        binary_cross_entropy, binary_cross_entropy_prime, "−(1/m) Σ ( y log ŷ + (1−y) log(1−ŷ) )", "−( Y/Ŷ − (1−Y)/(1−Ŷ) )",
        ((math.inf, "−( y log ŷ + (1 − y) log(1 − ŷ) )"),), ("sigmoid",), words=("log",), of_z=binary_cross_entropy_of_z),
    "categorical_cross_entropy": Loss(
        categorical_cross_entropy, categorical_cross_entropy_prime, "−(1/m) Σ y log ŷ", "−Y/Ŷ",
        ((math.inf, "−y log ŷ"),), ("softmax",), words=("log",), mean_over_units=False, of_z=categorical_cross_entropy_of_z),
    "mean_squared_error": Loss(
        mean_squared_error, mean_squared_error_prime, "(1/m) Σ (ŷ − y)²", "2 (Ŷ − Y)",
        ((math.inf, "(ŷ − y)²"),), ("linear", "sigmoid")),
    "mean_absolute_error": Loss(
        mean_absolute_error, mean_absolute_error_prime, "(1/m) Σ |ŷ − y|", "sign(Ŷ − Y)",
        ((math.inf, "|ŷ − y|"),), ("linear",), words=("sign",), kinks=(0.0,)),
    "huber": Loss(
        huber, huber_prime, "(1/m) Σ ( ½ (ŷ − y)² where |ŷ − y| ≤ 1, else |ŷ − y| − ½ )",
        "( Ŷ − Y where |Ŷ − Y| ≤ 1, else sign(Ŷ − Y) )",
        ((1, "½ (ŷ − y)²"), (math.inf, "( |ŷ − y| − ½ )")), ("linear",), words=("sign",)),
}
OUTPUT: dict[str, tuple[str, ...]] = {      # activations of the output layer, with their losses: the first is the default
    name: losses for name in ACTIVATIONS
    if (losses := tuple(loss for loss, entry in LOSSES.items() if name in entry.outputs))
}


def loss_derivative(loss: str, Y: Array, Y_hat: Array) -> Array:
    """dA[L], infinite where ŷ of a cross-entropy has rounded to the wrong end, 0 or 1."""
    with np.errstate(divide="ignore", over="ignore"):
        return LOSSES[loss].derivative(Y, Y_hat)


def stable_loss(loss: str, Y: Array, Z: Array, Y_hat: Array, weights: Array | None = None) -> float:
    """The same J from Z[L]: where ŷ has rounded to 0 or 1, log ŷ is lost but z is not.  Weights count examples more or less."""
    Y, Z, Y_hat = Y.astype(np.float64), Z.astype(np.float64), Y_hat.astype(np.float64)
    J = LOSSES[loss]
    of_examples = J.function(Y, Y_hat, axis=0) if J.of_z is None else J.of_z(Y, Z)
    return float(np.mean(of_examples if weights is None else of_examples * weights))


def output_gradient(loss: str, activation: str, Y: Array, Z: Array, Y_hat: Array, weights: Array | None = None) -> Array:
    """dZ[L] in its stable form: Ŷ − Y for a cross-entropy with its own activation, else dA[L] ∗ g′(Z[L])."""
    if weights is not None:
        return output_gradient(loss, activation, Y, Z, Y_hat) * weights
    if LOSSES[loss].of_z is not None:
        return (Y_hat - Y) / (len(Y) if LOSSES[loss].mean_over_units else 1)
    return chained_output_gradient(loss, activation, Y, Z, Y_hat)


def metric(activation: str, Y: Array, Y_hat: Array, weights: Array | None = None) -> Array:
    """The number of examples predicted rightly, as element 0; for linear outputs, the squared errors of every unit, summed.

    A target between 0 and 1 counts as the class that it is closer to: y > 0.5, as ŷ > 0.5.
    """
    sums, weights = np.zeros(len(Y)), np.ones(Y.shape[1]) if weights is None else weights
    if activation == "linear":
        sums += ((Y_hat.astype(np.float64) - Y) ** 2) @ weights
    elif activation == "sigmoid":
        sums[0] = ((Y_hat > 0.5) == (Y > 0.5)).all(axis=0) @ weights
    elif activation == "softmax":
        sums[0] = (Y_hat.argmax(axis=0) == Y.argmax(axis=0)) @ weights
    return sums


# ---------------------------------------------------------------------------------- backpropagation (cnn_core/backward.pyx)


def chained_output_gradient(loss: str, activation: str, Y: Array, Z: Array, Y_hat: Array) -> Array:
    """dZ[L] as the article chains it: dA[L] ∗ g[L]′(Z[L]).  Exact on paper; on a computer ∞·0 where ŷ rounds to 0 or 1."""
    g_prime = ACTIVATIONS[activation].derivative
    assert g_prime is not None, "softmax has a Jacobian, not a derivative for each unit"
    return loss_derivative(loss, Y, Y_hat) * g_prime(Z, Y_hat)


def backward(W: Layers, Z: Layers, A: Layers, dZ_output: Array, activations: list[str],
             masks: Layers | None = None) -> tuple[Layers, Layers, Layers, Layers]:
    """All layers, from dZ[L] down: dZ[1…L], dW[1…L], db[1…L] and dA[0…L−1]; masks are those of forward."""
    L, m = len(W) - 1, dZ_output.shape[1]
    dZ: Layers = [None] * L + [dZ_output]
    dW: Layers = [None] * (L + 1)
    db: Layers = [None] * (L + 1)
    dA: Layers = [None] * (L + 1)
    for l in range(L, 0, -1):
        if l < L:
            g, g_prime = ACTIVATIONS[activations[l - 1]].function, ACTIVATIONS[activations[l - 1]].derivative
            assert g_prime is not None
            a = A[l]
            if masks is not None and masks[l] is not None:
                dA[l] = dA[l] * masks[l]
                a = g(Z[l])                                 # A[l] as it was before the mask
            dZ[l] = dA[l] * g_prime(Z[l], a)                # dZ[l] = dA[l] ∗ g[l]′(Z[l])
        dW[l] = dZ[l] @ A[l - 1].T / m                      # dW[l] = (1/m) dZ[l] A[l−1]ᵀ
        db[l] = dZ[l].sum(axis=1, keepdims=True) / m        # db[l] = (1/m) Σ dZ[l]
        dA[l - 1] = W[l].T @ dZ[l]                          # dA[l−1] = W[l]ᵀ dZ[l]
    return dZ, dW, db, dA


# ---------------------------------------------------------------------------------- gradient descent (cnn_core/descent.pyx)


def descend(theta: Array, gradient: Array, learning_rate: float) -> None:
    """W[l] ← W[l] − α dW[l], b[l] ← b[l] − α db[l]: in place, on any one of them or on all in one vector θ."""
    theta -= theta.dtype.type(learning_rate) * gradient


# -------------------------------------------------------------- optimisers, which refine the descent (cnn_core/descent.pyx)


def penalise(W: Array, dW: Array, l1: float, l2: float) -> Array:
    """dW of J + l1·Σ|W| + l2/2·ΣW²: dW + l2·W + l1·sign(W)."""
    kind = W.dtype.type
    return dW + kind(l2) * W + kind(l1) * np.sign(W)


def clip(gradient: Array, clip_norm: float) -> Array:
    """∇J, rescaled to this norm if its norm is larger."""
    norm = math.sqrt(float(np.sum(gradient.astype(np.float64) ** 2)))
    return gradient * gradient.dtype.type(clip_norm / norm) if norm > clip_norm else gradient


OPTIMIZERS: dict[str, Rule] = {
    "sgd": Rule(0, "θ ← θ − α g"),
    "momentum": Rule(1, "m ← μ m + g,   θ ← θ − α m"),
    "nesterov": Rule(1, "m ← μ m + g,   θ ← θ − α (g + μ m)"),
    "rmsprop": Rule(1, "v ← β₂ v + (1 − β₂) g²,   θ ← θ − α g / (√v + ε)"),
    "adagrad": Rule(1, "v ← v + g²,   θ ← θ − α g / (√v + ε)"),
    "adam": Rule(2, "m ← β₁ m + (1 − β₁) g,   v ← β₂ v + (1 − β₂) g²,   θ ← θ − α m̂ / (√v̂ + ε)"),
    "adamw": Rule(2, "θ ← θ − α λ θ,   m ← β₁ m + (1 − β₁) g,   v ← β₂ v + (1 − β₂) g²,   θ ← θ − α m̂ / (√v̂ + ε)"),
    "adamax": Rule(2, "m ← β₁ m + (1 − β₁) g,   v ← max(β₂ v, |g| + ε),   θ ← θ − α m̂ / v", words=("max",)),
}


def update(rule: str, theta: Array, g: Array, state: Array, learning_rate: float, t: int, coefficients: Coefficients) -> None:
    """Step t = 1, 2, … of an optimiser as PyTorch defines it, in place; state holds m, then v, which start at 0."""
    kind = theta.dtype.type
    beta1, beta2, epsilon, decay = coefficients
    m, v = (state[0], state[-1]) if len(state) else (state, state)
    if rule == "sgd":
        descend(theta, g, learning_rate)
    elif rule in ("momentum", "nesterov"):
        m[:] = kind(beta1) * m + g                                          # m ← μ m + g
        descend(theta, m if rule == "momentum" else g + kind(beta1) * m, learning_rate)
    elif rule in ("rmsprop", "adagrad"):
        old, new = (beta2, 1 - beta2) if rule == "rmsprop" else (1, 1)
        v[:] = kind(old) * v + kind(new) * g * g                            # v ← β₂ v + (1−β₂) g², or v + g²
        descend(theta, g / (np.sqrt(v) + kind(epsilon)), learning_rate)     # θ ← θ − α g / (√v + ε)
    elif rule in ("adam", "adamw"):
        theta *= kind(1 - learning_rate * decay)                            # θ ← θ − α λ θ
        m[:] = kind(beta1) * m + kind(1 - beta1) * g                        # m ← β₁ m + (1−β₁) g
        v[:] = kind(beta2) * v + kind(1 - beta2) * g * g                    # v ← β₂ v + (1−β₂) g²
        root = np.sqrt(v) * kind(1 / math.sqrt(1 - beta2**t))
        descend(theta, m / (root + kind(epsilon)), learning_rate / (1 - beta1**t))
    elif rule == "adamax":
        m[:] = kind(beta1) * m + kind(1 - beta1) * g                        # m ← β₁ m + (1−β₁) g
        v[:] = np.maximum(kind(beta2) * v, np.abs(g) + kind(epsilon))       # v ← max(β₂ v, |g| + ε)
        descend(theta, m / v, learning_rate / (1 - beta1**t))
    else:
        raise ValueError(f"rule: expected one of {', '.join(OPTIMIZERS)}, got {rule!r}")

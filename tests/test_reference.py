"""The engine function by function against reference.py: who names whom, the signatures, and the results."""
from __future__ import annotations

import inspect
import re
from pathlib import Path

import numpy as np
import pytest

import cnn_core
import pynn
from pynn import reference
from pynn.parameters import layer_views
from pynn.randomness import kept_units
from pynn.reference import HIDDEN
from pynn.registry import Coefficients

from .conftest import PAIRS, problem

SOURCES = {path.name: path.read_text(encoding="utf-8") for path in Path(cnn_core.__file__).parent.glob("*.p[yx][xd]")}

# of cnn_core: file and function; of reference.py: functions, and what they return
COUNTERPARTS = [
    ("forward.pyx", "forward", {"forward": "Z A"}),
    ("loss.pyx", "loss", {"stable_loss": ""}),
    ("loss.pyx", "output_gradient", {"output_gradient": "dZ"}),
    ("loss.pyx", "loss_derivative", {"loss_derivative": "dA"}),
    ("loss.pyx", "metric", {"metric": "sums"}),
    ("backward.pyx", "backward", {"backward": "dZ dW db dA"}),
    ("descent.pyx", "descend", {"descend": ""}),
    ("descent.pyx", "update", {"update": ""}),
    ("descent.pyx", "penalise", {"penalise": "dW"}),
    ("activations.pyx", "softmax", {"softmax": "A"}),
]
# Their words for one thing: θ is W and b in one vector, the gradient dW and db, an Architecture the names, a Draw the masks,
# an Optimizer a rule and its coefficients, first and second the m and v of state.
SAME = {"W": "theta", "b": "theta", "dW": "gradient", "db": "gradient", "g": "gradient", "X": "A", "Y_hat": "A",
        "dZ_output": "dZ", "masks": "draw", "activations": "net", "activation": "net", "loss": "net",
        "learning_rate": "alpha", "rule": "optimizer", "coefficients": "optimizer", "first": "state", "second": "state"}
SIZES = {"examples", "columns", "units", "parameters"}                  # an array of NumPy's knows its own
WAYS = {"panel", "add", "inputs_too", "scale"}                          # room, and what to do with the sum of a batch
ONLY_THERE = {"update": {"alpha"}, "penalise": {"net"}, "backward": {"gradient"}}     # in Optimizer; of all layers; apart


def declared(file, name):
    """The names of a Cython function's arguments, and the comment above it."""
    found = re.search(rf"((?:^#.*\n)*)^cdef (?:inline )?\w+ {name}\(([^)]*)\)", SOURCES[file], re.MULTILINE)
    return [part.split()[-1].lstrip("*") for part in found[2].split(",")], found[1]


@pytest.mark.parametrize(("file", "name", "counterparts"), COUNTERPARTS)
def test_signatures(file, name, counterparts):
    """The same symbols go in and out, and the comment above names the function in NumPy."""
    core, comment = declared(file, name)
    ours = {SAME.get(word, word) for word in core} - SIZES - WAYS
    theirs = set()
    for counterpart, returned in counterparts.items():
        assert f"reference.{counterpart}" in comment
        words = [*inspect.signature(getattr(reference, counterpart)).parameters, *returned.split()]
        theirs |= {SAME.get(word, word) for word in words}
    assert ours ^ theirs <= ONLY_THERE.get(name, set())


def test_both_packages_have_the_same_activations_losses_and_optimisers():
    """cnn_core imports nothing of pynn, so it has names of its own."""
    assert list(cnn_core.ACTIVATIONS) == list(reference.ACTIVATIONS)
    assert list(cnn_core.LOSSES) == list(reference.LOSSES)
    assert {rule: vectors for rule, (_, vectors) in cnn_core.OPTIMIZERS.items()} == {
        rule: entry.vectors for rule, entry in reference.OPTIMIZERS.items()}


def test_every_function_in_a_formula_is_among_its_words():
    """All other letters are variables, of one letter each."""
    for entry in (*reference.ACTIVATIONS.values(), *reference.LOSSES.values(), *reference.OPTIMIZERS.values()):
        texts = [entry.formula, getattr(entry, "derivative_formula", ""), *(text for _, text in getattr(entry, "terms", ()))]
        names = {name for text in texts for name in re.findall("[a-z]{2,}", text)} - {"where", "else"}
        assert names == set(entry.words), entry


def test_every_name_of_the_reference_is_there():
    for file, text in SOURCES.items():
        for name in re.findall(r"reference\.(\w+)", text):
            assert name == "py" or callable(getattr(reference, name)), (file, name)


@pytest.mark.parametrize("name", HIDDEN)
def test_activations_stand_side_by_side_under_the_same_names(name):
    g, g_prime = reference.ACTIVATIONS[name].function, reference.ACTIVATIONS[name].derivative
    assert (g.__name__, g_prime.__name__) == (name, f"{name}_prime")
    core, _ = declared("activations.pxd", name)
    assert len(core) == len(inspect.signature(g).parameters) == 1
    assert [word.upper() for word in declared("activations.pxd", f"{name}_prime")[0]] == list(
        inspect.signature(g_prime).parameters)


# ---------------------------------------------------------------------------------------------------------------- results


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", HIDDEN)
def test_activations(name, dtype):
    """g and g′ over many z, through a unit that passes z on and hands 1 back."""
    Z = np.concatenate([np.linspace(-12, 12, 997), [-1e-8, 0.0, 1e-8, -300, 300]]).astype(dtype)
    engine, theta = cnn_core.Engine([1, 1, 1], [name, "linear"], "mean_squared_error", dtype), np.array([1, 0, 1, 0], dtype)
    g, g_prime = reference.ACTIVATIONS[name].function, reference.ACTIVATIONS[name].derivative
    _, A = engine.forward(theta, Z[:, None])
    targets = A[2].T - np.asarray(0.5, dtype)                       # dA[2] = 2 (ŷ − y) = 1
    _, dZ, _, _ = engine.backward(theta, Z[:, None], targets)
    given = 2 * (A[2] - targets.T)[0]
    eps = np.finfo(dtype).eps
    np.testing.assert_allclose(A[1][0], g(Z), rtol=8 * eps, atol=8 * eps)
    np.testing.assert_allclose(dZ[1][0], given * g_prime(Z, g(Z)), rtol=8 * eps, atol=16 * eps)


@pytest.mark.parametrize(("output", "loss"), PAIRS)
def test_forward_loss_and_backward(output, loss):
    """Each function called by itself, on what the ones before it return."""
    sizes, names = [5, 7, 6, 3], ["tanh", "gelu", output]
    net = pynn.Network(sizes, hidden=names[:-1], output=output, loss=loss, rng=1)
    X, y = problem(net, 90, 2)
    engine, theta = cnn_core.Engine(sizes, names, loss, "float64"), net.parameters
    W, b = zip((None, None), *layer_views(theta, sizes), strict=True)
    Z, A = reference.forward(list(W), list(b), X.T, names)
    Y = np.eye(3)[:, y] if y.ndim == 1 else np.asarray(y, float).T
    dZ_output = reference.output_gradient(loss, output, Y, Z[-1], A[-1])
    dZ, dW, db, dA = reference.backward(list(W), Z, A, dZ_output, names)
    their_Z, their_A = engine.forward(theta, X)
    J, their_dZ, their_dA, gradient = engine.backward(theta, X, y)
    close = {"rtol": 1e-11, "atol": 1e-13}
    for l in range(1, 4):
        np.testing.assert_allclose(their_Z[l], Z[l], **close)
        np.testing.assert_allclose(their_A[l], A[l], **close)
        np.testing.assert_allclose(their_dZ[l], dZ[l], **close)
        np.testing.assert_allclose(their_dA[l - 1], dA[l - 1], **close)
    assert pytest.approx(J, rel=1e-12) == reference.stable_loss(loss, Y, Z[-1], A[-1])
    np.testing.assert_allclose(their_dA[3], reference.loss_derivative(loss, Y, A[-1]), **close)
    for (ours_W, ours_b), l in zip(layer_views(gradient, sizes), (1, 2, 3), strict=True):
        np.testing.assert_allclose(ours_W, dW[l], **close)
        np.testing.assert_allclose(ours_b, db[l], **close)
    before = theta.copy()
    engine.descend(theta, gradient, 0.3)
    reference.descend(before, gradient, 0.3)
    np.testing.assert_allclose(theta, before, **close)


@pytest.mark.parametrize("rule", reference.OPTIMIZERS)
def test_steps_of_an_optimiser_with_all_that_changes_the_gradient(rule):
    """Three steps of the engine's training beside dropout_mask, forward, backward, penalise, clip and update."""
    sizes, names, loss, p = [3, 8, 1], ["relu", "sigmoid"], "binary_cross_entropy", 0.25
    net = pynn.Network(sizes, rng=3)
    X, y = problem(net, 40, 1)
    theta, seed, coefficients = net.parameters.copy(), 11, Coefficients(0.9, 0.99, 1e-8, 0.01)
    vectors = reference.OPTIMIZERS[rule].vectors
    trained, kept = theta.copy(), np.zeros((vectors, len(theta)))
    cnn_core.Engine(sizes, names, loss, "float64", [p, 0.0]).train(
        trained, X, y, np.zeros((3, 3)), batch_size=40, learning_rates=np.full(3, 0.05), counts=np.zeros(2, np.int64),
        seed=seed, epoch=0, shuffle=False, rule=rule, coefficients=coefficients, state=kept, l1=1e-3, l2=1e-2, clip_norm=0.2)
    state = np.zeros((vectors, len(theta)))
    clipped = 0
    for t in (1, 2, 3):
        W, b = map(list, zip((None, None), *layer_views(theta, sizes), strict=True))
        masks = [None, reference.dropout_mask(kept_units(seed, t - 1, 1, 8, 40, p), p, np.float64), None]
        Z, A = reference.forward(W, b, X.T, names, masks)
        dZ_output = reference.output_gradient(loss, "sigmoid", y.reshape(1, -1).astype(float), Z[-1], A[-1])
        _, dW, db, _ = reference.backward(W, Z, A, dZ_output, names, masks)
        dW = [None, *(reference.penalise(W[l], dW[l], 1e-3, 1e-2) for l in (1, 2))]
        g = np.concatenate([part.ravel() for l in (1, 2) for part in (dW[l], db[l])])
        clipped += np.linalg.norm(g) > 0.2
        reference.update(rule, theta, reference.clip(g, 0.2), state, 0.05, t, coefficients)
    assert clipped > 0
    np.testing.assert_allclose(trained, theta, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(kept, state, rtol=1e-10, atol=1e-12)


def test_where_a_sign_is_of_0():
    """A weight of 0 and a prediction that is exact have no slope to one side, in the reference and in the engine."""
    assert reference.penalise(np.array([[0.0, 2, -3]]), np.zeros((1, 3)), 0.1, 0).tolist() == [[0, 0.1, -0.1]]
    Y, Y_hat = np.array([[1.0, 1, 1]]), np.array([[1.0, 2, 0]])
    assert reference.loss_derivative("mean_absolute_error", Y, Y_hat).tolist() == [[0, 1, -1]]
    net = pynn.Network([2, 1], output="linear", loss="mean_absolute_error", initializer="zeros")
    assert not net.backward([[1.0, 2.0]], [0.0]).flat.any()
    net.fit([[1.0, 2.0]], [0.0], epochs=3, learning_rate=0.1, l1=0.5)
    assert not net.parameters.any()


def test_reference_layer_is_a_stack_of_neurons():
    rng = np.random.default_rng(0)
    W, b, A = rng.normal(size=(4, 3)), rng.normal(size=(4, 1)), rng.normal(size=(3, 5))
    _, A_next = reference.layer(W, b, A, reference.tanh)
    for i in range(4):
        for c in range(5):
            assert reference.neuron(W[i], b[i, 0], A[:, c], reference.tanh) == pytest.approx(A_next[i, c], rel=1e-14)

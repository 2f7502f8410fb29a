"""Every array of a step against PyTorch's autograd in float64."""
from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import pynn
from pynn import reference

from .conftest import assert_close, networks, problem

torch = pytest.importorskip("torch")

# What PyTorch has under its own name or another one; the rest of pynn's is left out here.
ACTIVATIONS = {name: getattr(torch, name, None) or getattr(torch.nn.functional, name) for name in reference.HIDDEN
               if hasattr(torch, name) or hasattr(torch.nn.functional, name)}
ACTIVATIONS |= {"linear": lambda z: z.clone(), "softmax": lambda z: torch.softmax(z, 1),
                "softplus": lambda z: torch.nn.functional.softplus(z, threshold=40)}       # linear above 20 by default
LOSSES = {"mean_squared_error": torch.nn.functional.mse_loss, "mean_absolute_error": torch.nn.functional.l1_loss,
          "huber": torch.nn.functional.huber_loss}
CROSS_ENTROPIES = ("binary_cross_entropy", "categorical_cross_entropy")


@given(networks(), st.integers(1, 200), st.integers(0, 2**32))
@settings(max_examples=150, deadline=None)
def test_every_array_of_a_step_equals_autograd(keywords, m, seed):
    net = pynn.Network(**keywords)
    assume(net.loss in (*LOSSES, *CROSS_ENTROPIES) and ACTIVATIONS.keys() >= set(net.activations))
    X, y = problem(net, m, seed)
    forward, backward = net.forward(X), net.backward(X, y)
    W = [torch.tensor(layer.W, requires_grad=True) for layer in net]
    b = [torch.tensor(layer.b[:, 0], requires_grad=True) for layer in net]
    A = [torch.tensor(X, requires_grad=True)]
    Z = [None]
    for l, layer in enumerate(net):
        Z.append(torch.nn.functional.linear(A[-1], W[l], b[l]))
        A.append(ACTIVATIONS[layer.activation](Z[-1]))
        Z[-1].retain_grad()
        A[-1].retain_grad()
    if net.loss == "categorical_cross_entropy":
        loss = torch.nn.functional.cross_entropy(Z[-1], torch.tensor(y))
    elif net.loss == "binary_cross_entropy":
        loss = torch.nn.functional.binary_cross_entropy_with_logits(Z[-1], torch.tensor(y, dtype=torch.float64))
    else:
        loss = LOSSES[net.loss](A[-1], torch.tensor(y, dtype=torch.float64))
    loss.backward()
    assert backward.loss == pytest.approx(loss.item(), rel=1e-10)
    for l in range(len(net) + 1):
        assert_close(forward.A[l], A[l].detach().numpy().T, 1e-10, f"A[{l}]")
        if l < len(net):            # dA[L]: autograd goes from Z[L], so it has none for a cross-entropy
            assert_close(backward.dA[l], m * A[l].grad.numpy().T, 1e-10, f"dA[{l}]")
    for l in range(1, len(net) + 1):
        assert_close(forward.Z[l], Z[l].detach().numpy().T, 1e-10, f"Z[{l}]")
        assert_close(backward.dZ[l], m * Z[l].grad.numpy().T, 1e-10, f"dZ[{l}]")
        assert_close(backward.dW[l], W[l - 1].grad.numpy(), 1e-10, f"dW[{l}]")
        assert_close(backward.db[l], b[l - 1].grad.numpy()[:, None], 1e-10, f"db[{l}]")


def test_a_fit_is_torch_sgd():
    net = pynn.Network([3, 7, 5, 2], hidden=["relu", "tanh"], rng=0)
    X, y = problem(net, 50, 0)
    W = [torch.tensor(layer.W, requires_grad=True) for layer in net]
    b = [torch.tensor(layer.b[:, 0], requires_grad=True) for layer in net]
    optimizer = torch.optim.SGD([*W, *b], lr=0.1)
    for _ in range(5):
        for start in range(0, 50, 16):
            hidden = torch.relu(torch.nn.functional.linear(torch.tensor(X[start:start + 16]), W[0], b[0]))
            hidden = torch.tanh(torch.nn.functional.linear(hidden, W[1], b[1]))
            loss = torch.nn.functional.cross_entropy(torch.nn.functional.linear(hidden, W[2], b[2]),
                                                     torch.tensor(y[start:start + 16]))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    net.fit(X, y, epochs=5, batch_size=16, learning_rate=0.1, shuffle=False)
    for l, layer in enumerate(net):
        np.testing.assert_allclose(layer.W, W[l].detach().numpy(), rtol=1e-11, atol=1e-13)
        np.testing.assert_allclose(layer.b[:, 0], b[l].detach().numpy(), rtol=1e-11, atol=1e-13)


OPTIMIZERS = {
    "SGD": (pynn.optimizers.SGD(learning_rate=0.05), {"lr": 0.05}),
    "momentum": (pynn.optimizers.SGD(learning_rate=0.05, momentum=0.9), {"lr": 0.05, "momentum": 0.9}),
    "nesterov": (pynn.optimizers.SGD(learning_rate=0.05, momentum=0.8, nesterov=True),
                 {"lr": 0.05, "momentum": 0.8, "nesterov": True}),
    **{name: (getattr(pynn.optimizers, name)(), {}) for name in ("RMSprop", "Adagrad", "Adam", "AdamW", "Adamax")},
    "RMSprop with": (pynn.optimizers.RMSprop(learning_rate=0.003, alpha=0.9, eps=1e-6),
                     {"lr": 0.003, "alpha": 0.9, "eps": 1e-6}),
    "AdamW with": (pynn.optimizers.AdamW(learning_rate=0.01, betas=(0.8, 0.9), eps=1e-4, weight_decay=0.1),
                   {"lr": 0.01, "betas": (0.8, 0.9), "eps": 1e-4, "weight_decay": 0.1}),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("regularised", [False, True])
def test_forty_steps_of_every_optimiser(name, regularised, engine):
    """Also with l1, l2 and a clipped norm."""
    recipe, keywords = OPTIMIZERS[name]
    net = pynn.Network([3, 7, 5, 2], hidden=["tanh", "silu"], initializer="glorot", rng=1, engine=engine)
    X, y = problem(net, 50, 0)
    W = [torch.tensor(layer.W, requires_grad=True) for layer in net]
    b = [torch.tensor(layer.b[:, 0], requires_grad=True) for layer in net]
    kind = name.split()[0]
    optimizer = getattr(torch.optim, kind if kind[0].isupper() else "SGD")([*W, *b], **keywords)
    lengths = []
    for _ in range(40):
        A = torch.tensor(X)
        for l, layer in enumerate(net):
            A = torch.nn.functional.linear(A, W[l], b[l])
            if l < len(net) - 1:
                A = ACTIVATIONS[layer.activation](A)
        loss = torch.nn.functional.cross_entropy(A, torch.tensor(y))
        if regularised:
            loss = loss + sum(0.003 * w.abs().sum() + 0.01 / 2 * (w * w).sum() for w in W)
        optimizer.zero_grad()
        loss.backward()
        if regularised:
            norm = torch.sqrt(sum((p.grad**2).sum() for p in [*W, *b]))
            lengths.append(norm.item())
            for p in [*W, *b]:
                p.grad *= min(1.0, 0.1 / norm.item())
        optimizer.step()
    net.fit(X, y, epochs=40, batch_size=None, optimizer=recipe, shuffle=False,
            **({"l1": 0.003, "l2": 0.01, "clip_norm": 0.1} if regularised else {}))
    if regularised:
        assert max(lengths) > 0.1       # the norm was clipped
    for l in range(1, len(net) + 1):
        assert_close(net[l].W, W[l - 1].detach().numpy(), 1e-10, f"W[{l}]")
        assert_close(net[l].b[:, 0], b[l - 1].detach().numpy(), 1e-10, f"b[{l}]")


@pytest.mark.parametrize(("output", "loss"), [("sigmoid", "binary_cross_entropy"), ("softmax", "categorical_cross_entropy"),
                                              ("linear", "huber"), ("linear", "mean_absolute_error")])
def test_sample_weights_are_torchs(output, loss, engine):
    net = pynn.Network([3, 6, 3], hidden="tanh", output=output, loss=loss, rng=0, engine=engine)
    X, y = problem(net, 40, 0)
    w = np.random.default_rng(1).uniform(0, 3, 40)
    W = [torch.tensor(layer.W, requires_grad=True) for layer in net]
    z = torch.tanh(torch.tensor(X) @ W[0].T) @ W[1].T
    functions = {"binary_cross_entropy": torch.nn.functional.binary_cross_entropy_with_logits,
                 "categorical_cross_entropy": torch.nn.functional.cross_entropy, **LOSSES}
    target = torch.tensor(y) if output == "softmax" else torch.tensor(y, dtype=torch.float64)
    of_examples = functions[loss](z, target, reduction="none")
    of_examples = of_examples if of_examples.ndim == 1 else of_examples.mean(1)
    total = (of_examples * torch.tensor(w / w.mean())).mean()
    total.backward()
    assert net.evaluate(X, y, w)["loss"] == pytest.approx(total.item(), rel=1e-12)
    before = [layer.W.copy() for layer in net]
    history = net.fit(X, y, epochs=1, batch_size=None, learning_rate=1.0, sample_weight=10 * w)
    assert history.loss[0] == pytest.approx(total.item(), rel=1e-12)
    for l in (1, 2):
        assert_close(before[l - 1] - net[l].W, W[l - 1].grad.numpy(), 1e-10, f"dW[{l}]")


@pytest.mark.parametrize("units", [1, 3])
def test_soft_targets_are_bceloss(units):
    rng = np.random.default_rng(units)
    net = pynn.Network([3, 6, units], hidden="tanh", output="sigmoid", rng=0)
    X, y = rng.normal(size=(50, 3)), rng.uniform(size=(50, units))
    y[:10], y[10:20] = 0, 1
    theta = [torch.tensor(array, requires_grad=True) for layer in net for array in (layer.W, layer.b[:, 0])]
    hidden = torch.tanh(torch.nn.functional.linear(torch.tensor(X), *theta[:2]))
    Y_hat = torch.sigmoid(torch.nn.functional.linear(hidden, *theta[2:]))
    Y_hat.retain_grad()
    loss = torch.nn.BCELoss()(Y_hat, torch.tensor(y))
    loss.backward()
    step = net.backward(X, y)
    assert step.loss == pytest.approx(loss.item(), rel=1e-12)
    assert_close(step.dA[2], 50 * Y_hat.grad.numpy().T, 1e-12, "dA[2]")
    assert_close(step.flat, np.concatenate([t.grad.numpy().ravel() for t in theta]), 1e-12, "∇J")

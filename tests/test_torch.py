"""Every array of a step against PyTorch's autograd in float64."""
from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pynn

from .conftest import problem
from .test_mathematics import assert_close, networks

torch = pytest.importorskip("torch")

ACTIVATIONS = {"linear": lambda z: z.clone(), "sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu,
               "leaky_relu": torch.nn.functional.leaky_relu, "elu": torch.nn.functional.elu,
               "selu": torch.nn.functional.selu, "gelu": torch.nn.functional.gelu, "silu": torch.nn.functional.silu,
               "softplus": torch.nn.functional.softplus, "softmax": lambda z: torch.softmax(z, 1)}


@given(networks(), st.integers(1, 200), st.integers(0, 2**32))
@settings(max_examples=150, deadline=None)
def test_every_array_of_a_step_equals_autograd(keywords, m, seed):
    net = pynn.Network(**keywords)
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
        loss = torch.nn.functional.mse_loss(A[-1], torch.tensor(y, dtype=torch.float64))
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

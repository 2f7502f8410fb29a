"""Networks from elsewhere: they predict what the original predicts, or are refused by the name of what pynn does not have."""
from __future__ import annotations

import json
import os
import struct

import numpy as np
import pytest

import pynn

from .conftest import PAIRS, problem
from .exported import random_network


def weights(*shapes, dtype="float64"):
    rng = np.random.default_rng(0)
    return [rng.normal(size=shape).astype(dtype) for shape in shapes]


# ---------------------------------------------------------------------------------------------------------------- arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(dtype):
    net = pynn.Network([3, 5, 4, 2], hidden=["gelu", "tanh"], output="linear", dtype=dtype, rng=0)
    net[2].b = np.arange(4.0)[:, None]
    W, b = [layer.W for layer in net], [layer.b for layer in net]
    twin = pynn.interop.from_arrays(W, b, activations=net.activations)
    assert repr(twin) == repr(net)
    assert twin.parameters.tobytes() == net.parameters.tobytes()
    turned = pynn.interop.from_arrays([w.T for w in W], [v.ravel() for v in b], activations=net.activations, order="in,out")
    assert turned.parameters.tobytes() == net.parameters.tobytes()
    bare = pynn.interop.from_arrays(W, [None, b[1], None], activations=net.activations)
    assert not bare[1].b.any()
    assert bare[2].b.tobytes() == net[2].b.tobytes()
    W[0][:] = 0
    assert twin[1].W.any()          # copies


@pytest.mark.parametrize(("arguments", "keywords", "error", "words"), [
    (([], []), {}, ValueError, "^biases"),
    ((None, None), {}, TypeError, "^weights"),
    ((weights((3, 2)), weights((2,))), {}, ValueError, r"^weights\[0\], biases\[0\]: expected weights \(units"),
    ((weights((3, 2), (1, 4)), None), {"activations": ["relu", "sigmoid"]}, ValueError, r"^weights\[1\].*the 3 units"),
    ((weights((3,)), None), {}, ValueError, "shape"),
    (([[[np.nan]]], None), {}, ValueError, r"^weights\[0\]"),
    ((weights((3, 2)), None), {"order": "out, in"}, ValueError, "^order"),
    ((weights((3, 2)), None), {"activations": ["swish"]}, ValueError, r"^activations\[0\]"),
    ((weights((3, 2)), None), {"activations": ["relu", "softmax"]}, ValueError, "^activations: expected 1 names"),
    ((weights((3, 2)), None), {"activations": "softmax"}, ValueError, "^activations"),
    ((weights((3, 2)), None), {"activations": ["tanh"]}, ValueError, "output layer"),
    ((weights((3, 2), (2, 3)), None), {"activations": ["softmax", "softmax"]}, ValueError, "layer 1"),
])
def test_arrays_that_make_no_network(arguments, keywords, error, words):
    with pytest.raises(error, match=words):
        pynn.interop.from_arrays(*arguments, **{"activations": ["softmax"], **keywords})


# ----------------------------------------------------------------------------------------------------------- safetensors


def safetensors(path, entries, body=b"", metadata=None):
    header = json.dumps({**({"__metadata__": metadata} if metadata is not None else {}), **entries}).encode()
    path.write_bytes(struct.pack("<Q", len(header)) + header + body)
    return path


def test_foreign_safetensors(tmp_path):
    package = pytest.importorskip("safetensors.numpy")
    W = weights((3, 2), (3,), (4, 3), (4,), (2, 4), dtype="float32")
    named = dict(zip(("fc2.weight", "fc2.bias", "fc10.weight", "fc10.bias", "out.weight"), W, strict=True))
    package.save_file(named, tmp_path / "model")
    net = pynn.interop.from_safetensors(tmp_path / "model", activations="relu", output="softmax")
    assert (net.sizes, net.activations, net.dtype) == ((2, 3, 4, 2), ("relu", "relu", "softmax"), np.float32)
    assert np.array_equal(net[2].W, W[2])
    assert not net[3].b.any()
    twin = pynn.interop.from_safetensors(tmp_path / "model", activations=["relu", "relu", "softmax"],
                                         layers=["fc2", "fc10", "out"])
    assert twin.parameters.tobytes() == net.parameters.tobytes()
    known = {"activations": "relu", "output": "softmax"}
    for keywords, words in (({}, "^activations"), ({**known, "layers": ["fc2", "fc10"]}, "^layers"),
                            ({**known, "layers": ["fc2", "out", "fc10"]}, "out: expected weights")):
        with pytest.raises(ValueError, match=words):
            pynn.interop.from_safetensors(tmp_path / "model", **keywords)


def test_half_precision(tmp_path):
    torch, package = pytest.importorskip("torch"), pytest.importorskip("safetensors.torch")
    for dtype in (torch.float16, torch.bfloat16):
        W = torch.tensor([[1.5, -2.0]], dtype=dtype)
        package.save_file({"0.weight": W}, tmp_path / "model")
        module = torch.nn.Sequential(torch.nn.Linear(2, 1), torch.nn.Sigmoid()).to(dtype)
        assert pynn.interop.from_torch(module).dtype == np.float32
        assert module[0].weight.dtype == dtype
        for net in (pynn.interop.from_safetensors(tmp_path / "model", activations=["linear"]),
                    pynn.interop.from_torch({"0.weight": W}, activations=["linear"])):
            assert net.dtype == np.float32
            assert net[1].W.tolist() == [[1.5, -2.0]]


ENTRY = {"dtype": "F64", "shape": [1, 2], "data_offsets": [0, 16]}


@pytest.mark.parametrize("change", [
    {"dtype": "I64"}, {"dtype": None}, {"shape": [1, 3]}, {"shape": [-1, -2]}, {"shape": [1.0, 2]}, {"shape": "12"},
    {"shape": [1 << 62, 2]}, {"data_offsets": [0, 17]}, {"data_offsets": [8, 24]}, {"data_offsets": [16, 0]},
    {"data_offsets": [0]}, {"data_offsets": None}])
def test_broken_safetensors(change, tmp_path):
    path = safetensors(tmp_path / "model", {"0.weight": {**ENTRY, **change}}, b"\0" * 16)
    with pytest.raises(ValueError, match=r"^path: .*0\.weight"):
        pynn.interop.from_safetensors(path, activations=["linear"])


@pytest.mark.parametrize("data", [
    b"", b"\1", struct.pack("<Q", 1 << 40), struct.pack("<Q", 3) + b"{}", struct.pack("<Q", 2) + b"[]",
    struct.pack("<Q", 2) + b"{\xff",
    struct.pack("<Q", 1 << 20) + b"[" * (1 << 20), struct.pack("<Q", 18) + b'{"__metadata__":3}', struct.pack("<Q", 2) + b"{}"])
def test_files_that_are_no_safetensors(data, tmp_path):
    (tmp_path / "model").write_bytes(data)
    with pytest.raises(ValueError, match=r"^path: "):
        pynn.interop.from_safetensors(tmp_path / "model", activations=["linear"])


@pytest.mark.parametrize("about", [
    "[]", "3", "{", '{"activations": 3}', '{"activations": ["linear", "linear"]}', '{"activations": ["x"]}',
    '{"activations": ["linear"], "loss": "x"}', '{"activations": ["linear"], "feature_names": 3}'])
def test_broken_metadata(about, tmp_path):
    path = safetensors(tmp_path / "model", {"0.weight": ENTRY}, b"\0" * 16, {"pynn": about})
    with pytest.raises((ValueError, TypeError), match=r"^(path|activations|loss|feature_names)"):
        pynn.interop.from_safetensors(path)


def test_mutated_safetensors(tmp_path):
    """Refused by a ValueError or read, never another error."""
    net = pynn.Network([2, 3, 1], rng=0)
    net.feature_names, net.standardizer = ("a", "b"), pynn.Standardizer([1, 2], [3, 4])
    pynn.export.to_safetensors(net, tmp_path / "model")
    data, rng, refused = (tmp_path / "model").read_bytes(), np.random.default_rng(0), 0
    for _ in range(300):
        changed = bytearray(data)
        for place in rng.integers(len(data), size=rng.integers(1, 4)):
            changed[place:place + rng.integers(0, 3)] = bytes(rng.integers(32, 127, size=rng.integers(3)).tolist())
        (tmp_path / "model").write_bytes(changed)
        try:
            pynn.interop.from_safetensors(tmp_path / "model")
        except ValueError:
            refused += 1
    assert 200 < refused < 300


# ---------------------------------------------------------------------------------------------------------------- torch


def torch_predictions(torch, module, net, X):
    with torch.no_grad():
        return module.eval()(torch.from_numpy(X.astype(net.dtype))).numpy()


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_sequential_of_every_layer(dtype):
    torch = pytest.importorskip("torch")
    nn = torch.nn
    torch.manual_seed(0)
    activations = [nn.Sigmoid(), nn.Tanh(), nn.ReLU(inplace=True), nn.LeakyReLU(), nn.ELU(), nn.SELU(), nn.GELU(), nn.SiLU(),
                   nn.Softplus(), nn.Identity()]
    blocks = [nn.Sequential(nn.Linear(5, 5, bias=k % 3 > 0), nn.BatchNorm1d(5, affine=k % 2 == 0), g, nn.Dropout(0.1 * (k % 2)))
              for k, g in enumerate(activations)]
    module = nn.Sequential(nn.Flatten(), nn.Dropout(0.2), *blocks, nn.Linear(5, 3), nn.Softmax(dim=1)).to(getattr(torch, dtype))
    for _ in range(5):          # running statistics
        module(torch.randn(64, 5, dtype=getattr(torch, dtype)))
    before = {name: tensor.clone() for name, tensor in module.state_dict().items()}
    net = pynn.interop.from_torch(module)
    assert module.training                                                                      # the user's module is as it was
    assert all(torch.equal(tensor, before[name]) for name, tensor in module.state_dict().items())
    assert net.activations == (
        "sigmoid", "tanh", "relu", "leaky_relu", "elu", "selu", "gelu", "silu", "softplus", "linear", "softmax")
    assert net.dropout == (0.0, 0.1) * 5
    X = np.random.default_rng(1).normal(size=(50, 5))
    assert np.abs(net(X) - torch_predictions(torch, module, net, X)).max() < (1e-12 if dtype == "float64" else 1e-5)


@pytest.mark.parametrize(("output", "loss"), PAIRS)
def test_gradients_are_those_of_torch(output, loss):
    """On the network that was imported; torch computes the loss from its own module's outputs."""
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    nn = torch.nn
    end = {"sigmoid": [nn.Sigmoid()], "softmax": [nn.Softmax(dim=1)], "linear": []}[output]
    module = nn.Sequential(nn.Linear(4, 6), nn.GELU(), nn.Linear(6, 5), nn.Tanh(), nn.Linear(5, 3), *end).double()
    net = pynn.interop.from_torch(module, output=output)
    if loss != net.loss:        # the same parameters with the other loss
        other = pynn.Network(net.sizes, hidden=net.activations[:-1], output=output, loss=loss)
        other.parameters = net.parameters
        net = other
    X, y = problem(net, 30, 2)
    A = module(torch.from_numpy(X))
    losses = {"binary_cross_entropy": nn.functional.binary_cross_entropy, "mean_squared_error": nn.functional.mse_loss,
              "mean_absolute_error": nn.functional.l1_loss, "huber": nn.functional.huber_loss,
              "categorical_cross_entropy": lambda a, t: nn.functional.nll_loss(torch.log(a), t)}
    target = torch.from_numpy(y if output == "softmax" else y.astype(float))
    losses[loss](A, target).backward()
    gradients = net.backward(X, y)
    for l, linear in enumerate((module[0], module[2], module[4]), start=1):
        for got, expected in ((gradients.dW[l], linear.weight.grad), (gradients.db[l][:, 0], linear.bias.grad)):
            assert np.abs(got - expected.numpy()).max() <= 1e-10 * np.abs(expected.numpy()).max()
            assert expected.abs().max() > 1e-6


def test_logits_need_an_output():
    torch = pytest.importorskip("torch")
    module = torch.nn.Sequential(torch.nn.Linear(2, 4), torch.nn.ReLU(), torch.nn.Linear(4, 3))
    with pytest.raises(ValueError, match=r"^output: the last layer has no activation.*logits"):
        pynn.interop.from_torch(module)
    X = np.random.default_rng(0).normal(size=(20, 2)).astype(np.float32)
    logits = torch_predictions(torch, module, pynn.interop.from_torch(module, output="linear"), X)
    assert np.allclose(pynn.interop.from_torch(module, output="linear")(X), logits, atol=1e-6)
    exponentials = np.exp(logits)
    softmax = pynn.interop.from_torch(module, output="softmax")(X)
    assert np.allclose(softmax, exponentials / exponentials.sum(axis=1, keepdims=True), atol=1e-6)
    assert np.allclose(pynn.interop.from_torch(module, output="sigmoid")(X), 1 / (1 + 1 / exponentials), atol=1e-6)
    assert pynn.interop.from_torch(torch.nn.Linear(2, 1), output="linear").sizes == (2, 1)


def test_a_state_dict():
    torch = pytest.importorskip("torch")
    nn = torch.nn
    module = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 3), nn.Softmax(dim=1)).double()
    expected = pynn.interop.from_torch(module).parameters.tobytes()
    for keywords in ({"activations": ["tanh", "softmax"]}, {"activations": ["tanh"], "output": "softmax"},
                     {"activations": "tanh", "output": "softmax"}):
        net = pynn.interop.from_torch(module.state_dict(), **keywords)
        assert net.parameters.tobytes() == expected
        assert net.activations == ("tanh", "softmax")
    for keywords, words in (
            ({}, "^activations"), ({"output": "softmax"}, "^activations"), ({"activations": "tanh"}, "^activations"),
            ({"activations": ["tanh", "softmax"], "output": "linear"}, "^output")):
        with pytest.raises(ValueError, match=words):
            pynn.interop.from_torch(module.state_dict(), **keywords)
    for name, array in (("norm.weight", np.ones(4)), ("norm.running_mean", np.ones(4)), ("conv.weight", np.ones((2, 2, 3, 3))),
                        ("4.bias", np.ones(3))):
        with pytest.raises(ValueError, match=rf"^module_or_state_dict: {name}"):
            pynn.interop.from_torch({**module.state_dict(), name: array}, activations="tanh", output="softmax")
    with pytest.raises(ValueError, match="at least one layer"):
        pynn.interop.from_torch({}, activations="tanh", output="softmax")


def test_what_torch_has_and_pynn_has_not():
    """Refused by name, and nothing half-done: there is no network."""
    torch = pytest.importorskip("torch")
    nn = torch.nn

    class Own(nn.Module):
        def forward(self, x):
            return x

    class Changed(nn.Sequential):
        def forward(self, x):
            return super().forward(x) + 1
    linear, last = nn.Linear(2, 2), nn.Linear(2, 1)
    for modules, words in (
            ([nn.Conv2d(1, 1, 3), last], r"layer 0 \(Conv2d\) is not supported"),
            ([linear, nn.Sequential(nn.ReLU(), nn.LayerNorm(2)), last], r"layer 1\.1 \(LayerNorm\) is not supported"),
            ([linear, nn.ReLU6(), last], r"layer 1 \(ReLU6\)"), ([linear, Own(), last], r"layer 1 \(Own\)"),
            ([linear, nn.LeakyReLU(0.2), last], r"layer 1 \(LeakyReLU\) .*only as LeakyReLU\(0\.01\)"),
            ([linear, nn.ELU(0.5), last], "only as ELU"), ([linear, nn.GELU(approximate="tanh"), last], "only as GELU"),
            ([linear, nn.Softplus(2.0), last], "only as Softplus"),
            ([linear, nn.Softplus(threshold=5), last], "only as Softplus"),
            ([linear, nn.Softmax(dim=0)], "only as Softmax"), ([linear, nn.Softmax(dim=1), last], "activation of layer 1"),
            ([linear, nn.ReLU(), nn.Tanh(), last], r"layer 2 \(Tanh\): expected an activation right after"),
            ([nn.ReLU(), linear], r"layer 0 \(ReLU\): expected an activation right after"),
            ([nn.BatchNorm1d(2), linear], r"layer 0 \(BatchNorm1d\): expected a batch normalisation only right after"),
            ([linear, nn.ReLU(), nn.BatchNorm1d(2), last], r"layer 2 \(BatchNorm1d\)"),
            ([linear, nn.BatchNorm1d(2, track_running_stats=False), last], "running statistics"),
            ([linear, nn.Linear(3, 1)], r"layer 1 \(Linear\): expected weights for the 2 units"), ([nn.ReLU6()], "ReLU6"),
            ([linear, nn.Tanh()], "output layer"), ([], "at least one dense layer")):
        with pytest.raises(ValueError, match=words):
            pynn.interop.from_torch(nn.Sequential(*modules), output="linear")
    for module, words in ((Own(), "^Own is not supported"), (Changed(linear), "^Changed is not supported")):
        with pytest.raises(ValueError, match=words):
            pynn.interop.from_torch(module)
    with pytest.raises(ValueError, match=r"^activations: expected None"):
        pynn.interop.from_torch(nn.Sequential(linear), activations=["linear"])
    with pytest.raises(TypeError, match="weights_only=True"):
        pynn.interop.from_torch("model.pt")
    hooked = nn.Sequential(nn.Linear(2, 1), nn.Sigmoid())
    hooked[0].register_forward_hook(lambda module, inputs, output: output + 1)
    with pytest.raises(ArithmeticError, match="its layers do not say"):
        pynn.interop.from_torch(hooked)


# ----------------------------------------------------------------------------------------------------------- scikit-learn


@pytest.mark.filterwarnings("ignore:Stochastic Optimizer")
@pytest.mark.parametrize("data", ["breast_cancer", "digits"])
@pytest.mark.parametrize("activation", ["identity", "logistic", "tanh", "relu"])
def test_a_classifier_in_a_pipeline(data, activation):
    pytest.importorskip("sklearn")
    from sklearn import datasets
    from sklearn.neural_network import MLPClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    X, y = getattr(datasets, f"load_{data}")(return_X_y=True)
    labels = np.array([f"class {k}" for k in range(10)])[y]
    mlp = MLPClassifier((12, 7), activation=activation, max_iter=3, random_state=0)
    pipeline = make_pipeline(StandardScaler(), mlp).fit(X, labels)
    net = pynn.interop.from_sklearn(pipeline)
    probabilities = net.predict_proba(X)
    assert np.abs(probabilities - pipeline.predict_proba(X)).max() < 1e-12
    assert np.array_equal(np.array(net.label_names)[net.predict(X)], pipeline.predict(X))
    assert net.loss == ("binary_cross_entropy" if data == "breast_cancer" else "categorical_cross_entropy")


@pytest.mark.filterwarnings("ignore:Stochastic Optimizer")
def test_other_networks_of_scikit_learn():
    pytest.importorskip("sklearn")
    from sklearn.neural_network import MLPClassifier, MLPRegressor
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import StandardScaler
    rng = np.random.default_rng(0)
    X = rng.normal(3, 5, size=(80, 4))
    for y in (X[:, 0], X[:, :2] @ [[1, 2], [3, 4]]):
        mlp = MLPRegressor(hidden_layer_sizes=(5,), max_iter=3, random_state=0).fit(X, y)
        assert np.abs(pynn.interop.from_sklearn(mlp).predict(X) - mlp.predict(X)).max() < 1e-12
    several = MLPClassifier((5,), max_iter=3, random_state=0).fit(X, X[:, :3] > 3)
    net = pynn.interop.from_sklearn(several)
    assert net.activations == ("relu", "sigmoid")
    assert np.array_equal(net.predict(X), several.predict(X))
    small = MLPRegressor(hidden_layer_sizes=(), max_iter=3, random_state=0).fit(X.astype(np.float32), X[:, 0])
    assert (pynn.interop.from_sklearn(small).dtype, pynn.interop.from_sklearn(small).sizes) == (np.float32, (4, 1))
    twice = Pipeline([("a", StandardScaler(with_mean=False)), ("b", "passthrough"), ("c", StandardScaler(with_std=False)),
                      ("mlp", MLPRegressor(hidden_layer_sizes=(5,), max_iter=3, random_state=0))]).fit(X, X[:, 0])
    assert np.abs(pynn.interop.from_sklearn(twice).predict(X) - twice.predict(X)).max() < 1e-12


def test_the_columns_of_a_frame():
    pytest.importorskip("sklearn")
    pd = pytest.importorskip("pandas")
    from sklearn.neural_network import MLPRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    X = pd.DataFrame(np.random.default_rng(0).normal(size=(30, 2)), columns=["width", "height"])
    mlp = MLPRegressor(hidden_layer_sizes=(3,), solver="lbfgs", max_iter=500, random_state=0)
    pipeline = make_pipeline(StandardScaler(), mlp).fit(X, X["width"])
    net = pynn.interop.from_sklearn(pipeline)
    assert net.feature_names == ("width", "height")
    assert np.abs(net.predict(X) - pipeline.predict(X)).max() < 1e-12


@pytest.mark.filterwarnings("ignore:Stochastic Optimizer")
def test_what_scikit_learn_has_and_pynn_has_not():
    pytest.importorskip("sklearn")
    from sklearn.linear_model import LinearRegression
    from sklearn.neural_network import MLPClassifier, MLPRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import MinMaxScaler, StandardScaler
    X = np.abs(np.random.default_rng(0).normal(size=(30, 2)))
    mlp = MLPRegressor(hidden_layer_sizes=(3,), max_iter=2, random_state=0)
    scaled = make_pipeline(MinMaxScaler(), mlp).fit(X, X[:, 0])
    poisson = MLPRegressor(hidden_layer_sizes=(3,), loss="poisson", max_iter=2, random_state=0).fit(X, X[:, 0])
    for model, error, words in (
            (scaled, ValueError, r"step 'minmaxscaler' \(MinMaxScaler\) is not supported"), (3, TypeError, "int"),
            (LinearRegression(), TypeError, "LinearRegression"),
            (make_pipeline(StandardScaler(), LinearRegression()), ValueError, "fitted"),
            (MLPClassifier(), ValueError, "MLPClassifier that is not"), (poisson, ValueError, "loss='poisson'")):
        with pytest.raises(error, match=words):
            pynn.interop.from_sklearn(model)


# ---------------------------------------------------------------------------------------------------------------- Keras


@pytest.fixture
def keras():
    os.environ.setdefault("KERAS_BACKEND", "torch")
    return pytest.importorskip("keras")


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")       # Keras converts tensors to NumPy in the old way
def test_a_keras_model(keras):
    rng = np.random.default_rng(0)
    X = rng.normal(2, 3, size=(40, 6)).astype(np.float32)
    layers = keras.layers
    normalization = layers.Normalization()
    normalization.adapt(X)
    hidden = [layer for k, name in enumerate(("sigmoid", "tanh", "relu", "elu", "selu", "gelu", "swish", "softplus", "linear"))
              for layer in (layers.Dense(5, activation=name, use_bias=k % 2 == 0), layers.Dropout(0.1 * (k % 2)))]
    model = keras.Sequential([
        keras.Input((2, 3)), layers.Flatten(), layers.Rescaling(0.5, offset=1.0), normalization, *hidden, layers.Dense(5),
        layers.BatchNormalization(), layers.LeakyReLU(negative_slope=0.01), layers.Dense(4), layers.Activation("relu"),
        keras.Sequential([keras.Input((4,)), layers.Dense(3, activation=layers.ELU())]), layers.Dense(2), layers.Softmax()])
    model.compile("sgd", "sparse_categorical_crossentropy")
    model.fit(X.reshape(-1, 2, 3), rng.integers(2, size=40), verbose=0)
    net = pynn.interop.from_keras(model)
    assert net.sizes == (6, *[5] * 10, 4, 3, 2)
    assert np.abs(net(X) - model.predict(X.reshape(-1, 2, 3), verbose=0)).max() < 1e-5
    x = keras.Input((2,))
    functional = keras.Model(x, layers.Dense(1)(layers.Dense(4, activation="tanh")(x)))
    net = pynn.interop.from_keras(functional)
    assert net.is_regression
    X = X[:, :2]
    assert np.abs(net(X) - functional.predict(X, verbose=0)).max() < 1e-5
    logits = pynn.interop.from_keras(functional, output="sigmoid")
    assert np.abs(logits(X) - 1 / (1 + np.exp(-net(X)))).max() < 1e-6


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_what_keras_has_and_pynn_has_not(keras):
    layers = keras.layers
    x = keras.Input((3,))
    shared = layers.Dense(3, name="shared")
    first = layers.Dense(3)(x)
    for model, words in (
            (keras.Sequential([x, layers.Dense(3), layers.LayerNormalization()]), r"LayerNormalization\) is not supported"),
            (keras.Sequential([x, layers.Dense(3, activation="leaky_relu")]), "'leaky_relu', which is not supported"),
            (keras.Sequential([x, layers.Dense(3), layers.LeakyReLU(negative_slope=0.3)]), "only as LeakyReLU"),
            (keras.Sequential([x, layers.Dense(3), layers.ReLU(max_value=6), layers.Dense(1)]), "only as ReLU"),
            (keras.Sequential([x, layers.Dense(3, activation="relu"), layers.BatchNormalization()]), "batch norm"),
            (keras.Model(x, layers.Add()([first, layers.Dense(3)(first)])), r"Add\) is not supported"),
            (keras.Model(x, [first, layers.Dense(1)(first)]), "one output")):
        with pytest.raises(ValueError, match=words):
            pynn.interop.from_keras(model)
    with pytest.raises(ArithmeticError, match="its layers do not say"):
        pynn.interop.from_keras(keras.Model(x, shared(shared(x))))
    with pytest.raises(ValueError, match="built"):
        pynn.interop.from_keras(keras.Sequential([layers.Dense(1)]))
    with pytest.raises(TypeError, match=r"keras\.Model"):
        pynn.interop.from_keras("model.keras")


# ------------------------------------------------------------------------------------------------- standardised targets


@pytest.mark.filterwarnings("ignore:Stochastic Optimizer", "ignore::DeprecationWarning")
@pytest.mark.parametrize("way", ["safetensors", "torch", "sklearn", pytest.param("keras", marks=pytest.mark.slow)])
def test_standardised_targets_come_along(way, tmp_path):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 3))
    y = 4e5 + 9e4 * X[:, 0]
    if way == "sklearn":
        pytest.importorskip("sklearn")
        from sklearn.compose import TransformedTargetRegressor
        from sklearn.neural_network import MLPRegressor
        from sklearn.preprocessing import StandardScaler
        mlp = MLPRegressor(hidden_layer_sizes=(4,), max_iter=3, random_state=0)
        original = TransformedTargetRegressor(mlp, transformer=StandardScaler()).fit(X, y)
        expected, net = original.predict(X), pynn.interop.from_sklearn(original)
    else:
        first = pynn.Network([3, 4, 1], output="linear", rng=0)
        first.standardizer, first.target_standardizer = pynn.Standardizer.fit(X), pynn.Standardizer.fit(y[:, None])
        expected = first.predict(X)
        if way == "safetensors":
            pynn.export.to_safetensors(first, tmp_path / "model")
            net = pynn.interop.from_safetensors(tmp_path / "model")
        elif way == "torch":
            pytest.importorskip("torch")
            net = pynn.interop.from_torch(pynn.export.to_torch(first), output="linear")
        else:
            os.environ.setdefault("KERAS_BACKEND", "torch")
            pytest.importorskip("keras")
            net = pynn.interop.from_keras(pynn.export.to_keras(first))
    assert np.abs(net.predict(X) - expected).max() < 1e-9 * 4e5
    assert net.target_standardizer is not None


# ---------------------------------------------------------------------------------------------------- seen through here


def test_an_imported_network_is_a_network(clean_figures, tmp_path):
    """It is explained, diagnosed, drawn, trained, saved and loaded like any other."""
    net = pynn.interop.from_arrays(weights((4, 2), (3, 4), (1, 3)), None, activations=["gelu", "relu", "sigmoid"])
    X, y = pynn.datasets.moons(60, rng=0)
    assert "Z[2]" in str(pynn.explain(net, X[0], y[0]))
    assert pynn.diagnose(net, X, y) is not None
    pynn.plot.network(net)
    pynn.plot.decision_surface(net, X, y)
    pynn.plot.unit_maps(net, X, y)
    pynn.plot.propagation(net)
    pynn.plot.loss_landscape(net, X, y)
    pynn.plot.layer(net, X[0], layer=2)
    assert pynn.check_gradients(net, X, y).ok
    history = net.fit(X, y, epochs=30, learning_rate=0.3)
    assert history.loss[-1] < history.loss[0]
    net.save(tmp_path / "model")
    assert np.array_equal(pynn.load(tmp_path / "model")(X), net(X))


def test_the_seed_of_an_imported_network_is_fixed(tmp_path):
    """Training it gives the same result twice, and needs no rng."""
    net = random_network(7)
    pynn.export.to_safetensors(net, tmp_path / "model")
    X, y = problem(net, 40, 0)
    thetas = []
    for _ in range(2):
        twin = pynn.interop.from_safetensors(tmp_path / "model")
        twin.fit(X, y, epochs=3)
        thetas.append(twin.parameters.tobytes())
    assert thetas[0] == thetas[1]

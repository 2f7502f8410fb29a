"""explain: every number of a step by hand, and every number that is printed tied to it, in the text and in the HTML."""
from __future__ import annotations

import builtins
import math
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

import pynn
from pynn.reference import ACTIVATIONS, HIDDEN, LOSSES

from .conftest import PAIRS, problem

ARTICLE = [2, 4, 6, 6, 4, 1]
CHILDREN = {"mfrac": 2, "msup": 2, "msub": 2, "msubsup": 3, "munder": 2, "mover": 2, "msqrt": 1}
TAGS = {"div", "p", "details", "summary", "math", "mrow", "mtable", "mtr", "mtd", "mi", "mn", "mo", "mtext", "mspace",
        *CHILDREN}
PLAIN = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻₀₁₂₃₄₅₆₇₈₉ᵀ", "0123456789−0123456789T")


def article(m=1, **keywords):
    """The article's network with biases of every sign, and examples for it."""
    net = pynn.Network(ARTICLE, rng=3, **keywords)
    net.parameters += 0.1 * np.random.default_rng(0).normal(size=net.parameters.shape)
    X, y = problem(net, m, 1)
    return net, X, y.ravel()


def by_hand(net, X, y, alpha):
    """A step of the article's network from W, b, x and y alone, one number after the other."""
    L, m = len(ARTICLE) - 1, len(X)
    W, b = [None, *([row.tolist() for row in layer.W] for layer in net)], [None, *(layer.b[:, 0].tolist() for layer in net)]
    A, Z = [np.transpose(X).tolist()], [None]
    for l in range(1, L + 1):
        rows = range(ARTICLE[l])
        Z.append([[sum(w * A[l - 1][j][c] for j, w in enumerate(W[l][i])) + b[l][i] for c in range(m)] for i in rows])
        A.append([[1 / (1 + math.exp(-z)) if l == L else max(0, z) for z in row] for row in Z[l]])
    J = -sum(math.log(A[L][0][c] if y[c] else 1 - A[L][0][c]) for c in range(m)) / m
    dA, dZ, dW, db = ([None] * (L + 1) for _ in range(4))
    dA[L] = [[-(y[c] / A[L][0][c] - (1 - y[c]) / (1 - A[L][0][c])) for c in range(m)]]
    for l in range(L, 0, -1):
        rows, before = range(ARTICLE[l]), range(ARTICLE[l - 1])
        slope = [[A[l][i][c] * (1 - A[l][i][c]) if l == L else float(Z[l][i][c] > 0) for c in range(m)] for i in rows]
        dZ[l] = [[dA[l][i][c] * slope[i][c] for c in range(m)] for i in rows]
        dW[l] = [[sum(dZ[l][i][c] * A[l - 1][j][c] for c in range(m)) / m for j in before] for i in rows]
        db[l] = [[sum(dZ[l][i]) / m] for i in rows]
        dA[l - 1] = [[sum(W[l][i][j] * dZ[l][i][c] for i in rows) for c in range(m)] for j in before]
    new_W = [None, *([[w - alpha * d for w, d in zip(*rows, strict=True)] for rows in zip(W[l], dW[l], strict=True)]
                     for l in range(1, L + 1))]
    new_b = [None, *([[old - alpha * d] for old, [d] in zip(b[l], db[l], strict=True)] for l in range(1, L + 1))]
    return {"W": W, "b": [None, *([[v] for v in column] for column in b[1:])], "Z": Z, "A": A, "Y": [list(y)], "J": J, "dA": dA,
            "dZ": dZ, "dW": dW, "db": db, "learning_rate": alpha, "new_W": new_W, "new_b": new_b}


@pytest.mark.parametrize("m", [1, 3])
def test_every_number_of_a_step_by_hand(engine, m):
    net, X, y = article(m, engine=engine)
    numbers, truth = pynn.explain(net, X, y, learning_rate=0.3).to_dict(), by_hand(net, X, y, 0.3)
    assert set(numbers) == {*truth, "new_J"}
    for name, expected in truth.items():
        if isinstance(expected, list) and name != "Y":
            assert len(numbers[name]) == len(ARTICLE)
            for l, array in enumerate(expected):
                assert (numbers[name][l] is None) == (array is None), name
                if array is not None:
                    np.testing.assert_allclose(numbers[name][l], array, rtol=1e-11, atol=1e-15, err_msg=f"{name}[{l}]")
        else:
            np.testing.assert_allclose(numbers[name], expected, rtol=1e-12, err_msg=name)
    net.descend(net.backward(X, y), 0.3)
    assert numbers["new_J"] == net.backward(X, y).loss


# ------------------------------------------------------------------------------------------------- reading what is printed


def value(text):
    """A printed number."""
    digits, _, exponent = text.translate(PLAIN).replace("−", "-").replace("∞", "inf").partition("·10")
    return float(digits) * 10 ** int(exponent or 0)


def shows(text, truth):
    """Whether a printed number is this one, to four digits."""
    return value(text) == truth if not math.isfinite(truth) or truth == 0 else abs(value(text) - truth) <= 5.001e-4 * abs(truth)


def read_text(text):
    """The matrices of a text as (caption, rows of cells), and the text without them."""
    lines, matrices, rest, block = text.split("\n"), [], [], []
    for line in lines:
        if re.search(r"[⎡⎢⎣]|\[ ", line):
            block.append(line)
        elif block:
            found = {}
            for row in block:
                for match in re.finditer(r"(?:[⎡⎢⎣]|\[(?= ))(.*?)(?:[⎤⎥⎦]|(?<= )\])", row):
                    found.setdefault(match.start(), []).append(match[1].split())
            captions = re.findall(r"((?:new )?\S+) (\(\d+, \d+\))", line)
            assert len(captions) == len(found), line
            matrices += [(symbol.translate(PLAIN) + shape.replace(" ", ""), found[at])
                         for (symbol, shape), at in zip(captions, sorted(found), strict=True)]
            rest += [re.sub(r"(?:[⎡⎢⎣]|\[(?= )).*?(?:[⎤⎥⎦]|(?<= )\])", " ", row) for row in block]
            block = []
        else:
            rest.append(line)
    return matrices, "\n".join(rest)


def read_html(markup):
    """The same of HTML."""
    root = ET.fromstring(markup)
    matrices = []
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag == "munder":
                table, caption = child
                cells = [["".join(cell.itertext()) for cell in row] for row in table]
                text = "".join(caption.itertext()).replace("\xa0new\xa0", "new ").replace("Y^", "Ŷ")
                matrices.append((text, cells))
                child.clear()
    return matrices, " ".join(root.itertext())


def tokens(text):
    """The numbers and minus signs in their order."""
    return re.findall(r"[\d.]*\d|[½∞−]", re.sub("([₀-₉]+|[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+)", r" \1 ", text).translate(PLAIN))


def elided(n):
    return list(range(n)) if n <= 6 else [0, 1, 2, 3, None, n - 2, n - 1]


def truth_of(symbol, numbers, net):
    """The array that a caption names."""
    if symbol == "Y":
        return numbers["Y"]
    if symbol == "Ŷ":
        return numbers["A"][-1]
    if symbol in ("X", "μ", "s"):
        mean, scale = net.standardizer.mean[:, None], net.standardizer.scale[:, None]
        return {"X": numbers["A"][0] * scale + mean, "μ": mean, "s": scale}[symbol]
    if symbol in ("dz", "da"):
        return numbers["dZ" if symbol == "dz" else "dA"][-1][:, :1]
    if symbol == "g′(z)":       # of softmax, by central differences of the z
        z, h = numbers["Z"][-1][:, 0].astype(float), 1e-6
        moved = [ACTIVATIONS["softmax"].function(z[:, None] + sign * h * np.eye(len(z))) for sign in (1, -1)]
        return (moved[0] - moved[1]) / (2 * h)
    name, l, transposed = re.fullmatch(r"(new \w+|d?\w|g′\(Z)\[(\d+)\]\)?(T?)", symbol).groups()
    l = int(l)
    if name == "g′(Z":          # by central differences of the activation itself
        probe = pynn.Network([1, 1, 1], hidden=net.activations[l - 1], output="linear", rng=0)
        probe.parameters = [1, 0, 1, 0]
        z = numbers["Z"][l].astype(float).reshape(-1, 1)
        h = 1e-5 * np.maximum(1, np.abs(z))
        return ((probe(z + h) - probe(z - h)) / (2 * h)).reshape(numbers["Z"][l].shape)
    array = numbers[name.replace(" ", "_")][l]
    return array.T if transposed else array


def check(net, explanation):
    """Everything printed is what to_dict has; returns the captions."""
    numbers, text, markup = explanation.to_dict(), str(explanation), explanation._repr_html_()
    assert max(map(len, text.split("\n"))) <= 120
    in_text, rest_of_text = read_text(text)
    in_html, rest_of_html = read_html(markup)
    assert len(in_text) == len(in_html) == text.count("⎡") + len(re.findall(r"\[ ", text))
    for (caption, rows), (html_caption, html_rows) in zip(in_text, in_html, strict=True):
        assert caption == html_caption
        assert [[cell.translate(PLAIN) for cell in row] for row in rows] == html_rows, caption
        symbol, n, k = re.fullmatch(r"(.+)\((\d+),(\d+)\)", caption).groups()
        array = truth_of(symbol, numbers, net)
        assert array.shape == (int(n), int(k)), caption
        assert [len(row) for row in rows] == [len(elided(int(k)))] * len(elided(int(n))), caption
        for i, row in zip(elided(int(n)), rows, strict=True):
            for j, cell in zip(elided(int(k)), row, strict=True):
                if i is None or j is None:
                    assert cell == ("⋯" if i is not None else "⋮" if j is not None else "⋱"), caption
                elif symbol.startswith("g′"):
                    assert value(cell) == pytest.approx(array[i, j], rel=1e-3, abs=1e-4), caption
                else:
                    assert shows(cell, array[i, j]), (caption, cell, array[i, j])
    assert tokens(rest_of_text) == tokens(rest_of_html)
    check_markup(markup)
    check_sums(text)
    return [re.sub(r"\(\d+,\d+\)$", "", caption) for caption, _ in in_text]


def check_markup(markup):
    """Well-formed, only tags that are known, each with the children that it needs, and nothing to load."""
    for element in ET.fromstring(markup).iter():
        assert element.tag in TAGS, element.tag
        assert set(element.attrib) <= {"style", "open", "stretchy", "form", "width", "accent", "displaystyle"}
        if element.tag in CHILDREN:
            assert len(element) == CHILDREN[element.tag], ET.tostring(element, "unicode")
    assert not re.search(r"https?:|src=|href|url\(|@import|\$", markup)


def phi(z):
    return math.erfc(-z / math.sqrt(2)) / 2


WORDS = {word for registry in (ACTIVATIONS, LOSSES) for entry in registry.values() for word in entry.words}
FUNCTIONS = {**{word: getattr(math, word, None) or getattr(builtins, word, None) for word in WORDS},
             "log": lambda v: math.log(v) if v else -math.inf, "sign": lambda v: float(np.sign(v)), "abs": abs,
             "exp": math.exp, "Φ": phi, "σ": lambda z: 1 / (1 + math.exp(-z)), "inf": math.inf}
CALLED = "|".join(FUNCTIONS)


def computed(text):
    """What an expression with its numbers in place comes to, or None where it has symbols."""
    text = re.sub(r"·10([⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+)", lambda match: "E" + match[1].translate(PLAIN), text)
    text = text.replace("−", "-").replace("½", "0.5").replace("²", "**2").replace("∞", "inf")
    text = re.sub(r"^((?:\(1/\d+\) )?)(?:\( )?(.+) where (.+), else (.+?)(?: \))?$", r"\1((\2) if (\3) else (\4))",
                  text.replace("≤", "<="))
    text = re.sub(rf"({CALLED}) ([\d.E-]+)", r"\1(\2)", text)
    text = re.sub(r"e\^(-?\([^()]*\)|-?[\d.]+(?:E-?\d+)?)", r"exp(\1)", text)
    text = re.sub(r"\|(.+?)\|", r"abs(\1)", text)
    text = re.sub(rf"(?<=[\d)]) (?=[(\d]|{CALLED})", "*", text).replace("·", "*")
    if not re.fullmatch(rf"(?:[\d.\s()*/+,<>=-]|E|if|else|{CALLED})+", text):
        return None
    return eval(text, {"__builtins__": {}}, FUNCTIONS)      # of digits, signs and the names above alone


def unwrapped(text):
    """The text with lines that were too long put together again."""
    return re.sub(r"\n {6,}(?=[^\s⎡⎢⎣])", " ", text)


def check_sums(text):
    """Every line of equations with numbers in place comes to the number at its end; returns how many were computed."""
    found = 0
    for line in unwrapped(text).split("\n"):
        if re.search(r"[⎡⎢⎣⋯]|\[ |g\(z\)", line):
            continue
        parts = [part.strip() for part in re.split(r"(?<![≤≥]) = ", line)]
        if len(parts) < 2 or not re.fullmatch(r"[−\d.·⁰-⁹¹²³⁻∞]+", parts[-1]) or re.search(r"/0(?![.\d])|/\(1−1\)", line):
            continue
        for part in parts[1:-1]:
            result = computed(part)
            if result is not None and math.isfinite(result):
                found += 1
                assert result == pytest.approx(value(parts[-1]), rel=1e-2, abs=2e-3), line
    return found


# ------------------------------------------------------------------------------------------------------------------- tests


@pytest.mark.parametrize("m", [1, 3, 9])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_the_article_is_told_in_its_order(m, dtype):
    net, X, y = article(m, dtype=dtype)
    captions = check(net, pynn.explain(net, X, y))
    expected = ["A[0]", "Y"]
    for l in range(1, 6):
        expected += [f"Z[{l}]", f"W[{l}]", f"A[{l - 1}]", f"b[{l}]", f"A[{l}]", f"Z[{l}]"]
    expected += ["Y", "Ŷ"]
    for l in range(5, 0, -1):
        expected += ["dA[5]", "dZ[5]", "dA[5]", "g′(Z[5])", "dZ[5]", "Ŷ", "Y"] if l == 5 else [
            f"dA[{l}]", f"W[{l + 1}]T", f"dZ[{l + 1}]", f"dZ[{l}]", f"dA[{l}]", f"g′(Z[{l}])"]
        expected += [f"dW[{l}]", f"dZ[{l}]", f"A[{l - 1}]T", f"db[{l}]", f"dZ[{l}]"]
    for l in range(1, 6):
        expected += [f"new W[{l}]", f"W[{l}]", f"dW[{l}]", f"new b[{l}]", f"b[{l}]", f"db[{l}]"]
    assert captions == expected


def test_the_losses_of_the_examples_and_their_mean():
    net, X, y = article(3)
    explanation = pynn.explain(net, X, y)
    text, Y_hat = str(explanation), net(X)[:, 0]
    terms = [-math.log(p if t else 1 - p) for p, t in zip(Y_hat, y, strict=True)]
    for sub, term in zip("₁₂₃", terms, strict=True):
        assert shows(re.search(rf"J{sub} = .* = (\S+)$", text, re.MULTILINE)[1], term)
    first, second, third, mean = re.search(r"J = \(1/3\) \( (\S+) \+ (\S+) \+ (\S+) \) = (\S+)", text).groups()
    for shown, term in zip((first, second, third, mean), (*terms, np.mean(terms)), strict=True):
        assert shows(shown, term)
    before, after = re.search(r"goes from J = (\S+) to J = (\S+)\.$", text).groups()
    assert shows(before, np.mean(terms))
    assert shows(after, explanation.to_dict()["new_J"])


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("units", [1, 3, 8])
@pytest.mark.parametrize("m", [1, 3])
def test_every_loss(pair, units, m):
    output, loss = pair
    units += output == "softmax" and units == 1
    net = pynn.Network([3, 4, units], hidden="tanh", output=output, loss=loss, rng=1)
    X, y = problem(net, m, 2)
    check(net, pynn.explain(net, X, y))
    assert check_sums(str(pynn.explain(net, X, y))) >= (units < 8)
    for layer in (1, 2):
        captions = check(net, pynn.explain(net, X, y, layer=layer))
        assert f"dZ[{layer}]" in captions
        assert f"new W[{3 - layer}]" not in captions
        check_unit(net, X, y, layer, 2 if units > 1 or layer == 1 else 1)


@pytest.mark.parametrize("name", HIDDEN)
def test_every_activation(name):
    net = pynn.Network([2, 5, 1], hidden=name, rng=1)
    check(net, pynn.explain(net, [0.5, -1.5], 1))
    for unit in range(1, 6):
        assert check_unit(net, [[0.5, -1.5]], [1], 1, unit) > 0


def test_a_wide_network_is_elided():
    net = pynn.Network([30, 40, 12], hidden="relu", rng=1)
    X, y = problem(net, 20, 0)
    explanation = pynn.explain(net, X, y)
    check(net, explanation)
    assert len(str(explanation).split("\n")) < 400
    assert explanation.to_dict()["W"][1].shape == (40, 30)
    check_unit(net, X, y, 1, 39)
    check_unit(net, X, y, 2, 12)


def check_unit(net, X, y, layer, unit):
    """Every number of the sums of one unit; returns how many sums were computed again from what is printed."""
    explanation = pynn.explain(net, X, y, layer=layer, unit=unit)
    check(net, explanation)
    d, text, i = explanation.to_dict(), unwrapped(str(explanation)), unit - 1
    W, A, L = d["W"][layer], d["A"][layer - 1], len(net)
    forward, backward, update = re.split(r"\n(?:Backward|Update)\n─+\n", text)
    examples = [c for c in elided(len(X)) if c is not None]
    letter = "x" if layer == 1 else "a"
    number = r"\(?([−\d.·⁰¹²³⁴⁵⁶⁷⁸⁹⁻∞]+)\)?"

    def all_of(pattern, within, truths):
        found = re.findall(rf"(?m)^ *{pattern.replace('#', number)}$", within)
        assert len(found) == len(truths), (pattern, within)
        for shown, expected in zip(found, truths, strict=True):
            for text, truth in zip((shown,) if isinstance(shown, str) else shown, np.atleast_1d(expected), strict=True):
                assert shows(text, truth), (pattern, text, truth)

    for j in elided(len(A)):
        if j is not None:
            sub = str(j + 1).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))
            all_of(rf"w{sub} {letter}{sub} += # · # += #", forward, [(W[i, j], A[j, c], W[i, j] * A[j, c]) for c in examples])
            all_of(rf"w{sub} ← w{sub} − α dw{sub} += # − # · # += #", update,
                   [(W[i, j], 0.1, d["dW"][layer][i, j], d["new_W"][layer][i, j])])
            if len(X) == 1:
                all_of(rf"dw{sub} += dz · {letter}{sub} += # · # += #", backward,
                       [(d["dZ"][layer][i, 0], A[j, 0], d["dW"][layer][i, j])])
            else:
                share = rf"\(1/{len(X)}\)"
                line = re.search(rf"dw{sub} += {share} Σ dz · {letter}{sub} += {share} \( (.*) \) += (\S+)", backward)
                assert shows(line[2], d["dW"][layer][i, j])
                terms = [term for term in re.split(r" (?=[+−] )", line[1]) if "⋯" not in term]
                assert len(terms) == len(examples)
                for term, c in zip(terms, examples, strict=True):
                    first, second = term.removeprefix("+ ").replace("− ", "−").split(" · ")
                    assert shows(first.strip("()"), d["dZ"][layer][i, c])
                    assert shows(second.strip("()"), A[j, c])
    all_of(r"b += #", forward, [d["b"][layer][i, 0]] * len(examples))
    all_of(r"z += #", forward, d["Z"][layer][i, examples])
    a_line = r"= #" if net.activations[layer - 1] == "softmax" else r"a  = .* = #"
    all_of(a_line, forward, d["A"][layer][i, examples])
    all_of(r"da  .*= #", backward, d["dA"][layer][i, examples])
    twice = layer == L and "cross_entropy" in net.loss      # by the chain rule, and as ŷ − y
    all_of(r"dz  .*= #" if twice else r"dz  = .* = #", backward, np.repeat(d["dZ"][layer][i, examples], 1 + twice))
    assert shows(re.search(r"(?m)^ *db .*= (\S+)$", backward)[1], d["db"][layer][i, 0])
    all_of(r"b ← b − α db += # − # · # += #", update,
           [(d["b"][layer][i, 0], 0.1, d["db"][layer][i, 0], d["new_b"][layer][i, 0])])
    if layer < L:
        for k in elided(len(d["dZ"][layer + 1])):
            if k is not None:
                sub = str(k + 1).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))
                w, dz = d["W"][layer + 1][k, i], d["dZ"][layer + 1][k]
                all_of(rf"w{sub}\[{layer + 1}\] dz{sub}\[{layer + 1}\] += # · # += #", backward,
                       [(w, dz[c], w * dz[c]) for c in examples])
    return check_sums(text)


@pytest.mark.parametrize(("m", "dtype"), [
    (1, "float64"), (3, "float32"),
    *(pytest.param(m, dtype, marks=pytest.mark.slow)
      for m, dtype in [(1, "float32"), (3, "float64"), (9, "float64"), (9, "float32")])])
def test_units_of_the_article(m, dtype):
    net, X, y = article(m, dtype=dtype)
    for layer in range(1, 6):
        for unit in range(1, ARTICLE[layer] + 1):
            assert check_unit(net, X, y, layer, unit) > 0


def test_where_the_prediction_has_rounded(engine):
    """dA[L] is infinite and said to be, J and dZ[L] are not."""
    net = pynn.Network([1, 1], rng=0, engine=engine)
    net.parameters = [1000, 0]
    explanation = pynn.explain(net, [1.0], 0)
    check(net, explanation)
    assert explanation.to_dict()["J"] == 1000
    assert explanation.to_dict()["dA"][1] == np.inf
    assert "dA[1] is infinite" in str(explanation)
    assert "so its logarithm is lost" in str(explanation)
    assert "da is infinite" in str(pynn.explain(net, [1.0], 0, layer=1, unit=1))
    assert "infinite" not in str(pynn.explain(net, [1.0], 1))
    softmax = pynn.Network([1, 2], rng=0, engine=engine)
    softmax.parameters = [1000, -1000, 0, 0]
    assert "dA[1] is infinite" in str(pynn.explain(softmax, [1.0], 1))


def test_the_chain_rule_of_a_sigmoid_comes_to_the_difference():
    net = pynn.Network([1, 1], rng=0)
    net.parameters = [-2.5, 0]
    text = str(pynn.explain(net, [1.0], 1, layer=1, unit=1))
    assert "= −13.18 · 0.07586 · 0.9241  = −0.9241" in text
    assert re.search(r"dz  = 0\.07586 − 1 +  = −0\.9241", text)


@pytest.mark.parametrize("units", [3, 9])
def test_the_jacobian_of_softmax_with_its_numbers(units):
    net = pynn.Network([2, 3, units], rng=0)
    x, y = [1.0, 2.0], units - 2
    explanation = pynn.explain(net, x, y, layer=2, unit=1)
    d, text = explanation.to_dict(), str(explanation)
    assert "dz[i]  = Σ da[k] a[k] (δ[i,k] − a[i])" in text
    a, da = d["A"][2][:, 0], d["dA"][2][:, 0]
    rows = re.findall(r"da([₀-₉]+) a[₀-₉]+ \((\d) − a₁\) += (\S+) · \(?([^ )]+)\)? · \(?([^ )]+)\)? += (\S+)", text)
    assert [int(k.translate(PLAIN)) - 1 for k, *_ in rows] == [k for k in elided(units) if k is not None]
    for k, one, *shown in rows:
        k = int(k.translate(PLAIN)) - 1
        assert int(one) == (k == 0)
        slope = (k == 0) - a[0]
        for number, truth in zip(shown, (da[k], a[k], slope, da[k] * a[k] * slope), strict=True):
            assert shows(number, truth)
    assert sum(da * a * ((np.arange(units) == 0) - a[0])) == pytest.approx(d["dZ"][2][0, 0], rel=1e-12)
    whole = pynn.explain(net, x, y, layer=2)
    captions = check(net, whole)
    at = captions.index("dz")
    assert captions[at:at + 6] == ["dz", "g′(z)", "da", "dZ[2]", "Ŷ", "Y"]
    assert "δ[i,k] is 1" in str(whole)


def test_an_infinite_da_is_not_multiplied():
    softmax = pynn.Network([1, 2], rng=0)
    softmax.parameters = [1000, -1000, 0, 0]
    for keywords in ({}, {"layer": 1}, {"layer": 1, "unit": 2}):
        text = str(pynn.explain(softmax, [1.0], 1, **keywords))
        assert "infinite" in text
        assert "nan" not in text
        assert "g′(z) (2, 2)" not in text


@pytest.mark.parametrize("keywords", [{}, {"layer": 2}, {"layer": 1, "unit": 2}])
def test_rounding_is_said(keywords):
    net, X, y = article(1)
    assert "Numbers are rounded to four digits here; the step is computed with all digits." in str(
        pynn.explain(net, X, y, **keywords))


def test_a_standardizer_is_told(engine):
    net, X, y = article(3, engine=engine)
    X = X * [3.0, 0.1] + [50.0, 2.0]
    assert "Scaling" not in str(pynn.explain(net, X, y))
    net.standardizer = pynn.Standardizer.fit(X)
    assert check(net, pynn.explain(net, X, y))[:5] == ["A[0]", "X", "μ", "s", "A[0]"]
    assert check(net, pynn.explain(net, X, y, layer=1))[:5] == ["A[0]", "X", "μ", "s", "Z[1]"]
    assert "Scaling" not in str(pynn.explain(net, X, y, layer=2))
    check_unit(net, X, y, 1, 2)
    np.testing.assert_allclose(pynn.explain(net, X, y).to_dict()["A"][0], ((X - X.mean(axis=0)) / X.std(axis=0)).T, rtol=1e-12)


def test_scaling_is_told_once_and_as_it_is_done():
    net, X, y = article(2)
    net.standardizer = pynn.Standardizer([1.0, -2.0], [2.0, 0.5])
    for keywords in ({}, {"layer": 1}, {"layer": 1, "unit": 2}):
        text = str(pynn.explain(net, X, y, **keywords))
        section, = re.findall(r"\nScaling\n─+\n((?:.+\n)+)", text)
        sentence, formula, *rows = section.rstrip("\n").split("\n")
        assert "subtracts the mean μ of each feature, a row of X, and divides by its scale s" in sentence
        assert formula.strip() == "A[0] = (X − μ) ÷ s"
        assert re.sub(r"⎡.*?⎤", "M", rows[0]).split() == ["M", "=", "(", "M", "−", "M", ")", "÷", "M"]


@pytest.mark.parametrize("sizes", [[2, 1], [2, 3]])
def test_powers_of_ten_are_in_parentheses_where_they_must_be(sizes):
    """A confident network: ŷ below 10⁻⁴ under a line, in a logarithm, in a power."""
    net = pynn.Network(sizes, rng=0)
    net[1].W = [[-9, 0], [9e-6, 0], [3, 0]][:sizes[-1]]
    explanation = pynn.explain(net, [1.234, 0], int(sizes[-1] == 1))
    check(net, explanation)
    text, markup = str(explanation), explanation._repr_html_()
    assert not re.search(r"(?:/|log |\^)−?[\d.]+·10", text)
    if sizes[-1] == 1:
        assert re.search(r"da  = −\( 1/\(1\.\d+·10⁻⁵\) − ", text)
        assert "log (1." in text
        below = ["".join(fraction[1].itertext()) for fraction in ET.fromstring(markup).iter("mfrac")]
        assert any(re.fullmatch(r"1\.\d+·10−5", text) for text in below), below
    else:
        assert re.search(r"e\^\(1\.111·10⁻⁵\)", str(pynn.explain(net, [1.234, 0], 0, layer=1, unit=2)))


def test_a_share_of_several_labels_is_no_difference():
    net = pynn.Network([2, 3], output="sigmoid", rng=0)
    for keywords in ({}, {"layer": 1, "unit": 1}):
        text = str(pynn.explain(net, [0.5, 1.0], [1, 0, 1], **keywords))
        assert ") −(" not in text
        assert re.search(r"= −\(1/3\) \( [Yy]/", text)
        assert check_sums(text) > 0


def test_columns_in_another_order_are_refused():
    pandas = pytest.importorskip("pandas")
    net = pynn.Network([2, 1], rng=0)
    net.feature_names = ["age", "height"]
    table = pandas.DataFrame({"height": [1.0, 2.0, 0.5], "age": [0.0, 1.0, 2.0]})
    for work in (pynn.explain, pynn.find_learning_rate):
        with pytest.raises(ValueError, match=r"^[xX]: expected the columns .*age.*height.* in this order"):
            work(net, table, [1, 0, 1])
    assert pynn.explain(net, table[["age", "height"]], [1, 0, 1]).to_dict()["A"][0].shape == (2, 3)


def test_a_standardizer_brings_numbers_into_the_range_of_float32():
    net = pynn.Network([1, 1], dtype="float32", rng=0)
    net.standardizer = pynn.Standardizer([0.0], [1e40])
    assert pynn.explain(net, [1e40], 1).to_dict()["A"][0] == 1


def test_rounding_is_no_rise():
    for seed in range(40):
        net = pynn.Network([2, 4, 1], dtype="float32", rng=seed)
        assert "It rose" not in str(pynn.explain(net, [[0.5, 1.0], [1.0, -1.0]], [1, 0], learning_rate=1e-7))


def test_what_four_digits_do_not_show_is_said():
    net = pynn.Network([1, 1], rng=0)
    net.parameters = [12, 0]
    assert "four digits do not show 1 − ŷ" in str(pynn.explain(net, [1.0], 0))
    assert "do not show 1 − ŷ" not in str(pynn.explain(net, [0.1], 0))


def test_dropout_is_said_to_be_left_out():
    assert "dropout" in str(pynn.explain(pynn.Network([2, 4, 1], dropout=0.5, rng=0), [0.5, 1.0], 1))
    assert "dropout" not in str(pynn.explain(pynn.Network([2, 4, 1], rng=0), [0.5, 1.0], 1))


def test_small_and_large_numbers():
    net = pynn.Network([2, 2], output="linear", rng=0)
    net[1].W = [[1.23456e-7, -6.54321e9], [123456, 0.000123456]]
    explanation = pynn.explain(net, [1.0, 2.0], [0, 1], learning_rate=1e-3)
    check(net, explanation)
    assert "1.235·10⁻⁷" in str(explanation)
    assert "−6.543·10⁹" in str(explanation)


def test_forms_of_one_example():
    for net, ys in ((pynn.Network([2, 3, 1], rng=0), (1, [1], [[1]])),
                    (pynn.Network([2, 3, 3], rng=0), (2, [2], [0, 0, 1], [[0, 0, 1]])),
                    (pynn.Network([2, 2], output="sigmoid", rng=0), ([0, 1], [[0, 1]])),
                    (pynn.Network([2, 2], output="linear", rng=0), ([0.5, 1], [[0.5, 1]]))):
        texts = {str(pynn.explain(net, x, y)) for y in ys for x in ([0.5, -1.0], [[0.5, -1.0]])
                 if np.ndim(x) == 1 or np.ndim(y) == 2 or np.shape(y) == (1,)}
        assert len(texts) == 1


def test_a_step_that_is_too_long_is_called_so():
    net, X, y = article(3)
    assert "α is too large" in str(pynn.explain(net, X, y, learning_rate=1000))
    assert "α is too large" not in str(pynn.explain(net, X, y, learning_rate=0.01))
    assert "α is too large" in str(pynn.explain(pynn.Network([2, 9, 1], rng=0), X, y, learning_rate=1e200))


def test_it_is_a_copy():
    net, X, y = article(1)
    explanation = pynn.explain(net, X, y)
    text = str(explanation)
    explanation.to_dict()["W"][1][:] = 0
    net.parameters[:] = 0
    assert str(explanation) == text
    assert repr(explanation) == "Explanation('One step of training of the network 2-4-6-6-4-1: m = 1 example, α = 0.1')"


NAN = pynn.Network([2, 3, 1], rng=0)
NAN[1].W[0, 0] = np.nan
BAD = [
    ("net", TypeError, {"net": "net"}),
    ("net", ValueError, {"net": NAN}),
    ("x", ValueError, {"x": [1.0, 2.0, 3.0]}),
    ("x", ValueError, {"x": [[1.0], [2.0]]}),
    ("x", ValueError, {"x": np.empty((0, 2))}),
    ("x", ValueError, {"x": [np.nan, 1.0]}),
    ("x", TypeError, {"x": None}),
    ("x", TypeError, {"x": ["a", "b"]}),
    ("y", ValueError, {"y": 2}),
    ("y", ValueError, {"y": [0, 1]}),
    ("y", ValueError, {"y": 1.5}),
    ("y", TypeError, {"y": None}),
    ("y", ValueError, {"x": [[1.0, 2.0]], "y": 1}),
    ("learning_rate", ValueError, {"learning_rate": 0}),
    ("learning_rate", ValueError, {"learning_rate": -0.1}),
    ("learning_rate", ValueError, {"learning_rate": np.inf}),
    ("learning_rate", ValueError, {"learning_rate": 1e308, "x": [1e3, -1e3], "y": 0}),
    ("learning_rate", TypeError, {"learning_rate": "0.1"}),
    ("layer", IndexError, {"layer": 0}),
    ("layer", IndexError, {"layer": 3}),
    ("layer", TypeError, {"layer": 1.0}),
    ("layer", ValueError, {"unit": 1}),
    ("unit", ValueError, {"layer": 1, "unit": 0}),
    ("unit", ValueError, {"layer": 1, "unit": 4}),
    ("unit", TypeError, {"layer": 1, "unit": "1"}),
]


@pytest.mark.parametrize(("name", "error", "keywords"), BAD)
def test_bad_input(name, error, keywords, engine):
    net = pynn.Network([2, 3, 1], rng=0, engine=engine)
    before = net.parameters.copy()
    with pytest.raises(error, match=rf"^{name}:"):
        pynn.explain(**{"net": net, "x": [0.5, -1.0], "y": 1, **keywords})
    assert np.array_equal(net.parameters, before)


def test_the_network_is_unchanged(engine):
    net, X, y = article(3, engine=engine)
    net.fit(X, y, epochs=2, optimizer="adam")
    before, twin = net.parameters.copy(), net.copy()
    pynn.explain(net, X, y, learning_rate=100)
    assert np.array_equal(net.parameters, before)
    for each in (net, twin):
        each.fit(X, y, epochs=2)
    assert np.array_equal(net.parameters, twin.parameters)

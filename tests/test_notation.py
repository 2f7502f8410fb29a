"""Formulas as MathML: every sign of every formula is there, and every function of the registries is one word."""
from __future__ import annotations

import dataclasses
import re
import xml.etree.ElementTree as ET

import pytest

from pynn.learn.notation import mathml
from pynn.reference import ACTIVATIONS, LOSSES, OPTIMIZERS
from pynn.writing import elided, listed

PLAIN = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻₀₁₂₃₄₅₆₇₈₉ᵀ", "0123456789−0123456789T")


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_formula_is_mathematics(name):
    """No sign of a formula is lost in MathML but spaces, the signs that have become structure, and their parentheses."""
    g = ACTIVATIONS[name]
    for formula in (g.formula, g.derivative_formula, *(loss.formula for loss in LOSSES.values())):
        root = ET.fromstring(f"<math>{mathml(formula)}</math>")
        shown = re.sub(r"[\s\xa0()[\]]", "", "".join(root.itertext()))
        expected = formula.replace("ŷ", "y^^").translate(PLAIN)
        expected = re.sub(r"[\s()[\]/√]|\^(?!\^)", "", expected.replace("^^", "HAT")).replace("HAT", "^")
        assert shown.replace("T", "") == expected.replace("T", ""), formula
        assert len(root.findall(".//mfrac")) == formula.count("/")
    assert ET.fromstring(f"<math>{mathml('a < b')}</math>").findall(".//mo")[0].text == "<"


def letters(formula):
    """The identifiers of a formula in MathML."""
    return [element.text for element in ET.fromstring(f"<math>{mathml(formula)}</math>").iter("mi")]


@pytest.mark.parametrize("registry", [ACTIVATIONS, LOSSES, OPTIMIZERS], ids=["activations", "losses", "optimisers"])
def test_every_function_in_a_formula_is_a_word_of_the_registry(registry):
    for name, entry in registry.items():
        formulas = [value for field, value in vars(entry).items() if field.endswith("formula")]
        found = {word for formula in formulas for word in re.findall("[A-Za-z]{2,}", formula)} - {"where", "else"}
        found -= {word for word in found if len(word) == 2 and word[0] == "d"}
        assert found <= set(entry.words), name
        for formula in formulas:
            assert found & set(re.findall("[A-Za-z]{2,}", formula)) <= set(letters(formula)), formula


def test_a_new_activation_brings_its_words(monkeypatch):
    """Without the word, min(6, z) would be the product m · i · n."""
    formula = "min(6, max(0, z))"
    assert letters(formula)[:3] == ["m", "i", "n"]
    clipped = dataclasses.replace(ACTIVATIONS["relu"], formula=formula, words=("min", "max"))
    monkeypatch.setitem(ACTIVATIONS, "clipped", clipped)
    assert letters(formula) == ["min", "max", "z"]
    monkeypatch.setitem(ACTIVATIONS, "arctan", dataclasses.replace(clipped, words=("arctan", "arc", "minmax")))
    assert letters("arctan z + arc(z) + minmax z + min(z)") == ["arctan", "z", "arc", "z", "minmax", "z", "min", "z"]


def test_what_is_left_out_of_a_long_row():
    assert elided(6) == [0, 1, 2, 3, 4, 5]
    assert elided(7) == [0, 1, 2, 3, None, 5, 6]
    assert elided(5, 2, 1) == [0, 1, None, 4]
    assert listed([1, 2, 3], 2) == "1, 2, …"

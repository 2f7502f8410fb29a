"""Errors of Python and NumPy that beginners meet, said in the language of the reader, with the original behind it."""
from __future__ import annotations

import re

from pynn.translation import _, language

# What a message looks like, and what it says; docs/catalogues.py collects the sentences.
MESSAGES = {
    r"matmul: .* mismatch .*\(size (?P<right>\d+) is different from (?P<left>\d+)\)":
        "the left factor of @ has {left} columns, the right one {right} rows",
    r"shapes (?P<one>\(.*?\)) and (?P<other>\(.*?\)) not aligned: (?P<left>\d+) .*!= (?P<right>\d+) .*":
        "shapes {one} and {other} cannot be multiplied: {left} columns on the left, {right} rows on the right",
    r"matmul: Input operand (?P<operand>\d) does not have enough dimensions .*":
        "factor {operand} of @, counted from 0, is a single number and no array",
    r"operands could not be broadcast together with (?:remapped )?shapes (?P<shapes>.*?) *":
        "arrays of the shapes {shapes} cannot be combined element by element",
    r"could not broadcast input array from shape (?P<one>\(.*?\)) into shape (?P<other>\(.*?\))":
        "an array of shape {one} cannot be written into one of shape {other}",
    r"non-broadcastable output operand with shape (?P<one>\(.*?\)) doesn't match the broadcast shape (?P<other>\(.*?\))":
        "a result of shape {other} cannot be written into an array of shape {one}",
    r"cannot reshape array of size (?P<size>\d+) into shape (?P<shape>\(.*?\))":
        "an array of {size} numbers cannot take the shape {shape}",
    r"setting an array element with a sequence.*":
        "the rows of the array have different lengths, or an element is itself a list",
    r"axis (?P<axis>-?\d+) is out of bounds for array of dimension (?P<dimensions>\d+)":
        "there is no axis {axis}: the array has {dimensions} dimensions",
    r"index (?P<index>-?\d+) is out of bounds for axis (?P<axis>\d+) with size (?P<size>\d+)":
        "index {index} is too large: axis {axis} has {size} elements, counted from 0",
    r"too many indices for array: array is (?P<dimensions>\d)-dimensional, but (?P<count>\d+) were indexed":
        "the array has {dimensions} dimensions, but {count} indices are given",
    r"(?:list|tuple|string) index out of range": "the index is too large: the first element has the index 0",
    r"The truth value of an array with more than one element is ambiguous.*":
        "an array of several numbers is neither true nor false",
    r"only (?:length-1|0-dimensional|size-1) arrays can be converted to (?:Python )?scalars?.*":
        "an array of several numbers stands where a single number is needed",
    r"must be real number, not (?P<kind>\w+)": "a real number is needed here, not {kind}",
    r"Cannot cast ufunc '(?P<name>\w+)' output from dtype\('(?P<one>\w+)'\) to dtype\('(?P<other>\w+)'\).*":
        "the result of {name} is {one}, which does not fit into an array of {other}",
    r"(?:assignment destination|output array) is read-only": "this array may only be read",
    r"math range error": "the result is larger than any float",
    r"math domain error": "the function is not defined for this number",
    r"(?:float |integer )?(?:division|modulo|division or modulo) by zero": "division by 0",
    r"name '(?P<name>\w+)' is not defined.*": "the name {name} is not defined",
    r"(?:local variable '\w+' referenced before assignment|"
    r"cannot access local variable '\w+' where it is not associated with a value)":
        "the variable is read before it has a value",
    r"No module named '(?P<name>[\w.]+)'": "there is no module {name}",
    r"module '(?P<module>[\w.]+)' has no attribute '(?P<name>\w+)'.*": "the module {module} has no {name}",
    r"'(?P<kind>[\w.]+)' object has no attribute '(?P<name>\w+)'.*": "an object of type {kind} has no {name}",
    r"'(?P<kind>[\w.]+)' object is not subscriptable": "an object of type {kind} has no elements to take by an index",
    r"invalid index to scalar variable.*": "a single number has no elements to take by an index",
    r"'(?P<kind>[\w.]+)' object is not callable": "an object of type {kind} is no function and cannot be called",
    r"'(?P<kind>[\w.]+)' object is not iterable": "an object of type {kind} cannot be gone through element by element",
    r"'(?P<kind>[\w.]+)' object does not support item assignment": "the elements of a {kind} cannot be changed",
    r"object of type '(?P<kind>[\w.]+)' has no len\(\)": "an object of type {kind} has no length",
    r"cannot unpack non-iterable (?P<kind>[\w.]+) object": "an object of type {kind} cannot be taken apart into several values",
    r"not enough values to unpack \(expected (?P<wanted>\d+), got (?P<got>\d+)\)":
        "{wanted} values are wanted, but there are only {got}",
    r"too many values to unpack \(expected (?P<wanted>\d+).*\)": "there are more than the {wanted} values that are wanted",
    r"unsupported operand type\(s\) for (?P<sign>.+?): '(?P<left>[\w.]+)' and '(?P<right>[\w.]+)'":
        "{sign} does not go between {left} and {right}",
    r"bad operand type for (?P<sign>.+?): '(?P<kind>[\w.]+)'": "{sign} does not go with {kind}",
    r"'(?P<sign>[<>=]+)' not supported between instances of '(?P<left>[\w.]+)' and '(?P<right>[\w.]+)'":
        "{left} and {right} cannot be compared by {sign}",
    r"can't multiply sequence by non-int of type '(?P<kind>[\w.]+)'": "a list cannot be multiplied by {kind}",
    r"(?:\S+\(\) )?missing (?:a|\d+) required (?:positional |keyword-only )?arguments?: (?P<names>.+)":
        "an argument is missing: {names}",
    r"(?:\S+\(\) )?(?:takes .* positional arguments? but \d+ (?:was|were) given|too many positional arguments)":
        "more arguments are given than the function takes",
    r"(?:\S+\(\) )?got an unexpected keyword argument (?P<name>'\w+')": "the function has no argument {name}",
    r"maximum recursion depth exceeded.*": "the function calls itself without an end",
    r"Unable to allocate .*": "the array needs more memory than there is",
    r"invalid syntax.*": "this line is not valid Python",
    r"'(?P<sign>.)' was never closed.*": "the bracket {sign} is not closed",
    r"unmatched '(?P<sign>.)'.*": "the bracket {sign} was never opened",
    r"expected ':'.*": "a colon is missing at the end of the line",
    r"expected an indented block after .*": "the next line should be indented",
    r"(?:unexpected indent|unindent does not match any outer indentation level).*":
        "the line is not indented like its neighbours",
    r"inconsistent use of tabs and spaces in indentation.*": "tabs and spaces are mixed in the indentation",
    r"unterminated string literal.*": "a text is not closed by a quotation mark",
    r"no message": "no message",
    r"a checked function may not use pynn": "a checked function may not use pynn",
    r"a checked function may not (?P<deed>.+)": "the check does not allow this",
}


def spoken_message(message: str) -> str:
    """The message of an error in the language in use, with the original in quotation marks; in English, the message itself."""
    if language() == "en":
        return message
    for pattern, text in MESSAGES.items():
        if match := re.fullmatch(pattern, message, re.DOTALL):
            return _("{meaning} (“{message}”)", meaning=_(text, **match.groupdict()), message=message)
    return message if re.search("[\u4e00-\u9fff]", message) else f"“{message}”"

"""The fields of a command: which there are, which are missing, which are unknown."""
from __future__ import annotations

from typing import Any

from pynn.playground.choices import Json, whole

__all__ = ["ENVELOPE", "REQUIRED", "arguments", "whole"]

REQUIRED: Any = object()
ENVELOPE = ("command", "id", "language")        # fields that every command may have


def arguments(command: Json, **defaults: Any) -> list[Any]:
    """The values of a command's fields in the order of `defaults`; a ValueError names an unknown or a missing one."""
    for name in command:
        if name not in (*ENVELOPE, *defaults):
            known = ", ".join(defaults) or "none"
            raise ValueError(f"{name}: unknown field of the command {command['command']!r}; there are {known}")
    values = [command.get(name, default) for name, default in defaults.items()]
    for name, value in zip(defaults, values, strict=True):
        if value is REQUIRED:
            raise ValueError(f"{name}: the command {command['command']!r} needs this field")
    return values

"""Tables of the user: a CSV file dropped on the page, and the choice of its columns."""
from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any

from pynn.playground.arguments import REQUIRED, arguments
from pynn.playground.building import Origin
from pynn.playground.changes import merged
from pynn.playground.choices import TABLE, Json, outputs_for
from pynn.playground.table_file import TableFile

if TYPE_CHECKING:
    from pynn.playground.session import Session

def _load_table(session: Session, command: Json) -> Json:
    name, content, target, features = arguments(command, name=REQUIRED, content=REQUIRED, target=None, features=None)
    if not isinstance(name, str):
        raise TypeError(f"name: expected a text, got {name!r:.100}")
    return use_table(session, TableFile(name[:200], from_base64(content)), target, features)


def _set_table(session: Session, command: Json) -> Json:
    target, features = arguments(command, target=None, features=None)
    source = session.origin.source
    if source is None or source.file is None:
        raise ValueError("table: no file has been opened whose columns could be chosen")
    return use_table(session, source.file, target, features)


def use_table(session: Session, file: TableFile, target: Any, features: Any) -> Json:
    """Train on columns of a file."""
    if target is not None and not isinstance(target, str):
        raise TypeError(f"target: expected a column's name, got {target!r:.100}")
    if features is not None and not (isinstance(features, list) and features and all(isinstance(one, str) for one in features)):
        raise TypeError(f"features: expected a list of names, got {features!r:.100}")
    source = file.source(target, features)
    origin = Origin(source)
    part: Json = {"data": {"name": TABLE}}
    if source.classes != session.course.stage.examples.classes:
        part["network"] = {"output": outputs_for(source.classes)[0]}
    setting = merged(origin, session.course.stage.setting, part)
    setting["data"]["removed"] = setting["data"]["added"] = []
    session.reopen(setting, origin=origin)
    return {"notes": list(source.notes)}


def from_base64(content: object) -> bytes:
    """The bytes of a file that the page sent."""
    if not isinstance(content, str):
        raise TypeError(f"content: expected a text in base64, got {type(content).__name__}")
    try:
        return base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("content: expected a text in base64") from None


COMMANDS = {"load_table": _load_table, "set_table": _set_table}

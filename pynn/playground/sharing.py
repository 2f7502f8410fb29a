"""Sharing: a code that holds a setting, the events and the moment, from which anybody gets the same numbers, bit for bit."""
from __future__ import annotations

import base64
import binascii
import itertools
import json
import re
import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from pynn.playground.arguments import REQUIRED, arguments, whole
from pynn.playground.changes import CHANGES
from pynn.playground.choices import MOST_EPOCH, TABLE, Json
from pynn.playground.course import Event, Moment
from pynn.playground.messages import as_json
from pynn.playground.settings import check_setting
from pynn.playground.views import View
from pynn.translation import Sentence

if TYPE_CHECKING:
    from pynn.playground.session import Session

_MOST_BYTES = 1 << 20       # of the JSON in a code
_MOST_EVENTS = 10_000
_MOST_BATCH = 1 << 20


class Shared(NamedTuple):
    """What a code says, checked as far as it can be without its data."""

    setting: Json
    events: Sequence[Event]
    at: Moment
    view: Json
    theta: int | None           # the checksum there


def code_of(session: Session) -> str:
    """The code of what the session shows; a ValueError if its data or first weights are not in its setting."""
    course = session.course
    if course.base["data"]["name"] == TABLE:
        raise ValueError(Sentence("The examples come from a table, which an address cannot hold: save a session instead."))
    if session.origin.net is not None and course.base["seed"] == session.origin.seed:
        raise ValueError(Sentence("The first weights come from a model, which an address cannot hold: save a session instead."))
    content = {"v": 1, "setting": course.base, "at": list(course.moment), "view": view_entry(session.view),
               "theta": checksum(session), "events": [[*event.at, event.command] for event in course.events[:course.applied]]}
    return base64.urlsafe_b64encode(zlib.compress(as_json(content), 9)).rstrip(b"=").decode("ascii")


def checksum(session: Session) -> int:
    """A number that tells whether two networks have the same bits."""
    return zlib.crc32(session.net.parameters.tobytes())


def view_entry(view: View) -> Json:
    """What a code keeps of a view."""
    return {"features": list(view.features), "output": view.output}


def decode(text: object) -> Json:
    """The JSON in a code, or in an address that holds one."""
    if not isinstance(text, str):
        raise TypeError(f"code: expected a text, got {text!r:.100}")
    found = re.search(r"(?:^|[#&?])s=([\w-]+)", text)
    code = (found[1] if found else text.strip()).rstrip("=")
    try:
        packed = base64.b64decode(code + "=" * (-len(code) % 4), altchars=b"-_", validate=True)
        unpacker = zlib.decompressobj()
        plain = unpacker.decompress(packed, _MOST_BYTES)
        if not unpacker.eof:
            raise ValueError(Sentence("longer than it may be, or cut off"))
        content = json.loads(plain.decode("utf-8"), parse_constant=_no_constant)
    except (binascii.Error, zlib.error, UnicodeError, RecursionError, ValueError) as error:
        raise ValueError(Sentence("code: this is no code of the playground, or a part is missing: {error}",
                                  error=error)) from None
    if not isinstance(content, dict) or content.get("v") != 1:
        raise ValueError(Sentence("code: expected a code of version 1"))
    return content


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number")


def check_content(content: Json, classes: int | None = None, *, has_table: bool = False) -> Shared:
    """Setting, events and moment of a code or a session file."""
    setting = check_setting(content.get("setting"), classes, has_table=has_table)
    events, at, view = content.get("events"), content.get("at"), content.get("view", {})
    if not isinstance(events, list) or len(events) > _MOST_EVENTS:
        raise ValueError(f"events: expected a list of at most {_MOST_EVENTS}")
    checked: list[Event] = []
    for entry in events:
        if not (isinstance(entry, list) and len(entry) == 3 and isinstance(entry[2], dict)):
            raise ValueError(f"events: expected [epoch, batch, command], got {entry!r:.100}")
        if entry[2].get("command") not in CHANGES:
            raise ValueError(f"events: {entry[2].get('command')!r:.100} is no change by hand")
        checked.append(Event(_moment(entry[:2], "events"), entry[2]))
    if any(one.at > other.at for one, other in itertools.pairwise(checked)):
        raise ValueError("events: expected them in the order of their moments")
    if not isinstance(view, dict):
        raise ValueError(f"view: expected an object, got {view!r:.100}")
    theta = content.get("theta")
    return Shared(setting, checked, _moment(at, "at"), view, theta if isinstance(theta, int) else None)


def _moment(value: Any, name: str) -> Moment:
    if not isinstance(value, list) or len(value) != 2:
        raise ValueError(f"{name}: expected a pair of epoch and batch, got {value!r:.100}")
    return Moment(whole(value[0], name, 0, MOST_EPOCH), whole(value[1], name, 0, _MOST_BATCH))


def _share(session: Session, command: Json) -> Json:
    arguments(command)
    code = code_of(session)
    return {"code": code, "fragment": f"s={code}", "command": f"pynn playground --open {code}"}


def _open(session: Session, command: Json) -> None:
    code, = arguments(command, code=REQUIRED)
    open_code(session, code)


def open_code(session: Session, code: object) -> None:
    """Begin the training that a code describes, and go to its moment."""
    shared = check_content(decode(code))
    session.reopen(shared.setting, shared.events)
    session.lesson = session.challenge = None
    use_view(session, shared.view)
    session.go(shared.at)
    session.expected = shared.theta


def use_view(session: Session, view: Json) -> None:
    """Look at what a code says, as far as it fits."""
    wanted = View().fitting(session.net, session.course.stage.examples)
    try:
        wanted = wanted.changed({"command": "view", **view}, session.net, session.course.stage.examples)
    except (ValueError, TypeError):
        session.note("warning", "view", "The view of this code does not fit its data; the first features are shown.")
    session.set_view(wanted)


COMMANDS = {"share": _share, "open": _open}

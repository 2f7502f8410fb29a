"""The playground as a notebook's widget: the same session and the same page, and messages by the kernel's channel."""
from __future__ import annotations

import json
import re
from importlib import resources
from typing import Any

import anywidget
import traitlets

from pynn.network import Network
from pynn.playground.messages import Message, layout_of, plain
from pynn.playground.owner import Owner, Stream
from pynn.playground.session import Session

_IMPORT = re.compile(r'^import\s[^;]*?from\s+"\./([\w.-]+\.js)";?[ \t]*$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?function|const|let|class)", re.MULTILINE)
_ENTRY = "main.js"


def bundle() -> str:
    """The modules of the page as one: each after those that it imports, without imports and exports."""
    folder = resources.files("pynn.playground").joinpath("page")
    texts: list[str] = []
    seen: set[str] = set()

    def add(name: str) -> None:
        if name in seen:
            return
        seen.add(name)
        text = folder.joinpath(name).read_text(encoding="utf-8")
        for match in _IMPORT.finditer(text):
            add(match[1])
        texts.append(_EXPORT.sub("", _IMPORT.sub("", text)))

    add(_ENTRY)
    return "\n".join([*texts, "export default { render };"])


def _page(name: str) -> str:
    return resources.files("pynn.playground").joinpath("page", name).read_text(encoding="utf-8")


class PlaygroundWidget(anywidget.AnyWidget):
    """A playground below a cell.

    Attributes
    ----------
    network : Network
        What the page has made of the network so far: a copy.
    """

    words = traitlets.Dict().tag(sync=True)

    _esm = bundle()
    _css = _page("style.css")

    def __init__(self, session: Session) -> None:
        super().__init__(words={name: json.loads(_page(f"words.{name}.json")) for name in ("en", "zh")})
        self._owner = Owner(session)
        self._pages: list[Stream] = []
        self.on_msg(self._receive)

    @property
    def network(self) -> Network:
        """See above."""
        copy: Network = self._owner.call(lambda session: session.net.copy()).result()
        return copy

    def close(self) -> None:
        """End the session."""
        self._owner.close()
        super().close()

    def _receive(self, widget: Any, content: Any, buffers: Any) -> None:
        """A command of the page."""
        name = content.get("command") if isinstance(content, dict) else None
        if name == "ack":
            self._owner.acknowledge(content.get("stream"), content.get("number"))
        elif name == "hello":
            self._owner.open_stream(self._send_message)
        else:
            self._owner.handle(content).add_done_callback(lambda done: self._send_message(done.result()))

    def _send_message(self, message: Message | None) -> None:
        if message is not None:
            header = plain(message.header | {"blobs": layout_of(message.blobs)})
            self.send(header, [memoryview(array.tobytes()) for _, array in message.blobs])

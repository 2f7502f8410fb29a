"""A Python script that makes the same network: plain calls of pynn where the training was plain."""
from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from pynn.playground.choices import DATA, MOST_EXAMPLES, TABLE, Json
from pynn.playground.examples import Source
from pynn.playground.settings import merge, recipe_of
from pynn.playground.sharing import code_of
from pynn.translation import Sentence

if TYPE_CHECKING:
    from pynn.playground.session import Session

_SCHEDULES = {"step": "Step", "exponential": "Exponential", "cosine": "Cosine", "warm_up": "WarmUp"}


def script_of(session: Session) -> str:
    """The text of the script; θ is the same, bit for bit."""
    course = session.course
    data = course.base["data"]
    is_plain = not (course.batch or data["added"] or data["removed"]) and session.origin.net is None and all(
        not event.at.batch and _is_plain(event.command) for event in course.events[:course.applied])
    source = session.origin.source
    is_readable = source is not None and source.file is not None and len(source.y) < MOST_EXAMPLES
    if data["name"] == TABLE and not (is_plain and is_readable):
        raise ValueError(Sentence("A script can read a table from its file only, and only if no examples were added or removed "
                                  "and the network kept its shape: save a session instead."))
    return _plain_script(session) if is_plain else _replayed_script(session)


def _is_plain(command: Json) -> bool:
    name = command["command"]
    return name in ("edit", "add_points") or (name == "set" and set(command["setting"]) == {"training"})


def _replayed_script(session: Session) -> str:
    """A script that runs the session again, with what the code says as comments."""
    course = session.course
    told = [f"# {part}: {json.dumps(content, ensure_ascii=False)}" for part, content in course.base.items()]
    for event in course.events[:course.applied]:
        fields = ", ".join(f"{name}={value!r}" for name, value in event.command.items() if name != "command")
        told.append(f"# epoch {event.at.epoch}, batch {event.at.batch}: {event.command['command']} {fields}".rstrip())
    told.append(f"# at the end: epoch {course.epoch}, batch {course.batch}")
    lines = "\n".join(told)
    return f'''"""Written by the playground of pynn: runs the same training again, with all changes by hand, to the same bits.

Plain calls of pynn cannot say them: layers, examples or half epochs changed while the training went on.  So the code at the
end holds the whole session; the comments are what it says.
"""
from pynn.playground.opening import replay

{lines}
net = replay(
    "{code_of(session)}")
print(net.summary())
'''


def _plain_script(session: Session) -> str:
    course = session.course
    lines = ['"""Written by the playground of pynn: gives the same network, bit for bit."""', "import numpy as np", "",
             "import pynn", ""]
    lines += _data_lines(course.base["data"], session.origin.source)
    network = course.base["network"]
    hidden = ", ".join(map(str, network["hidden"]))
    lines += ["", f"net = pynn.Network([X.shape[1], {hidden}{', ' * bool(hidden)}{session.net.sizes[-1]}], "
                  f"hidden={network['activations']!r}, output={network['output']!r},",
              f"                   loss={network['loss']!r}, initializer={network['initializer']!r}, "
              f"dropout={network['dropout']!r}, dtype={network['dtype']!r}, rng={course.base['seed']})"]
    if course.base["data"]["name"] == TABLE:
        lines += _scaling_lines(course.base["data"], encoded=session.net.encoder is not None, values=session.net.is_regression)
    setting, epoch, begins = course.base, 0, True       # begins: the next fit begins with a new optimiser
    for event in [*course.events[:course.applied], None]:
        until = course.epoch if event is None else event.at.epoch
        if until > epoch:
            lines += _fit_lines(setting, until - epoch, begins)
            begins, epoch = False, until
        if event is None:
            break
        if event.command["command"] == "edit":
            lines.append(_edit_line(event.command))
        elif event.command["command"] == "add_points":
            lines += _points_lines(event.command["rows"])
        else:
            before, setting = setting, merge(setting, event.command["setting"])
            begins = begins or _rule_of(setting) != _rule_of(before)
    return "\n".join([*lines, "", "print(net.evaluate(X_train, y_train))", ""])


def _table_lines(data: Json, source: Source) -> list[str]:
    names = list(source.columns or ())
    lines = [f"table = pynn.datasets.load_csv({source.name!r}, target={source.target!r}, features={names!r}, classes=None)"]
    if isinstance(source.X, np.ndarray):
        return [*lines, "X, y = table.X, table.y", *_split_lines(data)]
    parts = ["train", "test"] if data["test_share"] else ["train"]
    return [*lines, *_row_lines(data), "encoder = pynn.TableEncoder().fit(table, rows=rows_train)",
            'X, y = encoder.transform(table, unknown="ignore"), table.y',
            *(f"X_{part}, y_{part} = X[rows_{part}], y[rows_{part}]" for part in parts)]


def _scaling_lines(data: Json, *, encoded: bool, values: bool) -> list[str]:
    lines = ["net.encoder = encoder"] if encoded else []
    if data["standardize"]:
        lines += [] if encoded else ["net.standardizer = pynn.Standardizer.fit(X_train)"]
        lines += ["net.target_standardizer = pynn.Standardizer.fit(y_train.reshape(-1, 1))"] if values else []
    return lines


def _data_lines(data: Json, source: Source | None) -> list[str]:
    if data["name"] == TABLE:
        assert source is not None
        return _table_lines(data, source)
    numbers = {field.name: data[field.name] for field in DATA[data["name"]].fields if field.name != "examples"}
    listed = "".join(f", {name}={value!r}" for name, value in numbers.items())
    lines = [f"X, y = pynn.datasets.{data['name']}({data['examples']}{listed}, rng={data['seed']})"]
    return lines + _split_lines(data)


def _split_lines(data: Json) -> list[str]:
    if not data["test_share"]:
        return ["X_train, y_train = X, y"]
    return ["X_train, X_test, y_train, y_test = pynn.datasets.split(X, y, "
            f"test_size={data['test_share']}, rng={data['seed']})"]


def _row_lines(data: Json) -> list[str]:
    if not data["test_share"]:
        return ["rows_train = np.arange(len(table))"]
    return ["rows = np.arange(len(table))", "rows_train, rows_test, _, _ = pynn.datasets.split(rows, rows, "
            f"test_size={data['test_share']}, rng={data['seed']})"]


def _points_lines(rows: list[list[float]]) -> list[str]:
    return [f"X_train = np.concatenate([X_train, {[row[:-1] for row in rows]!r}])",
            f"y_train = np.concatenate([y_train, np.array({[row[-1] for row in rows]!r}, y_train.dtype)])"]


def _edit_line(command: Json) -> str:
    l, i, k = command["layer"], command["unit"] - 1, command["input"]
    place = f"W[{i}, {k - 1}]" if k else f"b[{i}, 0]"
    return f"net[{l}].{place} = {float(command['value'])!r}"


def _rule_of(setting: Json) -> Any:
    """The optimiser whatever its learning rate."""
    return recipe_of(setting["training"]).with_learning_rate(1)


def _fit_lines(setting: Json, epochs: int, begins: bool) -> list[str]:
    training, schedule = setting["training"], setting["training"]["schedule"]
    rate = repr(training["learning_rate"])
    if schedule["name"] != "constant":
        numbers = "".join(f", {name}={value!r}" for name, value in schedule.items() if name != "name")
        rate = f"pynn.schedules.{_SCHEDULES[schedule['name']]}({rate}{numbers})"
    plain = {name: training[name] for name in ("batch_size", "shuffle", "l1", "l2", "clip_norm")}
    given = ", ".join(f"{name}={value!r}" for name, value in plain.items())
    new = f"optimizer=pynn.optimizers.{recipe_of(training)!r}, " if begins else ""
    return [f"net.fit(X_train, y_train, epochs={epochs}, {new}learning_rate={rate},", f"        {given}, progress=False)"]

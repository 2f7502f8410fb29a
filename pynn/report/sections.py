"""The sections of a report as HTML.  Every text of the user's goes through `escape`."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

import numpy as np

from pynn.history import History
from pynn.learn.diagnosis import diagnose
from pynn.report import charts, measures
from pynn.report.measures import Importance
from pynn.report.subject import Subject
from pynn.translation import _

MOST_CLASSES = 12           # of a matrix of confusions that can be read; beyond that, the most frequent ones are listed
FEW_COLUMNS = 8             # whose importance has room beside a chart
_FEW_CLASSES = 3            # whose names stand side by side; those of more classes stand upright
_MOST_LISTED = 20           # confusions, or columns
_WORST = 10                 # rows
_CELLS = 5                  # of each such row, of the most important columns
_FEW_CELLS = 4              # of a row, which have room on a phone


def section(title: str, *parts: str) -> str:
    """A section with its title."""
    return f"<section><h2>{escape(title)}</h2>{''.join(parts)}</section>"


def paragraph(text: str) -> str:
    """A paragraph of plain text."""
    return f"<p>{escape(text)}</p>"


def learning(history: History) -> str:
    """How the training went."""
    colours = (_("Blue is the loss, orange is R².") if "r2" in history else
               _("Blue is the loss, orange is the accuracy."))
    meaning = (_("Solid: on the rows to train on. Dashed: on the validation rows. If the dashed loss rises while the solid one "
                 "falls, the network learns its rows by heart: fewer epochs or fewer units may be better.")
               if "val_loss" in history else
               _("On the rows to train on. --validation-split 0.2 shows the same for rows that the network does not see."))
    return section(_("Learning curves"), charts.learning_curves(history),
                   paragraph(_("{colours} {meaning}", colours=colours, meaning=meaning)))


def results(subject: Subject) -> list[str]:
    """What is predicted, beside what is true."""
    if subject.net.is_regression:
        return [section(_("Predicted against true"), charts.predicted_against_true(subject.y, subject.predicted),
                        paragraph(_("Each point is a row. On the dashed line the prediction is right."))),
                section(_("Errors"), charts.errors(subject.y, subject.predicted), paragraph(_errors_in_words(subject)))]
    found = measures.calibration(subject)
    names = subject.label_names
    meaning = (_("The probability of {name}, and how often it is so. On the dashed line they agree; larger points stand for "
                 "more rows. The mean distance is {distance:.3f}.", name=names[1], distance=found.error) if len(names) == 2 else
               _("The probability of the predicted class, and how often it is so. On the dashed line they agree; larger points "
                 "stand for more rows. The mean distance is {distance:.3f}.", distance=found.error))
    return [section(_("Confusions"), _confusions(measures.confusions(subject), names)),
            section(_("Calibration"), charts.calibration(found), paragraph(meaning))]


def importance(found: Sequence[Importance], *, regression: bool) -> str:
    """A bar for each column."""
    largest = max([one.mean for one in found] + [1e-12])
    rows = []
    for one in found[:_MOST_LISTED]:
        bar = f'<div class=bar style="width:{100 * max(one.mean, 0) / largest:.1f}%"></div>'
        number = f"{one.mean:.3f} ± {one.deviation:.3f}".replace("-", "−")
        rows.append(f"<tr><th scope=row>{escape(one.column)}</th><td>{bar}</td><td class=number>{number}</td></tr>")
    others = found[_MOST_LISTED:]
    more = "" if not others else paragraph(
        _("{count} other columns: at most {most:.3f}.", count=len(others), most=max(others[0].mean, 0)))
    meaning = (_("How much R² falls if the cells of the column are shuffled among the rows (mean and deviation of {count} "
                 "shuffles). Columns that say the same share their importance.", count=measures.REPEATS) if regression else
               _("How much the accuracy falls if the cells of the column are shuffled among the rows (mean and deviation of "
                 "{count} shuffles). Columns that say the same share their importance.", count=measures.REPEATS))
    return section(_("Importance of each column"), paragraph(meaning),
        f"<div class=spread><table class=bars>{''.join(rows)}</table></div>" if len(found) > FEW_COLUMNS else
        f"<table class=bars>{''.join(rows)}</table>", more)


def worst_rows(subject: Subject, important: Sequence[Importance]) -> str:
    """The rows that are predicted worst, with their lines in the file."""
    badness = measures.badness(subject)
    worst = np.argsort(-badness, kind="stable")[:_WORST]
    shown = [one.column for one in important[:_CELLS]]
    columns = {column.name: column for column in subject.table.columns}
    cells = {name: _cells_of(columns[name].cells, subject.rows[worst]) for name in shown}
    target = subject.table.target_name
    rows = []
    for at in worst:
        row, y, predicted = int(subject.rows[at]), subject.y[at], subject.predicted[at]
        if subject.net.is_regression:
            outcome = [_digits(y, 6), _digits(predicted, 6), _digits(predicted - y, 4)]
        else:
            outcome = [subject.label_names[int(y)], subject.label_names[int(predicted)],
                       f"{subject.probabilities[at, int(y)]:.3f}"]
        rows.append([str(subject.table.target.line(row)), *outcome, *(cells[name][row] for name in shown)])
    last = _("error") if subject.net.is_regression else _("probability")
    meaning = (_("The largest errors first. The line is that of the file.") if subject.net.is_regression else
               _("The probability is what the model says for the true class. The line is that of the file."))
    head = [_("line"), _("{target}: true", target=target), _("predicted"), last, *shown]
    return section(_("The rows predicted worst"), paragraph(meaning), table(head, rows))


def findings(subject: Subject) -> str:
    """What diagnose says."""
    diagnosis = diagnose(subject.net, subject.X, subject.y)
    items = ""
    for one in diagnosis:
        kind = escape(_(one.kind).replace("_", " "))
        fields: dict[str, Any] = {"kind": f"<b>{kind}</b>", "message": escape(one.message)}
        found = (_("{kind}: {message}", **fields) if one.layer is None else
                 _("{kind} in layer {layer}: {message}", layer=one.layer, **fields))
        remedy = _("<i>Remedy:</i> {remedy}", remedy=escape(one.remedy))
        items += f"<li>{found}<br>{escape(one.cause)}<br>{remedy}</li>"
    body = f"<ul>{items}</ul>" if items else ""
    if diagnosis.ok:
        body += paragraph(_("Nothing was found that keeps the network from learning."))
    return section(_("Diagnosis"), body)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table that scrolls if it is wider than its place; on a phone, a wide one has a block for each row."""
    names = "".join(f"<th scope=col>{escape(name)}</th>" for name in head)
    body = "".join("<tr>" + "".join(f'<td data-label="{escape(name)}">{escape(cell)}</td>'
                                    for name, cell in zip(head, row, strict=True)) + "</tr>" for row in rows)
    kind = " class=stack" if len(head) > _FEW_CELLS else ""
    return f"<div class=scroll tabindex=0><table{kind}><thead><tr>{names}</tr></thead><tbody>{body}</tbody></table></div>"


def _confusions(counts: np.ndarray[Any, Any], names: Sequence[str]) -> str:
    """The matrix, or the most frequent confusions if there are many classes."""
    if len(names) > MOST_CLASSES:
        wrong = counts - np.diag(np.diag(counts))
        order = np.argsort(-wrong, axis=None, kind="stable")[:_MOST_LISTED]
        pairs = [divmod(int(at), len(names)) for at in order if wrong.flat[at]]
        return paragraph(_("The most frequent confusions of {count} classes.", count=len(names))) + table(
            [_("true"), _("predicted"), _("rows")], [[names[i], names[k], str(counts[i, k])] for i, k in pairs])
    sums = np.maximum(counts.sum(axis=1, keepdims=True), 1)
    head = "".join(f'<th scope=col title="{escape(name)}"><span>{escape(name)}</span></th>' for name in names)
    body = "".join(
        f'<tr><th scope=row title="{escape(name)}">{escape(name)}</th>'
        + "".join(_confusion_cell(counts[i, k], counts[i, k] / sums[i, 0], right=i == k) for k in range(len(names))) + "</tr>"
        for i, name in enumerate(names))
    kind = f'"confusions many" style="min-width:{2 * len(names) + 7}rem"' if len(names) > _FEW_CLASSES else "confusions"
    return (paragraph(_("A row for each true class, a column for each predicted one: rows of the table."))
            + f"<div class=scroll tabindex=0><table class={kind}><thead><tr><td class=corner></td>{head}</tr></thead>"
              f"<tbody>{body}</tbody></table></div>")


def _confusion_cell(count: int, share: float, *, right: bool) -> str:
    colour = "0,114,178" if right else "213,94,0"
    return f'<td style="background:rgba({colour},{0.7 * share:.2f})">{count}</td>'      # dark letters are legible on all


def _errors_in_words(subject: Subject) -> str:
    size = abs(subject.predicted - subject.y)
    return _("The mean size of an error is {mean}; half of the errors are at most {half}, nine in ten at most {most}.",
             mean=_digits(size.mean(), 4), half=_digits(np.median(size), 4), most=_digits(np.quantile(size, 0.9), 4))


def _digits(value: float, digits: int) -> str:
    """The value with this number of digits; a value of a usual size has no exponent."""
    return f"{float(f'{value:.{digits}g}'):.12g}".replace("-", "−")


def _cells_of(cells: Iterable[str], rows: np.ndarray[Any, Any]) -> dict[int, str]:
    """The cells of some rows, by row."""
    wanted = set(rows.tolist())
    return {row: cell for row, cell in enumerate(cells) if row in wanted}

"""The page of a report: its head, its style, and its sections in their order."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from pynn.history import History
from pynn.report import measures, sections
from pynn.report.subject import Subject
from pynn.storage import replacing
from pynn.translation import _
from pynn.writing import number_text

_STYLE = """
body{margin:0;background:#f4f5f7;color:#1c1e21;font:16px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
header,main,footer{max-width:76rem;margin:0 auto;padding:1rem;box-sizing:border-box}
h1{font-size:1.6rem;line-height:1.25;margin:.5rem 0}h2{font-size:1.1rem;margin:0 0 .5rem}p{margin:.4rem 0}
main{padding-top:0;padding-bottom:0}.cards{columns:2 26rem;column-gap:1rem}
section{background:#fff;border:1px solid #dfe1e5;border-radius:.6rem;padding:1rem;margin:0 0 1rem;break-inside:avoid}
.cards section{display:inline-block;width:100%;box-sizing:border-box}
svg{display:block;width:100%;max-width:32rem;height:auto;margin:0 auto}svg *{stroke-linejoin:round;stroke-linecap:butt}
dl{display:flex;flex-wrap:wrap;gap:.6rem;margin:.8rem 0}dl div{background:#fff;border:1px solid #dfe1e5;border-radius:.6rem;
padding:.4rem .8rem;min-width:4.6rem}dt{font-size:.85rem;color:#5a5f66}
dd{margin:0;font-size:1.3rem;font-variant-numeric:tabular-nums}
.scroll{overflow-x:auto}table{border-collapse:collapse;font-size:.9rem;overflow-wrap:normal}
td,th{padding:.3rem .6rem;text-align:left;border-bottom:1px solid #e6e8eb;max-width:14rem;overflow:hidden;
text-overflow:ellipsis;white-space:nowrap;font-variant-numeric:tabular-nums}
thead th{color:#5a5f66;font-weight:600}
.confusions td,.confusions thead th{text-align:center;max-width:7rem}.confusions tbody th{max-width:9rem;font-weight:400}
.bars{width:100%;table-layout:fixed}.bars th{width:32%;font-weight:400;white-space:normal;overflow-wrap:anywhere}
.bars .number{width:8.2rem;text-align:right}.bar{height:.9rem;background:#0072b2;border-radius:.2rem;min-width:1px}
ul{padding-left:1.2rem;margin:.3rem 0}li{margin:.5rem 0}footer{color:#5a5f66;font-size:.85rem}
@media(max-width:30rem){body{font-size:15px}header,main,footer{padding:.7rem}section{padding:.8rem}td,th{max-width:7.5rem;
padding:.3rem .35rem}.bars .number{width:7.4rem}.bars td,.bars th{padding:.3rem .2rem}dl{gap:.4rem}dl div{padding:.3rem .6rem;
min-width:4rem}dd{font-size:1.15rem}.confusions td,.confusions th{max-width:5.3rem!important}
.many td,.many thead th{max-width:3rem!important}.many tbody th{max-width:5.5rem!important}}
""".strip()


def write_report(path: Any, mark: bytes, notes: Sequence[str], subject: Subject, history: History | None = None) -> None:
    """Write the page; `mark` is what a report begins with, and `notes` say what was understood of the table."""
    title = _("A model of {target}", target=subject.table.target_name)
    footer = _("Made by pynn. This page holds everything it shows, cells of the table too.")
    important = measures.importances(subject)
    parts = [] if history is None else [sections.learning(history)]
    parts += [*sections.results(subject), sections.importance(important, regression=subject.net.is_regression)]
    below = [sections.worst_rows(subject, important), sections.findings(subject)]
    body = "\n".join([
        '<meta charset="utf-8">', '<meta name="viewport" content="width=device-width, initial-scale=1">',
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        f"<title>{escape(title)}</title>", f"<style>{_STYLE}</style>",
        f"<header><h1>{escape(title)}</h1>", *map(sections.paragraph, notes), _numbers(subject, history), "</header>",
        "<main><div class=cards>", *parts, "</div>", *below, "</main>",
        f"<footer>{escape(footer)}</footer></html>\n"])
    with replacing(path) as file:
        file.write(mark + body.encode("utf-8", "replace"))


def _numbers(subject: Subject, history: History | None) -> str:
    """The few numbers that count, with what they were measured on."""
    names = {"loss": _("loss"), "accuracy": _("accuracy"), "r2": "R²"}
    found: Mapping[str, str] = {
        **{names[name]: number_text(round(value, 4)) for name, value in reversed(subject.scores.items())},
        _("rows"): str(len(subject.y)), _("columns"): str(len(subject.inputs)),
        _("network"): "-".join(map(str, subject.net.sizes)),
        **({} if history is None else {_("epochs"): str(history.epochs)})}
    cells = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in found.items())
    return f"<dl>{cells}</dl>" + sections.paragraph(_("Measured on {rows}.", rows=subject.measured_on))

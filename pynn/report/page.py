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
thead th{color:#5a5f66;font-weight:600;white-space:normal;overflow-wrap:break-word;vertical-align:bottom;max-width:9rem}
.confusions{width:100%;table-layout:fixed;hyphens:auto}.confusions td,.confusions thead th{text-align:center}
.confusions th{white-space:normal;overflow-wrap:anywhere}.confusions tbody th{font-weight:400}.confusions .corner{width:26%}
.many td,.many thead th{padding:.3rem .15rem}.many thead span{display:inline-block;writing-mode:vertical-rl;
transform:rotate(180deg);white-space:nowrap;max-height:10rem;overflow:hidden;text-overflow:ellipsis}
.bars{width:100%;table-layout:fixed}.bars tr{break-inside:avoid}.spread{columns:2 24rem;column-gap:2rem}
.bars th{width:32%;font-weight:400;white-space:normal;overflow-wrap:anywhere}
.bars .number{width:8.2rem;text-align:right}.bar{height:.9rem;background:#0072b2;border-radius:.2rem;min-width:1px}
ul{padding-left:1.2rem;margin:.3rem 0}li{margin:.5rem 0}footer{color:#5a5f66;font-size:.85rem}
@media(max-width:30rem){body{font-size:15px}header,main,footer{padding:.7rem}section{padding:.8rem}td,th{max-width:7.5rem;
padding:.3rem .35rem}.bars .number{width:7.4rem}.bars td{padding:.3rem .2rem}.bars th{padding:.3rem .5rem .3rem 0}dl{gap:.4rem}
dl div{padding:.3rem .6rem;min-width:4rem}dd{font-size:1.15rem}.confusions th{font-size:.8rem;padding:.3rem .15rem}
.stack,.stack tbody{display:block}.stack thead{display:none}.stack tr{display:grid;grid-template-columns:1fr 1fr;
gap:.2rem .8rem;border-bottom:1px solid #e6e8eb;padding:.5rem 0}.stack td{display:block;border:0;padding:0;max-width:none;
white-space:normal;overflow-wrap:anywhere}.stack td::before{content:attr(data-label);display:block;color:#5a5f66;
font-size:.8rem}}
""".strip()


def write_report(path: Any, mark: bytes, notes: Sequence[str], subject: Subject, history: History | None = None) -> None:
    """Write the page; `mark` is what a report begins with, and `notes` say what was understood of the table."""
    title = _("A model of {target}", target=subject.table.target_name)
    footer = _("Made by pynn. This page holds everything it shows, cells of the table too.")
    important = measures.importances(subject)
    parts = [] if history is None else [sections.learning(history)]
    parts += sections.results(subject)
    below = [sections.worst_rows(subject, important), sections.findings(subject)]
    columns = sections.importance(important, regression=subject.net.is_regression)
    if len(important) > sections.FEW_COLUMNS:
        below.insert(0, columns)            # it is too long to stand beside a chart
    else:
        parts.append(columns)
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

"""A report as one page of HTML, in which everything from the data is text and never markup."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import zip_longest

import numpy as np

from core.language import current, mark, tr
from core.number_format import format_fixed, format_integer, format_percent
from core.report.findings import (
    Confusion,
    Findings,
    Part,
    Setting,
    WeightTable,
    format_loss,
)

MOST_CLASSES = 26  # of a confusion matrix that is written out
MOST_LETTERS = 70  # of the names above the columns of a table, which a page has the width for
DIGITS = 4
OF_PARTS = {
    "training": mark("Rows: the true class. Columns: what the model says. Of the training rows."),
    "validation": mark(
        "Rows: the true class. Columns: what the model says. Of the validation rows."
    ),
    "test": mark("Rows: the true class. Columns: what the model says. Of the test rows."),
}
STYLE = """
body { font-family: "Inter", "Segoe UI", "Helvetica Neue", Arial, sans-serif; font-size: 10.5pt;
  line-height: 1.4; color: #1E2329; background: #FFFFFF; max-width: 180mm; margin: 12mm auto; }
h1 { font-size: 18pt; margin: 0 0 2mm; } h2 { font-size: 13pt; margin: 8mm 0 2mm; }
p { margin: 1mm 0 2mm; } .muted { color: #5D6675; }
table { border-collapse: collapse; margin: 1mm 0 3mm; break-inside: avoid; }
td, th { padding: 0.8mm 3mm 0.8mm 0; text-align: left; vertical-align: top;
  border-bottom: 1px solid #DDE1E7; overflow-wrap: anywhere; }
th { font-weight: 600; } .number { text-align: right; font-variant-numeric: tabular-nums; }
.matrix td, .matrix th { padding: 1mm 3mm; text-align: right; } .right { background: #E4EEF8; }
.figure { margin: 2mm 0 4mm; break-inside: avoid; } img { max-width: 100%; height: auto; }
.figure img { width: 140mm; }
.code { background: #EEF1F5; padding: 3mm; overflow-wrap: anywhere; font-size: 9.5pt;
  font-family: monospace; } h2 { break-after: avoid; }
@page { size: A4; margin: 15mm; }
@media print { body { margin: 0; max-width: none; } }
"""


@dataclass(frozen=True, eq=False)
class Figure:
    """A picture in a report. kind : its media type, such as image/svg+xml."""

    caption: str
    data: bytes
    kind: str

    @property
    def address(self) -> str:
        """The picture itself as an address, so that the page needs no other file."""
        return f"data:{self.kind};base64,{base64.b64encode(self.data).decode()}"


def to_html(findings: Findings, figures: Sequence[Figure]) -> str:
    """Return the whole page."""
    content = body(findings, [(figure.caption, figure.address, None) for figure in figures])
    return (
        f'<!DOCTYPE html>\n<html lang="{current().code.replace("_", "-")}">\n<head>\n'
        '<meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">\n"
        f"<title>{escape(findings.title)}</title>\n<style>{STYLE}</style>\n</head>\n"
        f"<body>\n{content}\n</body>\n</html>\n"
    )


def body(findings: Findings, pictures: Sequence[tuple[str, str, int | None]]) -> str:
    """Return the content of the page.

    pictures : caption, address, and width in pixels, None where the page decides.
    """
    return "\n".join(
        (
            f"<h1>{escape(findings.title)}</h1>",
            f'<p class="muted">{escape(findings.made_on)} · Logit Lab {escape(findings.version)} '
            f"· {escape(_moment(findings))}</p>",
            *(_paragraph(remark) for remark in findings.remarks),
            _heading(tr("Result")),
            _results(findings.parts, findings.loss),
            *(_picture(*picture) for picture in pictures),
            _heading(tr("Confusion matrix")),
            _confusion(findings.confusion),
            *_weights(findings.weights),
            *_words(findings.words),
            _heading(tr("Data")),
            _table((), findings.data),
            _classes(findings),
            _heading(tr("Settings")),
            _paragraph(tr("What is not at its default is bold, with the default beside it.")),
            _settings(findings),
            _heading(tr("How to repeat it")),
            *_repeating(findings),
        )
    )


def _words(words: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    if not words:
        return ()
    heading = _heading(tr("Words that speak most for a class"))
    return heading, _table((tr("class"), tr("words")), words)


def _moment(findings: Findings) -> str:
    step, epoch = format_integer(findings.step), format_integer(findings.epoch)
    return tr("step {step}, epoch {epoch}", step=step, epoch=epoch)


def _heading(text: str) -> str:
    return f"<h2>{escape(text)}</h2>"


def _picture(caption: str, address: str, width: int | None) -> str:
    image = f'<img src="{escape(address)}" alt="{escape(caption)}"{_size(width)}>'
    return f'<div class="figure"><p>{image}</p><p class="muted">{escape(caption)}</p></div>'


def _size(width: int | None) -> str:
    return "" if width is None else f' width="{width}"'


def _paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def _table(
    heads: Sequence[str], rows: Iterable[Sequence[object]], numbers: Iterable[int] = ()
) -> str:
    """Return a table. numbers : indices of the columns that are aligned at the right."""
    aligned = set(numbers)

    def cell(tag: str, column: int, value: object) -> str:
        kind = ' class="number" align="right"' if column in aligned else ' align="left"'
        return f"<{tag}{kind}>{escape(str(value))}</{tag}>"

    head = "".join(cell("th", i, text) for i, text in enumerate(heads))
    lines = (
        "<tr>" + "".join(cell("td", i, value) for i, value in enumerate(row)) + "</tr>"
        for row in rows
    )
    top = f"<tr>{head}</tr>" if heads else ""
    return f'<table cellpadding="3">{top}{"".join(lines)}</table>'


def _results(parts: Sequence[Part], loss: str) -> str:
    rows = [
        (
            tr(part.name),
            format_integer(part.rows),
            format_loss(part.loss),
            format_percent(part.accuracy, 2),
            " … ".join(format_percent(end, 1) for end in part.interval),
        )
        for part in parts
    ]
    loss_head = tr("loss ({kind})", kind=loss)
    heads = (tr("rows"), tr("number", "of rows"), loss_head, tr("accuracy"), tr("95 % interval"))
    return _table(heads, rows, range(1, 5))


def _classes(findings: Findings) -> str:
    heads = (tr("class"), tr("training"), tr("validation"), tr("test"))
    has_validation = any(row[2] for row in findings.class_rows)
    kept = (0, 1, 2, 3) if has_validation else (0, 1, 3)
    rows = [
        [format_integer(int(row[i])) if i else str(row[0]) for i in kept]
        for row in findings.class_rows
    ]
    return _table([heads[i] for i in kept], rows, range(1, len(kept)))


def _settings(findings: Findings) -> str:
    """Return all settings in two columns; those that differ from their defaults are bold."""
    cells = [_setting(setting) for setting in findings.settings]
    half = (len(cells) + 1) // 2
    pairs = zip_longest(cells[:half], cells[half:], fillvalue="")
    rows = "".join(f"<tr>{left}<td></td>{right}</tr>" for left, right in pairs)
    return f'<table cellpadding="3">{rows}</table>'


def _setting(setting: Setting) -> str:
    name, value = escape(tr(setting.name)), escape(setting.value)
    if setting.default is None:
        return f"<td>{name}</td><td>{value}</td>"
    usual = tr("(default: {value})", value=setting.default)
    default = f' <span class="muted">{escape(usual)}</span>'
    return f"<td><b>{name}</b></td><td><b>{value}</b>{default}</td>"


def _confusion(shown: Confusion) -> str:
    """Return the matrix, unless it has too many classes, and precision and recall by class."""
    names, counts, by_class = shown.class_names, shown.counts, shown.by_class
    words = tr(OF_PARTS[shown.part])
    is_wide = sum(map(len, names)) > MOST_LETTERS  # then columns have numbers
    heads = [str(i) for i in range(1, len(names) + 1)] if is_wide else names
    rows = [f"{i} {name}" for i, name in enumerate(names, 1)] if is_wide else names
    head = "".join(f'<th align="right">{escape(name)}</th>' for name in heads)
    lines = []
    for i, name in enumerate(rows):
        cells = "".join(
            f'<td class="right" bgcolor="#E4EEF8" align="right">{format_integer(count)}</td>'
            if i == j
            else f'<td align="right">{format_integer(count)}</td>'
            for j, count in enumerate(counts[i].tolist())
        )
        lines.append(f'<tr><th align="left">{escape(name)}</th>{cells}</tr>')
    matrix = (
        f'<table class="matrix" cellpadding="3"><tr><th></th>{head}</tr>{"".join(lines)}</table>'
    )
    table = _table(
        (tr("class"), tr("precision"), tr("recall"), "F1", tr("rows")),
        [
            (name, *(_share(column[i]) for column in columns), format_integer(by_class.support[i]))
            for i, name in enumerate(names)
            for columns in [(by_class.precision, by_class.recall, by_class.f1)]
        ],
        range(1, 5),
    )
    is_shown = len(names) <= MOST_CLASSES
    left_out = tr("The matrix of {count} classes is left out.", count=len(names))
    note = "" if is_shown else _paragraph(left_out)
    return f"{_paragraph(words)}{matrix if is_shown else note}{table}"


def _share(value: float) -> str:
    return "–" if np.isnan(value) else format_percent(float(value))


def _weights(table: WeightTable | None) -> tuple[str, ...]:
    """Return the weights as a table, an output a column or, if their names are long, a row."""
    if table is None:
        return ()
    numbers = np.column_stack([table.W, table.b])
    inputs, outputs = (*table.inputs, tr("bias")), table.outputs
    columns, rows, corner = outputs, inputs, tr("input")
    if sum(map(len, outputs)) > MOST_LETTERS:
        columns, rows, corner = inputs, outputs, tr("output")
    else:
        numbers = numbers.T
    if sum(map(len, columns)) > MOST_LETTERS:
        return ()
    cells = [
        (name, *(format_fixed(float(number), DIGITS) for number in line))
        for name, line in zip(rows, numbers, strict=True)
    ]
    return _heading(tr("Weights")), _table((corner, *columns), cells, range(1, len(columns) + 1))


def _repeating(findings: Findings) -> tuple[str, ...]:
    found = findings.reproduction
    remark = _paragraph(found.remark)
    if found.command is None:
        return (remark,)
    where = _paragraph(tr("In a terminal, in the folder of Logit Lab:"))
    return where, f'<p class="code">{escape(found.command)}</p>', remark

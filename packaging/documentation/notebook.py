"""The notebook about the library as a page, with the figures that it makes."""

from __future__ import annotations

import ast
import json
from pathlib import Path

from documentation.marked import block, without_title

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOK = ROOT / "docs" / "library.ipynb"


def page() -> str:
    """Run the notebook from top to bottom and return its texts, its code and what it shows."""
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    names: dict[str, object] = {}
    parts = []
    for cell in cells:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            parts.append(source)
            continue
        parts.append(block(source, "python"))
        if shown := picture_of(_value(source, names)):
            parts.append(shown)
    return without_title("\n\n".join(parts))


def _value(source: str, names: dict[str, object]) -> object:
    """Run a cell and return the value of its last line, None if that is no expression."""
    *begin, last = ast.parse(source).body
    is_value = isinstance(last, ast.Expr)
    body = begin if is_value else [*begin, last]
    exec(compile(ast.Module(body, []), "cell", "exec"), names)
    if not isinstance(last, ast.Expr):
        return None
    value: object = eval(compile(ast.Expression(last.value), "cell", "eval"), names)  # noqa: S307
    return value


def picture_of(value: object) -> str:
    """Return what a notebook would show of a value, as HTML; "" for nothing."""
    for name in ("_repr_svg_", "_repr_html_"):
        if made := getattr(value, name, None):
            text = "".join(line for line in str(made()).splitlines() if line.strip())
            return f'<div class="shown">{text}</div>'
    if value is None:
        return ""
    return block(repr(value), "text")

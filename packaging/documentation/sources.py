"""Pages about code: the library's names with their docstrings, and parts of modules as they are."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType

from core.library import public
from documentation.marked import block, code

ROOT = Path(__file__).resolve().parents[2]
MOST_LINES = 60  # of a class that is shown whole


def library() -> str:
    """Return a section for each public name of `import logitlab`."""
    return "\n\n".join(_section(name, getattr(public, name)) for name in public.__all__)


def members(kind: type) -> dict[str, object]:
    """Return the public methods and properties of a class that have a docstring."""
    own = {}
    for name, value in vars(kind).items():
        held = value.__func__ if isinstance(value, classmethod | staticmethod) else value
        if not name.startswith("_") and isinstance(held, property | FunctionType):
            own[name] = held
    return {name: value for name, value in own.items() if inspect.getdoc(value)}


def _section(name: str, value: object) -> str:
    if not isinstance(value, type):
        return "\n\n".join([f"## `{name}`", _signature(f"logitlab.{name}", value), _doc(value)])
    parts = [f"## `{name}`"]
    if not issubclass(value, Exception):
        parts.append(_signature(f"logitlab.{name}", value))
    parts.append(_doc(value))
    for member, held in members(value).items():
        parts += [f"### `{name}.{member}`", _signature(f"{name}.{member}", held), _doc(held)]
    return "\n\n".join(part for part in parts if part)


def _signature(name: str, value: object) -> str:
    if isinstance(value, property):
        hint = inspect.signature(value.fget).return_annotation if value.fget else ""
        return block(f"{name} -> {hint}", "python")
    assert callable(value)
    text = str(inspect.signature(value)).replace("(self, ", "(").replace("(self)", "()")
    text = re.sub(r"(?<=: |> )'([^']*)'", r"\1", text.replace("<factory>", "…"))
    if isinstance(value, type):
        text = text.removesuffix(" -> None")
    if len(name + text) > 88:
        inner, _, rest = text[1:].rpartition(")")
        text = "(\n    " + ",\n    ".join(_split(inner)) + f",\n){rest}"
    return block(f"{name}{text}", "python")


def _split(text: str) -> list[str]:
    """Return what stands between the commas that are outside of all brackets."""
    parts, depth = [""], 0
    for letter in text:
        depth += (letter in "([{") - (letter in ")]}")
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts]


def _doc(value: object) -> str:
    """Return a docstring as Markdown: paragraphs, and “name : text” as a list."""
    paragraphs = (inspect.getdoc(value) or "").split("\n\n")
    return "\n\n".join(map(_paragraph, paragraphs))


def _paragraph(text: str) -> str:
    if text.startswith(">>> "):
        return block(text, "pycon")
    if not re.match(r"\w+(, \w+)* : ", text):
        return _safe(" ".join(text.split()))
    items = re.split(r"(?:^|(?<=[.;] )|(?<=[.;]\n))(?=\w+(?:, \w+)* : )", text)
    lines = []
    for item in filter(None, items):
        names, _, told = " ".join(item.split()).partition(" : ")
        told = f"{_safe(told.rstrip('.;'))}."
        lines.append(f"- {', '.join(map(code, names.split(', ')))}: {told}")
    return "\n".join(lines)


def _safe(text: str) -> str:
    """Return prose in which only code is markup."""
    parts = re.split(r"(`[^`]+`)", text)
    return "".join(
        part if part.startswith("`") else re.sub(r"([*_$<>\[\]|])", r"\\\1", part) for part in parts
    )


def excerpt(path: str, begin: str) -> str:
    """Return the smallest part of a module that begins so: a function, a class, a row of a table.

    Of a long class it is an outline. Raises ValueError if there is none.
    """
    text = (ROOT / path).read_text(encoding="utf-8")
    lines = text.splitlines()
    parts = [
        (node.end_lineno or node.lineno, node)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.stmt | ast.Call) and _head(node, lines).startswith(begin)
    ]
    if not parts:
        raise ValueError(f"{path} has nothing that begins with {begin!r}")
    node = min(parts, key=lambda part: part[0] - part[1].lineno)[1]
    if isinstance(node, ast.ClassDef) and _length(node) > MOST_LINES:
        shown = "\n".join(_outline(node, lines))
    else:
        shown = "\n".join(lines[node.lineno - 1 : node.end_lineno])
        shown = textwrap.dedent(shown).removesuffix(",")
    return f"From `{path}`:\n\n{block(shown, 'python')}"


def _head(node: ast.stmt | ast.Call, lines: list[str]) -> str:
    """Return how a part of a module begins, with what follows a bracket in the same line."""
    first = lines[node.lineno - 1].encode()[node.col_offset :].decode()
    return re.sub(r"\(\s+", "(", "\n".join([first, *lines[node.lineno : node.lineno + 2]]))


def _length(node: ast.ClassDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _outline(node: ast.ClassDef, lines: list[str]) -> Iterator[str]:
    """Yield the lines of a class without the bodies of its methods, and without private ones."""
    yield from lines[node.lineno - 1 : node.body[0].lineno - 1]
    for part in node.body:
        if not isinstance(part, ast.FunctionDef):
            yield from lines[part.lineno - 1 : part.end_lineno]
        elif not part.name.startswith("_"):
            first = part.body[0]
            is_told = ast.get_docstring(part) is not None
            yield ""
            yield from (lines[each.lineno - 1] for each in part.decorator_list)
            yield from lines[part.lineno - 1 : first.end_lineno if is_told else first.lineno - 1]
            yield f"{' ' * (first.col_offset)}..."

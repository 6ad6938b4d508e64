"""Markdown (MyST) as text: tables, headings, and what must be escaped in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

ACTIVE = re.compile(r"([\\`*_$<>\[\]|#])")


def plain(text: str) -> str:
    """Return a text of which nothing is read as markup."""
    return ACTIVE.sub(r"\\\1", text)


def code(text: str) -> str:
    """Return a text as code within a line, also in a table."""
    return f"`{text}`".replace("|", r"\|") if text else ""


def block(text: str, language: str = "text") -> str:
    """Return a text as a block of code."""
    return f"```{language}\n{text.rstrip()}\n```"


def formula(latex: str) -> str:
    """Return LaTeX as a formula within a line, also in a table."""
    return f"${latex}$".replace("|", r"\vert ")


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; its cells are Markdown."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def target(*words: str) -> str:
    """Return the name that links to a heading go by."""
    return re.sub(r"[^\w]+", "-", "-".join(words).casefold()).strip("-")


def without_title(text: str) -> str:
    """Return a page without the heading that it begins with."""
    return re.sub(r"\A# .*\n+", "", text)

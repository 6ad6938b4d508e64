"""Markdown of lessons as rich text for Qt: paragraphs, lists, emphasis, code and formulae.

All else, HTML, links and pictures among it, is text: what comes out holds no tags but these.
"""

from __future__ import annotations

import re
from html import escape

from core.teach.formulae import in_words
from gui.kit.maths.inline import Inline, plainly

MARKS = re.compile(
    r"`(?P<code>[^`\n]+)`"
    r"|\$(?P<math>[^$\n]*[^$\n\\])\$"
    r"|\*\*(?P<strong>[^\s*](?:[^*]*[^\s*])?)\*\*"
    r"|\*(?P<em>[^\s*](?:[^*]*[^\s*])?)\*"
    r"|\\(?P<plain>[\\`*$])"
)
POINT = re.compile(r"\s*(?:[-*]|(?P<number>\d{1,3}[.)]))\s+(?=\S)")
GAP = 4  # px between two blocks


def rich(text: str, *, title: str = "", formula: Inline = plainly) -> str:
    """Return the text as HTML; a title goes before its first words, in bold.

    formula : makes HTML of what stands between two dollar signs.
    """
    head = f"<b>{escape(title)}</b>&nbsp; " if title else ""
    blocks = _blocks(text)
    if len(blocks) == 1 and not _is_list(blocks[0]):
        return head + _inline(" ".join(blocks[0]), formula)
    if head and (not blocks or _is_list(blocks[0])):
        blocks.insert(0, [])
    parts = []
    for k, block in enumerate(blocks):
        is_list = _is_list(block)
        inner = _listed(block, formula) if is_list else _inline(" ".join(block), formula)
        start = head if k == 0 else ""
        parts.append(inner if is_list else f'<p style="margin:0 0 {GAP}px 0">{start}{inner}</p>')
    return "".join(parts)


def plain(text: str) -> str:
    """Return the text as it is read aloud: without its marks, its formulae in words."""

    def words(mark: re.Match[str]) -> str:
        kind = mark.lastgroup or "plain"
        return in_words(mark[kind]) if kind == "math" else mark[kind]

    return " ".join(MARKS.sub(words, text).split())


def _blocks(text: str) -> list[list[str]]:
    """Return paragraphs and lists, each as its lines; a list ends where its points do."""
    blocks: list[list[str]] = []
    is_open = False
    for line in text.split("\n"):
        is_point = bool(POINT.match(line))
        if not line.strip():
            is_open = False
            continue
        if not is_open or (is_point and not _is_list(blocks[-1])):
            blocks.append([])
        blocks[-1].append(line.strip())
        is_open = True
    return blocks


def _is_list(block: list[str]) -> bool:
    return bool(block) and bool(POINT.match(block[0]))


def _listed(block: list[str], formula: Inline) -> str:
    """Return a list; a line that begins no point goes on with the one before."""
    points: list[str] = []
    for line in block:
        found = POINT.match(line)
        if found:
            points.append(line[found.end() :])
        else:
            points[-1] += f" {line}"
    first = POINT.match(block[0])
    tag = "ol" if first and first["number"] else "ul"
    inner = "".join(f"<li>{_inline(point, formula)}</li>" for point in points)
    return f'<{tag} style="margin:0 0 {GAP}px 0">{inner}</{tag}>'


def _inline(text: str, formula: Inline) -> str:
    parts, end = [], 0
    for mark in MARKS.finditer(text):
        parts.append(escape(text[end : mark.start()]))
        kind = mark.lastgroup or "plain"
        inner = escape(mark[kind])
        if kind == "math":
            parts.append(formula(mark[kind]))
        else:
            parts.append(inner if kind == "plain" else f"<{kind}>{inner}</{kind}>")
        end = mark.end()
    return "".join(parts) + escape(text[end:])

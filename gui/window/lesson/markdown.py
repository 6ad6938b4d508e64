"""Markdown of lessons as rich text for Qt: paragraphs, lists, emphasis and code.

All else, HTML, links and pictures among it, is text: what comes out holds no tags but these.
"""

from __future__ import annotations

import re
from html import escape

MARKS = re.compile(
    r"`(?P<code>[^`\n]+)`"
    r"|\*\*(?P<strong>[^\s*](?:[^*]*[^\s*])?)\*\*"
    r"|\*(?P<em>[^\s*](?:[^*]*[^\s*])?)\*"
    r"|\\(?P<plain>[\\`*])"
)
POINT = re.compile(r"\s*(?:[-*]|(?P<number>\d{1,3}[.)]))\s+(?=\S)")
GAP = 4  # px between two blocks


def rich(text: str, *, title: str = "") -> str:
    """Return the text as HTML; a title goes before its first words, in bold."""
    head = f"<b>{escape(title)}</b>&nbsp; " if title else ""
    blocks = _blocks(text)
    if len(blocks) == 1 and not _is_list(blocks[0]):
        return head + _inline(" ".join(blocks[0]))
    if head and (not blocks or _is_list(blocks[0])):
        blocks.insert(0, [])
    parts = []
    for k, block in enumerate(blocks):
        inner = _listed(block) if _is_list(block) else _inline(" ".join(block))
        start = head if k == 0 else ""
        parts.append(
            inner if _is_list(block) else f'<p style="margin:0 0 {GAP}px 0">{start}{inner}</p>'
        )
    return "".join(parts)


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


def _listed(block: list[str]) -> str:
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
    inner = "".join(f"<li>{_inline(point)}</li>" for point in points)
    return f'<{tag} style="margin:0 0 {GAP}px 0">{inner}</{tag}>'


def _inline(text: str) -> str:
    parts, end = [], 0
    for mark in MARKS.finditer(text):
        parts.append(escape(text[end : mark.start()]))
        kind = mark.lastgroup or "plain"
        inner = escape(mark[kind])
        parts.append(inner if kind == "plain" else f"<{kind}>{inner}</{kind}>")
        end = mark.end()
    return "".join(parts) + escape(text[end:])

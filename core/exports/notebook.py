"""A notebook that repeats a run: the script cut into cells, with its formulae between them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from core import files
from core.exports import data_file
from core.exports.code.pieces import Section
from core.exports.code.program import sections
from core.exports.exported_run import ExportedRun
from core.exports.plan import Plan
from core.exports.program_file import data_path, introduction

CHART = """\
try:
    import matplotlib.pyplot as plt
except ImportError:
    print("matplotlib is not installed: there is no chart")
else:
    for part in parts:
        plt.plot(*zip(*((epoch, figures[part][0]) for epoch, figures in history)), label=part)
    plt.xlabel("epoch")
    plt.ylabel("loss")
    plt.legend()
    plt.show()"""


def write(run: ExportedRun, path: Path) -> tuple[Path, ...]:
    """Write the notebook and its data file; return both paths. Raises SaveError."""
    plan, beside = Plan(run), data_path(path)
    data_file.check_replaceable(beside)
    text = json.dumps(notebook(plan, beside.name), ensure_ascii=False, indent=1)
    with files.writing_together() as together:
        with together.open(path) as file:
            file.write(f"{text}\n".encode())
        with together.open(beside) as file:
            data_file.write(plan, file)
    return path, beside


def notebook(plan: Plan, data_name: str) -> dict[str, Any]:
    """Return the notebook in format 4.5, as JSON-compatible values."""
    title, *words = introduction(plan, "torch").splitlines()
    cells = [_text(f"# {title}\n" + "\n".join(words))]
    for section in sections(plan, "torch", ascii(data_name), charts=True):
        cells += [_text(_said(section)), _code(section.code)]
    cells += [_text("## Chart\n\nThe loss of each part, after each epoch."), _code(CHART)]
    return {
        "cells": [cell | {"id": f"cell-{k}"} for k, cell in enumerate(cells)],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def _said(section: Section) -> str:
    formula = f"\n\n$${section.latex}$$" if section.latex else ""
    return f"## {section.title}\n\n{section.words}{formula}"


def _text(words: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": words}


def _code(code: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": code,
    }

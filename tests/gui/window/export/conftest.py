from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QLabel

from gui.window.export.exposure import CURTAIN


@pytest.fixture
def save_as(monkeypatch, tmp_path):
    """Return a function that names the file that the dialog of files will answer with."""

    def save_as(name: str, kind: str = "") -> Path:
        place: Path = tmp_path / name
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (str(place), kind))
        return place

    return save_as


@pytest.fixture
def is_in_sight():
    """Return a function that tells whether a window shows itself and no picture of before."""

    def is_in_sight(window) -> bool:
        curtains = window.findChildren(QLabel, CURTAIN)
        return not any(curtain.isVisible() for curtain in curtains)

    return is_in_sight

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog


@pytest.fixture
def save_as(monkeypatch, tmp_path):
    """Return a function that names the file that the dialog of files will answer with."""

    def save_as(name: str, kind: str = "") -> Path:
        place: Path = tmp_path / name
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (str(place), kind))
        return place

    return save_as

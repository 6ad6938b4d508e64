"""What PySide does at each import is left out."""

from __future__ import annotations

import linecache

from gui.app import imports


def test_no_source_is_read_when_a_module_is_imported(tmp_path, monkeypatch):
    assert imports.__doc__
    path = tmp_path / "imported_after_the_window.py"
    path.write_text("one = 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert __import__(path.stem).one == 1  # as `import` does; importlib is not listened to
    assert str(path) not in linecache.cache

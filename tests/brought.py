"""A package that brings something by entry points, as if it were installed."""

import sys

NAME = "brought_rows"


def install(folder, monkeypatch, text, group, **names):
    """Put a package of this text on the path, with an entry point of the group for each name."""
    monkeypatch.delitem(sys.modules, NAME, raising=False)
    (folder / f"{NAME}.py").write_text(text)
    info = folder / f"{NAME}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: brought-rows\nVersion: 1.0\n")
    lines = "".join(f"{name} = {NAME}:{what}\n" for name, what in names.items())
    (info / "entry_points.txt").write_text(f"[{group}]\n{lines}")
    monkeypatch.syspath_prepend(str(folder))

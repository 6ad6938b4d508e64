"""Demonstrations that other packages bring: entry points that name a class, which is a Demo."""

from __future__ import annotations

from html import escape

from PySide6.QtWidgets import QVBoxLayout

from core import plugins
from core.errors import DataError
from core.language import mark, tr
from gui.kit.theme import Theme
from gui.stage.demos.demo import Demo
from gui.stage.demos.parts import note

GROUP = mark("Installed")


def demonstrations() -> tuple[tuple[type[Demo], ...], tuple[str, ...]]:
    """Return the classes that installed packages bring, and sentences on those that fail."""
    found, failures = [], []
    for entry in plugins.offered(plugins.DEMONSTRATIONS).values():
        try:
            cls = plugins.load(entry)
            if not (isinstance(cls, type) and issubclass(cls, Demo) and cls.title):
                raise plugins.failure(entry, TypeError("it is no Demo with a title"))
        except DataError as error:
            failures.append(str(error))
        else:
            found.append(cls)
    return tuple(found), tuple(failures)


def made(cls: type[Demo], theme: Theme) -> Demo:
    """Return a demonstration; if a package's cannot be made, one that says so."""
    if cls.__module__.startswith(Demo.__module__.rpartition(".")[0]):
        return cls(theme)
    try:
        return cls(theme)
    except Exception as error:
        return _Failed(cls.title, error, theme)


class _Failed(Demo):
    def __init__(self, title: str, error: Exception, theme: Theme) -> None:
        super().__init__(theme)
        column = QVBoxLayout(self)
        column.addWidget(
            note(
                escape(
                    tr(
                        "{title} failed: {error}",
                        title=tr(title),
                        error=f"{type(error).__name__}: {error}",
                    )
                )
            )
        )

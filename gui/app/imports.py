"""Imports without what PySide does at each one; this module is imported before the others.

PySide reads the source of each imported module, to see whether it may ask for another style of
names (`from __feature__ import snake_case`), and Python keeps what was read: 0.2 s and 54 MB with
torch. No module of ours asks.
"""

from __future__ import annotations

import importlib
from types import ModuleType

from PySide6 import QtCore  # noqa: F401  it makes `shibokensupport` importable


def _look_at_no_source(module: ModuleType) -> None:
    """Do nothing with a module that has been imported."""


features = importlib.import_module("shibokensupport.feature")
if hasattr(features, "feature_imported"):
    features.feature_imported = _look_at_no_source  # type: ignore[attr-defined]

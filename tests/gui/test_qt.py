"""What we rely on in Qt itself and its binding."""

from __future__ import annotations

import sys

import pytest
from PySide6.QtGui import QTransform


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is immortal from 3.12 on")
def test_calls_that_return_nothing_do_not_lose_references_to_none():
    """PySide6 6.12.0 lost one a call on Python 3.10 and 3.11, and aborted after some seconds."""
    transform = QTransform()
    before = sys.getrefcount(None)
    for _ in range(500):
        transform.reset()
    assert sys.getrefcount(None) > before - 100

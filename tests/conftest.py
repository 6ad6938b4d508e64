"""Every test runs without a screen, without the user's settings, and leaves nothing running."""

from __future__ import annotations

import os
import threading
from contextlib import ExitStack

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # before anything imports Qt

import pytest

from tests import mirrors


@pytest.fixture(autouse=True)
def no_thread_is_left():
    """A thread that outlives its test would keep the program from ending, too."""
    before = set(threading.enumerate())
    yield
    left = [thread for thread in threading.enumerate() if thread not in before]
    for thread in left:
        thread.join(timeout=5)
    assert not [thread.name for thread in left if thread.is_alive()]


@pytest.fixture(autouse=True)
def no_folder_of_the_user(monkeypatch, tmp_path):
    """Neither settings nor data of whoever runs the tests take part in them."""
    monkeypatch.delenv("LOGITLAB_DATA", raising=False)
    monkeypatch.setenv("LOGITLAB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("LOGITLAB_MIRRORS", "http://127.0.0.1:9/")  # no test asks the real ones
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


@pytest.fixture
def serve():
    """Return serve(manner): a mirror that answers in this manner until the test is over."""
    files = mirrors.small_files()[0]
    with ExitStack() as all_of_them:

        def serve(manner=mirrors.good, files=files, certificate=None):
            return all_of_them.enter_context(mirrors.Mirror(files, manner, certificate))

        yield serve

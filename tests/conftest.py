"""Every test runs without a screen, without the user's settings, and leaves nothing running."""

from __future__ import annotations

import os
import random
import signal
import threading
from contextlib import ExitStack

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # before anything imports Qt
if "PYTEST_XDIST_WORKER" in os.environ:  # there is a process for each processor already
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, "1")  # before anything imports NumPy

import pytest

from tests import mirrors


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--shuffle", type=int, metavar="SEED", help="another order of tests each seed")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let long tests begin first, so that none is left for one process when the others are done.

    Or shuffle files, and tests within each: what a file makes for all its tests is made once.
    """
    seed = config.getoption("--shuffle")
    if seed is None:
        items.sort(key=lambda item: item.get_closest_marker("slow") is None)
    else:
        dice = random.Random(seed)
        order = {item.nodeid: dice.random() for item in items}
        files = {path: dice.random() for path in dict.fromkeys(item.path for item in items)}
        items.sort(key=lambda item: (files[item.path], order[item.nodeid]))


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
def no_signal_is_ignored():
    """A shell's & and nohup have it so, and what a test starts would take it over."""
    names = ("SIGINT", "SIGHUP", "SIGTERM")
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    ignored = [number for number in numbers if signal.getsignal(number) is signal.SIG_IGN]
    for number in ignored:
        signal.signal(number, signal.SIG_DFL)
    yield
    for number in ignored:
        signal.signal(number, signal.SIG_IGN)


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

"""Every test runs offscreen, without the user's settings, and leaves no thread running."""

from __future__ import annotations

import gc
import os
import random
import re
import signal
import threading
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # before anything imports Qt
os.environ["LC_ALL"] = "C.UTF-8"  # the window speaks English, whatever the user of the tests does
if "PYTEST_XDIST_WORKER" in os.environ:  # there already is a process per processor
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, "1")  # before anything imports NumPy

import pytest
from hypothesis import HealthCheck, settings

from tests import mirrors

# The same examples in every run, so that a failure is due to the code, not to chance; and none for
# the time that they take, which is due to what else the machine does.
steady = settings(deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("usual", steady, derandomize=True)
# HYPOTHESIS_PROFILE=long tries more examples, with another seed each time.
settings.register_profile("long", steady, max_examples=20_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "usual"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--shuffle", type=int, metavar="SEED", help="another order of tests each seed")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collect tests without the garbage collector: all that they are lives to the end."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Let each process import the tests of a folder in an order of its own.

    Where nothing is compiled yet, it then finds most files compiled by another.
    """
    report = yield
    if isinstance(collector, pytest.Directory):
        number = int(re.sub(r"\D", "", os.environ.get("PYTEST_XDIST_WORKER", "")) or 0)
        count = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
        first = len(report.result) * number // count
        report.result = [*report.result[first:], *report.result[:first]]
    return report


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run slow tests first, so that none is left for one process when the others are done.

    With --shuffle, shuffle the files, and the tests within each file: module fixtures are still
    created only once.
    """
    seed = config.getoption("--shuffle")
    if seed is None:
        items.sort(key=lambda item: (item.get_closest_marker("slow") is None, item.path))
    else:
        dice = random.Random(seed)
        order = {nodeid: dice.random() for nodeid in sorted(item.nodeid for item in items)}
        files = {path: dice.random() for path in sorted({item.path for item in items})}
        items.sort(key=lambda item: (files[item.path], order[item.nodeid]))


def pytest_collection_finish() -> None:
    """Spare the garbage collector what lives to the end: to look through it takes 0.3 s."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def no_thread_is_left():
    """Fail if a thread outlives its test: it would also keep the program from ending."""
    with watched_threads():
        yield


OUTER: list[str] = []  # what is watched as a whole, as a window that several tests look at


@contextmanager
def watched_threads(outer=""):
    """Fail if a thread outlives what is done here, unless that is part of something watched.

    outer : the name of what is watched as a whole, with all that is done meanwhile.
    """
    before = set(threading.enumerate())
    OUTER.extend([outer] if outer else [])
    yield
    if outer:
        OUTER.remove(outer)
    left = [thread for thread in threading.enumerate() if thread not in before]
    if not OUTER:
        for thread in left:
            thread.join(timeout=5)
        assert not [thread.name for thread in left if thread.is_alive()]


@pytest.fixture(autouse=True)
def no_signal_is_ignored():
    """Restore default handlers of ignored signals, which child processes of tests inherit.

    A shell's & and nohup start processes with such signals ignored.
    """
    names = ("SIGINT", "SIGHUP", "SIGTERM")
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    ignored = [number for number in numbers if signal.getsignal(number) is signal.SIG_IGN]
    for number in ignored:
        signal.signal(number, signal.SIG_DFL)
    yield
    for number in ignored:
        signal.signal(number, signal.SIG_IGN)


NUMBERS = count(1)  # of the folders of tests


@pytest.fixture
def own_folder(tmp_path_factory) -> Path:
    """A path that no other test has; nothing is there until something is written."""
    folder: Path = tmp_path_factory.getbasetemp() / str(next(NUMBERS))
    return folder


@pytest.fixture
def tmp_path(own_folder: Path) -> Path:
    """A folder of the test's own; pytest's looks through those of all tests before, each time."""
    own_folder.mkdir(parents=True, exist_ok=True)
    return own_folder


@pytest.fixture(autouse=True)
def no_folder_of_the_user(monkeypatch, own_folder):
    """Isolate tests from the settings and the data of the user who runs them."""
    monkeypatch.delenv("LOGITLAB_DATA", raising=False)
    monkeypatch.setenv("LOGITLAB_CACHE", str(own_folder / "cache"))
    monkeypatch.setenv("LOGITLAB_LESSONS", str(own_folder / "lessons"))
    monkeypatch.setenv("LOGITLAB_STATE", str(own_folder / "state"))
    monkeypatch.setenv("LOGITLAB_MIRRORS", "http://127.0.0.1:9/")  # not the real mirrors
    monkeypatch.setenv("XDG_CONFIG_HOME", str(own_folder / "config"))


@pytest.fixture
def serve():
    """Return serve(manner), which starts a mirror with this manner for the rest of the test."""
    files = mirrors.small_files()[0]
    with ExitStack() as all_of_them:

        def serve(manner=mirrors.good, files=files, certificate=None):
            return all_of_them.enter_context(mirrors.Mirror(files, manner, certificate))

        yield serve

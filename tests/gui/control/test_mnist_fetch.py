"""MNIST on its way into the window, while the old run goes on."""

from __future__ import annotations

import socket
import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from core.config import DataConfig, RunConfig, TrainingConfig
from core.data.mnist.download import Download
from core.data.mnist.http_transfer import Timeouts
from core.data.mnist.progress import Progress
from core.train.snapshot import Status
from gui.window.opening.data_choice import LAST_FOLDER, MNIST_FOLDER
from tests import mirrors
from tests.gui.alone import Alone
from tests.mirrors import small_files

FILES, ORIGINALS = small_files()
HALF = len(next(iter(FILES.values()))) // 2
QUICK = Timeouts(stalled=0.05, give_up=5, look=0.01)
PATIENT = Timeouts(stalled=600, give_up=600, look=0.01)
ENDLESS = RunConfig(training=TrainingConfig(epochs=10**9))
WAIT_MS = 30_000


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache"


@pytest.fixture
def open_with(open_window, cache):
    """Return a function that opens the window with a download from these mirrors only."""

    def open_with(*places, timeouts=PATIENT, config=None):
        window = open_window(config)
        addresses = [place if isinstance(place, str) else place.address for place in places]
        window.loader.fetcher.download = Download(ORIGINALS, addresses, cache, timeouts)
        return window

    return open_with


@pytest.fixture
def alone_with(open_alone, cache):
    """As `open_with`, without a window."""

    def alone_with(*mirrors):
        alone = open_alone()
        addresses = [mirror.address for mirror in mirrors]
        alone.loader.fetcher.download = Download(ORIGINALS, addresses, cache, PATIENT)
        alone.start(RunConfig())
        return alone

    return alone_with


@pytest.fixture
def choose(qtbot):
    """Return a function that chooses a data set by its row, or loads it where there is none."""

    def choose(shown, source):
        if isinstance(shown, Alone):
            shown.loader.load(RunConfig(DataConfig(source)))
        else:
            qtbot.mouseClick(shown.rail.source.button(source), Qt.MouseButton.LeftButton)

    return choose


@pytest.fixture
def begin(qtbot, choose):
    """Return a function that chooses MNIST and waits until half of a file has come."""

    def begin(shown):
        seen: list[Progress | None] = []
        shown.loader.download_changed.connect(seen.append)
        choose(shown, "mnist")

        def has_begun() -> bool:
            if not isinstance(shown, Alone):
                return bool(shown.download_bar.bar.value() > 0)
            return bool(seen) and seen[-1] is not None and seen[-1].received >= HALF

        qtbot.waitUntil(has_begun, timeout=WAIT_MS)

    return begin


def shown(window):
    return window.controller.run.task.dataset.name


def fetching():
    return [thread for thread in threading.enumerate() if thread.name == "fetch"]


def test_choosing_mnist_downloads_it_and_shows_it(serve, open_with, choose, new_run, cache):
    window = open_with(serve())
    with new_run(window):
        choose(window, "mnist")
    assert shown(window) == "MNIST"
    assert window.stage.current == "Weights"
    assert window.rail.source.button("mnist").isChecked()
    assert not window.download_bar.isVisible()
    assert sorted(path.name for path in cache.iterdir()) == sorted(FILES)


def test_the_old_run_trains_on_while_the_download_lasts(qtbot, serve, open_with, begin):
    mirror = serve(mirrors.stalled)
    window = open_with(mirror, config=ENDLESS)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    begin(window)
    step = window.controller.snapshot.step
    qtbot.waitUntil(lambda: window.controller.snapshot.step > step, timeout=WAIT_MS)
    assert (shown(window), window.controller.snapshot.status) == ("Iris", Status.TRAINING)
    assert window.rail.source.button("iris").isChecked()
    assert "Training" in window.notice.text
    assert window.download_bar.isVisible()


def test_the_bar_tells_bytes_and_share(serve, open_with, begin, words):
    window = open_with(serve(mirrors.stalled))
    begin(window)
    assert "MNIST 0.0 of 0.0 MB · " in words(window.download_bar)
    assert " % " in words(window.download_bar) + " "
    assert 0 < window.download_bar.bar.value() < window.download_bar.bar.maximum()


@pytest.mark.usefixtures("face")
def test_a_silent_mirror_is_said_to_be_stalled_and_the_bar_keeps_its_width(
    qtbot, serve, open_with, begin
):
    timeouts = Timeouts(stalled=0.5, give_up=600, look=0.01)
    window = open_with(serve(mirrors.stalled), timeouts=timeouts)
    begin(window)
    width = window.download_bar.width()
    qtbot.waitUntil(lambda: "stalled for" in window.download_bar.words.text(), timeout=WAIT_MS)
    assert window.download_bar.width() == width


def test_cancel_ends_it_at_once_and_keeps_the_old_run(qtbot, serve, open_with, begin, cache):
    mirror = serve(mirrors.stalled)
    window = open_with(mirror)
    begin(window)
    run = window.controller.run
    qtbot.mouseClick(window.download_bar.cancel_button, Qt.MouseButton.LeftButton)
    assert not window.download_bar.isVisible()
    assert window.controller.run is run
    assert "called off" in window.notice.text
    qtbot.waitUntil(lambda: not fetching(), timeout=WAIT_MS)
    assert not mirror.let_go.is_set()
    assert not cache.exists()


def test_a_cancelled_download_goes_on_where_it_stopped(serve, alone_with, choose, begin, new_run):
    mirror = serve(mirrors.stalled)
    alone = alone_with(mirror)
    begin(alone)
    assert alone.loader.fetcher.stop()
    mirror.manner = mirrors.ranged
    with new_run(alone):
        choose(alone, "mnist")
    assert shown(alone) == "MNIST"
    assert mirror.requests[1][1]["Range"] == f"bytes={HALF}-"


def test_another_data_set_calls_the_download_off(qtbot, serve, alone_with, choose, begin, new_run):
    alone = alone_with(serve(mirrors.stalled))
    begin(alone)
    with new_run(alone):
        choose(alone, "digits")
    assert shown(alone) == "Digits 8×8"
    assert not alone.loader.fetcher.is_busy
    qtbot.waitUntil(lambda: not fetching(), timeout=WAIT_MS)


def test_a_change_of_the_old_run_lets_the_download_go_on(serve, alone_with, begin, new_run):
    alone = alone_with(serve(mirrors.stalled))
    begin(alone)
    with new_run(alone):
        alone.loader.change("split", data=DataConfig(split_seed=7))
    assert shown(alone) == "Iris"
    assert alone.loader.fetcher.is_busy


def test_the_new_run_takes_the_settings_as_they_are_when_it_comes(
    serve, alone_with, begin, new_run
):
    gate = threading.Event()

    def gated(request, content):
        request.start(200, Content_Length=len(content))
        request.wfile.write(content[: len(content) // 2])
        gate.wait(30)
        request.wfile.write(content[len(content) // 2 :])

    alone = alone_with(serve(gated))
    begin(alone)
    alone.controller.tune(learning_rate=0.5)
    with new_run(alone):
        gate.set()
    assert alone.controller.config.training.learning_rate == 0.5


def test_a_failure_says_why_and_offers_a_folder(qtbot, serve, open_with, choose):
    window = open_with(serve(mirrors.not_found), mirrors.refusing_address(), timeouts=QUICK)
    choose(window, "mnist")
    qtbot.waitUntil(window.banner.button.isVisible, timeout=WAIT_MS)
    assert "says 404 (Not Found)" in window.notice.text
    assert window.banner.button.text() == "Choose folder…"
    assert not window.download_bar.isVisible()
    assert shown(window) == "Iris"
    assert window.rail.source.button("iris").isChecked()


def test_it_can_be_tried_again_after_a_failure(qtbot, serve, alone_with, choose, new_run):
    mirror = serve(mirrors.not_found)
    alone = alone_with(mirror)
    choose(alone, "mnist")
    alone.until(lambda: any("404" in words for words in alone.told))
    mirror.manner = mirrors.good
    with new_run(alone):
        choose(alone, "mnist")
    assert shown(alone) == "MNIST"


@pytest.fixture
def folder(tmp_path):
    """A folder with four files that are not MNIST's own."""
    folder = tmp_path / "fashion"
    folder.mkdir()
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
    return folder


def test_a_folder_may_be_chosen_while_it_downloads(
    qtbot, serve, open_with, begin, new_run, folder, monkeypatch
):
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_, **__: str(folder))
    window = open_with(serve(mirrors.stalled))
    begin(window)
    with new_run(window):
        qtbot.mouseClick(window.download_bar.folder_button, Qt.MouseButton.LeftButton)
    assert shown(window) == "fashion"
    assert not window.download_bar.isVisible()


def test_no_folder_chosen_lets_the_download_go_on(qtbot, serve, open_with, begin, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_, **__: "")
    window = open_with(serve(mirrors.stalled))
    begin(window)
    qtbot.mouseClick(window.download_bar.folder_button, Qt.MouseButton.LeftButton)
    assert window.download_bar.isVisible()


def test_mnist_itself_can_be_chosen_after_other_data_from_a_folder(
    serve, open_with, choose, new_run, folder, monkeypatch
):
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_, **__: str(folder))
    window = open_with(serve())
    with new_run(window):
        window.data_choice.choose_mnist_folder()
    assert window.settings.text(LAST_FOLDER) == str(folder)
    assert window.settings.text(MNIST_FOLDER) == ""
    with new_run(window):
        choose(window, "mnist")
    assert shown(window) == "MNIST"


def test_a_folder_that_has_lost_its_files_is_not_asked_twice(
    qtbot, serve, open_with, choose, new_run, tmp_path
):
    (tmp_path / "empty").mkdir()
    window = open_with(serve())
    window.settings.set(MNIST_FOLDER, str(tmp_path / "empty"))
    choose(window, "mnist")
    qtbot.waitUntil(window.banner.button.isVisible, timeout=WAIT_MS)
    with new_run(window):
        choose(window, "mnist")
    assert shown(window) == "MNIST"


def test_what_the_cache_holds_is_shown_without_a_bar(serve, alone_with, choose, new_run, cache):
    cache.mkdir()
    for name, content in FILES.items():
        (cache / name).write_bytes(content)
    mirror = serve()
    alone = alone_with(mirror)
    told: list[object] = []
    alone.loader.download_changed.connect(told.append)
    with new_run(alone):
        choose(alone, "mnist")
    assert (shown(alone), told, mirror.requests) == ("MNIST", [None], [])


def test_a_cache_that_cannot_be_written_is_mentioned_once(
    serve, alone_with, choose, new_run, cache
):
    cache.write_text("a file where the folder should be")
    alone = alone_with(serve())
    with new_run(alone):
        choose(alone, "mnist")
    assert shown(alone) == "MNIST"
    assert any(f"{cache} cannot be written" in words for words in alone.told)
    alone.told.clear()
    with new_run(alone):
        choose(alone, "iris")
    with new_run(alone):
        choose(alone, "mnist")
    assert not any("cannot be written" in words for words in alone.told)


def test_a_start_with_mnist_and_no_network_shows_iris_and_says_why(qtbot, open_window, monkeypatch):
    monkeypatch.setenv("LOGITLAB_MIRRORS", mirrors.refusing_address())
    window = open_window(RunConfig(DataConfig("mnist")), wait=False)
    qtbot.waitUntil(window.banner.button.isVisible, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: window.controller.snapshot is not None, timeout=WAIT_MS)
    assert shown(window) == "Iris"
    assert "cannot be reached" in window.notice.text


def test_closing_the_window_ends_the_download(serve, open_with, begin, cache):
    mirror = serve(mirrors.stalled)
    window = open_with(mirror)
    begin(window)
    window.close()
    assert fetching() == []
    assert not mirror.let_go.is_set()
    assert not cache.exists()


def test_closing_the_window_does_not_wait_for_the_look_up_of_a_name(open_with, choose, monkeypatch):
    looking, go_on = threading.Event(), threading.Event()

    def slow(*_, **__):
        looking.set()
        go_on.wait(60)
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    window = open_with("https://mirror.test/")
    choose(window, "mnist")
    assert looking.wait(30)
    window.close()
    assert fetching() == []
    assert not go_on.is_set()
    go_on.set()


def test_the_controls_of_a_download_are_reached_by_keyboard(qtbot, serve, open_with, begin):
    window = open_with(serve(mirrors.stalled))
    begin(window)
    window.download_bar.cancel_button.setFocus()
    qtbot.keyClick(window.download_bar.cancel_button, Qt.Key.Key_Return)
    assert not window.download_bar.isVisible()

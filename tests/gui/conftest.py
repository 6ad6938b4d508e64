from __future__ import annotations

import gc
import re
from contextlib import ExitStack, contextmanager
from html import unescape
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QSettings, Qt
from PySide6.QtGui import QImage, QMouseEvent
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from core.config import RunConfig
from core.train.snapshot import Pace, Snapshot, Status
from gui.app.launch import make_application
from gui.control.held import Held
from gui.control.run_controller import FLAT_OUT
from gui.kit import theme as look
from gui.stage.surface.request import LIVE_NODES
from gui.state.background_tasks import Background
from gui.window.main_window import MainWindow
from gui.window.run_bar import SPEEDS
from gui.window.side.start_here import HAS_STARTED
from tests.conftest import watched_threads

PATIENCE_MS = 30_000


@pytest.fixture(scope="session", autouse=True)
def dressed(qapp: QApplication):
    """The application with the style and font of the program.

    Its clipboard is emptied in the end: without a screen Qt keeps it beyond Python, of which the
    content may be an object, and the process ended with a segmentation fault.
    """
    yield make_application()
    qapp.clipboard().clear()


@pytest.fixture(scope="module", autouse=True)  # else other tests of the process had it too
def rough_lasso_paths():
    """Stop the search for each weight early: a window finds the whole path whenever it shows one.

    That the search finds the optimum is tested in core.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("core.explain.lasso_path.FEWEST", 20)
        patch.setattr("core.explain.lasso_path.WORK", 0.0)  # as for very large data
        yield


@pytest.fixture(scope="module", autouse=True)
def coarse_surfaces():
    """Compute a loss surface at rest on as few nodes as while it trains.

    As fine as in the program it is tested in stage/surface, and in core.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gui.stage.surface.request.STILL_NODES", LIVE_NODES)
        yield


@pytest.fixture(autouse=True)
def collected_by_the_application(dressed: QApplication):
    """Disable automatic garbage collection, as the program does: the application collects."""
    gc.disable()
    yield
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # no loop is left to do it
    gc.enable()


@pytest.fixture(params=[100, 115], ids=["bundled face", "15 % wider"])
def face(request: pytest.FixtureRequest, dressed: QApplication):
    """The font of layout tests: texts must also fit where the font is 15 % wider."""
    font = look.base_font()
    font.setStretch(request.param)
    dressed.setFont(font)
    yield
    dressed.setFont(look.base_font())


def end(qtbot, window: MainWindow) -> None:
    """Close a window, as soon as all is written, and delete it: it would slow down later tests."""
    qtbot.waitUntil(window.close, timeout=PATIENCE_MS)
    window.deleteLater()
    QApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete)


def windows_of(qtbot, dressed: QApplication, folder: Path):
    """Yield a function that opens windows whose settings are in the folder; close them all."""
    windows: list[MainWindow] = []
    font = dressed.font()

    def open_it(
        config: RunConfig | None = None,
        *,
        wait: bool = True,
        size: tuple[int, int] | None = (1280, 800),
        theme: str | None = "light",
        held: Held | None = None,
    ) -> MainWindow:
        settings = QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat)
        settings.setValue(HAS_STARTED, 1)
        window = MainWindow(settings, theme)
        windows.append(window)
        if size:
            window.resize(*size)
        window.start(config or RunConfig(), held=held)
        window.show()
        qtbot.waitExposed(window)
        window.activateWindow()
        window.stage.setFocus()
        if wait:
            qtbot.waitUntil(lambda: window.controller.snapshot is not None, timeout=PATIENCE_MS)
        return window

    yield open_it
    for window in windows:
        qtbot.waitUntil(window.close, timeout=PATIENCE_MS)  # succeeds once all is saved
        window.deleteLater()
        dressed.sendPostedEvents(window, QEvent.Type.DeferredDelete)
    dressed.setStyleSheet("")  # widgets are created three times faster without one
    dressed.setFont(font)  # whatever zoom the last one had


@pytest.fixture
def open_window(qtbot, dressed: QApplication, tmp_path):
    """Return a function that opens the real window on a config and awaits its first snapshot."""
    yield from windows_of(qtbot, dressed, tmp_path)


@pytest.fixture(scope="module")
def open_for_all(request, dressed: QApplication, tmp_path_factory):
    """As `open_window`, for a window that several tests look at; there is one at a time."""
    opened = contextmanager(windows_of)
    with watched_threads("a shared window"), ExitStack() as last:

        def open_it(config: RunConfig | None = None, **options) -> MainWindow:
            last.close()
            gc.disable()  # as the program does
            folder = tmp_path_factory.mktemp("settings")
            make = last.enter_context(opened(QtBot(request), dressed, folder))
            window: MainWindow = make(config, **options)
            return window

        yield open_it


class _Listener(QObject):
    """Records which objects receive events of a kind."""

    def __init__(self, kind: QEvent.Type) -> None:
        super().__init__()
        self._kind = kind
        self.heard: list[QObject] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == self._kind:
            self.heard.append(watched)
        return False


@pytest.fixture
def paintings():
    """Return a function that returns a list, to which widgets are appended as they are painted."""
    listeners = []

    def paintings(
        widget: QWidget, kind: QEvent.Type = QEvent.Type.Paint, *, children: bool = True
    ) -> list[QObject]:
        listener = _Listener(kind)
        listeners.append(listener)
        for each in [widget, *(widget.findChildren(QWidget) if children else [])]:
            each.installEventFilter(listener)
        return listener.heard

    return paintings


@pytest.fixture
def window(open_window):
    """The window after a first start: Iris, softmax, ready."""
    return open_window()


@pytest.fixture
def reach(qtbot):
    """Return a function that waits for a status of the shown run and returns its snapshot."""

    def reach(window: MainWindow, status: Status):
        controller = window.controller
        qtbot.waitUntil(
            lambda: controller.snapshot is not None and controller.snapshot.status is status,
            timeout=PATIENCE_MS,
        )
        assert controller.snapshot is not None
        return controller.snapshot

    return reach


@pytest.fixture
def finish(qtbot, reach):
    """Return a function that trains to the end with Space, at a speed in steps per second."""

    def finish(window: MainWindow, speed: float = FLAT_OUT):
        window.run_bar.set_speed(SPEEDS.index(speed))
        qtbot.keyClick(window, Qt.Key.Key_Space)
        return reach(window, Status.FINISHED)

    return finish


@pytest.fixture
def new_run(qtbot):
    """Return a context manager whose exit waits for another run and its first snapshot, if any."""

    @contextmanager
    def new_run(window: MainWindow):
        controller = window.controller
        before = controller.run
        yield

        def is_there() -> bool:
            if controller.run is None or controller.run is before:
                return False
            return controller.snapshot is not None or bool(controller.run.task.obstacle)

        qtbot.waitUntil(is_there, timeout=PATIENCE_MS)

    return new_run


@pytest.fixture
def enter(qtbot):
    """Return a function that types into a number field as a user does: click, type, Return."""

    def enter(field: QAbstractSpinBox, text: str, *, end: bool = True) -> None:
        qtbot.mouseClick(field.lineEdit(), Qt.MouseButton.LeftButton)
        qtbot.waitUntil(field.hasFocus)
        QApplication.processEvents()
        qtbot.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        qtbot.keyClicks(field, text)
        if end:
            qtbot.keyClick(field, Qt.Key.Key_Return)

    return enter


@pytest.fixture
def click_plane(qtbot):
    """Return a function that clicks at a point of the boundary's plane, in data coordinates."""

    def click(view, x: float, y: float, button: Qt.MouseButton = Qt.MouseButton.LeftButton) -> None:
        qtbot.mouseClick(view.plot.viewport(), button, pos=place_on(view.plot, x, y))

    return click


@pytest.fixture
def move():
    """Return a function that sends a mouse move to a widget, wherever the real pointer is."""

    def move(widget: QWidget, place: QPoint) -> None:
        event = QMouseEvent(
            QEvent.Type.MouseMove,
            QPointF(place),
            QPointF(widget.mapToGlobal(place)),
            Qt.MouseButton.NoButton,
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(widget, event)

    return move


@pytest.fixture
def hover(move):
    """Return a function that moves the pointer to a point of a plot, in data coordinates."""

    def hover(plot, x: float, y: float) -> tuple[float, float]:
        """Move the pointer; return the data coordinates of the pixel that was hit."""
        plot.grab()
        QApplication.processEvents()  # completes the layout
        position = place_on(plot, x, y)
        move(plot.viewport(), position)
        hit = plot.getPlotItem().getViewBox().mapSceneToView(plot.mapToScene(position))
        return hit.x(), hit.y()

    return hover


def place_on(plot, x, y):
    """Return the pixel of a plot's viewport at a point in data coordinates."""
    scene = plot.getPlotItem().getViewBox().mapViewToScene(QPointF(x, y))
    return plot.mapFromScene(scene)


@pytest.fixture
def words():
    """Return a function that returns the texts of a widget's visible labels, one per line."""

    def words(widget: QWidget) -> str:
        labels = [label for label in widget.findChildren(QLabel) if label.isVisible()]
        return "\n".join(label.text() for label in labels)

    return words


@pytest.fixture
def pixels():
    """Return a function that grabs a widget as RGB values (rows, columns, 3) in 0 … 255."""

    def pixels(widget: QWidget) -> np.ndarray:
        image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
        table = np.frombuffer(image.constBits(), dtype=np.uint8)
        table = table.reshape(image.height(), image.bytesPerLine() // 4, 4)[:, : image.width()]
        return table[..., 2::-1].astype(np.int64)

    return pixels


@pytest.fixture
def show_view(qtbot, dressed: QApplication):
    """Return a function that shows a view alone, with the application's light palette."""
    dressed.setPalette(look.palette(look.LIGHT))  # before a view is made, which follows changes

    def show(view: QWidget, width: int = 640, height: int = 480) -> None:
        qtbot.addWidget(view)
        view.resize(width, height)
        view.show()
        qtbot.waitExposed(view)

    return show


@pytest.fixture
def snapshot_of():
    """Return a function that creates the snapshot of a trainer, as the training thread does."""

    def snapshot_of(trainer, *, run: int = 1, status: Status = Status.PAUSED) -> Snapshot:
        if trainer.metrics.step != trainer.step_count:
            trainer.measure()
        return Snapshot(
            run=run,
            task=trainer.task,
            made_at=0.0,
            status=status,
            step=trainer.step_count,
            epoch=trainer.epoch,
            params=trainer.params(),
            metrics=trainer.metrics,
            curves=trainer.history.curves(),
            trajectory=trainer.history.trajectory(),
            pace=Pace(),
            settings=trainer.settings,
            batch=trainer.next_rows(),
        )

    return snapshot_of


@pytest.fixture
def trained(snapshot_of):
    """Return a function that trains a task for a number of steps and returns its snapshot."""

    def trained(task, steps):
        from core.train.trainer import Trainer

        trainer = Trainer(task)
        for _ in range(steps):
            trainer.step()
        return snapshot_of(trainer)

    return trained


@pytest.fixture
def background():
    """The background threads for work off the GUI thread, closed at the end."""
    background = Background()
    yield background
    background.close()


@pytest.fixture
def type_of(dressed: QApplication):
    """Return a function that sets the application's font size in points, restored at the end."""
    before = dressed.font()

    def set_points(points: float) -> None:
        font = dressed.font()
        font.setPointSizeF(points)
        dressed.setFont(font)

    yield set_points
    dressed.setFont(before)


@pytest.fixture
def painted_words(tmp_path):
    """Return a function that returns the texts that a widget paints, in painting order."""

    def painted_words(widget: QWidget) -> list[str]:
        path = tmp_path / "painted.svg"
        picture = QSvgGenerator()
        picture.setFileName(str(path))
        picture.setSize(widget.size())
        widget.render(picture)
        del picture  # completes the file
        texts = re.findall(r"<text\b[^>]*>(.*?)</text>", path.read_text("utf-8"), re.DOTALL)
        return [unescape(text).strip() for text in texts]

    return painted_words

"""The report of a run: pictures of views, and what is measured of its model, as HTML or PDF."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from core.errors import SaveError
from core.files import writing_bytes
from core.language import mark, tr
from gui.control.run_controller import RunController
from gui.export.document import to_pages, width_of
from gui.export.drawing import Drawing
from gui.export.svg import to_svg
from gui.state.covers import Covers
from gui.window.export.exposure import Exposure, Request
from gui.window.export.subjects import Subjects
from gui.window.export.targets import Format, ask
from gui.window.settings import Settings

if TYPE_CHECKING:  # imported on the background, as it brings PyTorch
    from core.report.findings import Findings

HTML, PDF = Format(".html", mark("Web page")), Format(".pdf", mark("PDF on A4"))
SVG_TYPE = "image/svg+xml"
FOOT_PX = 8  # below a picture
# The views that a report shows, where they apply, and what stands below them.
CAPTIONS = {
    "Boundary": mark("Decision regions: the class that the model gives each point of the plane"),
    "Curves": mark("Loss and accuracy over the steps of the run"),
    "Weights": mark("Weights of the model"),
}


class Reports(QObject):
    """Makes one report at a time; meanwhile the window stands still, for a second or two.

    A report is for paper: its pictures show numbers also while the window covers them. What takes a
    while, as a view that is made or another theme, is done in turns of the event loop.
    """

    said = Signal(str)  # message for the user

    def __init__(
        self,
        window: QWidget,
        subjects: Subjects,
        exposure: Exposure,
        controller: RunController,
        covers: Covers,
        settings: Settings,
    ) -> None:
        super().__init__(window)
        self._window, self._subjects, self._exposure = window, subjects, exposure
        self._controller, self._covers, self._settings = controller, covers, settings
        self._target: tuple[Path, Format] | None = None
        self._drawings: dict[str, Drawing] = {}
        self._waiting: list[str] = []
        self._before = ""  # the view on the stage
        self._goes_on = False  # whether the run is trained on afterwards
        self._covers_again = False

    @property
    def is_busy(self) -> bool:
        """Whether views are being drawn; writing comes after."""
        return self._target is not None

    def make(self) -> None:
        """Ask where to write a report of the shown run, and write it."""
        controller = self._controller
        if self.is_busy:
            return
        if controller.run is None or controller.snapshot is None:
            self.said.emit(tr("There is no model to report on yet."))
            return
        name = controller.run.task.source.name
        stem = f"report-{''.join(c if c.isalnum() else '-' for c in name.lower())}"
        target = ask(self._window, self._settings, tr("Write a report"), stem, (HTML, PDF))
        if target is None:
            return
        self._target, self._drawings = target, {}
        self._goes_on = controller.is_training
        controller.pause()
        self._before = self._subjects.current
        self._waiting = [name for name in CAPTIONS if name in self._subjects.names]
        self._exposure.hold()
        self._covers_again = self._covers.is_on
        if self._covers_again:  # nobody sees it: the window stands still
            self._covers.set(False)
        self._then(self._draw_next)

    def _then(self, go_on: Callable[[], None]) -> None:
        """Go on in the next turn of the event loop, unless the report is called off by then."""
        target = self._target

        def turn() -> None:
            if self._target is target is not None:
                go_on()

        QTimer.singleShot(0, self, turn)

    def _draw_next(self) -> None:
        if not self._waiting:
            self._write()
            return
        name = self._waiting.pop(0)

        def take(drawing: Drawing) -> None:
            self._drawings[name] = drawing.without_empty_foot(FOOT_PX)
            self._then(self._draw_next)

        view = self._subjects.view(name)
        request = Request(view, is_light=True, title=str, answer=take)
        self._then(lambda: self._exposure.take(request))

    def _write(self) -> None:
        """Write what has been drawn, and return the window to what it was."""
        assert self._target is not None and self._controller.snapshot is not None
        (path, kind), drawings = self._target, dict(self._drawings)
        snapshot = self._controller.snapshot
        made_on = datetime.now().astimezone().strftime("%Y-%m-%d %H:%M")

        def work() -> str:
            from core.report.findings import findings_of

            findings = findings_of(snapshot, made_on)
            data = as_pdf(findings, drawings) if kind == PDF else as_html(findings, drawings)
            with writing_bytes(path) as file:
                file.write(data)
            return tr("Wrote the report to {path}.", path=path)

        def show_before() -> None:
            self._subjects.show(self._before)
            self._then(self.end)

        self._controller.writes.write(path.name, work)
        self._then(show_before)

    def end(self) -> None:
        """Return the window to what it showed before."""
        if not self.is_busy:
            return
        self._target = None
        self._drawings, self._waiting = {}, []
        self._exposure.cancel()
        self._subjects.show(self._before)
        if self._covers_again:
            self._covers.set(True)
        self._exposure.release()
        if self._goes_on and not self._controller.is_training:
            self._controller.play_or_pause()


def as_html(findings: Findings, drawings: Mapping[str, Drawing]) -> bytes:
    """Return the report as one page of HTML, with the drawings in it as SVG."""
    from core.report.page import Figure, to_html

    figures = [
        Figure(tr(CAPTIONS[name]), to_svg(drawing, tr(CAPTIONS[name])), SVG_TYPE)
        for name, drawing in drawings.items()
    ]
    return to_html(findings, figures).encode()


def as_pdf(findings: Findings, drawings: Mapping[str, Drawing]) -> bytes:
    """Return the report as PDF. Raises SaveError if there is no memory for the pictures."""
    from core.report.page import body

    pictures = [(tr(CAPTIONS[name]), name, width_of(drawing)) for name, drawing in drawings.items()]
    try:
        return to_pages(body(findings, pictures), drawings, findings.title)
    except MemoryError:
        raise SaveError(
            tr("The report is not written: there is not enough free memory for its pictures.")
        ) from None

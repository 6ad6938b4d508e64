"""How the window looks, kept between starts and in projects."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSize, QTimer
from PySide6.QtWidgets import QMainWindow

from core.data.task import Task
from gui.kit.fields import kept
from gui.state.selected_example import Chosen
from gui.window.columns import Columns
from gui.window.look.zoom_memory import ZoomMemory
from gui.window.run_bar import DEFAULT_SPEED, SPEEDS, RunBar
from gui.window.settings import Settings
from gui.window.side.panel import SidePanel
from gui.window.sizes import DEFAULT_SIZE
from gui.window.stage.stage import Stage
from gui.window.view_factory import ViewFactory

VIEW, BESIDE, CARDS, ROW, SPEED = "view", "beside", "cards", "row", "speed"  # in projects
SIZE, ZOOM, HALVES, HEIGHTS = "size", "zoom", "halves", "heights"  # on request
MAXIMISED = "maximised"
RESIZED_MS = 100  # until the window has the size that it was given: its manager decides


class LayoutMemory:
    """Restores and saves size, columns, cards and speed.

    has_place : whether an earlier start has left a geometry. chosen : the selected example; set
    once the views are made.
    """

    def __init__(
        self,
        window: QMainWindow,
        columns: Columns,
        stage: Stage,
        views: ViewFactory,
        side_panel: SidePanel,
        run_bar: RunBar,
        zoom: ZoomMemory,
        settings: Settings,
    ) -> None:
        self._window, self._columns, self._stage, self._views = window, columns, stage, views
        self._side, self._run_bar, self._zoom = side_panel, run_bar, zoom
        self._settings = settings
        self.has_place = False
        self.chosen: Chosen | None = None
        self._look: Mapping[str, str] = {}
        self._halves = "", "", ""  # of a stage to be split: both views, and their widths
        self._later = QTimer(window)
        self._later.setSingleShot(True)
        self._later.setInterval(RESIZED_MS)
        self._later.timeout.connect(self._divide)

    # Between starts -------------------------------------------------------------------------------

    def restore(self) -> None:
        """Restore what an earlier start has left."""
        settings, window = self._settings, self._window
        self.has_place = settings.restore_place("geometry", window)
        if not self.has_place:
            window.resize(*DEFAULT_SIZE)
        self._columns.restore(settings)
        if not self._side.set_shares(settings.text("side")):
            settings.refuse("side")
        self._columns.share(window.width())
        self._halves = settings.text(VIEW), settings.text(BESIDE), settings.text(HALVES)
        standard = SPEEDS.index(DEFAULT_SPEED)
        self._run_bar.set_speed(settings.number(SPEED, standard, len(SPEEDS) - 1))

    def show_task(self, task: Task) -> None:
        """Show the task on the stage, which the first one splits as the last start left it."""
        self._stage.show_task(task)
        (view, beside, shares), self._halves = self._halves, ("", "", "")
        stage = self._stage
        if view != beside and {view, beside} <= set(stage.available):
            stage.show_name(view)
            stage.split(True)
            stage.show_beside(beside)
            stage.set_shares(shares)

    def save(self, theme: str, speed: int) -> None:
        """Keep how the window looks for the next start; speed : position of its slider."""
        settings = self._settings
        self._columns.enlarge(None)
        halves = self._stage.shares  # before a side that is a thumbnail takes its room
        self._columns.save(settings)
        for name, value in (
            ("geometry", self._window.saveGeometry()),
            ("side", self._side.shares),
            (VIEW, self._stage.current if self._stage.is_split else ""),
            (BESIDE, self._stage.beside),
            (HALVES, halves),
            ("theme", theme),
            (SPEED, speed),
        ):
            settings.set(name, value)
        settings.save()

    def reset(self) -> None:
        """Restore zoom, columns and cards as at the first start, and one view on the stage."""
        self._columns.enlarge(None)
        self._stage.split(False)
        self._zoom.reset()
        self._columns.reset(self._window.width())
        self._side.set_shares("")

    # In projects ----------------------------------------------------------------------------------

    def describe(self, has_sizes: bool) -> dict[str, str]:
        """Return what is shown, as a project keeps it: views, the followed row, the speed.

        has_sizes : whether size, zoom and how the room is divided are wanted too.
        """
        example = self.chosen.example if self.chosen else None
        row = example.row if example else None
        return {
            VIEW: self._stage.current,
            BESIDE: self._stage.beside,
            CARDS: "\n".join(self._side.names_in_sight),
            ROW: "" if row is None else str(row),
            SPEED: str(self._run_bar.speed.value()),
            **self._views.choices,
            **(self._describe_sizes() if has_sizes else {}),
        }

    def _describe_sizes(self) -> dict[str, str]:
        window, shown = self._window, self._zoom.shown
        is_free = not (window.isMaximized() or window.isFullScreen())
        size = window.size()
        return {
            SIZE: kept.listed((size.width(), size.height())) if is_free else MAXIMISED,
            ZOOM: "" if shown is None else str(shown),
            HALVES: self._stage.shares,
            HEIGHTS: self._side.shares,
            **self._columns.describe(),
        }

    def show(self, look: Mapping[str, str]) -> None:
        """Show what a project has kept, as far as it applies; what is missing stays as it is."""
        stage = self._stage
        if SIZE in look:
            self._show_size(look)
        beside = look.get(BESIDE, "")
        if look.get(VIEW) in stage.available:
            stage.show_name(look[VIEW])
        stage.split(beside in stage.available and beside != stage.current)
        if stage.is_split:
            stage.show_beside(beside)
        if SIZE in look:
            self._look = look
            self._divide()
            self._later.start()
        for name in look.get(CARDS, "").split("\n"):
            self._side.show_name(name)
        if (row := kept.whole(look.get(ROW, ""))) is not None and self.chosen is not None:
            self.chosen.choose_row(row)
        if (speed := kept.whole(look.get(SPEED, ""))) is not None:
            self._run_bar.set_speed(speed)
        self._views.choose(look)

    def _divide(self) -> None:
        """Divide the room of the window among its parts as the project has kept it."""
        self._columns.choose(self._look)
        self._stage.set_shares(self._look.get(HALVES, ""))
        self._side.set_shares(self._look.get(HEIGHTS, ""))

    def _show_size(self, look: Mapping[str, str]) -> None:
        """Give the window its size and zoom, unless this screen is too small for them."""
        window, percent = self._window, kept.whole(look.get(ZOOM, ""))
        found = kept.sizes(look[SIZE], 2)
        has_room = True
        if found is not None and not (window.isMaximized() or window.isFullScreen()):
            available = window.screen().availableSize()
            wanted = QSize(*found).boundedTo(available)
            has_room = wanted == QSize(*found)
            window.resize(wanted)
        if percent is not None and has_room:
            self._zoom.show(percent)

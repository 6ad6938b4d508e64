"""What can be exported: the views that apply to the task, by name."""

from __future__ import annotations

from typing import Protocol

from core.data.shown_names import shown_name
from core.language import tr
from core.number_format import format_integer
from core.runs.run_record import default_name
from gui.control.run_controller import RunController
from gui.kit.plain_text import MOST_PX
from gui.kit.view import View
from gui.window.message import Banner
from gui.window.side.panel import SidePanel
from gui.window.stage.stage import Stage
from gui.window.view_factory import ViewFactory


class Parts(Protocol):
    """The parts of the window that exports use."""

    controller: RunController
    stage: Stage
    side_panel: SidePanel
    views: ViewFactory
    banner: Banner


class Subjects:
    """The views of a window that can be pictured; one on the stage is shown there first."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the views: those of the stage, then those in sight beside it."""
        return *self._parts.stage.available, *self._beside

    @property
    def _beside(self) -> tuple[str, ...]:
        side, views = self._parts.side_panel, self._parts.views
        return tuple(name for name in side.names_in_sight if views[name].isVisible())

    @property
    def current(self) -> str:
        return self._parts.stage.current

    def show(self, name: str) -> None:
        """Show a view of the stage, if it applies."""
        if name in self._parts.stage.available:
            self._parts.stage.show_name(name)

    def view(self, name: str) -> View:
        """Return the view of this name, in sight."""
        view = self._parts.views[name]
        if not view.isVisible():
            self.show(name)
        return view

    def fold_banner(self, is_folded: bool) -> None:
        """Leave the banner below the stage no height, as it comes and goes, or its own again."""
        self._parts.banner.setMaximumHeight(0 if is_folded else MOST_PX)

    def title(self, name: str) -> str:
        """Return what a picture of this view shows: view, data, model and step."""
        controller = self._parts.controller
        if controller.run is None:
            return tr(name)
        task, settings = controller.run.task, controller.settings
        run = default_name(task.config, settings)
        if controller.snapshot:
            step = tr("step {step}", step=format_integer(controller.snapshot.step))
            run = f"{run}, {step}"
        return f"{tr(name)} · {shown_name(task.source)} · {run}"

"""The row of tools above the drawing board."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QWidget

from core.language import tr
from gui.kit.buttons import quiet_button
from gui.kit.fields import kept
from gui.kit.fields.choices import Segments
from gui.kit.fields.unscrolled import Slider
from gui.kit.flow_layout import FlowLayout, side_by_side
from gui.kit.labels import small_label
from gui.stage.boundary.drawing_gestures import Tool

RADII_PX = (8, 120)
DENSITIES = (1, 40)


class BoardTools(QWidget):
    """The choice of the tool, its width and density.

    for_all : what is done to all points, to stand beside the classes; it comes and goes with them.
    """

    tool_chosen = Signal(object)
    radius_changed = Signal(int)
    density_changed = Signal(int)
    jittered = Signal()
    cleared = Signal()
    going_on_changed = Signal(bool)
    gallery_wanted = Signal()

    def __init__(self, radius_px: int, density: int) -> None:
        super().__init__()
        row = FlowLayout(self, 6, 4)
        self.tools = Segments(
            [(tr(tool.word), tool, f"{tr(tool.tip)} (Alt+{tool.key})") for tool in Tool]
        )
        for tool in Tool:
            self.tools.button(tool).setShortcut(QKeySequence(f"Alt+{tool.key}"))
        self.tools.choose(Tool.PUT)
        self.tools.chosen.connect(self._choose)
        self._width = small_label(tr("width"))
        self.radius = _slider(
            RADII_PX, radius_px, tr("How wide the tool sprays, relabels or erases")
        )
        self.radius.setAccessibleName(tr("width of the tool"))
        self.radius.valueChanged.connect(self.radius_changed)
        self._density = small_label(tr("density"))
        self.density = _slider(DENSITIES, density, tr("How many points the spray puts at a time"))
        self.density.setAccessibleName(tr("density of the spray"))
        self.density.valueChanged.connect(self.density_changed)
        self.generate = quiet_button(tr("Generate…"), tr("Blobs, moons, circles, spirals and more"))
        self.generate.clicked.connect(self.gallery_wanted)
        self.jitter = quiet_button(
            tr("Jitter"), tr("Shift the selected points, or all, a little at random")
        )
        self.jitter.clicked.connect(self.jittered)
        self.clear = quiet_button(tr("Clear"), tr("Remove all points (Ctrl+Z brings them back)"))
        self.clear.clicked.connect(self.cleared)
        self.going_on = quiet_button(tr("keep weights"), "")
        self.going_on.setCheckable(True)
        self.going_on.setChecked(True)
        self.going_on.setToolTip(
            tr(
                "On: when points change, training goes on from the weights it has. "
                "Off: it starts again from the start"
            )
        )
        self.going_on.toggled.connect(self.going_on_changed)
        for widget in (
            self.tools,
            side_by_side(self._width, self.radius),
            side_by_side(self._density, self.density),
            self.generate,
        ):
            row.addWidget(widget)
        self.for_all = side_by_side(self.jitter, self.clear, self.going_on)
        self._choose(Tool.PUT)

    @property
    def kept_choices(self) -> dict[str, kept.Kept]:
        """The fields that a project keeps, by name."""
        return {
            "tool": kept.segments(self.tools),
            "width": kept.slider(self.radius),
            "density": kept.slider(self.density),
            "keep weights": kept.switch(self.going_on),
        }

    def _choose(self, tool: Tool) -> None:
        for widget in (self._width, self.radius):
            widget.setEnabled(tool.is_wide)
        for widget in (self._density, self.density):
            widget.setEnabled(tool is Tool.SPRAY)
        self.tool_chosen.emit(tool)


def _slider(ends: tuple[int, int], value: int, tip: str) -> Slider:
    slider = Slider()
    slider.setRange(*ends)
    slider.setValue(value)
    slider.setFixedWidth(70)
    slider.setToolTip(tip)
    return slider

"""The view, the speed and the axis that a step asks for, and those from before the lesson."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QAbstractButton

from gui.control.run_controller import FLAT_OUT
from gui.state.covers import Covers
from gui.window.run_bar import SPEEDS, RunBar
from gui.window.stage.stage import Stage

if TYPE_CHECKING:
    from core.teach.lesson import Step

Looks = tuple[str, int, bool]  # view, position of the speed slider, whether the axis is logarithmic


class Dress:
    """Sets what a step asks for, and gives back what the user had."""

    def __init__(self, stage: Stage, run_bar: RunBar) -> None:
        self._stage, self._run_bar = stage, run_bar
        self.log_button: QAbstractButton  # of the loss axis; set by the window's `start`
        self.covers: Covers  # of numbers; set there too
        self._left: dict[int, Looks] = {}  # by run number
        self._speed = run_bar.speed.value()  # the user's
        self._worn: int | None = None  # the speed that a step has set
        self._is_log = False  # before the lesson

    @property
    def looks(self) -> Looks:
        """View, speed and axis as they are."""
        return self._stage.current, self._run_bar.speed.value(), self.log_button.isChecked()

    def own_speed(self, step: Step | None) -> int:
        """Return the speed chosen by the user, even if this step or one before has changed it."""
        now = self._run_bar.speed.value()
        return self._speed if step is not None and now == self._worn else now

    def remember(self, step: Step | None, run: int | None) -> None:
        """Keep what the user has before another step is shown.

        step : the shown one. run : number of the shown run, if it is no lesson's.
        """
        self._speed = self.own_speed(step)
        if step is None:
            self._is_log = self.log_button.isChecked()
            if run is not None:
                self._left[run] = self.looks

    def put_on(self, step: Step) -> None:
        """Set the view, the speed and the loss axis that suit the step; what it leaves stays."""
        tab, speed, is_log = self.looks
        if step.is_covered is not None:
            self.covers.set(step.is_covered)
        if step.speed is not None:
            self._worn = speed = notch(step.speed)
        self._set(
            step.view or tab,
            speed,
            is_log if step.has_log_loss is None else step.has_log_loss,
        )

    def take_off(self, run: int, speed: int) -> None:
        """Return to what a run had, or else to the speed and axis from before the lesson."""
        if run in self._left:
            self._set(*self._left[run])
        else:
            self._run_bar.set_speed(speed)
            self.log_button.setChecked(self._is_log)

    def _set(self, tab: str, speed: int, is_log: bool) -> None:
        self._stage.show_name(tab)
        self._run_bar.set_speed(speed)
        self.log_button.setChecked(is_log)


def notch(speed: float) -> int:
    """Return the position of the speed slider that comes closest to these steps a second."""
    if speed == FLAT_OUT:
        return SPEEDS.index(FLAT_OUT)
    notches = (each for each in SPEEDS if 0 < each < FLAT_OUT)
    return SPEEDS.index(min(notches, key=lambda each: abs(math.log(each / speed))))

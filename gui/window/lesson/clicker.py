"""What one press of a clicker does: a whole lecture is given with the page keys alone."""

from __future__ import annotations

from PySide6.QtCore import QObject

from gui.control.play_key import OVER
from gui.control.run_controller import FLAT_OUT, LOAD, RunController
from gui.window.lesson.lessons import Lessons
from gui.window.run_bar import SPEEDS, RunBar
from gui.window.stage.stage import Stage
from gui.window.view_factory import ViewFactory


class Clicker(QObject):
    """Turns the page: within a step of a lesson first, then to the next step or lesson.

    On a step the presses forward answer its question, train, go through the parts of its view,
    hurry the run until what is waited for, show what that has shown, and go on. While a run is
    being set up they do nothing.
    """

    def __init__(
        self,
        lessons: Lessons,
        controller: RunController,
        run_bar: RunBar,
        stage: Stage,
        views: ViewFactory,
    ) -> None:
        super().__init__(stage)
        self._lessons, self._controller, self._run_bar = lessons, controller, run_bar
        self._stage, self._views = stage, views

    def turn(self, by: int) -> None:
        """Turn forward (+1) or back (−1)."""
        view = self._views[self._stage.current]
        lessons = self._lessons
        if not lessons.is_on:
            if not view.turn(by):
                lessons.go(by)
        elif self._controller.background.is_busy(LOAD):
            return
        elif by < 0:
            if not view.turn_within(by):
                lessons.go(by)
        elif not (lessons.answer() or self._train() or view.turn_within(by) or self._hurry()):
            lessons.go(by)

    @property
    def _waits(self) -> bool:
        """Whether the step that is shown waits for something that has not happened."""
        shown, waiting = self._lessons.shown, self._lessons.waiting
        return shown is not None and shown.step.is_watched and not (waiting and waiting.is_met)

    @property
    def _waits_for_hands(self) -> bool:
        """Whether it waits for what training does not bring."""
        shown = self._lessons.shown
        return self._waits and shown is not None and shown.step.until.is_move

    def _train(self) -> bool:
        """Train towards what the step waits for; return whether that was still to be done."""
        controller = self._controller
        is_open = controller.status is not None and controller.status not in OVER
        if not (self._waits and is_open) or self._waits_for_hands or controller.is_training:
            return False
        controller.play_or_pause()
        return True

    def _hurry(self) -> bool:
        """Bring what the step waits for, or show it without; return whether there was a way."""
        bar = self._run_bar
        if self._waits_for_hands:
            self._lessons.give_up_waiting()
            return True
        if not (self._waits and self._controller.is_training):
            return False
        if bar.chosen_speed == FLAT_OUT:  # it cannot be had sooner, and is not passed over
            return self._lessons.give_up_waiting()
        bar.set_speed(SPEEDS.index(FLAT_OUT))
        return True

"""The question of the lesson, for those who ask it elsewhere too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from gui.control.run_controller import RunController
from gui.kit.theme import LIGHT
from gui.window.view_factory import ViewFactory

if TYPE_CHECKING:  # imported when a class joins
    from core.classroom.shared_plane import SharedPlane
    from core.explain.plane import Plane
    from core.teach.class_question import ClassQuestion
    from core.teach.plot_question import PlotQuestion
    from core.teach.predicted.place import Target
    from core.teach.question import Question


class LessonQuestion(QObject):
    """What the shown step of a lesson asks, where phones can answer it.

    question : None where nothing is asked.
    """

    changed = Signal()
    ended = Signal()  # it has been answered, or its answer was shown

    def __init__(self, parent: QObject, controller: RunController, views: ViewFactory) -> None:
        super().__init__(parent)
        self._controller, self._views = controller, views
        self._text = ""
        self.question: Question | PlotQuestion | None = None
        self._target: Target | None = None
        self._features: tuple[int, int] | None = None  # of the plane that the target is on

    def ask(self, text: str, question: Question | PlotQuestion | None) -> None:
        """Note what is asked now; text : as plain text."""
        self._text, self.question = text, question
        self._target = self._features = None
        self.changed.emit()

    def note(self, target: Target) -> None:
        """Note where on the plane the answer is."""
        plane = self._plane
        self._target = target
        self._features = None if plane is None else (plane.x, plane.y)

    @property
    def can_be_asked(self) -> bool:
        """Whether phones can answer it."""
        from core.teach.class_question import can_be_asked

        return can_be_asked(self.question)

    def for_the_class(self) -> ClassQuestion | None:
        """Return it as it is asked now, with the plane as it is seen; None if it cannot be."""
        from core.teach.class_question import ClassQuestion
        from core.teach.plot_question import PlotQuestion

        if self.question is None or not self.can_be_asked:
            return None
        plane = self._shared_plane() if isinstance(self.question, PlotQuestion) else None
        if plane is None and isinstance(self.question, PlotQuestion):
            return None
        return ClassQuestion(self._text, self.question, plane)

    def target_of(self, asked: ClassQuestion) -> Target | None:
        """Return where the answer is, if it is on the plane that the class was shown."""
        is_same = asked.plane is not None and asked.plane.features == self._features
        return self._target if is_same else None

    @property
    def _plane(self) -> Plane | None:
        from gui.stage.boundary.view import BoundaryView

        view = self._views["Boundary"]
        return view.plane if isinstance(view, BoundaryView) else None

    def _shared_plane(self) -> SharedPlane | None:
        from core.classroom.shared_plane import shared

        run, plane = self._controller.run, self._plane
        if run is None or plane is None:
            return None
        marks = run.task.dataset.class_marks
        colours = (LIGHT.class_colour(mark).name() for mark in marks)  # phones show white paper
        return shared(run.task, plane, tuple(colours))

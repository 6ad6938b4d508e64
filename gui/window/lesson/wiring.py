"""Connects the lessons with the parts of the window that list them, keep them or are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu

from gui.control.projects import Projects
from gui.control.run_controller import RunController
from gui.window.classroom.lesson_question import LessonQuestion
from gui.window.classroom.opening import ClassroomOpener
from gui.window.lesson import markdown
from gui.window.lesson import menu as lessons_menu
from gui.window.lesson.lessons import Lessons
from gui.window.lesson.plot_questions import PlotQuestions
from gui.window.rail import Rail
from gui.window.side.panel import SidePanel
from gui.window.stage.stage import Stage
from gui.window.status import StatusMessages
from gui.window.view_factory import ViewFactory

if TYPE_CHECKING:
    from core.teach.lesson import Step
    from core.teach.plot_question import PlotQuestion
    from core.teach.question import Question


def connect(
    lessons: Lessons,
    menu: QMenu,
    rail: Rail,
    status: StatusMessages,
    frames: tuple[Stage, SidePanel],
    projects: Projects,
) -> None:
    """Connect the lessons with all of these; frames : what they can point at."""
    _list(lessons, menu, rail, status)
    _point(lessons, *frames)
    _keep(lessons, projects)


def start(
    lessons: Lessons, views: ViewFactory, controller: RunController, classroom: ClassroomOpener
) -> None:
    """Connect the lessons with the views, once these can be made, and with the class."""
    context = views.context
    lessons.dress.log_button, lessons.dress.covers = context.log_button, context.covers

    def show_part(step: Step) -> None:
        """Show the demonstration or the derivation that a step names."""
        if step.demo:
            context.demo_wanted.emit(step.demo)
        if step.derivation:
            context.derivation_wanted.emit(step.derivation)

    lessons.step_shown.connect(show_part)
    plots = PlotQuestions(lessons.strip.question, controller, views)
    classroom.lesson = asked = LessonQuestion(lessons, controller, views)
    _pass_on(lessons, asked)
    plots.found.connect(asked.note)
    lessons.shelf.start()


def _pass_on(lessons: Lessons, asked: LessonQuestion) -> None:
    """Tell what the lesson asks, and when it has ended, to those who ask the class."""
    row = lessons.strip.question

    def note(question: Question | PlotQuestion | None) -> None:
        shown = lessons.shown
        asked.ask(markdown.plain(shown.step.text) if shown is not None else "", question)

    row.asked.connect(note)
    row.ended.connect(asked.ended)


def _list(lessons: Lessons, menu: QMenu, rail: Rail, status: StatusMessages) -> None:
    """List the shelf's lessons on the rail and in the menu, and say what is wrong with files."""
    shelf, progress = lessons.shelf, lessons.progress

    def fill() -> None:
        lessons_menu.fill(menu, shelf, lessons.choose)
        rail.fill(shelf.headings)

    def mark() -> None:
        shown = lessons.shown
        rail.show_lessons(shown.lesson.key if shown else None, progress.done)

    for show in (fill, mark):
        shelf.listed.connect(show)
    shelf.opened.connect(lessons.begin)
    shelf.failed.connect(status.fail)
    shelf.remarked.connect(status.remark)
    lessons.changed.connect(mark)
    rail.lesson_chosen.connect(lessons.choose)


def _point(lessons: Lessons, stage: Stage, side_panel: SidePanel) -> None:
    """Point at the card or at the stage, as the step that is shown asks for."""
    for frame in (side_panel, stage):
        lessons.pointed.connect(frame.point_at)


def _keep(lessons: Lessons, projects: Projects) -> None:
    """Keep in projects which lesson is shown, and at which step."""
    projects.keep_look(lessons.describe, lessons.restore)
    projects.find_lesson = lessons.shelf.lesson

"""A lecture by the page keys alone: nothing in it needs a mouse, and nothing stalls."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from core.data.mnist.download import Download
from core.data.mnist.http_transfer import Timeouts
from core.teach.lessons import lesson_of
from core.train.snapshot import Status
from gui.control.run_controller import FLAT_OUT, LOAD
from gui.kit import zoom
from gui.stage.derive.view import DerivationView
from tests.mirrors import small_files

PATIENCE_MS = 30_000
LECTURE = """
format = 1
title = "A lecture"

[[steps]]
text = "Good morning."

[steps.setup]
kind = "binary"
epochs = 200
points.generator = "toy"

[[steps]]
text = "What does it start at?"
speed = 1
until = "step >= 20"
reveal = "At ln 2, and falls."

[steps.question]
choices = ["0", "ln 2"]
answer = "ln 2"

[[steps]]
text = "Move a point."
until = "a point is moved"
reveal = "The line follows."

[[steps]]
text = "Divide the logits."
view = "Demos"
demo = "Temperature"
reveal = "Their order stays."
until = "step >= 20"

[[steps]]
text = "By itself."
play = true
speed = "flat out"
until = "step >= 5"
reveal = "It was set up and trained."
view = "Boundary"

[steps.setup]
kind = "binary"
epochs = 5
points.generator = "toy"
"""


HURRIED = """
format = 1
title = "Hurried"

[[steps]]
text = "Watch it."
speed = "flat out"
until = "step >= 999999999"
reveal = "So it goes."

[steps.setup]
kind = "binary"
epochs = 999999999
points.generator = "toy"

[[steps]]
text = "On."
"""


def click(window, key=Qt.Key.Key_PageDown) -> None:
    QTest.keyClick(window, key)


def waits(window) -> bool:
    return not window.lessons.waiting.is_met


def said(window) -> str:
    return str(window.lessons.strip.words.text())


def test_page_down_alone_leads_through_every_kind_of_step(qtbot, window, tmp_path) -> None:
    def wait_for(question) -> None:
        qtbot.waitUntil(question, timeout=PATIENCE_MS)

    path = tmp_path / "lecture.toml"
    path.write_text(LECTURE, encoding="utf-8")
    lessons, controller = window.lessons, window.controller
    click(window, Qt.Key.Key_F5)
    lessons.shelf.open(path)
    wait_for(lambda: lessons.shown is not None and controller.snapshot is not None)
    click(window)  # nothing is waited for
    assert lessons.shown.position == 1 and not controller.is_training
    click(window)
    assert lessons.strip.question.is_settled
    click(window)
    wait_for(lambda: controller.is_training)
    click(window)
    wait_for(lambda: not waits(window))
    assert "At ln 2, and falls." in said(window)
    click(window)
    assert lessons.shown.position == 2 and waits(window)
    click(window)
    assert "The line follows." in said(window)
    click(window)
    assert lessons.shown.position == 3
    demos = window.views["Demos"]
    wait_for(lambda: demos.is_at_rest)
    values = [demos.demo.temperature.value()]
    for _ in demos.demo.stops:
        click(window)
        values.append(demos.demo.temperature.value())
    assert values == pytest.approx([1, *(value for _, value in demos.demo.stops)], rel=0.03)
    assert lessons.shown.position == 3 and demos.demo.title == "Temperature"
    click(window, Qt.Key.Key_PageUp)
    assert demos.demo.temperature.value() == pytest.approx(values[1])
    click(window)
    click(window)
    wait_for(lambda: lessons.shown.position == 4 and not controller.background.is_busy(LOAD))
    wait_for(lambda: "It was set up and trained." in said(window))
    assert window.stage.current == "Boundary" and controller.status is Status.FINISHED
    click(window, Qt.Key.Key_Period)
    assert window.presenter.blank.isVisible()
    click(window, Qt.Key.Key_Escape)


def test_what_a_step_shows_is_not_passed_over_while_its_run_is_hurried(
    qtbot, window, new_run, tmp_path
) -> None:
    path = tmp_path / "hurried.toml"
    path.write_text(HURRIED, encoding="utf-8")
    lessons, controller = window.lessons, window.controller
    click(window, Qt.Key.Key_F5)
    with new_run(window):
        lessons.shelf.open(path)
    qtbot.waitUntil(lambda: not controller.background.is_busy(LOAD), timeout=PATIENCE_MS)
    click(window)
    qtbot.waitUntil(lambda: controller.is_training, timeout=PATIENCE_MS)
    click(window)
    assert lessons.shown.position == 0 and "So it goes." in said(window)
    assert controller.is_training and window.run_bar.chosen_speed == FLAT_OUT
    click(window)
    assert lessons.shown.position == 1
    controller.play_or_pause()
    click(window, Qt.Key.Key_Escape)


def test_the_lecture_is_given_by_page_down_and_goes_past_data_that_cannot_be_had(
    qtbot, window, tmp_path
) -> None:
    quick = Timeouts(stalled=0.05, give_up=5, look=0.01)
    window.loader.fetcher.download = Download(
        small_files()[1], ["http://127.0.0.1:9"], tmp_path / "cache", quick
    )
    lessons, controller, seen = window.lessons, window.controller, list[str]()
    click(window, Qt.Key.Key_F5)

    def state() -> tuple[object, ...]:
        place = lessons.shown.key if lessons.shown else None
        status = controller.status if place else None
        lines = derivation().count if window.stage.current == "Derivation" else 0
        return place, status, window.run_bar.chosen_speed, window.banner.button.text(), lines

    def derivation() -> DerivationView:
        view = window.views["Derivation"]
        assert isinstance(view, DerivationView)
        return view

    def is_settled() -> bool:
        is_busy = controller.background.is_busy(LOAD) or window.loader.fetcher.is_busy
        if window.stage.current == "Derivation" and derivation().length == 1:
            return False  # its lines are not known yet
        return not is_busy and controller.snapshot is not None and controller.status is not None

    while not seen or seen[-1] != "perceptron-apart":
        before = state()
        click(window)
        qtbot.waitUntil(lambda: state() != before and is_settled(), timeout=PATIENCE_MS)  # noqa: B023
        seen.append(lessons.shown.lesson.key)
    assert list(dict.fromkeys(seen)) == ["toy", "iris", "squared", "entropy", "perceptron-apart"]
    assert {"toy", "iris", "squared", "entropy"} <= lessons.progress.done
    click(window, Qt.Key.Key_PageUp)
    qtbot.waitUntil(is_settled, timeout=PATIENCE_MS)
    assert lessons.shown.lesson is lesson_of("entropy")
    click(window, Qt.Key.Key_Escape)


def test_a_lesson_on_texts_puts_texts_on_the_pad_by_page_down(qtbot, window) -> None:
    window.lessons.choose("fooled")
    qtbot.waitUntil(
        lambda: window.stage.current == "Read" and window.controller.snapshot is not None,
        timeout=PATIENCE_MS,
    )
    click(window, Qt.Key.Key_F5)
    pad, texts = window.views["Read"].pad, list[str]()
    click(window)
    qtbot.waitUntil(lambda: window.controller.is_training, timeout=PATIENCE_MS)
    for _ in range(3):
        click(window)
        qtbot.waitUntil(lambda: pad.text not in ("", *texts), timeout=PATIENCE_MS)
        texts.append(pad.text)
    assert window.lessons.shown.lesson is lesson_of("fooled")
    click(window, Qt.Key.Key_Escape)


def test_formulae_in_the_strip_grow_with_its_words_when_it_becomes_a_slide(window, new_run) -> None:
    with new_run(window):
        window.lessons.choose("toy")  # whose text has ln 2

    def sizes() -> list[float]:
        return [float(found) for found in re.findall(r'height="?([\d.]+)', said(window))]

    small, before = sizes(), zoom.factor()
    assert small
    click(window, Qt.Key.Key_F5)
    grown = zoom.factor() / before
    assert grown > 1.3 and sizes() == pytest.approx([grown * each for each in small], rel=0.15)
    click(window, Qt.Key.Key_Escape)

"""A class joins the window: real phones at its real server, pressed and typed by real events."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import aiohttp
import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from core.classroom.messages import Hello
from core.config import DataConfig, RunConfig, TrainingConfig
from core.data.digits.drawing import DigitPreprocessing, draw
from core.data.generators import GeneratorConfig, generate
from core.explain.prediction import ask
from core.teach.lesson_file import read
from gui.control.classroom import AT_ONCE, MOST_LIVE
from gui.window.classroom.opening import ClassroomOpener
from tests.gui.alone import opened

DIGITS = RunConfig(data=DataConfig(source="digits"), training=TrainingConfig(epochs=20))
DRAWN = RunConfig(data=DataConfig(source="drawn"))
ONE = {"kind": "digit", "strokes": [[[0.5, 0.1], [0.5, 0.9]]], "label": 1}


LESSON = """
format = 1
title = "Asked"
[[steps]]
text = "How does the *loss* go on?"
[steps.setup]
source = "iris"
[steps.question]
choices = ["up", "down"]
answer = "down"
"""


CLICKED = """
format = 1
title = "Clicked"
[[steps]]
text = "Where is the largest loss?"
view = "Boundary"
[steps.setup]
kind = "binary"
points.generator = "toy"
points.size = 40
[steps.question]
kind = "click"
target = "largest loss"
tolerance = 0.3
"""


def texts(widget):
    return [label.text() for label in widget.findChildren(QLabel)]


def let_in(qtbot, opener):
    """Open the window of a class, and start it on this machine alone; return it."""
    opener.open()
    dialog = opener.dialog
    qtbot.waitUntil(dialog.isVisible)
    dialog.network.setCurrentIndex(dialog.network.count() - 1)  # this machine only
    press(qtbot, dialog.open_button)
    assert opener.classroom.url
    return dialog


@pytest.fixture
def joined_window(qtbot, open_window):
    """Return joined_window(config): the window, and the class's window, which is started."""

    def join(config):
        window = open_window(config)
        return window, let_in(qtbot, window.classroom)

    return join


@pytest.fixture
def joined(qtbot):
    """Return joined(config): a run without a window around it, and the class's window."""
    opening = opened(qtbot)
    shown: Any = next(opening)()
    ground = QWidget()
    shown.classroom = ClassroomOpener(ground, shown.controller, shown.editor, shown.appearance)

    def join(config):
        shown.start(config, wait=config is not DRAWN)
        return shown, let_in(qtbot, shown.classroom)

    yield join
    shown.classroom.close()
    ground.deleteLater()
    next(opening, None)


def said(question):
    return question.plot.words.text() if question.plot is not None else ""


def press(qtbot, button):
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


async def phone(url, number, messages, name=""):
    """Send messages from a phone that waits for all answers; return all that it heard."""
    heard = []
    async with aiohttp.ClientSession() as session:
        origin = f"http://{url.split('/')[2]}"
        async with session.ws_connect(f"{url}/ws", headers={"Origin": origin}) as connection:
            key = f"phone{number:05d}"
            await connection.send_json({"kind": "hello", "phone": key, "name": name})
            heard.append(await connection.receive_json())
            for message in messages:
                await connection.send_json(message)
                heard.append(await connection.receive_json())
                if message["kind"] == "digit":  # the model's answer comes later
                    heard.append(await connection.receive_json())
    return heard


def with_phones(qtbot, *phones):
    """Run these phones at once beside the window; return what each heard."""

    async def together():
        return await asyncio.gather(*phones)

    with ThreadPoolExecutor(1) as executor:
        future = executor.submit(asyncio.run, together())
        qtbot.waitUntil(future.done)
        return future.result()


def test_nothing_is_served_before_it_is_started_nor_after_it_is_stopped(qtbot, open_window):
    window = open_window(DIGITS)
    window.classroom.open()
    dialog, classroom = window.classroom.dialog, window.classroom.classroom
    assert classroom.url == ""
    dialog.network.setCurrentIndex(dialog.network.count() - 1)
    press(qtbot, dialog.open_button)
    url = classroom.url
    assert dialog.address.text() == url.removeprefix("http://")
    assert url in dialog.code.accessibleName()
    press(qtbot, dialog.open_button)
    assert classroom.url == ""
    with pytest.raises(aiohttp.ClientConnectionError):
        with_phones(qtbot, phone(url, 1, []))


def test_a_digit_is_answered_on_the_phone_and_on_the_wall(qtbot, joined):
    window, dialog = joined(DIGITS)
    press(qtbot, dialog.kinds.button("digit"))
    (heard,) = with_phones(qtbot, phone(window.classroom.classroom.url, 1, [ONE], "Ada <b>"))
    assert heard[0]["do"] == "digit" and heard[0]["classes"] == list("0123456789")
    assert heard[1] == {"said": "It has arrived.", "is_taken": True}
    assert heard[2]["said"].startswith("The model says ")
    qtbot.waitUntil(lambda: dialog.gallery.model().rowCount() == 1)
    caption = dialog.gallery.model().index(0, 0).data()
    assert caption.startswith("1 ") and caption.endswith("Ada <b>")


def test_the_wall_follows_the_training(qtbot, joined):
    window, dialog = joined(DIGITS)
    press(qtbot, dialog.kinds.button("digit"))
    with_phones(qtbot, phone(window.classroom.classroom.url, 1, [ONE]))
    classroom = window.classroom.classroom
    qtbot.waitUntil(lambda: len(classroom.digits) == 1)
    untrained = classroom.digits[0].share
    assert untrained == pytest.approx(0.1)
    window.controller.play_or_pause()
    qtbot.waitUntil(lambda: classroom.digits[0].share > 0.2)
    assert len(classroom.digits) <= MOST_LIVE
    window.controller.pause()

    def is_as_asked():
        snapshot, digit = window.controller.snapshot, classroom.digits[0]
        answer = ask(snapshot.task, snapshot.params, digit.picture.ravel())
        share = answer.probabilities[answer.decided]
        return digit.decided == answer.decided and digit.share == pytest.approx(share, abs=1e-5)

    qtbot.waitUntil(is_as_asked)


def test_the_digits_of_many_are_recognised_and_hung_together(qtbot, joined):
    """Each is drawn as alone, and no more often is the wall hung than digits are recognised."""
    window, dialog = joined(DIGITS)
    press(qtbot, dialog.kinds.button("digit"))
    classroom, hung = window.classroom.classroom, list[None]()
    classroom.digits_changed.connect(lambda: hung.append(None))
    drawn = dict[int, tuple[NDArray[np.float32], list[str]]]()
    for number in range(40):
        heard = list[str]()
        sender = classroom.room.enter(Hello(f"phone{number:05d}", ""), heard.append)
        for part in range(5):
            stroke = [[0.1 + 0.02 * number, 0.1], [0.5, 0.9 - 0.1 * part]]
            digit = {"kind": "digit", "strokes": [stroke], "label": 1}
            classroom.room.receive(sender, json.dumps(digit))
            drawn[len(drawn) + 1] = draw([stroke], DigitPreprocessing(size=8)), heard
    qtbot.waitUntil(lambda: dialog.gallery.model().rowCount() == 200)
    assert len(hung) <= -(-200 // AT_ONCE) + 1
    assert [digit.number for digit in classroom.digits] == list(drawn)
    for digit in classroom.digits:
        picture, heard = drawn[digit.number]
        np.testing.assert_array_equal(digit.picture, picture)
        said = [json.loads(text)["said"] for text in heard]
        assert [each.startswith("The model says") for each in said] == 5 * [True]


def test_digits_that_come_meanwhile_leave_the_chosen_ones_chosen(qtbot, joined):
    window, dialog = joined(DIGITS)
    press(qtbot, dialog.kinds.button("digit"))
    room, gallery = window.classroom.classroom.room, dialog.gallery
    first, second = (room.enter(Hello(f"phone{n:05d}", ""), [].append) for n in range(2))
    for _ in range(2):
        room.receive(first, json.dumps(ONE))
    qtbot.waitUntil(lambda: gallery.model().rowCount() == 2)
    item = gallery.visualRect(gallery.model().index(1, 0)).center()
    qtbot.mouseClick(gallery.viewport(), Qt.MouseButton.LeftButton, pos=item)
    assert [digit.number for digit in gallery.chosen] == [1]
    room.receive(second, json.dumps(ONE))
    qtbot.waitUntil(lambda: gallery.model().rowCount() == 3)
    assert [digit.number for digit in gallery.chosen] == [1]
    press(qtbot, dialog.remove_button)
    assert [digit.number for digit in gallery.shown.digits] == [3, 2]
    assert gallery.chosen == [] and not dialog.remove_button.isEnabled()


def test_accepted_digits_are_training_rows_until_they_are_taken_back(qtbot, joined):
    window, dialog = joined(DIGITS)
    url, before = window.classroom.classroom.url, window.controller.run.task
    press(qtbot, dialog.kinds.button("digit"))
    with_phones(qtbot, *(phone(url, number, [ONE]) for number in range(3)))
    qtbot.waitUntil(lambda: dialog.gallery.model().rowCount() == 3)
    dialog.gallery.selectAll()
    press(qtbot, dialog.accept_button)
    qtbot.waitUntil(lambda: window.controller.run.task.source.added == 3)
    after = window.controller.run.task
    np.testing.assert_array_equal(after.source.y[:3], [1, 1, 1])
    assert len(after.train_rows) == len(before.train_rows) + 3
    assert dialog.gallery.model().rowCount() == 0
    window.controller.undo_stack.undo()
    qtbot.waitUntil(lambda: window.controller.run.task is before)


def test_points_of_the_class_are_on_the_plane(qtbot, joined):
    window, dialog = joined(DRAWN)
    press(qtbot, dialog.kinds.button("point"))
    corners = [(0.0, 0.0, 0), (1.0, 1.0, 1), (0.5, 0.5, 0)]
    url = window.classroom.classroom.url
    with_phones(
        qtbot,
        *(
            phone(url, number, [{"kind": "point", "x": x, "y": y, "label": label}])
            for number, (x, y, label) in enumerate(corners)
        ),
    )
    qtbot.waitUntil(lambda: len(window.editor.points) == 3)
    points = window.editor.points
    found = sorted(
        (*xy, label) for xy, label in zip(points.xy.tolist(), points.labels.tolist(), strict=True)
    )
    assert found == [(-5.0, -5.0, 0), (0.0, 0.0, 0), (5.0, 5.0, 1)]


def test_points_of_many_are_one_edit_and_lay_no_view_out_anew(qtbot, joined):
    """The window goes on as while somebody draws: the picture stays until the next one is known."""
    window, dialog = joined(DRAWN)
    window.editor.draw(generate(GeneratorConfig(size=20)), "points", True)
    qtbot.waitUntil(lambda: window.controller.snapshot is not None)
    anew, edited = list[object](), list[object]()
    window.controller.task_changed.connect(anew.append)
    window.controller.points_changed.connect(edited.append)
    press(qtbot, dialog.kinds.button("point"))
    room = window.classroom.classroom.room
    for number in range(40):
        sender = room.enter(Hello(f"phone{number:05d}", ""), [].append)
        for share in range(5):
            point = {"kind": "point", "x": number / 40, "y": share / 5, "label": 0}
            room.receive(sender, json.dumps(point))
    qtbot.waitUntil(lambda: len(window.controller.run.points) == 220)
    assert anew == [] and len(edited) == 1


def test_a_board_that_is_full_takes_no_more_points_and_says_so(qtbot, joined, monkeypatch):
    monkeypatch.setattr("core.data.points.MAX_POINTS", 20)
    window, dialog = joined(DRAWN)
    window.editor.draw(generate(GeneratorConfig(size=20)), "points", True)
    qtbot.waitUntil(lambda: window.controller.snapshot is not None)
    press(qtbot, dialog.kinds.button("point"))
    classroom, failed = window.classroom.classroom, list[str]()
    classroom.failed.connect(failed.append)
    sender = classroom.room.enter(Hello("phone00001", ""), [].append)
    classroom.room.receive(sender, json.dumps({"kind": "point", "x": 0.5, "y": 0.5, "label": 0}))
    qtbot.waitUntil(lambda: classroom.room.activity.kind == "wait")
    assert "20 are the most" in failed[0] and len(window.editor.points) == 20


def test_a_question_is_asked_and_its_votes_are_counted(qtbot, joined):
    window, dialog = joined(DIGITS)
    press(qtbot, dialog.kinds.button("question"))
    question = dialog.question
    qtbot.keyClicks(question.text, "Up or down?")
    assert not question.ask_button.isEnabled()
    qtbot.keyClicks(question.answers, "up")
    qtbot.keyClick(question.answers, Qt.Key.Key_Return)
    qtbot.keyClicks(question.answers, "down")
    press(qtbot, question.ask_button)
    url = window.classroom.classroom.url
    answers = (0, 1, 1)
    heard = with_phones(
        qtbot,
        *(phone(url, n, [{"kind": "answer", "answer": a}]) for n, a in enumerate(answers)),
    )
    assert {json.dumps(each[0]["answers"]) for each in heard} == {'["up", "down"]'}
    qtbot.waitUntil(lambda: question.votes == (1, 2))


async def waiting_phone(url, number, message, asked):
    """Answer, and return what is heard once the answer has been shown."""
    async with aiohttp.ClientSession() as session:
        origin = f"http://{url.split('/')[2]}"
        async with session.ws_connect(f"{url}/ws", headers={"Origin": origin}) as connection:
            key = f"phone{number:05d}"
            await connection.send_json({"kind": "hello", "phone": key, "name": ""})
            asked.append(await connection.receive_json())
            await connection.send_json(message)
            while "is_over" not in (heard := await connection.receive_json()):
                pass
            return heard


def asked_and_shown(qtbot, window, dialog, messages, is_there):
    """Ask the lesson's question of phones that send these; show its answer once all is_there.

    Return what each phone was asked, and what it heard at the end.
    """
    press(qtbot, dialog.kinds.button("question"))
    press(qtbot, dialog.question.lesson_button)
    url, asked = window.classroom.classroom.url, list[dict[str, object]]()

    async def together():
        phones = (waiting_phone(url, n, each, asked) for n, each in enumerate(messages))
        return await asyncio.gather(*phones)

    with ThreadPoolExecutor(1) as executor:
        future = executor.submit(asyncio.run, together())
        qtbot.waitUntil(is_there)
        window.lessons.answer()
        qtbot.waitUntil(future.done)
        return asked, future.result()


def test_the_choice_of_the_lesson_is_asked_by_one_press_and_its_answer_marked(
    qtbot, joined_window, new_run
):
    window, dialog = joined_window(DIGITS)
    with new_run(window):
        window.lessons.begin(read(LESSON.encode(), "asked"))
    answers = [{"kind": "answer", "answer": k} for k in (1, 0)]
    question = dialog.question
    asked, heard = asked_and_shown(
        qtbot,
        window,
        dialog,
        answers,
        lambda: question.votes == (1, 1),
    )
    assert asked[0]["text"] == "How does the loss go on?" and asked[0]["answers"] == ["up", "down"]
    assert [each["said"] for each in heard] == ["✓ Right.", "Not so. The answer was down."]
    assert "✓ down" in texts(question)


def test_numbers_of_the_class_stand_in_columns_and_the_right_one_among_them(
    qtbot, joined_window, new_run
):
    window, dialog = joined_window(DIGITS)
    lesson = LESSON.replace(
        'choices = ["up", "down"]\nanswer = "down"', "answer = 0.69\ntolerance = 0.01"
    )
    with new_run(window):
        window.lessons.begin(read(lesson.encode(), "asked"))
    answers = [{"kind": "number", "value": value} for value in ("0,5", "0.693", "1")]
    question = dialog.question
    asked, heard = asked_and_shown(
        qtbot,
        window,
        dialog,
        answers,
        lambda: (
            question.plot is not None and "3 answers · median 0.693" in question.plot.words.text()
        ),
    )
    assert asked[0]["do"] == "number"
    wrong = "Not so. The answer was 0.69."
    assert [each["said"] for each in heard] == [wrong, "✓ Right.", wrong]
    words = said(question)
    assert words == "3 answers · median 0.693 · 1 right · The answer was 0.69."
    assert question.plot.plot.accessibleDescription() == words


def test_places_of_the_class_stand_on_the_plane_and_those_near_the_answer_are_right(
    qtbot, joined_window, new_run
):
    window, dialog = joined_window(DIGITS)
    with new_run(window):
        window.lessons.begin(read(CLICKED.encode(), "asked"))
    board = window.views["Boundary"]
    qtbot.waitUntil(lambda: board.plane is not None and board.snapshot is not None)
    question = dialog.question
    answers = [{"kind": "spot", "x": x, "y": y} for x, y in ((0.5, 0.5), (0.001, 0.001))]
    asked, heard = asked_and_shown(
        qtbot,
        window,
        dialog,
        answers,
        lambda: said(question) == "2 answers",
    )
    plane = asked[0]["plane"]
    assert asked[0]["do"] == "spot" and plane["classes"] == ["A", "B"]
    rows = window.controller.run.task.dataset.X
    low, high = np.array(plane["low"]), np.array(plane["high"])
    shares = (rows - low) / (high - low)
    sent = np.array([point[:2] for point in plane["points"]])
    np.testing.assert_allclose(np.sort(sent[:, 0]), np.sort(shares[:, 0]), atol=1e-3)
    assert [len(line) for line in heard[0]["truth"]] == [1] * len(heard[0]["truth"])
    truth = np.array([line[0] for line in heard[0]["truth"]])
    for message, each in zip(answers, heard, strict=True):
        distance = np.hypot(*(truth - (message["x"], message["y"])).T).min()
        assert each["said"].startswith(
            "✓ Right." if distance <= 0.3 else "Not so. The largest loss"
        )
    assert "right" in said(question) and question.plot.is_revealed


def test_other_data_end_what_they_do_not_allow(qtbot, joined):
    window, dialog = joined(DIGITS)
    press(qtbot, dialog.kinds.button("digit"))
    window.loader.load(RunConfig())
    qtbot.waitUntil(lambda: window.classroom.classroom.room.activity.kind == "wait")
    assert not dialog.kinds.button("digit").isEnabled()


def test_wiping_empties_the_wall(qtbot, joined):
    window, dialog = joined(DIGITS)
    press(qtbot, dialog.kinds.button("digit"))
    with_phones(qtbot, phone(window.classroom.classroom.url, 1, [ONE]))
    qtbot.waitUntil(lambda: dialog.gallery.model().rowCount() == 1)
    press(qtbot, dialog.wipe_button)
    assert dialog.gallery.model().rowCount() == 0


def test_esc_sends_nobody_away_and_closing_does(qtbot, joined_window):
    window, dialog = joined_window(DIGITS)
    classroom = window.classroom.classroom
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.isVisible() and classroom.url
    dialog.close()
    assert classroom.url == "" and not dialog.isVisible()
